"""The pages and doors of the station in one Flask app: sign-in before everything, strict headers, kind errors."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any

from apiflask import APIFlask
from apiflask.exceptions import HTTPError
from flask import Flask, Response, g, jsonify, make_response, redirect, render_template, request, url_for
from flask.json.provider import DefaultJSONProvider
from flask.sessions import SecureCookieSessionInterface
from flask.typing import ResponseReturnValue
from flask_babel import Babel  # type: ignore[import-untyped,unused-ignore]
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_wtf import CSRFProtect
from flask_wtf.csrf import CSRFError

from admin import desk as at_desk
from admin import talking, words
from admin.desk import Desk, Refused, RowId, WebSettings, cookie_name, desk
from admin.refusals import told
from admin.speaking import Speaking
from admin.tongue import _
from broadcast.notices import has_started
from devices.keys import StationKeys
from station.access import person_of_session
from station.addresses import PRIVATE_ZONES, as_address
from station.clock import Clock
from station.clock import now as real_now
from station.database import Database
from station.files import Files, NoSuchFile
from station.people import NotAllowed
from station.second_step import asked_for
from station.vault import Vault

LOG = logging.getLogger("xiangyin.admin")
LANGUAGES = {"zh": "中文", "en": "English"}
DEEPEST_JSON = 32
# Endpoints that nobody needs to sign in for; every other page is shut by default.
OPEN_BLUEPRINTS = ("doors", "setup", "api", "openapi", "alerts_out", "vitals")
OPEN_ENDPOINTS = ("people.sign_in", "people.second", "people.link", "people.language", "static", "missed.village", "missed.say", "missed.podcast", "editing.letter", "playlists.subscribed", "https.about", "https.certificate", "https.apple")
# What is open to somebody whose role asks for a second step that is not set up yet.
BEFORE_SECOND_STEP = ("people.my_second_step", "people.begin_second_step", "people.confirm_second_step", "people.sign_out", "people.language", "static")
CSP = (
    "default-src 'self'; img-src 'self' data:; media-src 'self'; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
limiter = Limiter(get_remote_address, storage_uri="memory://", headers_enabled=False)
csrf = CSRFProtect()
__all__ = ["Desk", "WebSettings", "create_web", "limiter"]


class TwoNames(SecureCookieSessionInterface):
    """The cookie of the forms: another one at the encrypted door (``desk.cookie_name`` says why)."""

    def get_cookie_name(self, app: Flask) -> str:
        return cookie_name(super().get_cookie_name(app))

    def get_cookie_secure(self, app: Flask) -> bool:
        return at_desk.only_secure()


class StrictJson(DefaultJSONProvider):
    """JSON that is none (NaN, a thousand brackets) is refused with words instead of breaking the reader."""

    ensure_ascii = False

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        raw = s if isinstance(s, bytes) else s.encode("utf-8", "surrogatepass")
        if raw.count(b"[") + raw.count(b"{") > DEEPEST_JSON and _depth(raw) > DEEPEST_JSON:
            raise ValueError(f"nested deeper than {DEEPEST_JSON}")
        return super().loads(s, parse_constant=_refuse_constant, **kwargs)


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _depth(raw: bytes) -> int:
    """The deepest nesting of brackets; brackets inside strings count too, which only refuses what nobody sends."""
    depth = deepest = 0
    for byte in raw:
        if byte in b"[{":
            depth += 1
            deepest = max(deepest, depth)
        elif byte in b"]}":
            depth -= 1
    return deepest


def create_web(
    settings: WebSettings, db: Database, files: Files, keys: StationKeys, hash_password: Callable[[str], str],
    clock: Clock = real_now,
) -> APIFlask:  # fmt: skip
    """The app: one blueprint per room, the doors for machines and the REST interface under /api.

    ``hash_password`` makes of a terminal's password what the broker stores of it.
    """
    app = APIFlask(
        "admin", title="Xiangyin", version=settings.version, spec_path="/api/openapi.json", docs_path=None, json_errors=False
    )
    app.config.update(
        SECRET_KEY=settings.secret_key, SESSION_COOKIE_NAME="xiangyin_form", SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax", SESSION_COOKIE_SECURE=settings.secure_cookies, MAX_CONTENT_LENGTH=settings.max_upload,
        MAX_FORM_MEMORY_SIZE=4 * 1024 * 1024, WTF_CSRF_TIME_LIMIT=None, OPENAPI_VERSION="3.1.0", BABEL_DEFAULT_LOCALE="zh",
        SEND_FILE_MAX_AGE_DEFAULT=3600, AUTO_404_RESPONSE=False, VALIDATION_ERROR_DESCRIPTION="some fields are not right",
    )  # fmt: skip
    app.json_provider_class = StrictJson
    app.json = StrictJson(app)
    app.extensions["xiangyin"] = Desk(settings, db, files, clock, keys, hash_password, Vault(settings.secret_key))
    app.extensions["xiangyin_streams"] = threading.BoundedSemaphore(settings.live_streams)
    app.extensions["xiangyin_talks"] = threading.BoundedSemaphore(talking.MOST_TALKS)
    app.extensions["xiangyin_speaking"] = Speaking(settings.engines, settings.speech_seconds)
    app.url_map.converters["row"] = RowId
    app.url_map.strict_slashes = False
    app.config["RATELIMIT_ENABLED"] = settings.rate_limits
    app.session_interface = TwoNames()
    csrf.init_app(app)
    limiter.init_app(app)
    Babel(app, locale_selector=chosen_language)
    app.before_request(_let_in)
    app.after_request(at_desk.finish)
    app.after_request(_seal)
    app.teardown_request(at_desk.close)
    words.teach(app)
    app.context_processor(_for_every_page)
    _mend_errors(app)
    _open_rooms(app)
    return app


def _open_rooms(app: APIFlask) -> None:
    from admin import (
        account,  # noqa: F401  (its pages, those of country, entrance and log are those of the people)
        alerts,
        alerts_out,
        api,
        articles,
        auditions,
        backups,
        board,  # noqa: F401  (its page is one of the programmes)
        broadcast,
        calendars,  # noqa: F401  (its pages are those of the programmes)
        country,  # noqa: F401
        day_words,
        days,  # noqa: F401  (its pages are those of the programmes)
        devices,
        doors,
        duty,
        editing,
        emergency,
        entrance,  # noqa: F401
        fleet_map,
        heard,
        home,
        hours,
        https,
        lexicon,
        live,
        log,  # noqa: F401
        missed,
        notices,
        people,
        places,
        playlists,
        presentation,
        readings,
        recordings,
        report,
        second_step,  # noqa: F401
        setup,
        talking,
        television,
        vitals,
        voices,
        webhooks,
        week,  # noqa: F401  (its pages are those of the programmes)
    )

    day_words.teach(app)
    rooms = (home, alerts, articles, editing, auditions, readings, recordings, lexicon, television, voices, presentation, playlists, notices, missed, devices, hours, broadcast, fleet_map, heard, report, emergency, https, people, places, setup, doors, vitals, live, talking, alerts_out)
    of_the_station = (backups, duty, webhooks)
    for room in (*rooms, *of_the_station):
        app.register_blueprint(room.pages)
    csrf.exempt(api.doors)
    app.register_blueprint(api.doors)
    api.describe(app)


def chosen_language() -> str:
    """What the visitor chose, else the person's own language, else what the browser asks for."""
    asked = request.cookies.get("lang", "")
    if asked in LANGUAGES:
        return asked
    found = at_desk.maybe_person()
    if found is not None and found.locale in LANGUAGES:
        return found.locale
    return request.accept_languages.best_match(list(LANGUAGES)) or "zh"


