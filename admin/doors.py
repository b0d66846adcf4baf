"""The doors for machines: sound and plans by their digest, how to find the broker, whether the station is well."""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, Response, abort, jsonify, request, send_file
from flask.typing import ResponseReturnValue
from sqlalchemy import select, text
from werkzeug.exceptions import RequestedRangeNotSatisfiable

from admin.desk import desk
from station.files import SHA256
from station.models import Person
from tts.captions import Cue, srt, webvtt
from tts.lettering import FONTS
from tts.models import Edition, Rendition

pages = Blueprint("doors", __name__)
TV = Path(__file__).parents[1] / "terminal" / "tv"
TV_KINDS = {".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".txt": "text/plain"}
FOR_EVER = "public, max-age=31536000, immutable"


def _for_every_page(answer: Response) -> Response:
    """A set-top box may have opened its page elsewhere, or from its own flash: what lies here is public and checked by its digest."""
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    answer.headers["Access-Control-Allow-Origin"] = "*"
    return answer


def _by_digest(sha: str, mimetype: str) -> Response:
    """The stored bytes: with ranges (a slow line goes on where it broke) and the digest as ETag; they never change."""
    if not SHA256.match(sha) or not desk().files.has(sha):
        abort(404)
    answer = send_file(desk().files.path(sha), mimetype=mimetype, conditional=False, etag=False)
    answer.set_etag(sha)
    answer.headers["Cache-Control"] = FOR_EVER
    answer.headers["Accept-Ranges"] = "bytes"
    _for_every_page(answer)
    try:
        answer.make_conditional(request, accept_ranges=True, complete_length=desk().files.size(sha))
    except RequestedRangeNotSatisfiable:
        answer.close()
        raise
    return answer


@pages.get("/audio/<sha>.mp3")
def audio(sha: str) -> Response:
    """Sound by the sha256 of its content."""
    return _by_digest(sha, "audio/mpeg")


@pages.get("/audio/<sha>.opus")
def opus(sha: str) -> Response:
    """Sound for terminals that play Opus in Ogg."""
    return _by_digest(sha, "audio/ogg")


@pages.get("/audio/<sha>.aac")
def aac(sha: str) -> Response:
    """Sound for terminals that play AAC in ADTS."""
    return _by_digest(sha, "audio/aac")


@pages.get("/plan/<sha>")
def plan(sha: str) -> Response:
    """A manifest too large for one message, by the sha256 of its content."""
    return _by_digest(sha, "application/json")


@pages.get("/release/<sha>.zip")
def release(sha: str) -> Response:
    """A version of the terminals' program by the sha256 of its content; terminals believe what is signed for it."""
    return _by_digest(sha, "application/zip")


@pages.get("/video/<sha>.mp4")
def video(sha: str) -> Response:
    """A film by the sha256 of its content."""
    return _by_digest(sha, "video/mp4")


@pages.get("/picture/<sha>.jpg")
def picture(sha: str) -> Response:
    """A picture for the screen by the sha256 of its content."""
    return _by_digest(sha, "image/jpeg")


@pages.get("/fonts/<name>.ttf")
def font(name: str) -> Response:
    """The letters of Tibetan and Uyghur for browsers on machines that have none."""
    if name not in ("NotoSerifTibetan-Regular", "NotoNaskhArabic-Regular"):
        abort(404)
    return _for_every_page(send_file(FONTS / f"{name}.ttf", mimetype="font/ttf", max_age=30 * 86_400))


@pages.get("/captions/<sha>.vtt")
def captions(sha: str) -> Response:
    """Captions by the sha256 of the sound they belong to."""
    return _for_every_page(Response(webvtt(_cues(sha)), mimetype="text/vtt", headers={"Cache-Control": "public, max-age=3600"}))


@pages.get("/captions/<sha>.srt")
def subtitles(sha: str) -> Response:
    """The same captions for televisions that know only SubRip."""
    return Response(srt(_cues(sha)), mimetype="application/x-subrip", headers={"Cache-Control": "public, max-age=3600"})


def _cues(sha: str) -> list[Cue]:
    """The sentences of a rendition or an edition by the sha256 of its sound; 404 when there is none."""
    if not SHA256.match(sha):
        abort(404)
    with desk().db.reading() as session:
        found: Rendition | Edition | None = session.scalar(select(Rendition).where(Rendition.audio_sha256 == sha).order_by(Rendition.id).limit(1))
        found = found or session.scalar(select(Edition).where(Edition.audio_sha256 == sha).order_by(Edition.id).limit(1))
        if found is None:
            abort(404)
        return [Cue(start_ms, end_ms, words) for start_ms, end_ms, words in found.cues]


@pages.get("/.well-known/xiangyin.json")
def finding() -> Response:
    """Where a terminal finds the broker and the sound."""
    settings = desk().settings
    host = settings.mqtt_host or request.host.partition(":")[0]
    return _for_every_page(jsonify(
        mqtt={"host": host, "port": settings.mqtt_port, "tls": settings.mqtt_tls}, ws=_ws(host),
        domain=settings.domain, base=list(settings.base) or [request.host_url.rstrip("/")],
    ))  # fmt: skip


def _ws(host: str) -> str:
    """Where a set-top box reaches the broker; "" where it cannot."""
    settings = desk().settings
    return settings.ws_url or (f"ws://{host}:{settings.ws_port}/mqtt" if settings.ws_port else "")


@pages.get("/tv/")
@pages.get("/tv/<path:name>")
def television(name: str = "index.html") -> Response:
    """The page that a set-top box opens. It loads nothing but its own files, and speaks to this station and its broker only."""
    path = TV / name
    if ".." in name or path.suffix not in TV_KINDS or not path.is_file():
        abort(404)
    answer = send_file(path, mimetype=TV_KINDS[path.suffix], max_age=60)
    if path.suffix == ".html":
        settings = desk().settings
        there = " ".join(["'self'", *settings.base, *([ws] if (ws := _ws(settings.mqtt_host or request.host.partition(":")[0])) else [])])
        answer.headers["Content-Security-Policy"] = (
            f"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; media-src blob:; connect-src {there}; "
            "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        )
    return answer


@pages.get("/health")
def health() -> ResponseReturnValue:
    """Whether the database answers; 503 when not."""
    try:
        with desk().db.reading() as session:
            session.execute(text("SELECT 1"))
            session.scalar(select(Person.id).limit(1))
    except Exception as error:
        return jsonify(ok=False, database=type(error).__name__), 503
    return jsonify(ok=True, version=desk().settings.version)
