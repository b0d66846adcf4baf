"""Speakers: which are alive, pair a new one, make it louder or quieter, test it, take its rights away."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup, escape
from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, selectinload

from admin import words
from admin.desk import Refused, areas_for, desk, find, find_area, id_of, now, number_of, one_act, person, session, text_of
from admin.home import speakers
from admin.hours import OFFERED, quieter
from admin.refusals import told
from admin.tongue import _
from admin.web import limiter
from broadcast.commands import TTL_MAX_S, BadCommand, is_muted, send_command
from broadcast.logs import log_files, log_of
from broadcast.models import OutCommand
from devices import enrol
from devices.enrol import EnrolError
from devices.hours import quiet_of
from devices.models import Group, GroupMember, Terminal
from devices.presence import counts
from devices.releases import newest
from playlists.models import Occurrence
from station.areas import ancestors, branch, is_below
from station.files import SHA256
from station.models import Area, Person
from station.people import sees_all, visible
from tts.dialects import DIALECTS

pages = Blueprint("devices", __name__)
REFUSALS = (EnrolError, BadCommand, Refused)
TEST_ACTS: dict[str, tuple[str, dict[str, bool]]] = {
    "chime": ("chime", {}), "report": ("report", {}), "stop": ("stop", {}), "mute": ("mute", {"muted": True}), "unmute": ("mute", {"muted": False}),
    "selftest": ("selftest", {}), "log": ("log", {}),
}  # fmt: skip


PAGE = 100
SHOWN = ("online", "silent", "lost", "off", "never", "revoked")


@dataclass(frozen=True)
class Looked:
    """What of the fleet is asked for: a branch, a presence, a part of the name or the name on the wire; behind which terminal the page begins."""

    place: Area | None = None
    presence: str = ""
    text: str = ""
    after: int = 0


def fleet(session: Session, person: Person, looked: Looked | None = None) -> list[Terminal]:
    """One page of the terminals of the person's branches: in the order of the tree, or by number where a name or presence is looked for. One
    more than PAGE says that there is another page."""
    looked = looked or Looked()
    mine = [visible(session, person)]
    if looked.place is not None:
        mine.append(branch(looked.place))
    if looked.presence or looked.text:
        return _matching(session, [] if looked.place is None and sees_all(session, person) else mine, looked)
    last = session.get(Terminal, looked.after) if looked.after else None
    found: list[int] = []
    beyond = [Area.path >= last.area.path] if last is not None else []
    while len(found) <= PAGE:  # places in order, as many as fill a page: nothing is sorted but what is shown
        places = session.execute(select(Area.id, Area.path).where(*mine, *beyond).order_by(Area.path).limit(3 * PAGE)).all()
        turn = {each.id: n for n, each in enumerate(places)}
        rows = session.execute(select(Terminal.id, Terminal.area_id).where(Terminal.area_id.in_(turn))).all()
        there = sorted((turn[each.area_id], each.id) for each in rows if last is None or each.area_id != last.area_id or each.id > last.id)
        found += [number for _, number in there]
        if len(places) < 3 * PAGE:
            break
        beyond = [Area.path > places[-1].path]
    found = found[: PAGE + 1]  # only those are read whole: what terminals report is long
    known = {each.id: each for each in session.scalars(select(Terminal).where(Terminal.id.in_(found)).options(selectinload(Terminal.area)))}
    return [known[number] for number in found if number in known]


def _matching(session: Session, mine: list[ColumnElement[bool]], looked: Looked) -> list[Terminal]:
    query = select(Terminal).where(Terminal.id > looked.after).order_by(Terminal.id).limit(PAGE + 1).options(selectinload(Terminal.area))
    if mine:
        query = query.where(Terminal.area_id.in_(select(Area.id).where(*mine)))
    if looked.presence == "revoked":
        query = query.where(Terminal.state == "revoked")
    elif looked.presence:
        query = query.where(Terminal.state == "active", Terminal.presence == looked.presence)
    if looked.text:
        query = query.where(or_(Terminal.name.contains(looked.text, autoescape=True), Terminal.did == looked.text.lower()))
    return list(session.scalars(query))


def looked_for() -> Looked:
    """What the address of the page asks for; what makes no sense is not asked."""
    after, place = request.args.get("after", ""), request.args.get("place", "")
    number = int(after) if after.isascii() and after.isdecimal() and len(after) < 10 else 0
    area = None
    if place.isascii() and place.isdecimal() and len(place) < 10:
        area = session().scalar(select(Area).where(Area.id == int(place), visible(session(), person())))
    shown = request.args.get("presence", "")
    return Looked(area, shown if shown in SHOWN else "", request.args.get("q", "").strip()[:100], number)


def presence(terminal: Terminal) -> str:
    """Its state in words: revoked, or what its last birth, will or heartbeat says."""
    shown = terminal.presence if terminal.state == "active" else "revoked"
    if shown == "online" and terminal.fault:
        shown = "faulty"
    return str(words.state_chip(shown) + Markup(" <small>{}</small>").format(words.ago(terminal.last_seen_at)))


def live_list(session: Session, person: Person, row: int) -> dict[str, str]:
    """The presence of the terminals of one page (behind terminal ``row``), and the one line above."""
    ready, total = speakers(session, person)
    parts = {f"terminal-{each.id}": presence(each) for each in fleet(session, person, Looked(after=row))[:PAGE]}
    return {"speakers": str(escape(_("%(ready)d of %(total)d speakers ready", ready=ready, total=total))), **parts}


def recent_commands(session: Session, terminal: Terminal) -> list[OutCommand]:
    query = select(OutCommand).where(OutCommand.aud == terminal.did).order_by(OutCommand.created_at.desc()).limit(5)
    return list(session.scalars(query))


def command_state(command: OutCommand) -> str:
    """What became of a command: its result, or on its way, or no answer."""
    if command.result:
        return command.result
    if command.expires_at <= now():
        return "expired"
    return "sent" if command.sent_at else "wanted"


def live_terminal(session: Session, person: Person, row: int) -> dict[str, str]:
    """One terminal: presence, what it says of itself, what became of the commands."""
    found = session.scalar(
        select(Terminal).join(Area, Terminal.area_id == Area.id).where(Terminal.id == row, visible(session, person))
    )
    if found is None:
        return {}
    return {
        "presence": presence(found), "facts": _facts(session, found),
        "commands": render_template("_commands.html", rows=recent_commands(session, found), state_of=command_state, terminal_id=found.id),
    }  # fmt: skip


def _facts(session: Session, terminal: Terminal) -> str:
    """What it says of itself, and the hours that hold for it."""
    quiet = quiet_of(session, ancestors(session, terminal.area))
    stagger = session.scalar(select(func.max(Group.stagger_ms)).join(GroupMember).where(GroupMember.terminal_id == terminal.id)) or 0
    return render_template(
        "_facts.html", terminal=terminal, quiet=quiet, stagger=stagger, muted=is_muted(session, terminal), playing=_playing(session, terminal),
    )  # fmt: skip


def _playing(session: Session, terminal: Terminal) -> Occurrence | str:
    """The programme that it plays, the name it gives where that is none of ours, or ""."""
    item = str((terminal.reported or {}).get("playing", ""))
    number = item.partition("-")[0]
    found = session.get(Occurrence, int(number)) if number.isascii() and number.isdecimal() and len(number) < 10 else None
    return found if found is not None and is_below(terminal.area, found.area) else item


@pages.get("/devices")
def all() -> str:
    """Every speaker of mine, by place, alive on the page."""
    looked = looked_for()
    rows = fleet(session(), person(), looked)
    ready, total = speakers(session(), person())
    by_area: dict[Area, list[Terminal]] = {}
    for each in rows[:PAGE]:
        by_area.setdefault(each.area, []).append(each)
    mine = select(Group).join(Area, Group.area_id == Area.id).where(visible(session(), person()), Group.passing.is_(False)).order_by(Group.name).limit(PAGE)
    mine = mine.options(selectinload(Group.members), selectinload(Group.area))
    groups = list(session().scalars(mine))
    return render_template(
        "devices.html", by_area=by_area, ready=ready, total=total, areas=areas_for("devices"), groups=groups,
        presence=lambda each: Markup(presence(each)), looked=looked, shown=SHOWN,
        after=rows[PAGE - 1].id if len(rows) > PAGE else 0,
        counts=counts(session(), looked.place) if looked.place else {},
        dialects=DIALECTS,
    )  # fmt: skip


def let_in(area: Area, code: str, name: str, dialect: str | None = None) -> Terminal:
    """Pair the terminal that shows the code. A wrong code is written down although the refusal follows."""
    if dialect is not None and dialect not in DIALECTS:
        raise Refused(_("Choose one of the six dialects."), "dialect")
    here = desk()
    made = enrol.pair(
        session(), person=person(), code=code, area=area, name=name, now=now(), keys=here.keys, base_urls=here.settings.base,
        domain=here.settings.domain, hash_password=here.hash_password,
    )  # fmt: skip
    made.dialect = dialect
    return made


@pages.post("/devices/pair")
@limiter.limit("20 per minute")
def pair() -> ResponseReturnValue:
    """Let the terminal in that shows this code. A wrong code is remembered: nobody guesses his way in."""
    area = find_area(id_of("area"), "devices")
    try:
        made = let_in(area, text_of("code", 20), text_of("name", 100), request.form.get("dialect") or None)
    except REFUSALS as error:
        flash(told(error), "bad")
        return redirect(url_for("devices.all"), 303)
    flash(_("%(name)s is paired and gets its papers now.", name=made.name), "good")
    return redirect(url_for("devices.one", terminal_id=made.id), 303)


@pages.get("/devices/<row:terminal_id>")
def one(terminal_id: int) -> str:
    """One terminal."""
    found = find(Terminal, terminal_id)
    groups = session().scalars(select(Group).join(Area, Group.area_id == Area.id).where(visible(session(), person(), "devices"), Group.passing.is_(False)))
    return render_template(
        "device.html", terminal=found, groups=list(groups), mine=_groups_of(found), rows=recent_commands(session(), found),
        state_of=command_state, terminal_id=found.id, presence=Markup(presence(found)), facts=Markup(_facts(session(), found)), muted=is_muted(session(), found), newest=newest(session()),
        offered=OFFERED, taken={each.partition("=")[0] for each in found.caps}, quieter=quieter(found),
    )  # fmt: skip


@pages.post("/devices/<row:terminal_id>/volume")
def volume(terminal_id: int) -> ResponseReturnValue:
    """How loud it is, 0 to 100."""
    found = find(Terminal, terminal_id, "devices")
    try:
        enrol.change(session(), person=person(), terminal=found, now=now(), volume=number_of("volume", 0, 100))
        flash(_("The volume is on its way to the speaker."), "good")
    except REFUSALS as error:
        flash(told(error), "bad")
    return redirect(url_for("devices.one", terminal_id=found.id), 303)


@pages.post("/devices/<row:terminal_id>/update")
def update(terminal_id: int) -> ResponseReturnValue:
    """The newest version of the terminals' program, on trial."""
    found = find(Terminal, terminal_id, "devices")
    made = newest(session())
    try:
        if made is None:
            raise Refused(_("No version was released yet."), "version")
        send_command(session(), person=person(), terminal=found, op="update", now=now(), args={"version": made.version}, ttl_s=TTL_MAX_S)
    except REFUSALS as error:
        flash(told(error), "bad")
    return redirect(url_for("devices.one", terminal_id=found.id), 303)


