"""The golden vectors are what the code makes and what the code accepts."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.wire import golden
from wire.alert import Believed, believe
from wire.messages import BY_TYPE, BadMessage, Key
from wire.sealing import key_from_seed, pairing_code, public_text
from wire.signing import BadSignature, verify


def _read(name: str) -> Any:
    return json.loads((golden.FOLDER / name).read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", golden.files())
def test_the_vectors_have_not_changed(name: str) -> None:
    assert (golden.FOLDER / name).read_text(encoding="utf-8") == golden.files()[name]


def test_every_message_has_a_vector_and_comes_back_equal() -> None:
    vectors = _read("messages.json")
    assert {vector["typ"] for vector in vectors} == set(BY_TYPE)
    for vector in vectors:
        raw = vector["json"].encode()
        assert BY_TYPE[vector["typ"]].from_json(raw).to_json() == raw


def _keys(rows: list[dict[str, Any]]) -> dict[str, Key]:
    return {
        row["kid"]: Key(row["kid"], row["x"], tuple(row["uses"]), zones=tuple(row.get("zones", ())), level=row.get("level", "")) for row in rows
    }  # fmt: skip


def test_what_must_be_accepted_is_accepted() -> None:
    said = _read("signed.json")
    for case in said["accept"]:
        keys = _keys(said["roots"] if case["use"] == "root" else said["keys"] + said["alert_keys"])
        found = verify(case["line"].encode(), keys, typ=case["typ"], auds={case["aud"]}, now_s=said["now_s"], use=case["use"])
        BY_TYPE[case["typ"]].from_json(found.payload)


@pytest.mark.parametrize("case", _read("signed.json")["refuse_as_plan"], ids=lambda case: case["why"])
def test_what_must_be_refused_is_refused(case: dict[str, str]) -> None:
    said = _read("signed.json")
    with pytest.raises(BadSignature):
        verify(
            case["line"].encode(), _keys(said["keys"]), typ="plan", auds={said["zid"]}, now_s=said["now_s"],
            after_seq=said["held_plan_rev"],
        )  # fmt: skip


def _believe(line: str) -> Believed | None:
    said = _read("signed.json")
    keys = _keys(said["keys"] + said["alert_keys"])
    return believe(line.encode(), keys, zid=said["zid"], zones=(said["zid"],), now_s=said["now_s"], held=said["held_alert_rev"])


@pytest.mark.parametrize("case", _read("signed.json")["refuse_as_alert"], ids=lambda case: case["why"])
def test_no_alert_is_believed_that_must_not_be(case: dict[str, str]) -> None:
    with pytest.raises((BadSignature, BadMessage)):
        _believe(case["line"])


def test_the_alert_that_must_be_believed_is() -> None:
    found = _believe(next(case["line"] for case in _read("signed.json")["accept"] if case["typ"] == "alert"))
    assert found is not None and found.alert.emergencies[0].level == "red"


def test_the_pairing_code_can_be_computed_elsewhere() -> None:
    said = _read("pairing.json")
    assert public_text(key_from_seed(bytes.fromhex(said["seed"]))) == said["pk"]
    assert pairing_code(said["pk"], said["nonce"]) == said["code"]
