"""A notice in a few taps: write or fill in, see who hears it, play it; ten seconds to undo; who heard it, and once more where it was not."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from admin.desk import (
    Refused,
    areas_for,
    find,
    find_area,
    id_of,
    moment_of,
    now,
    number_of,
    one_act,
    person,
    session,
    text_of,
    zone_of,
)
from admin.readings import script_of
from admin.refusals import told
from admin.tongue import _, _l
from articles import forms, review
from articles.errors import Refused as NotTaken
from articles.models import Article
from broadcast import notices
from broadcast.audience import Audience, audience, length_ms
from broadcast.models import Notice
from devices.models import Terminal
from playlists.errors import PlaylistError
from station.models import Area, Person
from station.people import visible
from tts.dialects import DIALECTS, pick_text
from tts.lexicon import words_for
from tts.models import Preview, Recording, Rendition
from tts.preview import ask, preview_key
from tts.recordings import whole_recording, why_silent

pages = Blueprint("notices", __name__)
REFUSALS = (NotTaken, PlaylistError, Refused)
CHIME_MS = 2000
FORM_NAMES = {
    "water": _l("Water cut"), "power": _l("Power cut"), "vaccination": _l("Vaccination"), "market": _l("Market"), "lost": _l("Something lost"),
    "found": _l("Something found"), "missing": _l("Missing person"), "funeral": _l("Funeral"), "weather": _l("Weather"), "meeting": _l("Meeting"),
}  # fmt: skip
FIELD_NAMES = {
    "place": _l("At which place"), "day": _l("Day"), "since": _l("From what time"), "until": _l("Until what time"), "reason": _l("Why"), "phone": _l("Telephone"), "what": _l("What"),
    "who": _l("For whom"), "bring": _l("What to bring"), "looks": _l("How it, he or she looks"), "name": _l("Name of the person"), "advice": _l("What people should do"),
}  # fmt: skip


def new_key() -> str:
    """What tells one form from another: the same form sent twice is one notice."""
    return secrets.token_hex(16)


def _key() -> str:
    """The form's own key. Raises Refused when a form comes without one."""
    key = text_of("key", 64)
    if not (len(key) >= 16 and key.isascii() and key.isalnum()):
        raise Refused(_("This form is too old or came from elsewhere. Go back, reload the page and send it again."), "key")
    return key


def _page(wrong: str = "", field: str = "") -> tuple[str, int]:
    """The empty sheet, or a template's fields; what was typed stays when it is refused."""
    name = request.values.get("form", "")
    areas = areas_for("schedule")
    chosen = id_of("area") or last_place()
    today = now().astimezone(zone_of(areas[0] if areas else None)).date()
    page = render_template(
        "notice_new.html", areas=areas, template=forms.FORMS.get(name), names=FORM_NAMES, fields=FIELD_NAMES, wrong=wrong, field=field,
        typed=request.form if wrong else MultiDict(), key=request.form.get("key") or new_key(), chosen=chosen, today=today,
        tomorrow=today + timedelta(days=1), most=notices.BODY_MAX,
    )  # fmt: skip
    return page, 422 if wrong else 200


def last_place() -> int | None:
    """Where the person spoke last; nobody speaks to a whole county because its name stands first in a list."""
    mine = select(Notice.area_id).where(Notice.made_by_id == person().id, Notice.only.is_(None)).order_by(Notice.id.desc()).limit(1)
    return session().scalar(mine)


@pages.get("/notice")
@pages.post("/notice")
def new() -> ResponseReturnValue:
    """Write, paste, or fill in a template. Nothing is sent before the next page."""
    if request.method == "GET":
        return _page()
    area = find_area(id_of("area"), "schedule")
    try:
        with one_act():
            made = _written(area)
    except REFUSALS as error:
        return _page(told(error), getattr(error, "field", ""))
    return redirect(url_for("notices.one", notice_id=made.id), 303)


def _written(area: Area) -> Notice:
    name = request.form.get("form", "")
    if not name:
        body = request.form.get("body", "")
        return notices.draft(
            session(), person(), area, key=_key(), title=text_of("title", 300, required=False), body=body, lang=request.form.get("lang") or None, now=now()
        )
    local = now().astimezone(zone_of(area))
    given = {field: request.form.get(field, "") for field, _kind in forms.FORMS[name].fields} if name in forms.FORMS else {}
    filled = forms.fill(name, given, request.form.get("lang", "zh-Hans"), local)
    return notices.draft(
        session(), person(), area, key=_key(), title=filled.title, body=filled.body, lang=filled.lang, now=now(), repeats=filled.repeats,
        later=filled.later, ends_at=filled.ends,
    )  # fmt: skip


# what a person sees before it is sent


@dataclass(frozen=True)
class Voice:
    """How one dialect will sound: what is spoken instead where it has no voice, how long it is (``sure`` once it was spoken), the trial to hear;
    ``record`` where only a person can read it; ``read``: the recording of all of it, heard in place of the voice."""

    code: str
    speaks: str
    ms: int
    sure: bool
    key: str
    row: Preview | None
    rendition: Rendition | None
    record: bool
    read: Recording | None = None