def _let_in() -> ResponseReturnValue | None:
    """Find out who asks; whoever has not signed in sees the sign-in page, for every page that is not open to all."""
    g.person = None
    token = request.cookies.get(cookie_name())
    here = desk()
    if token and request.blueprint != "api":
        with here.db.reading() as session:
            g.person = person_of_session(session, token, at_desk.now())
            unfinished = g.person is not None and g.person.second_step_at is None and asked_for(session, g.person, here.settings.second_step_roles)
        if unfinished and request.endpoint not in BEFORE_SECOND_STEP:
            return redirect(url_for("people.my_second_step"), 303)
    if g.person is not None or request.endpoint is None:
        return None
    if request.blueprint in OPEN_BLUEPRINTS or request.endpoint in OPEN_ENDPOINTS:
        return None
    if request.method == "GET":
        return redirect(url_for("people.sign_in", next=request.full_path.rstrip("?")))
    return redirect(url_for("people.sign_in"), 303)


def _seal(response: Response) -> Response:
    """Headers that let a page load nothing but our own, and let nobody frame it."""
    response.headers.setdefault("Content-Security-Policy", CSP)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("X-Frame-Options", "DENY")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
    response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    if request.is_secure and always_encrypted(request.host, desk().settings):
        response.headers["Strict-Transport-Security"] = "max-age=31536000"
    if response.mimetype in ("text/html", "application/json") and "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-store"
    return response


