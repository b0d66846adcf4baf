"""docs/asyncapi.yaml says the same as the code: every channel, message, field and type."""

from __future__ import annotations

import typing
from dataclasses import MISSING, fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from wire.messages import BY_TYPE, Alternate, Emergency, Fill, Key, PlanItem, Receipt, Sound
from wire.topics import BadTopic, Topics

SAID = yaml.safe_load((Path(__file__).parents[2] / "docs" / "asyncapi.yaml").read_text(encoding="utf-8"))
KINDS = {str: "string", int: "integer", float: "number", bool: "boolean"}
NAMED = [*BY_TYPE.values(), PlanItem, Alternate, Fill, Key, Sound, Emergency]
SIGNED = {"Want", "Plan", "Alert", "Command", "Keys"}


def _expected(kind: Any) -> dict[str, Any]:
    """The JSON schema of an annotated type."""
    origin = typing.get_origin(kind)
    if origin is tuple:
        return {"type": "array", "items": _expected(typing.get_args(kind)[0])}
    if origin is dict:
        return {"type": "object", "additionalProperties": _expected(typing.get_args(kind)[1])}
    if is_dataclass(kind):
        return {"$ref": f"#/components/schemas/{typing.cast(type, kind).__name__}"}
    return {} if kind is Any else {"type": KINDS[kind]}


@pytest.mark.parametrize("kind", NAMED, ids=lambda kind: kind.__name__)
def test_every_field_is_described_as_it_is(kind: type) -> None:
    schema, hints = SAID["components"]["schemas"][kind.__name__], typing.get_type_hints(kind)
    told = fields(typing.cast(Any, kind))
    assert schema["properties"] == {item.name: _expected(hints[item.name]) for item in told}
    assert schema["required"] == [item.name for item in told if item.default is MISSING and item.default_factory is MISSING]


def test_a_receipt_is_a_row_in_this_order() -> None:
    hints, rows = typing.get_type_hints(Receipt), SAID["components"]["schemas"]["Receipt"]["prefixItems"]
    assert [(row["title"], row["type"]) for row in rows] == [(item.name, KINDS[hints[item.name]]) for item in fields(Receipt)]


def test_every_channel_is_a_topic_and_every_topic_of_a_terminal_a_channel() -> None:
    topics = Topics()
    names = {"{did}": "t1", "{zid}": "z1", "{nonce}": "n1", "{node}": "s1"}
    addresses = set()
    for channel in SAID["channels"].values():
        address = channel["address"]
        for hole, name in names.items():
            address = address.replace(hole, name)
        topics.parse(address)
        addresses.add(address)
    assert set(topics.terminal_filters("t1", ("z1",))) <= addresses
    assert {topics.up("t1", channel) for channel in ("state", "rep", "ack", "rcpt", "req")} <= addresses
    with pytest.raises(BadTopic):
        topics.parse("xy/1/d/t1/up/want")


def test_every_message_travels_somewhere_and_says_whether_it_is_signed() -> None:
    carried = {name for channel in SAID["channels"].values() for name in channel["messages"]}
    assert carried == {kind.__name__ for kind in BY_TYPE.values()} - {"Credentials", "Release"}  # these travel inside others
    for channel in SAID["channels"].values():
        assert channel["x-signed"] == bool(SIGNED & set(channel["messages"]))
    assert {message["name"] for message in SAID["components"]["messages"].values()} == set(BY_TYPE)


def test_operations_name_channels_and_agree_on_what_is_retained() -> None:
    named = set()
    for operation in SAID["operations"].values():
        name = operation["channel"]["$ref"].removeprefix("#/channels/")
        named.add(name)
        assert operation["bindings"]["mqtt"]["retain"] == SAID["channels"][name]["x-retained"]
    assert named == set(SAID["channels"])
