"""What every door of the REST interface does: the token, the shape of input and output, refusals in the room's own words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Annotated, Any, TypeVar

from apiflask import APIBlueprint, APIFlask, HTTPTokenAuth, abort
from flask import g, request
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictInt
from sqlalchemy import select

from admin import articles as article_pages
from admin import days as days_pages
from admin import devices as device_pages
from admin import emergency as emergency_pages
from admin import hours as hours_pages
from admin import lexicon as lexicon_pages
from admin import notices as notice_pages
from admin import playlists, television
from admin import presentation as presentation_pages
from admin.desk import LARGEST_ID, Refused, desk, now, person, session
from articles.errors import Conflict
from broadcast.hooks import BadHook
from devices.registry import BadRegister
from playlists.errors import VersionConflict
from station.access import open_token, used
from station.duty import BadDuty
from station.models import Area, Person
from station.people import visible
from station.second_step import asked_for
from tts.dialects import UnknownDialect
from tts.lexicon import LexiconConflict
from tts.recordings import RecordingRefused
from tts.uploads import AudioRefused

doors = APIBlueprint("api", __name__, url_prefix="/api", tag="station")
auth = HTTPTokenAuth(scheme="Bearer", description="A token made on the page “My account”; it may do what its person may do.")
ROOM_ERRORS: tuple[type[Exception], ...] = (
    *article_pages.REFUSALS, *playlists.REFUSALS, *days_pages.REFUSALS, *device_pages.REFUSALS, *hours_pages.REFUSALS, *emergency_pages.REFUSALS, *lexicon_pages.REFUSALS, *notice_pages.REFUSALS, *presentation_pages.REFUSALS, *television.REFUSALS, BadRegister, BadHook, BadDuty, AudioRefused, RecordingRefused, UnknownDialect,
)  # fmt: skip
# When a token was last used is written down this often: reading shall not write each time.
USED_EVERY = timedelta(minutes=5)
SECOND_STEP_FIRST = "this token works when its person has set up the second step of signing in: sign in at the pages, My account, The second step"
V = TypeVar("V", bound=Callable[..., Any])


def _plain(value: str) -> str:
    if any(ord(letter) < 32 and letter not in "\t\r\n" for letter in value):
        raise ValueError("control characters cannot be stored")
    if any("\ud800" <= letter <= "\udfff" for letter in value):
        raise ValueError("half a character cannot be stored")
    if value and not value.strip():
        raise ValueError("only blanks: write something")
    return value


Words = Annotated[str, AfterValidator(_plain)]
RowNumber = Annotated[StrictInt, Field(ge=1, le=LARGEST_ID)]


class In(BaseModel):
    """What comes in: unknown fields are refused, so that a misspelt one is not silently ignored."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


class Out(BaseModel):
    """What goes out; times are ISO 8601 in UTC, lengths milliseconds."""

    model_config = ConfigDict(from_attributes=True)


class Page(In):
    """Which part of a list: at most ``limit`` rows with a number below ``before``."""

    limit: Annotated[int, Field(ge=1, le=200)] = 50
    before: Annotated[int, Field(ge=1, le=LARGEST_ID)] | None = None


class UploadForm(In):
    """The fields beside the uploaded ``file``."""

    area_id: Annotated[int, Field(ge=1, le=LARGEST_ID)]
    kind: Annotated[str, Field(max_length=16)]
    lang: Annotated[Words, Field(max_length=16)] = "zh-Hans"
    title: Annotated[Words, Field(max_length=300)] = ""


def uploaded() -> tuple[str, bytes]:
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise Refused("file: send a file with a name as multipart/form-data", "file")
    return sent.filename, sent.read()


def token_person(token: str) -> Person | None:
    """Whose token it is, None for none that is good. Who has to sign in with a second step and has none yet gets in by no token either:
    ``g.token_refused`` then says so."""
    if not token or not token.isascii():
        return None
    with desk().db.reading() as looking:
        found = open_token(looking, token, now())
        who = found.person if found else None
        if who is not None and who.second_step_at is None and asked_for(looking, who, desk().settings.second_step_roles):
            g.token_refused = SECOND_STEP_FIRST
            return None
    if found is not None and (found.last_used_at is None or now() - found.last_used_at > USED_EVERY):
        with desk().db.session() as writing:
            used(writing, found.id, now())
    return who


@auth.verify_token  # type: ignore[untyped-decorator]
def _who(token: str) -> Any:
    g.person = token_person(token)
    return g.person


@auth.error_processor
def _no_token(error: Any) -> Any:
    if refused := g.get("token_refused"):
        return {"message": refused, "detail": {}}, 403
    return {"message": "send a valid token: Authorization: Bearer xy_…", "detail": {}}, 401, {"WWW-Authenticate": "Bearer"}


def refusals(view: V) -> V:
    """What a room refuses is the caller's mistake: 409 when somebody was faster, else 422, in the room's own words."""

    @wraps(view)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        try:
            return view(*args, **kwargs)
        except ROOM_ERRORS as error:
            status = 409 if isinstance(error, Conflict | VersionConflict | LexiconConflict) else 422
            field = getattr(error, "field", "")
            abort(status, message=str(error), detail={"json": {field: [str(error)]}} if field else {})

    return wrapped  # type: ignore[return-value]


def rows(kind: Any, page: Page, *conditions: Any) -> list[Any]:
    query = select(kind).join(Area, kind.area_id == Area.id).where(visible(session(), person()), *conditions)
    if page.before is not None:
        query = query.where(kind.id < page.before)
    return list(session().scalars(query.order_by(kind.id.desc()).limit(page.limit)))


_FILE = {"type": "object", "required": ["file"], "properties": {"file": {"type": "string", "contentMediaType": "application/octet-stream"}}}


def _file_body(schema: str) -> dict[str, Any]:
    """The request body of an upload, for the description."""
    parts = {"allOf": [{"$ref": f"#/components/schemas/{schema}"}, _FILE]}
    return {"multipart/form-data": {"schema": parts}}


def describe(app: APIFlask) -> None:
    """What the description says beside the paths: who we are, and that uploads carry a file."""
    app.config["DESCRIPTION"] = "Village loudspeaker broadcast: articles, programmes, speakers and what was heard."
    app.config["SERVERS"] = [{"url": "/"}]

    @app.spec_processor
    def _with_files(spec: Any) -> Any:
        forms = {"/api/articles/file": "UploadForm", "/api/clips": "UploadForm", "/api/lexicon/import": "ReadingsForm"}
        forms["/api/articles/{article_id}/recordings"] = "RecordingForm"
        for path, schema in forms.items():
            spec["paths"][path]["post"]["requestBody"]["content"] = _file_body(schema)
        spec["paths"]["/api/lexicon/export"]["get"]["responses"]["200"]["content"] = {"text/csv": {"schema": {"type": "string"}}}
        for path in ("picture", "sign"):
            spec["paths"][f"/api/articles/{{article_id}}/tv/{path}"]["post"]["requestBody"] = {"required": True, "content": {"multipart/form-data": {"schema": _FILE}}}
        return spec
