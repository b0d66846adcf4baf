"""One set of rules: the function and mosquitto's file say the same."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from broadcast.brokers.access import Rules, may_publish, may_read, mosquitto_acl, mosquitto_passwords, write_private
from broadcast.brokers.passwords import hash_password

# who (user, client id), topic, may say it, may hear it
TABLE = [
    (("tlimin", "tlimin"), "xy/1/d/tlimin/up/state", True, False), (("tlimin", "tlimin"), "xy/1/d/tlimin/dn/want", False, True),
    (("tlimin", "tlimin"), "xy/1/d/twang/up/state", False, False), (("tlimin", "tlimin"), "xy/1/d/twang/dn/want", False, False),
    (("tlimin", "tlimin"), "xy/1/d/tlimin2/up/state", False, False), (("tlimin", "tlimin"), "xy/1/z/zvillage_cmn/plan", False, True),
    (("tlimin", "tlimin"), "xy/1/s/keys", False, True), (("tlimin", "tlimin"), "xy/1/p/tlimin/up", False, False),
    (("tlimin", "tlimin"), "xy/2/z/zvillage_cmn/plan", False, False), (("tlimin", "tlimin"), "$SYS/broker/version", False, False),
    ((None, "nonce-1"), "xy/1/p/nonce-1/up", True, False), ((None, "nonce-1"), "xy/1/p/nonce-1/dn", False, True),
    ((None, "nonce-1"), "xy/1/p/nonce-2/dn", False, False), ((None, "nonce-1"), "xy/1/p/nonce-2/up", False, False),
    ((None, "nonce-1"), "xy/1/z/zvillage_cmn/plan", False, False), ((None, "nonce-1"), "xy/1/s/keys", False, False),
    ((None, "tlimin"), "xy/1/d/tlimin/dn/want", False, False), ((None, ""), "xy/1/p//up", False, False),
    (("station", "station-1"), "xy/1/z/zvillage_cmn/plan", True, True), (("station", "station-1"), "xyz/1/z/zvillage_cmn/plan", False, False),
]  # fmt: skip


@pytest.mark.parametrize(("who", "topic", "says", "hears"), TABLE)
def test_who_may_say_and_hear_what(who: tuple[str | None, str], topic: str, says: bool, hears: bool) -> None:
    assert (may_publish("xy", "station", *who, topic), may_read("xy", "station", *who, topic)) == (says, hears)


def test_mosquittos_file_names_zones_for_each_terminal_and_for_no_stranger() -> None:
    lines = mosquitto_acl("xy", "station", {"twang": "h", "tlimin": "h"}).splitlines()
    strangers = lines[: lines.index("")]
    assert all(each.startswith("pattern ") and ("%c" in each or "%u" in each) for each in strangers)
    assert lines[lines.index("user tlimin") :][:3] == ["user tlimin", "topic read xy/1/z/#", "topic read xy/1/s/#"]
    assert [each for each in lines if each.startswith("user ")] == ["user station", "user tlimin", "user twang"]


def test_nobody_comes_under_anothers_name() -> None:
    rules = Rules("xy", "station", hash_password("of the station"))
    rules.users = {"tlimin": hash_password("of li min"), "twang": hash_password("of wang")}
    assert rules.admits("tlimin", "of li min", "tlimin") and rules.admits("station", "of the station", "station-1") and rules.admits(None, None, "nonce-1")
    refused = [
        ("tlimin", "of wang", "tlimin"), ("tlimin", None, "tlimin"), ("tlimin", "of li min", "twang"), ("tlimin", "of li min", "other"),
        ("tnobody", "of li min", "tnobody"), ("", "", ""), ("station", "of li min", "station-1"), ("station", "of the station", "tlimin"),
        (None, None, "tlimin"), (None, "of li min", "nonce-1"), (None, None, "no/nonce"), (None, None, "+"), (None, None, "#"), (None, None, ""),
    ]  # fmt: skip
    assert [each for each in refused if rules.admits(*each)] == []


def test_secrets_are_written_whole_and_for_the_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "passwords"
    write_private(path, "old")
    write_private(path, mosquitto_passwords({"tb": "2", "ta": "1"}))
    assert path.read_text() == "ta:1\ntb:2\n" and stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["passwords"]