@pages.post("/devices/<row:terminal_id>/line")
def line(terminal_id: int) -> ResponseReturnValue:
    """Whether every byte of its line is paid for, and whether it serves its neighbours."""
    found = find(Terminal, terminal_id, "devices")
    enrol.change(session(), person=person(), terminal=found, now=now(), metered="metered" in request.form, head="head" in request.form)
    flash(_("Saved."), "good")
    return redirect(url_for("devices.one", terminal_id=found.id), 303)


@pages.get("/devices/<row:terminal_id>/logs/<command_id>")
def log(terminal_id: int, command_id: str) -> Response:
    """The log that this command brought, as gzip of JSON lines."""
    found = find(Terminal, terminal_id, "devices")
    sha, files = log_of(session(), found, command_id), log_files(desk().files)
    if sha is None or not SHA256.match(sha) or not files.has(sha):
        abort(404)
    return send_file(files.path(sha), mimetype="application/gzip", as_attachment=True, download_name=f"{found.did}.log.gz")


@pages.post("/devices/<row:terminal_id>/commands/<op>")
def command(terminal_id: int, op: str) -> ResponseReturnValue:
    """Chime, report, stop, mute, unmute, self-test or log, now."""
    if op not in TEST_ACTS:
        abort(404)
    found = find(Terminal, terminal_id, "devices")
    try:
        send_command(session(), person=person(), terminal=found, op=TEST_ACTS[op][0], args=TEST_ACTS[op][1], now=now())
    except REFUSALS as error:
        flash(told(error), "bad")
    return redirect(url_for("devices.one", terminal_id=found.id), 303)


