"""What becomes of each warning: play, drill, inbox, ignore, cancel or all_clear, where, in which languages, from when until when, and why.

One pure function of what was received, what is known already, the moment, our places and the trust. The order in which the messages of one
file or one day come does not matter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from articles.alerts.model import LEVELS, Alert, Info, Reference
from articles.alerts.places import Map, Match
from articles.alerts.trust import Trust, level_of

ACTIONS = ("play", "drill", "inbox", "ignore", "cancel", "all_clear")
_DRILLS = ("exercise", "test")
_REAL = ("actual",)
_MUTE = ("draft", "system")
_HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Words:
    """What is said in one written language, and which dialects here can say it. ``sounds`` are the names of recordings of it that came along."""

    title: str
    text: str
    dialects: tuple[str, ...] = ()
    sounds: tuple[str, ...] = ()


@dataclass(frozen=True)
class Part:
    """A piece of a warning that holds in the same places at the same time: its words by written language (BCP 47)."""

    level: str | None
    areas: tuple[str, ...]
    languages: Mapping[str, Words]
    starts: datetime
    ends: datetime


@dataclass(frozen=True)
class Decision:
    """``why`` is for the person who asks; ``parts`` has what is said where. ``stops`` are the messages that end by this one."""

    alert: Alert
    action: str
    why: str
    level: str | None = None
    areas: tuple[str, ...] = ()
    starts: datetime | None = None
    ends: datetime | None = None
    parts: tuple[Part, ...] = ()
    stops: tuple[Reference, ...] = ()
    clear: bool = False  # what it says is that the danger is over

    @property
    def key(self) -> str:
        return self.alert.key

    @property
    def drill(self) -> bool:
        return is_drill(self.alert)

    @property
    def languages(self) -> dict[str, Words]:
        """All words by language; where parts differ, one after the other."""
        found: dict[str, Words] = {}
        for part in self.parts:
            for lang, words in part.languages.items():
                found[lang] = _joined(found[lang], words) if lang in found else words
        return found


@dataclass(frozen=True)
class Known:
    """What the station remembers of a message it decided earlier. ``played`` is when it began to be heard, None if it never was."""

    identity: tuple[str, str, datetime | None]
    action: str
    drill: bool = False
    stops: tuple[Reference, ...] = ()
    played: datetime | None = None


@dataclass(frozen=True)
class Speakers:
    """Which written language (normalised) a code means, and which dialects are spoken from it; ``guess`` tells it from a text."""

    writing: Callable[[str], str]
    dialects: Callable[[str], tuple[str, ...]]
    guess: Callable[[str], str]


@dataclass
class _Draft:
    """A decision in the making."""

    alert: Alert
    decision: Decision
    acts: bool = False  # what it names ends, whatever becomes of itself
    doubts: list[str] = field(default_factory=list)


def is_drill(alert: Alert) -> bool:
    """Whether the message, or the envelope it came in, says that it is an exercise or a test."""
    return alert.status.lower() in _DRILLS or alert.envelope.lower() in _DRILLS


def decide(
    alerts: Sequence[Alert], *, now: datetime, trust: Trust, places: Map | None, speakers: Speakers, known: Sequence[Known] = (),
) -> list[Decision]:  # fmt: skip
    """A decision for each alert, in their order. ``places`` None: our places are not known, and an alert that names any is taken for ours."""
    seen = {each.identity for each in known}
    drafts: list[_Draft] = []
    for alert in alerts:
        if alert.whole and alert.identifier and alert.identity in seen:
            drafts.append(_Draft(alert, Decision(alert, "ignore", "it was received before")))
            continue
        if alert.whole:
            seen.add(alert.identity)
        drafts.append(_alone(alert, now, trust, places, speakers))
    ended = [(ref, each.drill, each.identity, each.action) for each in known for ref in each.stops if each.action != "inbox"]
    ended += [(ref, is_drill(each.alert), each.alert.identity, each.decision.action) for each in drafts if each.acts for ref in each.alert.references]
    decisions = [_ended(each, ended) for each in drafts]
    return _within_rate(decisions, known, now, trust)


def names(reference: Reference, identity: tuple[str, str, datetime | None]) -> bool:
    """Whether a reference means this message: the same identifier and moment; the sender only where one of the two is missing, for senders
    write themselves differently in references."""
    sender, identifier, sent = identity
    if reference.identifier != identifier or not identifier:
        return False
    if reference.sent is not None and sent is not None:
        return reference.sent == sent
    return not reference.sender or reference.sender == sender


def _ended(draft: _Draft, ended: Sequence[tuple[Reference, bool, tuple[str, str, datetime | None], str]]) -> Decision:
    """Ignored where a later message of the same kind (real or drill) has ended it, in whichever order the two came."""
    decision = draft.decision
    if decision.action not in ("play", "drill", "inbox", "all_clear"):
        return decision
    for reference, drill, by, action in ended:
        mine = draft.alert.identity
        if by != mine and drill == is_drill(draft.alert) and _later(by, draft.alert) and names(reference, mine):
            word = {"cancel": "cancelled", "all_clear": "ended by the all-clear"}.get(action, "replaced")
            return replace(decision, action="ignore", why=f"{word} by {by[1]}", stops=draft.alert.references if draft.acts else ())
    return decision


def _later(by: tuple[str, str, datetime | None], alert: Alert) -> bool:
    """Whether one message may end another: it is younger, or as old and not itself ended by it."""
    mine = alert.identity
    if by[2] is None or mine[2] is None or by[2] == mine[2]:
        return not any(names(each, by) for each in alert.references)
    return by[2] > mine[2]


def _within_rate(decisions: list[Decision], known: Sequence[Known], now: datetime, trust: Trust) -> list[Decision]:
    """The first so many of an hour play by themselves; a flood of warnings is for a person to look at."""
    heard = sum(1 for each in known if each.played is not None and now - _HOUR < each.played <= now and not each.drill)
    kept: list[Decision] = []
    for each in decisions:
        if each.action == "play":
            heard += 1
            if heard > trust.rate:
                each = replace(each, action="inbox", why=f"more than {trust.rate} warnings of {trust.name} within an hour: a person has to look", stops=())
        kept.append(each)
    return kept


def _alone(alert: Alert, now: datetime, trust: Trust, places: Map | None, speakers: Speakers) -> _Draft:
    """What becomes of one alert if no other had come."""
    status, kind = alert.status.lower(), alert.msg_type.lower()
    if status in _MUTE or alert.envelope.lower() in _MUTE:
        return _Draft(alert, Decision(alert, "ignore", f"its status is {alert.status if status in _MUTE else alert.envelope}: it is not for the public"))
    if kind in ("ack", "error"):
        return _Draft(alert, Decision(alert, "ignore", f"{alert.msg_type} is a message between machines"))
    doubts = [*alert.doubts, *_distrust(alert, now, trust)]
    if status not in _REAL + _DRILLS:
        doubts.append(f"its status {alert.status!r} is none that CAP knows" if status else "it has no status")
    if kind not in ("alert", "update", "cancel"):
        doubts.append(f"its msgType {alert.msg_type!r} is none that CAP knows" if kind else "it has no msgType")
    if kind == "cancel":
        return _cancel(alert, doubts)
    if not alert.infos:
        doubts.append("no actionable info: it has nothing to say")
        return _Draft(alert, _inbox(alert, doubts), acts=False)
    draft = _said(alert, doubts, now, trust, places, speakers)
    acts = kind == "update" or draft.action == "all_clear"
    return _Draft(alert, replace(draft, stops=alert.references if acts and draft.action != "inbox" else ()), acts=acts and draft.action != "inbox")


def _distrust(alert: Alert, now: datetime, trust: Trust) -> list[str]:
    """Why the source is not believed without a person, in words; empty when it is."""
    found: list[str] = []
    if trust.senders and alert.sender not in trust.senders:
        found.append(f"the sender {alert.sender[:80]!r} is not one of {trust.name}")
    state = alert.signed.state
    if state == "broken" and trust.signature != "ignore":
        found.append(f"its signature is broken: {alert.signed.why}")
    elif trust.signature == "required" and state != "known":
        found.append({
            "none": "it is not signed, and this source has to sign", "unknown": "it is signed by a key that is not on the list of this source",
            "weak": f"its signature can be forged: {alert.signed.why}",
        }.get(state, f"its signature was not checked: {alert.signed.why}"))  # fmt: skip
    if alert.sent is not None and alert.sent > now + timedelta(seconds=trust.ahead_s):
        found.append(f"it says it was sent at {alert.sent.isoformat()}, which is still to come")
    return found


def _inbox(alert: Alert, doubts: Sequence[str]) -> Decision:
    return Decision(alert, "inbox", "; ".join(doubts))


def _cancel(alert: Alert, doubts: list[str]) -> _Draft:
    if not alert.references:
        doubts.append("it cancels, and names no message")
    if doubts:
        return _Draft(alert, _inbox(alert, doubts))
    named = ", ".join(each.identifier for each in alert.references)
    why = f"it ends the drill {named}" if is_drill(alert) else f"it cancels {named}"
    return _Draft(alert, Decision(alert, "cancel", why, stops=alert.references), acts=True)


def _ends(alert: Alert, info: Info, trust: Trust) -> datetime | None:
    """When an info is over; None when not even its beginning is known."""
    if info.expires is not None:
        return info.expires
    begins = info.onset or info.effective or alert.sent
    return begins + trust.lasts if begins else None


def _over(info: Info) -> bool:
    return "allclear" in (each.lower().replace(" ", "") for each in info.responses) or info.urgency.lower() == "past"


def _said(alert: Alert, doubts: list[str], now: datetime, trust: Trust, places: Map | None, speakers: Speakers) -> Decision:
    """For an alert or update that has something to say."""
    live = [info for info in alert.infos if (end := _ends(alert, info, trust)) is None or end > now]
    if not live:
        last = max(end for info in alert.infos if (end := _ends(alert, info, trust)) is not None)
        told = any(info.expires for info in alert.infos)
        return Decision(alert, "ignore", f"it expired at {last.isoformat()}" if told else f"it is older than {trust.lasts} and names no end", ends=last)
    warning = [info for info in live if not _over(info)]
    clear = not warning
    infos = warning or live
    named: dict[object, str] = {}
    matches = {number: _match(info, places, named) for number, info in enumerate(infos)}
    near = {number: found for number, found in matches.items() if found.ids or found.unknown or found.part}
    if not near:
        return Decision(alert, "ignore", "it concerns none of our places")
    heard = [(infos[number], found.ids) for number, found in near.items() if found.ids]
    parts = _parts(alert, heard or [(infos[number], ()) for number in near], now, trust, speakers)
    areas = tuple(dict.fromkeys(each for part in parts for each in part.areas))
    levels = [part.level for part in parts if part.level]
    level = min(levels, key=LEVELS.index) if levels else None
    decision = Decision(
        alert, "play", "", level, areas, min((part.starts for part in parts), default=None), max((part.ends for part in parts), default=None), parts
    )
    if not heard:
        doubts += _unplaced(near.values())
    return _weighed(decision, doubts, clear, [infos[number] for number in near], now, trust)


def _unplaced(found: Iterable[Match]) -> list[str]:
    kept = list(found)
    unknown = list(dict.fromkeys(text for each in kept for text in each.unknown))
    part = list(dict.fromkeys(text for each in kept for text in each.part))
    words = [f"where it holds is not clear: {'; '.join(unknown[:3])}"] if unknown else []
    return words + ([f"it holds in a part of {', '.join(part[:3])} that is none of our places"] if part else [])


def _weighed(decision: Decision, doubts: list[str], clear: bool, infos: Sequence[Info], now: datetime, trust: Trust) -> Decision:
    """The action, once it is known that it concerns us and is in force."""
    alert = decision.alert
    scope = alert.scope.lower()
    if scope != "public":
        doubts.append(f"its scope is {alert.scope}: not for everybody" if scope else "it has no scope")
    if not alert.whole:
        doubts.append(f"this is the entry of an index; the whole alert is at {alert.link}" if alert.link else "this is the entry of an index, without a link to the whole alert")
    if alert.sent is not None and trust.max_age_s and now - alert.sent > timedelta(seconds=trust.max_age_s):
        doubts.append(f"it was sent at {alert.sent.isoformat()}, longer ago than this source may speak by itself")
    if clear:
        decision = replace(decision, clear=True)
        why = "the danger is over (" + ("responseType AllClear" if any(info.responses for info in infos if _over(info) and info.urgency.lower() != "past") else "urgency Past") + ")"
        return replace(decision, action="inbox", why="; ".join(doubts)) if doubts else replace(decision, action="all_clear", why=why)
    if not any(part.languages for part in decision.parts):
        doubts.append("no actionable info: it has nothing to say")
    elif not any(words.dialects for part in decision.parts for words in part.languages.values()):
        doubts.append(f"nobody here can speak {', '.join(sorted(decision.languages))}")
    if decision.level is None:
        doubts.append("how grave it is, is not told")
    elif not is_drill(alert) and not trust.plays(decision.level):
        doubts.append(f"{decision.level} of {trust.name} does not play by itself")
    if all(info.certainty.lower() == "unlikely" for info in infos):
        doubts.append("its sender holds it for unlikely")
    if doubts:
        return replace(decision, action="inbox", why="; ".join(doubts))
    if is_drill(alert):
        return replace(decision, action="drill", why=f"its status is {alert.status}" if alert.status.lower() in _DRILLS else f"its envelope says {alert.envelope}")
    begins = "in force" if decision.starts is None or decision.starts <= now else f"begins at {decision.starts.isoformat()}"
    return replace(decision, action="play", why=f"Actual and Public, {decision.level}, {begins}")


def _match(info: Info, places: Map | None, named: dict[object, str]) -> Match:
    """Where an info holds. Without a map of ours its areas are taken as it names them; translations of one area have one name (``named``)."""
    if not info.regions:
        return Match(unknown=("it names no area",))
    if places is not None:
        return places.match(info.regions)
    ids: dict[str, None] = {}
    unknown = []
    for each in info.regions:
        drawn = (each.geocodes, each.polygons, each.circles)
        if any(drawn):
            ids[named.setdefault(drawn, each.desc or ", ".join(value for _scheme, value in each.geocodes) or "an outline")] = None
        else:
            unknown.append(f"“{each.desc[:60]}” has neither a code nor an outline")
    return Match(tuple(ids), tuple(unknown))


def _parts(alert: Alert, heard: Sequence[tuple[Info, tuple[str, ...]]], now: datetime, trust: Trust, speakers: Speakers) -> tuple[Part, ...]:
    """Infos that hold in the same places at the same time with the same level are one part in several languages."""
    found: dict[tuple[str | None, tuple[str, ...], datetime, datetime], dict[str, Words]] = {}
    for info, areas in heard:
        starts = info.onset or info.effective or alert.sent or now
        ends = _ends(alert, info, trust) or now + trust.lasts
        words = found.setdefault((level_of(info, trust), areas, starts, ends), {})
        title, text = info.headline or info.event, _text(info)
        if not title and not text:
            continue
        lang = _language(info, f"{title}\n{text}", speakers)
        said = Words(title or text.splitlines()[0][:80], text or title, speakers.dialects(lang), info.sounds)
        words[lang] = _joined(words[lang], said) if lang in words else said
    return tuple(Part(level, areas, words, starts, ends) for (level, areas, starts, ends), words in found.items())


def _text(info: Info) -> str:
    kept = [each for each in (info.description, info.instruction) if each and each.lower() != "none" and each != info.headline]
    return "\n".join(dict.fromkeys(kept))


def _joined(one: Words, other: Words) -> Words:
    if other.text in one.text:
        return one
    return Words(one.title if one.title == other.title else f"{one.title}\n{other.title}", f"{one.text}\n{other.text}", one.dialects)  # no one recording says both


_SCRIPTS = {"zh-Hans": "han", "zh-Hant": "han", "bo": "tibetan", "ug": "arabic"}


def _language(info: Info, text: str, speakers: Speakers) -> str:
    """The written language: as declared where the script agrees; CAP's silent "en-US" over Chinese text is what the text is."""
    declared = speakers.writing(info.language) if info.language else ""
    script = _script(text)
    if declared and _SCRIPTS.get(declared, "latin" if declared == "en" else script) == script:
        return declared
    if script == "latin" or not script:
        return declared or "en"
    return speakers.guess(text)


def _script(text: str) -> str:
    """Whose letters most of the text has; a Chinese character weighs as much as five letters."""
    count = {"han": 0, "tibetan": 0, "arabic": 0, "latin": 0}
    for char in text[:4000]:
        code = ord(char)
        if 0x3400 <= code <= 0x9FFF:
            count["han"] += 5
        elif 0x0F00 <= code <= 0x0FFF:
            count["tibetan"] += 1
        elif 0x0600 <= code <= 0x06FF or 0xFB50 <= code <= 0xFEFF:
            count["arabic"] += 1
        elif char.isalpha():
            count["latin"] += 1
    return max(count, key=lambda each: count[each]) if any(count.values()) else ""
