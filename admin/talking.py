"""Speaking with one's own voice: record, listen and send, or hold a button and speak live to a place. Before either: who hears it, what it interrupts."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, abort, current_app, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from admin.desk import Refused, areas_for, desk, find_area, id_of, let_go, now, one_act, person, session, text_of
from admin.notices import last_place, new_key
from admin.recordings import may_listen
from admin.refusals import told
from admin.sockets import NoSocket, WebSocket
from admin.tongue import _, _l
from articles.errors import Refused as NotTaken
from broadcast import live_talks
from broadcast.audience import Audience, audience
from broadcast.door import Visitor
from broadcast.models import LiveTalk
from broadcast.spoken import spoken_draft
from broadcast.studio import LONGEST_S, NotOnAir
from station import audit
from station.models import Area, Person
from station.people import NotAllowed, require, visible
from tts.recordings import RecordingRefused
from tts.uploads import AudioRefused, import_upload
from wire.messages import WHOLE_MAX

pages = Blueprint("talking", __name__)
LIVE_PRIORITY = 3
MOST_TALKS = 16
"""Pages of one server that speak or wait to speak at once; each holds a thread."""
ASKED_S, PING_S = 10.0, 10.0
LONGEST = (60, 120, LONGEST_S, 600, 1800)
REFUSALS = (AudioRefused, RecordingRefused, NotTaken, Refused)
_HOST = re.compile(r"[A-Za-z0-9.:\[\]-]+\Z")


def _hindered(area: Area, act: str, kind: str) -> str:
    """Why the person may not, in words; "" when nothing stands in the way."""
    try:
        require(session(), person(), act, area, kind=kind, at=now())
    except NotAllowed as error:
        return told(error)
    return ""


def _longest() -> int:
    asked = request.values.get("longest", "")
    return next((each for each in LONGEST if str(each) == asked), LONGEST_S)


def _page(wrong: str = "") -> Response:
    areas = areas_for("play")
    asked = id_of("area")
    if asked is not None:
        area: Area | None = find_area(asked, "play")
    else:
        lately = last_place()
        area = next((each for each in areas if each.id == lately), areas[0] if len(areas) == 1 else None)
    longest = _longest()
    who: Audience | None = audience(session(), area, now(), timedelta(seconds=longest), priority=LIVE_PRIORITY) if area is not None else None
    answer = may_listen(make_response(render_template(
        "speak.html", areas=areas, area=area, who=who, wrong=wrong, key=request.form.get("key") or new_key(), longest=longest, lengths=LONGEST, largest=desk().settings.max_upload,
        not_live=_hindered(area, "play", "live") if area is not None else "", not_sent=_hindered(area, "schedule", "notice") if area is not None else "",
    ), 422 if wrong else 200))  # fmt: skip
    if _HOST.match(request.host):  # older browsers do not take a WebSocket of the same host for 'self'
        answer.headers["Content-Security-Policy"] += f"; connect-src 'self' ws://{request.host} wss://{request.host}"
    return answer


@pages.get("/speak")
def page() -> ResponseReturnValue:
    """Where, who hears it, and the two ways."""
    return _page()


@pages.post("/speak/recorded")
def recorded() -> ResponseReturnValue:
    """A recording becomes a notice; the next page shows once more who hears it, and sends it."""
    area = find_area(id_of("area"), "schedule")
    try:
        sent = request.files.get("file")
        if sent is None or not sent.filename:
            raise Refused(_("Choose a file first."), "file")
        require(session(), person(), "schedule", area, kind="notice")
        let_go()  # a long recording is decoded and levelled for seconds: nobody waits for the database meanwhile
        sound = import_upload(sent.read(), sent.filename)
        area = find_area(id_of("area"), "schedule")
        title = text_of("title", 300, required=False) or _("Spoken notice")
        words = _("%(name)s speaks.", name=person().name)
        with one_act():
            made = spoken_draft(session(), desk().files, person(), area, key=text_of("key", 64), title=title, body=words, sound=sound, now=now())
    except REFUSALS as error:
        return _page(told(error))
    return redirect(url_for("notices.one", notice_id=made.id), 303)


@pages.get("/speak/live", websocket=True)
def live() -> ResponseReturnValue:
    """The WebSocket of the page. It asks to speak or to wait; then words and sound go both ways until one of them ends it."""
    seats, who, folder = current_app.extensions["xiangyin_talks"], person().id, desk().settings.data_dir
    if folder is None:
        abort(404)
    if not seats.acquire(blocking=False):
        return Response(status=503, headers={"Retry-After": "10"})
    try:
        try:
            line = WebSocket(request)
        except NoSocket as error:
            abort(400, str(error))
        let_go()
        _converse(line, folder, who)
        return line.close()
    finally:
        seats.release()


def _converse(line: WebSocket, folder: Path, who: int) -> None:
    asked: dict[str, Any] = {}
    while not asked and not line.closed:
        if not line.wait(None, ASKED_S)[0]:
            return
        asked = next((each for each in line.receive() if isinstance(each, dict)), {})
    try:
        visitor = _sit_down(asked, folder, who)
    except NotOnAir as error:
        line.send({"refused": told(error), **error.facts})
        return
    except (KeyError, TypeError, ValueError):
        line.send({"refused": _("This page is too old. Reload it.")})
        return
    try:
        line.send(visitor.talk)
        _carry(line, visitor)
    finally:
        visitor.close()


def _sit_down(asked: dict[str, Any], folder: Path, who: int) -> Visitor:
    """Raises NotOnAir, and KeyError, TypeError, ValueError on words that no page of ours says."""
    wait, number = asked["do"] == "wait", int(asked["area"])
    if not 0 < number <= WHOLE_MAX:
        raise ValueError("area")
    with desk().db.reading() as reading:
        speaker, area = reading.scalar(select(Person).where(Person.id == who, Person.active)), reading.get(Area, number)
        if speaker is None or area is None:
            raise ValueError("area")
        try:
            require(reading, speaker, "play", area, kind="live", at=desk().clock())
        except NotAllowed as error:
            raise NotOnAir(str(error), allowed=False) from error
    longest = int(asked.get("longest", LONGEST_S))
    return Visitor(folder, who, number, str(asked.get("title", ""))[:100], longest, source="microphone", wait=wait)


def _carry(line: WebSocket, visitor: Visitor) -> None:
    """Until the studio ends it, or the page does."""
    while True:
        page_said, studio_said = line.wait(visitor.socket, PING_S)
        if studio_said:
            for news in visitor.news():
                line.send({**news, "refused": told(news["refused"])} if "refused" in news else news)
                if {"ended", "refused", "passed", "left"} & news.keys():
                    return
        if page_said:
            for said in line.receive():
                if isinstance(said, bytes):
                    visitor.speak(said)
                elif said.get("do") in ("end", "hand over"):
                    visitor.say(do=said["do"])
        elif not studio_said:
            line.ping()
        if line.closed:
            if line.farewell:
                visitor.say(do="end", why="left")
            return


# what became of it

WHY = {
    "spoken": _l("spoken to the end"), "longest": _l("the longest duration was reached"), "stopped": _l("stopped"), "handed over": _l("handed over"),
    "howling": _l("it howled"), "lost": _l("the line was lost"), "left": _l("the page was closed"), "failed": _l("the station failed"),
}  # fmt: skip


TOLD = {
    "no more of it came": _l("no more sound came"), "the longest duration was reached": _l("the longest duration was reached"),
    "this terminal left the zone": _l("it hangs elsewhere now"), "the talk ended before it could be heard": _l("the talk ended before it could be heard"),
    "the talk ended before it could go on": _l("the talk ended before it could go on"),
}  # fmt: skip
"""What terminals say of a talk that they did not play to its end (terminal.talks)."""


def detail(said: str) -> str:
    """A terminal's reason in the language of the page."""
    return str(TOLD.get(said, said))


