"""Webhooks for machines."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field, StrictBool

from admin import webhooks
from admin.api.door import In, Out, RowNumber, Words, auth, doors, refusals
from admin.desk import demand_anywhere, find_area


class WebhookOut(Out):
    id: int
    area_id: int
    name: str
    url: str
    subjects: list[str]
    active: bool
    off_because: str
    created_at: datetime


class Webhooks(Out):
    webhooks: list[WebhookOut]


class WithSecret(WebhookOut):
    secret: str


class WebhookIn(In):
    area_id: RowNumber
    name: Annotated[Words, Field(min_length=1, max_length=100)]
    url: Annotated[Words, Field(min_length=1, max_length=1000)]
    subjects: Annotated[list[Annotated[str, Field(max_length=24)]], Field(max_length=20)]


class Switch(In):
    active: StrictBool


class DeliveryOut(Out):
    name: str
    body: str
    state: str
    attempts: int
    status: int
    error: str
    created_at: datetime
    not_before: datetime | None
    done_at: datetime | None


class Deliveries(Out):
    deliveries: list[DeliveryOut]


@doors.get("/webhooks")
@doors.auth_required(auth)
@doors.output(Webhooks)
def webhooks_of_mine() -> Any:
    """Those of the branches that the token administers."""
    demand_anywhere("people")
    return {"webhooks": webhooks.mine()}


@doors.post("/webhooks")
@doors.auth_required(auth)
@doors.input(WebhookIn)
@doors.output(WithSecret, status_code=201)
@refusals
def add_webhook(json_data: WebhookIn) -> Any:
    """A new one; its secret (whsec_…) is given this once."""
    made, secret = webhooks.add(find_area(json_data.area_id, "people"), json_data.name, json_data.url, json_data.subjects)
    return _with(made, secret)


def _with(hook: Any, secret: str) -> dict[str, Any]:
    return {**WebhookOut.model_validate(hook).model_dump(), "secret": secret}


@doors.put("/webhooks/<row:hook_id>")
@doors.auth_required(auth)
@doors.input(Switch)
@doors.output(WebhookOut)
@refusals
def switch_webhook(hook_id: int, json_data: Switch) -> Any:
    """On or off."""
    hook = webhooks.one(hook_id)
    webhooks.switch(hook, json_data.active)
    return hook


@doors.delete("/webhooks/<row:hook_id>")
@doors.auth_required(auth)
@doors.output({}, status_code=204)
@refusals
def remove_webhook(hook_id: int) -> Any:
    """It is told nothing more."""
    webhooks.remove(webhooks.one(hook_id))
    return {}


@doors.post("/webhooks/<row:hook_id>/secret")
@doors.auth_required(auth)
@doors.output(WithSecret)
@refusals
def new_webhook_secret(hook_id: int) -> Any:
    """Another secret, given this once."""
    hook = webhooks.one(hook_id)
    return _with(hook, webhooks.renew_secret(hook))


@doors.post("/webhooks/<row:hook_id>/try")
@doors.auth_required(auth)
@doors.output(DeliveryOut, status_code=202)
@refusals
def try_webhook(hook_id: int) -> Any:
    """A trial message, sent like every other."""
    return webhooks.try_out(webhooks.one(hook_id))


@doors.get("/webhooks/<row:hook_id>/deliveries")
@doors.auth_required(auth)
@doors.output(Deliveries)
def webhook_deliveries(hook_id: int) -> Any:
    """Its last hundred messages, newest first."""
    return {"deliveries": webhooks.deliveries(webhooks.one(hook_id))}
