"""The second step: the digits of the standard's own examples, each used once, paper that opens once, and waiting after wrong ones."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from station import second_step
from station.models import RecoveryCode, SecondStep
from station.second_step import STEP_S, Waiting, WrongCode, digits, fitting_step, step_of
from station.vault import Locked, Vault
from tests.people import Village

VAULT = Vault("a key only for tests, of no worth")
# RFC 6238, appendix B: the SHA-1 column, of whose eight digits the last six are ours
STANDARD = [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"), (2000000000, "279037"), (20000000000, "353130")]
SECRET = base64.b32encode(b"12345678901234567890").decode()


@pytest.mark.parametrize(("seconds", "shown"), STANDARD)
def test_the_digits_are_those_of_the_standard(seconds: int, shown: str) -> None:
    assert digits(SECRET, seconds // STEP_S) == shown
    assert fitting_step(SECRET, shown, datetime.fromtimestamp(seconds, UTC), 0) == seconds // STEP_S


def test_a_clock_may_be_one_step_off_and_no_more(now: datetime) -> None:
    here = step_of(now)
    fits = [off for off in range(-3, 4) if fitting_step(SECRET, digits(SECRET, here + off), now, 0) is not None]
    assert fits == [-1, 0, 1]
    assert fitting_step(SECRET, digits(SECRET, here), now, here) is None, "used"


def test_what_is_sealed_opens_with_the_same_key_for_the_same_person_only() -> None:
    sealed = VAULT.seal("secret", "second step 1")
    assert "secret" not in sealed and VAULT.open(sealed, "second step 1") == "secret"
    with pytest.raises(Locked):
        VAULT.open(sealed, "second step 2")
    with pytest.raises(Locked, match="set it up anew"):
        Vault("another key").open(sealed, "second step 1")


def set_up(session: Session, village: Village, now: datetime) -> tuple[str, list[str]]:
    """A second step of the operator's: its secret and the codes on paper."""
    secret = second_step.begin(session, VAULT, village.operator, now)
    return secret, second_step.confirm(session, VAULT, village.operator, digits(secret, step_of(now)), now)


def test_it_counts_when_the_telephone_has_shown_the_digits(session: Session, village: Village, now: datetime) -> None:
    me = village.operator
    first = second_step.begin(session, VAULT, me, now)
    secret = second_step.begin(session, VAULT, me, now)
    assert me.second_step_at is None and second_step.begun(session, me)
    with pytest.raises(WrongCode):
        second_step.confirm(session, VAULT, me, digits(first, step_of(now)), now)
    codes = second_step.confirm(session, VAULT, me, digits(secret, step_of(now)), now)
    assert me.second_step_at == now and len(set(codes)) == 10 == second_step.codes_left(session, me)
    with pytest.raises(WrongCode, match="already"):
        second_step.begin(session, VAULT, me, now)
    kept = [row.code_hash for row in session.scalars(select(RecoveryCode))] + [row.secret for row in session.scalars(select(SecondStep))]
    assert not any(each in kept or each.replace("-", "") in kept for each in [secret, *codes])


@pytest.mark.both_databases
def test_digits_open_once_even_within_their_half_minute(session: Session, village: Village, now: datetime) -> None:
    secret, _codes = set_up(session, village, now)
    with pytest.raises(WrongCode):
        second_step.check(session, VAULT, village.operator, digits(secret, step_of(now)), now)
    later = now + timedelta(seconds=STEP_S)
    shown = digits(secret, step_of(later))
    assert second_step.check(session, VAULT, village.operator, f"{shown[:3]} {shown[3:]}", later) == "digits"
    with pytest.raises(WrongCode):
        second_step.check(session, VAULT, village.operator, shown, later)


@pytest.mark.both_databases
def test_paper_opens_once_and_still_when_the_stations_key_is_lost(session: Session, village: Village, now: datetime) -> None:
    secret, codes = set_up(session, village, now)
    other, later = Vault("another key"), now + timedelta(minutes=1)
    with pytest.raises(Locked):
        second_step.check(session, other, village.operator, digits(secret, step_of(later)), later)
    assert second_step.check(session, other, village.operator, codes[3].upper(), later) == "paper"
    with pytest.raises(WrongCode):
        second_step.check(session, VAULT, village.operator, codes[3], later)
    with pytest.raises(WrongCode):
        second_step.check(session, VAULT, village.stranger, codes[4], later)
    assert second_step.codes_left(session, village.operator) == 9
    fresh = second_step.fresh_codes(session, village.operator)
    with pytest.raises(WrongCode):
        second_step.check(session, VAULT, village.operator, codes[4], later)
    assert second_step.check(session, VAULT, village.operator, fresh[0], later) == "paper"


@pytest.mark.both_databases
def test_guessing_waits_longer_and_longer_and_right_digits_do_not_help(session: Session, village: Village, now: datetime) -> None:
    secret, _codes = set_up(session, village, now)
    at, tries = now + timedelta(minutes=5), 0
    ends = at + timedelta(days=1)
    while at < ends:
        try:
            second_step.check(session, VAULT, village.operator, "z" * 16 if tries % 2 else "12345", at)
        except Waiting as wait:
            with pytest.raises(Waiting):
                second_step.check(session, VAULT, village.operator, digits(secret, step_of(at)), at)
            at = wait.until
        except WrongCode:
            tries += 1
    assert tries < 40
    assert second_step.check(session, VAULT, village.operator, digits(secret, step_of(at)), at) == "digits"
    with pytest.raises(WrongCode) as once:
        second_step.check(session, VAULT, village.operator, "000000", at)
    assert not isinstance(once.value, Waiting), "forgotten after the right ones"


def test_it_is_asked_of_roles_and_of_persons(session: Session, village: Village, now: datetime) -> None:
    assert not second_step.asked_for(session, village.operator, ())
    assert second_step.asked_for(session, village.operator, ("operator",)) and not second_step.asked_for(session, village.reviewer, ("operator",))
    village.reviewer.second_step_asked = True
    assert second_step.asked_for(session, village.reviewer, ())


def test_taken_away_nothing_of_it_is_left(session: Session, village: Village, now: datetime) -> None:
    set_up(session, village, now)
    assert second_step.take_away(session, village.operator) and not second_step.take_away(session, village.operator)
    assert village.operator.second_step_at is None and second_step.codes_left(session, village.operator) == 0
    assert second_step.begin(session, VAULT, village.operator, now)


def test_the_address_names_station_and_person() -> None:
    said = second_step.address(SECRET, "lan", "Xiangyin 乡音")
    assert said.startswith("otpauth://totp/Xiangyin%20%E4%B9%A1%E9%9F%B3:lan?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=") and "period=30" in said