def always_encrypted(host: str, settings: WebSettings) -> bool:
    """Whether browsers may be told to open this host encrypted only (HSTS).

    That counts for all ports of the host: where the pages' other door is not the usual port 80, a browser would speak TLS to it and find
    nothing. And a private name or address means another machine in the next network, which may have no HTTPS at all.
    """
    usual = settings.own_certificate and settings.https_port == 443 and settings.http_port == 80 and ":" not in host
    return usual and as_address(host) is None and "." in host and host.rpartition(".")[2] not in PRIVATE_ZONES


def _for_every_page() -> dict[str, Any]:
    return {"person": at_desk.maybe_person(), "can": at_desk.can, "languages": LANGUAGES, "locale": chosen_language(), "something_of_mine": _something_of_mine, "encrypted_address": encrypted_address}


def encrypted_address() -> str:
    """This page at the encrypted door, "" where there is none or it came by it."""
    port = desk().settings.https_port
    if not port or request.is_secure:
        return ""
    return https_url(request.host, port, request.full_path.rstrip("?") if request.method == "GET" else "/")


def https_url(host: str, port: int, path: str) -> str:
    """The address of a page at the encrypted door of the machine that ``host`` (as the browser named it, perhaps with a port) is."""
    bare = host[: host.rindex("]") + 1] if host.startswith("[") else host.partition(":")[0]
    return f"https://{bare}{'' if port == 443 else f':{port}'}{path}"


def _something_of_mine() -> bool:
    """Whether there is anything on air, or about to be, that the person of this request started."""
    found = at_desk.maybe_person()
    return found is not None and at_desk.can("play") and has_started(at_desk.session(), found, at_desk.now())


def _wants_json() -> bool:
    return request.path.startswith(("/api/", "/.well-known/", "/audio/", "/plan/", "/health", "/ready", "/metrics", "/live"))


def _answer(status: int, message: str, detail: Any = None) -> Response:
    """The error in the form the asker reads: JSON for machines, a page with the next step for people."""
    if _wants_json():
        return make_response(jsonify(message=message, detail=detail if detail is not None else {}), status)
    heading, step = words.what_now(status)
    return make_response(render_template("error.html", status=status, heading=heading, step=step, message=message), status)


def _not_there() -> str:
    """Nothing on a page, whose words say it; a program is told which of its words to look at."""
    return "what this names is not there, or is in no place of yours: check the numbers in the address and in what was sent" if _wants_json() else ""


def _mend_errors(app: APIFlask) -> None:
    @app.error_processor
    def _http(error: HTTPError) -> Any:
        detail = error.detail if isinstance(error.detail, dict) else {}
        answer = _answer(error.status_code, _not_there() if error.status_code == 404 else str(error.message), detail)
        for name, value in dict(error.headers or {}).items():
            if name.lower() not in ("content-type", "content-length"):
                answer.headers[name] = value
        return answer

    @app.errorhandler(CSRFError)
    def _form_too_old(error: CSRFError) -> ResponseReturnValue:
        return _answer(400, _("This form is too old or came from elsewhere. Go back, reload the page and send it again."))

    @app.errorhandler(NotAllowed)
    def _not_allowed(error: NotAllowed) -> ResponseReturnValue:
        return _answer(403, str(error) if _wants_json() else told(error))

    @app.errorhandler(Refused)
    def _refused(error: Refused) -> ResponseReturnValue:
        return _answer(422, str(error) if _wants_json() else told(error), {"field": error.field} if error.field else {})

    @app.errorhandler(NoSuchFile)
    def _no_file(error: NoSuchFile) -> ResponseReturnValue:
        return _answer(404, _not_there())

    @app.errorhandler(500)
    def _broken(error: Exception) -> ResponseReturnValue:
        LOG.error("a page broke: %s %s", request.method, request.path, exc_info=error)
        return _answer(500, "")