@pages.post("/devices/<row:terminal_id>/revoke")
def revoke(terminal_id: int) -> ResponseReturnValue:
    """Its papers count no more; it is thrown off the line."""
    found = find(Terminal, terminal_id, "devices")
    try:
        enrol.revoke(session(), person=person(), terminal=found, now=now())
        flash(_("%(name)s was revoked: it can hear and say nothing any more.", name=found.name), "good")
    except REFUSALS as error:
        flash(told(error), "bad")
    return redirect(url_for("devices.one", terminal_id=found.id), 303)


@pages.post("/devices/groups")
def new_group() -> ResponseReturnValue:
    """A group of speakers that are addressed together."""
    area = find_area(id_of("area"), "devices")
    try:
        enrol.make_group(session(), person=person(), area=area, name=text_of("name", 100), now=now())
        flash(_("The group was made; put speakers into it on their own pages."), "good")
    except REFUSALS as error:
        flash(told(error), "bad")
    return redirect(url_for("devices.all"), 303)


@pages.post("/devices/<row:terminal_id>/groups")
def set_groups(terminal_id: int) -> ResponseReturnValue:
    """Which groups it belongs to, at most three."""
    found = find(Terminal, terminal_id, "devices")
    wanted = set(request.form.getlist("group"))
    theirs = select(Group).join(Area, Group.area_id == Area.id).where(visible(session(), person(), "devices"), Group.passing.is_(False))
    try:
        with one_act():
            for group in sorted(session().scalars(theirs), key=lambda each: str(each.id) in wanted):  # taken out first
                member = str(group.id) in wanted
                if member or group.id in _groups_of(found):
                    enrol.set_member(session(), person=person(), group=group, terminal=found, member=member, now=now())
        flash(_("Saved."), "good")
    except REFUSALS as error:
        flash(told(error), "bad")
    return redirect(url_for("devices.one", terminal_id=found.id), 303)


def _groups_of(terminal: Terminal) -> set[int]:
    return set(session().scalars(select(GroupMember.group_id).where(GroupMember.terminal_id == terminal.id)))
