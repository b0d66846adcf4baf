"""Who may order an emergency: whatever is forged, old, misaddressed or signed by a lesser key is refused; nothing else is."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.wire.golden import EMERGENCY, IAT, SOUND
from wire.alert import TTL_S, believe, check
from wire.messages import SOURCES, Alert, BadMessage, Emergency, Key
from wire.signing import CLOCK_SLACK_S, BadSignature, Signer, sign, speaks_to

ZONES = ("zprov_cmn", "zcity_cmn", "zcounty_cmn", "ztown_cmn", "zvill_cmn", "zgroup_cmn")
SIGNERS = {
    name: Signer.from_seed(name, name.encode().ljust(32, b"x")) for name in ("all", "county", "other", "town", "programme", "gone")
}
KEYS = {
    "all": SIGNERS["all"].public(("alert",)), "county": SIGNERS["county"].public(("alert",), zones=("zcounty",), level="county"),
    "other": SIGNERS["other"].public(("alert",), zones=("zelsewhere",), level="county"),
    "town": SIGNERS["town"].public(("alert",), zones=("ztown",), level="town"), "programme": SIGNERS["programme"].public(("programme", "update")),
}  # fmt: skip
ONE = replace(EMERGENCY, from_ms=IAT * 1000, until_ms=IAT * 1000 + 600_000)
HELD = IAT * 1000


def signed(
    alert: Alert, who: str = "all", aud: str = "", seq: int = -1, iat: int = IAT, exp: int = IAT + TTL_S, typ: str = "alert"
) -> bytes:
    return sign(alert.to_json(), SIGNERS[who], typ=typ, aud=aud or alert.zid, seq=alert.rev if seq < 0 else seq, iat=iat, exp=exp)


def read(message: bytes, zid: str = "zvill_cmn", now_s: float = IAT, held: int = HELD) -> Alert | None:
    found = believe(message, KEYS, zid=zid, zones=ZONES, now_s=now_s, held=held)
    return found.alert if found else None


def an_alert(zid: str = "zvill_cmn", rev: int = HELD + 1, *emergencies: Emergency) -> Alert:
    return Alert(rev, zid, emergencies or (ONE,))


def test_a_set_is_believed_once() -> None:
    assert read(signed(an_alert())) == an_alert()
    assert read(signed(an_alert()), held=HELD + 1) is None
    assert read(signed(an_alert("zvill_cmn", HELD + 2))) == an_alert("zvill_cmn", HELD + 2)


def allowed(who: str, zid: str, source: str) -> bool:
    """The rule, said once more in other words."""
    branch = {"all": "zprov_cmn", "county": "zcounty_cmn", "town": "ztown_cmn"}.get(who)
    level = {"all": "centre", "county": "county", "town": "town"}.get(who, "")
    return branch is not None and ZONES.index(zid) >= ZONES.index(branch) and SOURCES.index(source) >= SOURCES.index(level)


@given(st.sampled_from(sorted(SIGNERS)), st.sampled_from(ZONES), st.sampled_from(SOURCES))
def test_a_key_speaks_to_its_branch_and_as_its_level_and_no_other(who: str, zid: str, source: str) -> None:
    alert = an_alert(zid, HELD + 1, replace(ONE, source=source))
    if allowed(who, zid, source):
        assert read(signed(alert, who), zid) == alert
    else:
        with pytest.raises(BadSignature):
            read(signed(alert, who), zid)


@given(st.integers(-3 * TTL_S, 3 * TTL_S), st.integers(-3 * TTL_S, 3 * TTL_S), st.integers(-2 * TTL_S * 1000, 2 * TTL_S * 1000))
def test_only_a_fresh_set_with_a_fresh_number_is_believed(iat: int, lives: int, ahead_ms: int) -> None:
    alert = an_alert("zvill_cmn", HELD + ahead_ms)
    message = signed(alert, iat=IAT + iat, exp=IAT + iat + lives)
    fresh = iat <= CLOCK_SLACK_S and 0 <= iat + lives <= TTL_S + CLOCK_SLACK_S
    if fresh and 0 <= ahead_ms <= CLOCK_SLACK_S * 1000:
        assert (read(message) is None) == (ahead_ms == 0)
    else:
        with pytest.raises(BadSignature):
            read(message)


@given(st.integers(0, 2000), st.integers(1, 255))
def test_not_a_single_byte_can_be_changed(at: int, turn: int) -> None:
    good = signed(an_alert())
    at %= len(good)
    bad = good[:at] + bytes([good[at] ^ turn]) + good[at + 1 :]
    with pytest.raises((BadSignature, BadMessage)):
        read(bad)


@pytest.mark.parametrize("changed", [{"aud": "zvill_hak"}, {"typ": "plan"}, {"seq": HELD + 5}])
def test_what_is_signed_otherwise_than_it_says_is_refused(changed: dict[str, object]) -> None:
    with pytest.raises((BadSignature, BadMessage)):
        read(signed(an_alert(), **changed))  # type: ignore[arg-type]
    with pytest.raises((BadSignature, BadMessage)):
        read(signed(an_alert("zvill_hak"), aud="zvill_cmn"))


BROKEN = {
    "level": {"level": "purple"}, "source": {"source": "emperor"}, "id": {"id": "a/b"}, "time": {"until_ms": ONE.from_ms}, "repeats": {"repeats": 0},
    "many repeats": {"repeats": 1000}, "pause": {"pause_ms": -1}, "volume": {"volume": 101}, "wording": {"wording": 0}, "sounds": {"sounds": (SOUND,) * 9},
    "clip": {"sounds": (replace(SOUND, clip="x"),)}, "bytes": {"sounds": (replace(SOUND, bytes=0),)}, "ms": {"sounds": (replace(SOUND, ms=0),)},
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_values_out_of_range_are_refused(name: str) -> None:
    with pytest.raises(BadMessage):
        read(signed(an_alert("zvill_cmn", HELD + 1, replace(ONE, **BROKEN[name]))))  # type: ignore[arg-type]


def test_too_many_emergencies_and_one_twice_are_refused() -> None:
    with pytest.raises(BadMessage, match="more than"):
        check(Alert(1, "z", tuple(replace(ONE, id=f"e{n}") for n in range(33))))
    with pytest.raises(BadMessage, match="twice"):
        check(Alert(1, "z", (ONE, ONE)))


def test_a_key_of_a_branch_does_not_speak_where_its_branch_is_not() -> None:
    key = Key("k", "", ("alert",), zones=("zcounty",))
    assert [speaks_to(key, zid, ZONES) for zid in ZONES] == [False, False, True, True, True, True]
    assert not speaks_to(key, "zvill_cmn", ("zprov_cmn", "zvill_cmn"))
    assert not speaks_to(key, "zstranger_cmn", ZONES)
