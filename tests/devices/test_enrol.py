"""First contact: eight digits, ten minutes, one use, and nobody guesses his way in."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from broadcast.brokers import check_password_hash, hash_password
from devices.enrol import (
    WRONG_MAX,
    CodeExpired,
    CodeUsed,
    CodeWrong,
    EnrolError,
    TooManyTries,
    change,
    heard_pair_request,
    pair,
    revoke,
)  # fmt: skip
from devices.keys import StationKeys
from devices.models import Pairing, Terminal
from station.database import Database
from station.models import Area, AuditEntry, Person
from station.people import NotAllowed
from tests.people import Village, settle
from wire.messages import Credentials, PairRequest
from wire.sealing import BadSeal, new_key, pairing_code, public_text, unseal
from wire.topics import LEVEL

MINUTE = timedelta(minutes=1)


class Box:
    """A loudspeaker in its carton: a key, a nonce, the code it shows."""

    def __init__(self, nonce: str = "nonce-0123456789") -> None:
        self.key, self.nonce = new_key(), nonce
        self.pk = public_text(self.key)

    @property
    def code(self) -> str:
        return pairing_code(self.pk, self.nonce)

    def asks(self, session: Session, now: datetime) -> Pairing | None:
        return heard_pair_request(session, PairRequest(self.nonce, self.pk, "HX-20", "校门口", "1.0"), now)


@pytest.fixture
def keys(tmp_path: Path) -> StationKeys:
    return StationKeys.load_or_make(tmp_path / "keys")


def typed(session: Session, keys: StationKeys, person: Person, code: str, area: Area, now: datetime, name: str = "") -> Terminal:
    return pair(
        session, person=person, code=code, area=area, name=name, now=now, keys=keys, base_urls=("http://station:8080",), domain="xy",
        hash_password=hash_password,
    )  # fmt: skip


def test_the_code_lets_it_in_and_only_its_own_key_opens_the_answer(session: Session, village: Village, keys: StationKeys, now: datetime) -> None:
    box, other = Box(), Box()
    box.asks(session, now)
    terminal = typed(session, keys, village.operator, box.code, village.village_a, now, "学校喇叭")
    pairing = session.scalars(select(Pairing)).one()
    secret = Credentials.from_json(unseal(pairing.answer, box.key, box.nonce))
    assert secret.did == terminal.did and LEVEL.match(secret.did)
    assert check_password_hash(secret.password, terminal.password_hash) and secret.password not in terminal.password_hash
    assert secret.roots == (keys.root_key,) and secret.base == ("http://station:8080",)
    assert (terminal.name, terminal.model, terminal.state, pairing.terminal_id) == ("学校喇叭", "HX-20", "active", terminal.id)
    with pytest.raises(BadSeal):
        unseal(pairing.answer, other.key, box.nonce)
    entry = session.scalars(select(AuditEntry).where(AuditEntry.act == "pair")).one()
    assert secret.password not in str(entry.detail)


@pytest.mark.parametrize("spell", [lambda code: f" {code[:4]} {code[4:]} ", lambda code: f"{code[:4]}-{code[4:]}", lambda code: code.translate(
    {ord("0") + n: ord("０") + n for n in range(10)})])  # fmt: skip
def test_spaces_dashes_and_full_width_digits_are_read(session: Session, village: Village, keys: StationKeys, now: datetime, spell: object) -> None:
    box = Box()
    box.asks(session, now)
    assert typed(session, keys, village.operator, spell(box.code), village.village_a, now).state == "active"  # type: ignore[operator]


def test_asking_again_changes_nothing(session: Session, village: Village, now: datetime) -> None:
    box = Box()
    first = box.asks(session, now)
    assert box.asks(session, now + 5 * MINUTE) is first
    assert first is not None and first.expires_at == now + 10 * MINUTE


def test_a_code_is_good_for_ten_minutes(session: Session, village: Village, keys: StationKeys, now: datetime) -> None:
    box = Box()
    box.asks(session, now)
    with pytest.raises(CodeExpired):
        typed(session, keys, village.operator, box.code, village.village_a, now + 10 * MINUTE)


def test_a_code_is_good_for_one_use(session: Session, village: Village, keys: StationKeys, now: datetime) -> None:
    box = Box()
    box.asks(session, now)
    typed(session, keys, village.operator, box.code, village.village_a, now)
    with pytest.raises(CodeUsed):
        typed(session, keys, village.operator, box.code, village.village_a, now)
    assert session.scalar(select(func.count()).select_from(Terminal)) == 1


@pytest.mark.both_databases
def test_two_operators_who_type_it_at_the_same_moment_make_one_terminal(db: Database, keys: StationKeys, now: datetime) -> None:
    box, outcomes, together = Box(), [], threading.Barrier(2)
    with db.session() as session:
        village = settle(session, now)
        box.asks(session, now)

    def types(person: Person) -> None:
        together.wait(60)
        try:
            with db.session() as session:
                typed(session, keys, session.get_one(Person, person.id), box.code, session.get_one(Area, village.village_a.id), now)
                outcomes.append("in")
        except CodeUsed:
            outcomes.append("used")

    threads = [threading.Thread(target=types, args=(each,)) for each in (village.operator, village.admin)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(outcomes) == ["in", "used"]
    with db.reading() as session:
        terminal = session.scalars(select(Terminal)).one()
        assert session.scalars(select(Pairing)).one().terminal_id == terminal.id


@pytest.mark.parametrize("code", ["", "1234567", "123456789", "abcdefgh", "𝟙𝟚𝟛"])
def test_what_is_no_code_of_any_terminal_is_refused(session: Session, village: Village, keys: StationKeys, now: datetime, code: str) -> None:
    Box().asks(session, now)
    with pytest.raises(CodeWrong, match="8 digits"):
        typed(session, keys, village.operator, code, village.village_a, now)


def test_who_types_five_wrong_codes_waits_ten_minutes_and_the_others_do_not(
    session: Session, village: Village, keys: StationKeys, now: datetime
) -> None:
    box = Box()
    box.asks(session, now)
    wrong = f"{(int(box.code) + 1) % 10**8:08}"
    for _ in range(WRONG_MAX):
        with pytest.raises(CodeWrong):
            typed(session, keys, village.operator, wrong, village.village_a, now)
    with pytest.raises(TooManyTries):
        typed(session, keys, village.operator, box.code, village.village_a, now)
    assert typed(session, keys, village.admin, box.code, village.village_a, now).state == "active"
    later, again = now + 10 * MINUTE, Box("nonce-again-0001")
    again.asks(session, later)
    assert typed(session, keys, village.operator, again.code, village.village_a, later).state == "active"


def test_two_terminals_with_the_same_code_are_both_turned_away(session: Session, village: Village, keys: StationKeys, now: datetime) -> None:
    first, second = Box().asks(session, now), Box("nonce-another-01").asks(session, now)
    assert first is not None and second is not None
    second.code = first.code
    session.flush()
    with pytest.raises(CodeExpired, match="same code"):
        typed(session, keys, village.operator, first.code, village.village_a, now)
    with pytest.raises(CodeExpired):
        typed(session, keys, village.operator, first.code, village.village_a, now)


@pytest.mark.parametrize("who", ["stranger", "reviewer"])
def test_a_stranger_and_a_reviewer_let_nobody_in(session: Session, village: Village, keys: StationKeys, now: datetime, who: str) -> None:
    box = Box()
    box.asks(session, now)
    with pytest.raises(NotAllowed):
        typed(session, keys, getattr(village, who), box.code, village.village_a, now)
    assert session.scalar(select(func.count()).select_from(Terminal)) == 0


@pytest.mark.parametrize(("nonce", "pk"), [("short", None), ("n" * 37, None), ("nonce-0123456789", "no key"), ("nonce-0123456789", ""), ("nonce-0123456789", "QUJD")])
def test_a_request_without_a_usable_key_or_name_is_not_taken(session: Session, village: Village, now: datetime, nonce: str, pk: str | None) -> None:
    assert heard_pair_request(session, PairRequest(nonce, Box().pk if pk is None else pk), now) is None


def test_a_revoked_terminal_has_no_password_any_more_and_revoking_twice_changes_nothing(
    session: Session, village: Village, keys: StationKeys, now: datetime
) -> None:
    box = Box()
    box.asks(session, now)
    terminal = typed(session, keys, village.operator, box.code, village.village_a, now)
    revoke(session, person=village.operator, terminal=terminal, now=now)
    revoke(session, person=village.operator, terminal=terminal, now=now + MINUTE)
    assert (terminal.state, terminal.password_hash, terminal.presence, terminal.revoked_at) == ("revoked", "", "off", now)
    assert len(session.scalars(select(AuditEntry).where(AuditEntry.act == "revoke")).all()) == 1


def a_terminal(session: Session, area: Area, now: datetime) -> Terminal:
    terminal = Terminal(did="tlimin", area_id=area.id, name="村口", created_at=now)
    session.add(terminal)
    session.flush()
    return terminal


def test_each_real_change_is_a_new_wish_and_no_change_is_none(session: Session, village: Village, now: datetime) -> None:
    terminal = a_terminal(session, village.village_a, now)
    for number, what in enumerate(({"volume": 40}, {"name": "祠堂"}, {"dialect": "yue"}, {"clear_dialect": True}, {"area": village.village_b}), 2):
        change(session, person=village.operator, terminal=terminal, now=now, **what)  # type: ignore[arg-type]
        assert terminal.want_rev == number
        change(session, person=village.operator, terminal=terminal, now=now, **what)  # type: ignore[arg-type]
        assert terminal.want_rev == number
    assert (terminal.volume, terminal.name, terminal.dialect, terminal.area_id) == (40, "祠堂", None, village.village_b.id)


@pytest.mark.parametrize("what", [{"volume": 101}, {"volume": -1}, {"name": "  "}])
def test_impossible_changes_are_refused(session: Session, village: Village, now: datetime, what: dict[str, object]) -> None:
    terminal = a_terminal(session, village.village_a, now)
    with pytest.raises(EnrolError):
        change(session, person=village.operator, terminal=terminal, now=now, **what)  # type: ignore[arg-type]
    assert terminal.want_rev == 1


def test_nobody_moves_a_terminal_where_he_may_do_nothing(session: Session, village: Village, now: datetime) -> None:
    terminal = a_terminal(session, village.village_a, now)
    with pytest.raises(NotAllowed):
        change(session, person=village.operator, terminal=terminal, now=now, area=village.other_county)
    with pytest.raises(NotAllowed):
        change(session, person=village.stranger, terminal=terminal, now=now, volume=0)
    assert terminal.area_id == village.village_a.id
