"""Texts read and spoken for machines, and which voice speaks where."""

from __future__ import annotations

import base64
from collections.abc import Callable
from functools import wraps
from typing import Annotated, Any, Literal, TypeVar, cast

from apiflask import abort
from flask import current_app
from pydantic import Field

from admin.api.door import In, Out, RowNumber, Words, auth, doors, refusals
from admin.auditions import chosen_for_article
from admin.desk import Refused, find, find_area, now, person, session
from admin.speaking import Busy, Speaking
from admin.web import limiter
from articles.models import Article
from playlists import playlist as playlist_room
from playlists.models import Playlist
from station.audit import record
from tts.choose import choose_voice
from tts.dialects import DIALECTS, UnknownDialect
from tts.engines import EngineError, TtsError
from tts.export import MIME, spoken_file
from tts.lexicon import words_for
from tts.reading import front_end
from tts.voices import NAME_MAX, VOICES, Manner, UnknownVoice, voice

LONGEST_TEXT = 2_000
"""Characters spoken in one request: eight minutes of speech, four megabytes."""
LONGEST_READ = 20_000
"""Characters read in one request: a second or two of work."""
V = TypeVar("V", bound=Callable[..., Any])
Text = Annotated[Words, Field(min_length=1, max_length=LONGEST_TEXT)]
Code = Annotated[str, Field(max_length=8)]
Name = Annotated[str, Field(max_length=NAME_MAX)]


class ReadIn(In):
    """``area_id``: with the readings that hold in this place; without it those of the dictionaries alone."""

    dialect: Code
    text: Annotated[Words, Field(min_length=1, max_length=LONGEST_READ)]
    area_id: RowNumber | None = None


class ReadOut(Out):
    """``readings`` are [place in the text, characters, reading in dictionary tones], ``unknown`` [place, characters], ``doubtful`` places."""

    spoken: str
    readings: list[tuple[int, str, str]]
    unknown: list[tuple[int, str]]
    doubtful: list[int]


class SpeakIn(In):
    """``area_id``: with the readings that hold in this place."""

    dialect: Code
    text: Text
    area_id: RowNumber | None = None
    voice: Name = ""
    title: Annotated[str, Field(max_length=300)] = ""
    format: Literal["mp3", "wav", "opus", "m4a"] = "mp3"


class SpeakOut(Out):
    """``audio`` is the file in base64. ``cues`` are [start ms, end ms, sentence], ``unknown`` [place in the text, characters]."""

    seconds: float
    lufs: float | None
    true_peak_db: float | None
    cues: list[tuple[int, int, str]]
    engine: str
    unknown: list[tuple[int, str]]
    mime: str
    audio: str


class VoiceOut(Out):
    dialect: str
    name: str
    english: str
    chinese: str
    speaks: bool


class Voices(Out):
    voices: list[VoiceOut]


class VoiceIn(In):
    """``voice`` "" takes a choice back; ``dialect`` "" is every dialect."""

    voice: Name
    dialect: Code = ""


class PlaylistVoiceIn(In):
    voice: Name


class ChosenOut(Out):
    voice: str
    dialect: str


def speaking() -> Speaking:
    return cast(Speaking, current_app.extensions["xiangyin_speaking"])


def _said(view: V) -> V:
    """What the voices cannot do: 422 for good, 503 for now."""

    @wraps(view)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        try:
            return view(*args, **kwargs)
        except Busy:
            abort(503, message="the voices are busy: try again in some seconds", headers={"Retry-After": "5"})
        except UnknownDialect as error:
            abort(422, message=str(error), detail={"json": {"dialect": [str(error)]}})
        except UnknownVoice as error:
            abort(422, message=str(error), detail={"json": {"voice": [str(error)]}})
        except TtsError as error:
            passing = isinstance(error, EngineError) and not error.permanent
            abort(503 if passing else 422, message=str(error), headers={"Retry-After": "5"} if passing else {})

    return wrapped  # type: ignore[return-value]


def _words(area_id: int | None, code: str, text: str) -> dict[str, str]:
    """The readings that hold in a place the person sees; 404 for one he does not."""
    return words_for(session(), find_area(area_id), code, text) if area_id is not None else {}


@doors.get("/voices")
@doors.auth_required(auth)
@doors.output(Voices)
def list_voices() -> Any:
    """Every voice of every dialect; ``speaks`` is false where this station has no voice for the dialect."""
    return {
        "voices": [
            {"dialect": code, "name": name, "english": each.english, "chinese": each.chinese, "speaks": DIALECTS[code].speaks}
            for (code, name), each in VOICES.items()
        ]
    }


@doors.post("/read")
@limiter.limit("60 per minute")
@doors.auth_required(auth)
@doors.input(ReadIn)
@doors.output(ReadOut)
@_said
def read(json_data: ReadIn) -> Any:
    """How a text is read in a dialect, as ``xiangyin read`` tells it."""
    front_end(json_data.dialect)
    manner = Manner(json_data.dialect, words=_words(json_data.area_id, json_data.dialect, json_data.text))
    with speaking().pool() as pool:
        (told,) = pool.read([json_data.text], manner)
    return told


@doors.post("/speak")
@limiter.limit("20 per minute")
@doors.auth_required(auth)
@doors.input(SpeakIn)
@doors.output(SpeakOut)
@_said
def speak(json_data: SpeakIn) -> Any:
    """A text as sound, as ``xiangyin speak`` makes it."""
    words = _words(json_data.area_id, json_data.dialect, f"{json_data.title}\n{json_data.text}")
    manner = Manner(json_data.dialect, voice(json_data.dialect, json_data.voice).name, words)
    with speaking().pool() as pool:
        made, told = spoken_file(json_data.text, json_data.title, manner, json_data.format, pool)
    return {**told, "mime": MIME[json_data.format], "audio": base64.b64encode(made).decode("ascii")}


@doors.put("/areas/<row:area_id>/voice")
@doors.auth_required(auth)
@doors.input(VoiceIn)
@doors.output(ChosenOut)
@_said
def choose_for_area(area_id: int, json_data: VoiceIn) -> Any:
    """The voice that speaks in this area and everywhere below it."""
    area = find_area(area_id, "write")
    row = choose_voice(session(), now(), json_data.voice, area=area, code=json_data.dialect)
    record(
        session(), person=person(), act="voice", subject="area", subject_id=area.id, area=area, now=now(), voice=json_data.voice,
        dialect=json_data.dialect,
    )  # fmt: skip
    return row


@doors.put("/articles/<row:article_id>/voice")
@doors.auth_required(auth)
@doors.input(VoiceIn)
@doors.output(ChosenOut)
@_said
def choose_for_article(article_id: int, json_data: VoiceIn) -> Any:
    """The voice that speaks this article, wherever it is heard."""
    return chosen_for_article(session(), person(), find(Article, article_id, "write"), json_data.dialect, json_data.voice)


@doors.put("/playlists/<row:playlist_id>/voice")
@doors.auth_required(auth)
@doors.input(PlaylistVoiceIn)
@doors.output(ChosenOut)
@refusals
def choose_for_playlist(playlist_id: int, json_data: PlaylistVoiceIn) -> Any:
    """The voice that speaks the articles of this playlist; an article's own choice goes before it."""
    found = find(Playlist, playlist_id, "schedule")
    if found.archived:
        raise Refused("the playlist was put away")
    playlist_room.set_voice(session(), person(), found, json_data.voice, now())
    return {"voice": found.voice, "dialect": ""}
