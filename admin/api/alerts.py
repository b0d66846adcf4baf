"""Warnings pushed by their source, with a token of the source's own."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from apiflask import abort
from flask import Response, request

from admin.alert_commands import speakers
from admin.alerts import rows
from admin.api.door import Out, Page, auth, doors
from admin.desk import desk, now, ring_bell, session
from articles.alerts.receive import receive, source_of_token
from articles.models import ReceivedAlert
from broadcast.exchange import answer
from broadcast.models import Exchange
from broadcast.recorded import attach, decoded


class WarningOut(Out):
    id: int
    sender: str
    identifier: str
    action: str
    why: str
    level: str
    drill: bool
    state: str
    how: str
    starts_at: datetime | None
    ends_at: datetime | None


class PushedOut(Out):
    alerts: list[WarningOut]
    problems: list[str]


class WarningsOut(Out):
    alerts: list[WarningOut]


@doors.post("/alerts")
@doors.output(PushedOut)
def push_alert() -> Any:
    """A CAP file (bare, Atom, RSS, EDXL-DE) or an EBD package as the body, with the source's token. What was received before is not told again."""
    scheme, _blank, token = request.headers.get("Authorization", "").partition(" ")
    source = source_of_token(session(), token.strip()) if scheme.lower() == "bearer" else None
    if source is None:
        abort(401, message="send the token of a source: Authorization: Bearer …")
    sounds, unheard = decoded(request.get_data())
    found, _links, problems = receive(session(), desk().files, source, request.get_data(), speakers(), now())
    attach(session(), desk().files, found, sounds, now())
    ring_bell()
    return {"alerts": found, "problems": [*problems, *unheard]}


@doors.post("/ebd/<token>")
@doors.doc(responses={200: "a TAR with an EBDResponse, whatever came"})
def push_ebd(token: str) -> Any:
    """A package of another platform (EBM, EBMStateRequest, OMDRequest, ConnectionCheck), as a form's file or as the body. What it asks for is
    brought to its own address. ``token`` is the source's: this address is its secret."""
    source = source_of_token(session(), token)
    exchange = session().get(Exchange, source.id) if source is not None else None
    if exchange is None:
        abort(401, message="no platform is known under this address: an administrator sets it up at “Who may send them”")
    sent = next(iter(request.files.values()), None)
    data = sent.read() if sent is not None else request.get_data()
    answered = answer(session(), desk().files, exchange, data, speakers(), now(), desk().settings.base[0] if desk().settings.base else "")
    ring_bell()
    return Response(answered, mimetype="application/x-tar")


@doors.get("/alerts")
@doors.auth_required(auth)
@doors.input(Page, location="query")
@doors.output(WarningsOut)
def list_alerts(query_data: Page) -> Any:
    """The warnings that came in, the newest first."""
    before = [ReceivedAlert.id < query_data.before] if query_data.before is not None else []
    return {"alerts": rows(*before, limit=query_data.limit)}
