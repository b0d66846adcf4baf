"""The library of sounds."""

from __future__ import annotations

from typing import Any

from admin import voices
from admin.api.door import Out, Page, UploadForm, auth, doors, refusals, rows, uploaded
from admin.desk import desk, find_area, person, session
from tts.models import Clip
from tts.uploads import import_upload


class ClipOut(Out):
    id: int
    area_id: int
    kind: str
    title: str
    audio_sha256: str
    audio_bytes: int
    ms: int
    lufs: float | None


class Clips(Out):
    clips: list[ClipOut]


@doors.get("/clips")
@doors.auth_required(auth)
@doors.input(Page, location="query")
@doors.output(Clips)
def list_clips(query_data: Page) -> Any:
    """The library of sounds."""
    return {"clips": rows(Clip, query_data)}


@doors.post("/clips")
@doors.auth_required(auth)
@doors.input(UploadForm, location="form")
@doors.output(ClipOut, status_code=201)
@refusals
def add_clip(form_data: UploadForm) -> Any:
    """A sound for the library, checked by decoding it."""
    name, data = uploaded()
    area = find_area(form_data.area_id, "write")
    sound = import_upload(data, name)
    return voices.keep_clip(session(), desk().files, sound, by=person(), area=area, kind=form_data.kind, title=form_data.title)
