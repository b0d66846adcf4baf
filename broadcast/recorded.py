"""Recordings that come along with a warning (the mp3 of an EBD package): decoded before anything is written, kept, and heard where they fit.

Where a village speaks the recording's own tongue it is heard instead of our reading; elsewhere the words are read in the village's tongue, and the
recording is heard only where nobody can.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from articles.alerts.read import read
from articles.models import ReceivedAlert
from station.files import Files
from tts import library
from tts.models import Clip
from tts.uploads import AudioRefused, Imported, Limits, import_upload

log = logging.getLogger(__name__)
MOST = 4
LIMITS = Limits(bytes=16 * 2**20, seconds=600.0, patience=10.0)
"""A recording is as long as a warning may be; whoever runs for his life is not kept waiting for its decoding."""
TONGUES = {"zh-Hans": "cmn", "zh-Hant": "cmn", "bo": "bo", "ug": "ug", "en": "en"}
"""The dialect of a recording whose words are in a written language: packages name no other."""


def decoded(data: bytes) -> tuple[dict[str, Imported], list[str]]:
    """The recordings of a file that are named in it, by name; and problems in words. Nothing is written."""
    found = read(data)
    names = dict.fromkeys(name for alert in found.alerts for info in alert.infos for name in info.sounds)
    sounds: dict[str, Imported] = {}
    problems: list[str] = []
    for name in list(names)[:MOST]:
        held = found.media.get(name) or found.media.get(name.rpartition("/")[2])
        if held is None:
            continue  # the address of a sound elsewhere: nothing is fetched for a warning
        try:
            sounds[name] = import_upload(held, name, LIMITS)
        except AudioRefused as error:
            problems.append(f"{error}; the words are read instead")
            log.warning("a recording of a warning: %s", error)
    return sounds, problems


def attach(session: Session, files: Files, rows: Sequence[ReceivedAlert], sounds: Mapping[str, Imported], now: datetime) -> None:
    """Keep the recordings of these warnings in the library of their source's place."""
    for row in rows:
        parts = [{**part, "languages": {lang: dict(words) for lang, words in part["languages"].items()}} for part in row.parts]
        for words in (words for part in parts for words in part["languages"].values()):
            sound = next((sounds[name] for name in words.get("sounds", ()) if name in sounds), None)
            if sound is not None and row.action != "ignore":
                clip = library.keep(session, files, sound, by=None, area=row.source.area, kind="recording", title=words["title"], now=now)
                words["clip"] = clip.id
        row.parts = parts
    session.flush()


def recording_of(session: Session, part: Mapping[str, Any]) -> tuple[Clip | None, str]:
    """The recording of a part of a warning and the dialect it is in."""
    for lang, words in part["languages"].items():
        clip = session.get(Clip, words["clip"]) if "clip" in words else None
        if clip is not None:
            return clip, TONGUES.get(lang, "cmn")
    return None, ""
