"""What an emergency sounds like in one dialect: siren or drill chime, stored phrase, fresh speech; and what of it is not there yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from broadcast.models import Emergency, EmergencyPhrase
from station.clock import to_ms
from station.files import Files
from station.models import Area
from tts.audio import LEAD_SAMPLES_MP3, to_mp3
from tts.dialects import DIALECTS, pick_text
from tts.level import RATE
from tts.models import Clip, Speech
from tts.sirens import SIRENS, siren
from tts.urgent import Said, chain, say
from wire import messages as wire

DRILL_WORDS = {"zh-Hans": "这是演练，不是真实警报。", "en": "This is a drill, not a real alarm.", "bo": "འདི་སྦྱོང་བརྡར་ཡིན།", "ug": "بۇ مانېۋىر."}
PAUSE_MS = 1500
# While the speech is being made, siren and phrase go on; at most so often.
WAITING_REPEATS = 12
# A real one is as loud as the speaker can; a drill as loud as any programme.
VOLUME = 100


@dataclass(frozen=True)
class Sounding:
    """An emergency as a zone hears it; ``awaits`` while a part of it is still being spoken, ``problems`` in words."""

    message: wire.Emergency
    awaits: bool
    problems: tuple[str, ...] = ()


def sirens(files: Files) -> dict[str, wire.Sound]:
    """Our own sounds, stored like every other clip."""
    found = {}
    for name in SIRENS:
        pcm = siren(name)
        mp3 = to_mp3(pcm)
        sha = files.put(mp3)
        found[name] = wire.Sound(name, sha, f"/audio/{sha}.mp3", len(mp3), round(len(pcm) * 1000 / RATE), LEAD_SAMPLES_MP3, title=name)
    return found


def words_of(session: Session, row: Emergency, area: Area, dialect: str) -> list[tuple[str, Mapping[str, str], Area]]:
    """What of an emergency is spoken in a dialect, in order: its name, the texts, and the area as whose speech it is stored."""
    found: list[tuple[str, Mapping[str, str], Area]] = []
    if row.drill:
        found.append(("drill-words", DRILL_WORDS, root_of(session, area)))
    if row.phrase is not None and row.phrase.clip is None:
        found.append((f"phrase-{row.phrase.id}", row.phrase.texts, row.phrase.area))
    recorded = row.clip is not None and row.clip_dialect == dialect
    return [*found, ("speech", row.texts, area)] if row.texts and not recorded else found


def order_speech(session: Session, row: Emergency, area: Area, dialect: str, now: datetime) -> None:
    """What nobody has spoken yet is wanted from this moment."""
    for _, texts, place in words_of(session, row, area, dialect):
        say(session, texts, dialect, place, now, urgent=True)


def sounding(session: Session, row: Emergency, area: Area, dialect: str, ours: Mapping[str, wire.Sound], now: datetime) -> Sounding:
    """What the terminals of the area that speak this dialect are to hear now."""
    said = {name: say(session, texts, dialect, place, now, urgent=True) for name, texts, place in words_of(session, row, area, dialect)}
    parts: list[wire.Sound] = []
    if row.drill:
        parts.append(ours["drill"])
    elif row.all_clear:
        parts.append(ours["all-clear"])
    elif row.siren:
        parts.append(ours[f"siren-{row.level}"])
    if row.phrase is not None and row.phrase.clip is not None:
        parts.append(of_clip(f"phrase-{row.phrase.id}", row.phrase.clip))
    if row.clip is not None and _clip_speaks(row, said.get("speech")):
        parts.append(of_clip("clip", row.clip))
        said = {name: each for name, each in said.items() if name != "speech" or not row.clip_dialect}
    parts += [of_speech(name, each.speech) for name, each in said.items() if each.speech is not None]
    awaits = any(each.pending for each in said.values())
    return Sounding(_message(row, dialect, tuple(parts), awaits), awaits, tuple(f"{name}: {each.why}" for name, each in said.items() if each.why))


def _clip_speaks(row: Emergency, speech: Said | None) -> bool:
    """Whether the clip is heard: always one that stands for itself; a recording of the words where they are not read, or would be in its own tongue."""
    if not row.clip_dialect or speech is None:
        return True
    return speech.speech.dialect == row.clip_dialect if speech.speech is not None else not speech.pending


def _message(row: Emergency, dialect: str, parts: tuple[wire.Sound, ...], awaits: bool) -> wire.Emergency:
    texts = row.texts or (row.phrase.texts if row.phrase else {}) or {}
    lang = next((lang for code in chain(dialect) if (lang := pick_text(code, texts))), None) or next(iter(texts), "")
    return wire.Emergency(
        id=row.key, level=row.level, source=row.source, from_ms=to_ms(row.starts_at), until_ms=to_ms(row.until), sounds=parts, drill=row.drill,
        wording=row.wording * 100 + len(parts), repeats=max(row.repeats, WAITING_REPEATS) if awaits else row.repeats, pause_ms=PAUSE_MS,
        title=row.title, text=texts.get(lang, row.title), lang=lang, all_clear=row.all_clear, volume=-1 if row.drill else VOLUME,
    )  # fmt: skip


def root_of(session: Session, area: Area) -> Area:
    """The top of its tree, where what every station says is stored."""
    return session.get_one(Area, int(area.path.strip("/").partition("/")[0]))


def of_speech(name: str, row: Speech) -> wire.Sound:
    return wire.Sound(
        name, row.audio_sha256, f"/audio/{row.audio_sha256}.mp3", row.audio_bytes, row.ms, row.skip, lang=DIALECTS[row.dialect].code, title=row.text[:60]
    )


def of_clip(name: str, clip: Clip) -> wire.Sound:
    return wire.Sound(name, clip.audio_sha256, f"/audio/{clip.audio_sha256}.mp3", clip.audio_bytes, clip.ms, clip.skip, title=clip.title[:60])


def stored(
    session: Session, phrases: Sequence[EmergencyPhrase], area: Area, dialect: str, ours: Mapping[str, wire.Sound], now: datetime
) -> tuple[list[wire.Sound], bool]:
    """What the terminals of an area that speak this dialect hold beforehand: its phrases, at the top of a tree also sirens and the words of
    drills. And whether a part is still being spoken."""
    found: list[wire.Sound] = []
    lacks = False
    if area.parent_id is None:
        found += ours.values()
        said = say(session, DRILL_WORDS, dialect, area, now, urgent=False)
        found += [of_speech("drill-words", said.speech)] if said.speech is not None else []
        lacks = said.pending
    for each in phrases:
        if each.clip is not None:
            found.append(of_clip(f"phrase-{each.id}", each.clip))
            continue
        said = say(session, each.texts, dialect, area, now, urgent=False)
        lacks = lacks or said.pending
        if said.speech is not None:
            found.append(of_speech(f"phrase-{each.id}", said.speech))
    return found, lacks
