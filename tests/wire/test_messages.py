"""Every payload goes round; nothing that is not JSON gets in."""

from __future__ import annotations

from dataclasses import MISSING, fields
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.wire.golden import ITEM, KEY, MESSAGES
from wire.messages import BY_TYPE, MAX_BYTES, BadMessage, Command, Message, Plan, Receipts, Request, State, parse_object


def _off_default(thing: Any) -> None:
    for item in fields(thing):
        default = item.default if item.default is not MISSING else None
        if item.default_factory is not MISSING:
            default = item.default_factory()
        assert getattr(thing, item.name) != default, f"{type(thing).__name__}.{item.name} is at its default"


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: message.typ)
def test_every_field_off_its_default_comes_back(message: Message) -> None:
    _off_default(message)
    assert type(message).from_json(message.to_json()) == message


def test_the_examples_are_complete() -> None:
    assert {type(message) for message in MESSAGES} == set(BY_TYPE.values())
    _off_default(ITEM)
    _off_default(KEY)


def test_what_a_later_version_adds_is_ignored_and_what_is_missing_is_named() -> None:
    assert State.from_json(b'{"st":"on","colour":"red"}') == State("on")
    with pytest.raises(BadMessage, match=r"items\[0\]\.occ is missing"):
        Plan.from_json(b'{"rev":1,"zid":"z","from_ms":0,"to_ms":1,"items":[{"id":"i"}]}')


HOSTILE = {
    "NaN": b'{"at_ms":NaN,"st":"on"}',
    "infinity": b'{"id":"c","result":"done","at_ms":1e999}',
    "deep": b'{"st":' + b"[" * 100_000 + b"}",
    "deep and closed": b'{"st":' + b"[" * 1000 + b"]" * 1000 + b"}",
    "huge": b'{"st":"' + b"x" * MAX_BYTES + b'"}',
    "not UTF-8": b'{"st":"\xff"}',
    "a list": b"[]",
    "empty": b"",
    "cut": b'{"st":"on"',
    "true for a number": b'{"st":"on","conn":true}',
    "text for a number": b'{"st":"on","conn":"1"}',
    "null": b'{"st":null}',
    "half a character": b'{"st":"on","boot":"\\ud800"}',
    "NUL": b'{"st":"on","boot":"\\u0000"}',
    "a number nobody can count to": b'{"st":"on","conn":9007199254740992}',
    "a number without end": b'{"st":"on","at_ms":' + b"9" * 400 + b"}",
    "infinitely many": b'{"id":"c","result":"done","at_ms":' + b"9" * 400 + b"}",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_json_is_refused_in_words(name: str) -> None:
    kind = BY_TYPE["ack"] if name.startswith("infinit") else State
    with pytest.raises(BadMessage):
        kind.from_json(HOSTILE[name])


def test_a_receipt_with_an_unknown_result_is_refused() -> None:
    with pytest.raises(BadMessage, match="result"):
        Receipts.from_json(b'{"seq":1,"items":[["i","c",1,0,0,"heard"]]}')
    with pytest.raises(BadMessage, match="row"):
        Receipts.from_json(b'{"seq":1,"items":[["i"]]}')


@given(st.binary(max_size=200))
def test_any_bytes_are_an_object_or_a_bad_message(raw: bytes) -> None:
    try:
        assert isinstance(parse_object(raw), dict)
    except BadMessage as error:
        assert str(error)


TEXT = st.characters(exclude_categories=["Cs"], exclude_characters="\0")


@given(
    st.dictionaries(st.text(TEXT, max_size=8), st.none() | st.booleans() | st.integers() | st.text(TEXT, max_size=20), max_size=5)
)
def test_arguments_of_any_kind_come_back(args: dict[str, Any]) -> None:
    command = Command("c", "volume", args)
    assert Command.from_json(command.to_json()) == command


@pytest.mark.parametrize("escape", ["\\u0000", "\\ud800", "\\udfff\\ud800"])
@pytest.mark.parametrize("where", ['{"op":"a%sb"}', '{"op":"hello","revs":{"%s":1}}'])
def test_what_is_no_text_is_refused_as_a_value_and_as_a_name(escape: str, where: str) -> None:
    with pytest.raises(BadMessage, match="nobody can write down"):
        Request.from_json((where % escape).encode())


def test_escapes_that_spell_text_are_read() -> None:
    assert State.from_json(b'{"st":"on","boot":"\\u4e61\\ud83d\\ude00\\\\u0000"}').boot == "乡😀\\u0000"