def why(talk: LiveTalk) -> str:
    """Why it ended, and through whom."""
    said = str(WHY.get(talk.why, talk.why))
    return f"{said}: {talk.ended_by}" if talk.ended_by else said


def find_talk(talk_id: str, act: str = "see") -> LiveTalk:
    """A talk in a place where the person may do the act; 404 for every other."""
    found = session().scalar(select(LiveTalk).join(Area, Area.id == LiveTalk.area_id).where(LiveTalk.id == talk_id, visible(session(), person(), act)))
    if found is None:
        abort(404)
    return found


@pages.get("/talks")
def all() -> str:
    """The latest live talks."""
    return render_template("talks.html", rows=live_talks.talks_of(session(), person()), why=why)


@pages.get("/talks/<talk_id>")
def one(talk_id: str) -> str:
    """One talk: what was said, why it ended, and what each speaker tells of it."""
    found = find_talk(talk_id)
    return render_template("talk.html", talk=found, told=live_talks.report(session(), found), why=why, detail=detail)


@pages.post("/talks/<talk_id>/stop")
def stop(talk_id: str) -> ResponseReturnValue:
    """Nobody hears it any more."""
    found = find_talk(talk_id, "play")
    live_talks.stop_talk(session(), person(), found, now())
    audit.record(session(), person=person(), act="stop", subject="talk", subject_id=found.id, area=found.area, now=now())
    flash(_("Stopped: nothing of it is heard from now on."), "good")
    return redirect(url_for("talking.one", talk_id=found.id), 303)