def _speaks(session: Session, article: Article, code: str) -> str:
    """The dialect that is really heard: a fallback where this one has no voice, no recordings or no text; "" when nothing is."""
    tried: str | None = code
    while tried is not None:
        if not why_silent(session, article, tried):
            return tried
        tried = DIALECTS[tried].fallback
    return ""


def voices_of(session: Session, notice: Notice) -> list[Voice]:
    """Every dialect that hears it."""
    article, found = notice.article, []
    langs = [text.lang for text in article.texts]
    for code in sorted(notices.dialects_of(session, notice), key=list(DIALECTS).index):
        speaks, record = _speaks(session, article, code), not DIALECTS[code].speaks and pick_text(code, langs) is not None
        script = script_of(article, speaks) if speaks else None
        if script is None:
            found.append(Voice(code, "", 0, False, "", None, None, record))
            continue
        if (read := whole_recording(session, article, speaks)) is not None:
            found.append(Voice(code, speaks, read.ms, True, "", None, None, record, read))
            continue
        words = words_for(session, article.area, speaks, "\n".join(script.sentences), article.id)
        key = preview_key("speak", speaks, script.sentences, words, script.voice) if DIALECTS[speaks].speaks else ""
        row = session.scalar(select(Preview).where(Preview.key == key))
        spoken = session.scalar(
            select(Rendition).where(
                Rendition.article_id == article.id, Rendition.revision == article.revision, Rendition.dialect == speaks, Rendition.state == "ready"
            ).limit(1)
        )  # fmt: skip
        known = spoken.ms if spoken is not None else row.ms if row is not None and row.state == "ready" else 0
        found.append(Voice(code, speaks, known or length_ms(script.whole), bool(known), key, row, spoken, record))
    return found


def lasts(notice: Notice, voices: list[Voice], repeats: int) -> timedelta:
    """How long it takes in the longest dialect, chime and pauses counted."""
    longest = max((each.ms for each in voices), default=0)
    return timedelta(milliseconds=CHIME_MS + repeats * longest + (repeats - 1) * notices.PAUSE_MS)


def who_hears(session: Session, notice: Notice, starts_at: datetime) -> tuple[Audience, list[Voice]]:
    """The people behind the button, and how they hear it."""
    voices = voices_of(session, notice)
    return audience(session, notice.area, starts_at, lasts(notice, voices, notice.repeats), notice.only), voices


def _show(notice: Notice, wrong: str = "") -> tuple[str, int]:
    if notice.state != "draft":
        page = render_template("notice.html", notice=notice, text=notices.text_of(notice), state=Markup(state_of(session(), person(), notice)), wrong=wrong)
        return page, 422 if wrong else 200
    try:
        at = moment_of("play_at", notice.area)
    except Refused as error:
        at, wrong = None, wrong or told(error)
    who, voices = who_hears(session(), notice, max(at, now()) if at else now())
    zone = zone_of(notice.area)
    page = render_template(
        "notice_send.html", notice=notice, text=notices.text_of(notice), who=who, voices=voices, at=at.astimezone(zone) if at else None, wrong=wrong,
        needed=review.reviews_needed(session(), notice.area, "notice"), approved=notice.article.state == "approved", zone=zone,
        ends=notice.ends_at.astimezone(zone) if notice.ends_at else None, typed=request.form if wrong else MultiDict(), most=notices.BODY_MAX,
        today=now().astimezone(zone),
    )  # fmt: skip
    return page, 422 if wrong else 200


@pages.get("/notices/<row:notice_id>")
def one(notice_id: int) -> ResponseReturnValue:
    """Before it is sent: who hears it, how it sounds, the button. Afterwards: what became of it."""
    return _show(find(Notice, notice_id))


@pages.post("/notices/<row:notice_id>/text")
def rewrite(notice_id: int) -> ResponseReturnValue:
    """Other words."""
    notice = find(Notice, notice_id, "schedule")
    try:
        with one_act():
            notices.rewrite(
                session(), person(), notice, title=text_of("title", 300, required=False), body=request.form.get("body", ""),
                lang=notices.text_of(notice).lang, now=now(),
            )  # fmt: skip
    except REFUSALS as error:
        return _show(notice, told(error))
    return redirect(url_for("notices.one", notice_id=notice.id), 303)


@pages.post("/notices/<row:notice_id>/hear/<dialect>")
def hear(notice_id: int, dialect: str) -> ResponseReturnValue:
    """The whole notice as it will sound, spoken beforehand."""
    notice = find(Notice, notice_id, "schedule")
    script = script_of(notice.article, dialect) if dialect in DIALECTS and DIALECTS[dialect].speaks else None
    if script is None:
        abort(404)
    words = words_for(session(), notice.article.area, dialect, "\n".join(script.sentences), notice.article_id)
    ask(session(), "speak", dialect, script.sentences, words, now(), notice.article_id, script.voice)
    return redirect(url_for("notices.one", notice_id=notice.id), 303)


@pages.post("/notices/<row:notice_id>/send")
def send(notice_id: int) -> ResponseReturnValue:
    """Play it. A second tap finds it sent and shows what becomes of it."""
    notice = find(Notice, notice_id, "schedule")
    try:
        with one_act():
            at = moment_of("play_at", notice.area) if request.form.get("when") == "at" else None
            if at is None and request.form.get("when") == "at":
                raise Refused(_("Choose a day and a time."), "play_at")
            later = request.form.getlist("later")
            ends = moment_of("ends_at", notice.area)
            notices.send(
                session(), person(), notice, now(), play_at=at, repeats=number_of("repeats", 1, notices.REPEATS_MAX, notice.repeats),
                later=later if ends else [], ends_at=ends,
            )  # fmt: skip
    except REFUSALS as error:
        session().refresh(notice)
        return _show(notice, told(error))
    return redirect(url_for("notices.one", notice_id=notice.id), 303)


def _act(notice_id: int, act: Any, done: str) -> Response:
    notice = find(Notice, notice_id, "schedule")
    try:
        with one_act():
            made = act(notice)
        if done:
            flash(done, "good")
    except REFUSALS as error:
        session().refresh(notice)
        flash(told(error), "bad")
        made = None
    return redirect(url_for("notices.one", notice_id=made.id if isinstance(made, Notice) else notice.id), 303)


@pages.post("/notices/<row:notice_id>/undo")
def undo(notice_id: int) -> ResponseReturnValue:
    """Nobody hears it."""
    return _act(notice_id, lambda each: notices.undo(session(), person(), each, now()), _("Taken back: nobody hears it."))


@pages.post("/notices/<row:notice_id>/stop")
def stop(notice_id: int) -> ResponseReturnValue:
    """Break it off, now and for later."""
    return _act(notice_id, lambda each: notices.stop_notice(session(), person(), each, now()), _("Stopped: nothing of it is heard from now on."))


@pages.post("/notices/<row:notice_id>/again")
def again(notice_id: int) -> ResponseReturnValue:
    """The same words once more: everywhere, or only where they were not heard. One more tap plays them."""
    only = request.form.get("only") == "1"
    return _act(notice_id, lambda each: notices.again(session(), person(), each, now(), missed_only=only), "")


@pages.post("/notices/<row:notice_id>/reopen")
def reopen(notice_id: int) -> ResponseReturnValue:
    """What was taken back, to be changed and sent after all."""
    return _act(notice_id, lambda each: notices.reopen(session(), person(), each, now()), "")


@pages.post("/notices/stop-mine")
def stop_mine() -> ResponseReturnValue:
    """Everything that I started, at once."""
    done = notices.stop_mine(session(), person(), now())
    flash(_("Stopped: nothing that you started is heard any more.") if done.programmes + done.emergencies else _("Nothing that you started is on air."), "good")
    return redirect(url_for("home.first"), 303)


@pages.post("/articles/<row:article_id>/seen")
def seen(article_id: int) -> ResponseReturnValue:
    """A reviewer looked at what went out without a review."""
    article = find(Article, article_id, "review")
    try:
        with one_act():
            review.see(session(), article, person(), now())
        flash(_("Noted: you have looked at it."), "good")
    except REFUSALS as error:
        flash(told(error), "bad")
    return redirect(url_for("home.first"), 303)


# what moves by itself


def state_of(session: Session, person: Person, notice: Notice) -> str:
    """What becomes of a notice that was sent, as it is now."""
    left = max(0, round((notice.undo_until - now()).total_seconds())) if notice.undo_until else 0
    covers = notices.covers(session, notice, now())
    seen = covers[0] if covers else None
    missed = [each for each in seen.not_heard if each.terminal.state == "active"] if seen is not None else []
    renditions = list(session.scalars(
        select(Rendition).where(Rendition.article_id == notice.article_id, Rendition.revision == notice.article.revision).order_by(Rendition.dialect)
    ))  # fmt: skip
    only = session.scalars(select(Terminal).where(Terminal.id.in_(notice.only or ()))).all() if notice.only else []
    return render_template(
        "_notice_state.html", notice=notice, left=left, cover=seen, missed=missed, renditions=renditions, only=only,
        to_come=notices.to_come(session, notice, now()), at_work=any(each.state in ("wanted", "rendering") for each in renditions),
    )  # fmt: skip


def live(session: Session, person: Person, row: int) -> dict[str, str]:
    """The moving parts: what becomes of it, and the trials that were asked for."""
    notice = session.scalar(select(Notice).join(Area, Notice.area_id == Area.id).where(Notice.id == row, visible(session, person)))
    if notice is None:
        return {}
    if notice.state != "draft":
        return {"state": state_of(session, person, notice)}
    trials = select(Preview).where(Preview.article_id == notice.article_id, Preview.kind == "speak", Preview.asked_at > now() - timedelta(minutes=30))
    return {f"hear-{each.key[:16]}": render_template("_hear.html", key=each.key[:16], row=each) for each in session.scalars(trials)}
