"""The station's keys: made once, only for its owner, rotated with an overlap and never half."""

from __future__ import annotations

import json
import stat
import threading
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from devices import keys as keys_module
from devices.keys import NEXT, NoSuchKey, StationKeys, add_branch, revoke, rotate
from station.clock import to_ms
from wire.alert import believe
from wire.messages import Alert, Emergency, Key, Keys, Plan
from wire.signing import BadSignature, Verified, sign, verify

DAY = timedelta(days=1)


def believed(station: StationKeys, now: datetime, held: int = -1) -> dict[str, Key]:
    """Whose programmes a terminal that pinned the root believes after reading the key set."""
    found = verify(
        station.key_set(now), {station.root.kid: station.root_key}, typ=Keys.typ, auds={station.domain}, now_s=now.timestamp(), use="root", after_seq=held
    )
    keys = Keys.from_json(found.payload)
    assert keys.seq == found.seq
    assert [key.kid for key in keys.keys if key.uses == ("update",)] == [station.update.kid]
    return {key.kid: key for key in keys.keys if "programme" in key.uses}


def plan(station: StationKeys, now: datetime) -> bytes:
    return station.sign(b"{}", typ=Plan.typ, aud="zvillage_cmn", seq=1, now=now, expires=now + 30 * DAY)


def read(message: bytes, keys: dict[str, Key], now: datetime) -> Verified:
    return verify(message, keys, typ=Plan.typ, auds={"zvillage_cmn"}, now_s=now.timestamp())


def test_they_are_made_once_and_only_the_owner_may_read_them(tmp_path: Path, now: datetime) -> None:
    first, second = (StationKeys.load_or_make(tmp_path / "keys") for _ in range(2))
    assert (first.root.kid, first.root.seed, first.programme.seed, first.seq) == (second.root.kid, second.root.seed, second.programme.seed, 1)
    assert {stat.S_IMODE(each.stat().st_mode) for each in (tmp_path / "keys").iterdir()} == {0o600}
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700
    assert read(plan(first, now), believed(second, now), now).kid == first.programme.kid


def test_two_processes_that_start_at_once_agree(tmp_path: Path) -> None:
    found: list[StationKeys] = []
    threads = [threading.Thread(target=lambda: found.append(StationKeys.load_or_make(tmp_path / "keys"))) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len({(each.root.seed, each.programme.seed) for each in found}) == 1
    assert sorted(each.name for each in (tmp_path / "keys").iterdir()) == ["alert", "programme", "root", "update"]


def test_the_programme_key_signs_no_key_set_and_the_root_no_plan(tmp_path: Path, now: datetime) -> None:
    station = StationKeys.load_or_make(tmp_path / "keys")
    assert station.root.kid not in believed(station, now)
    assert believed(station, now)[station.programme.kid].uses == ("programme",) and station.root_key.uses == ("root",)


def test_after_a_rotation_both_keys_are_believed_for_the_overlap_and_then_the_new_one_alone(tmp_path: Path, now: datetime) -> None:
    old = StationKeys.load_or_make(tmp_path / "keys")
    new = rotate(tmp_path / "keys", "xy", now, overlap=8 * DAY)
    assert new.seq == 2 and new.root.seed == old.root.seed and new.programme.kid != old.programme.kid
    keys = believed(new, now, held=1)
    assert read(plan(old, now), keys, now + 7 * DAY).kid == old.programme.kid
    assert read(plan(new, now), keys, now + 9 * DAY).kid == new.programme.kid
    with pytest.raises(BadSignature, match="not valid at this time"):
        read(plan(old, now), keys, now + 9 * DAY)
    with pytest.raises(BadSignature, match="already seen"):
        believed(old, now, held=2)


def test_a_second_rotation_within_the_overlap_forgets_no_key_that_is_still_believed(tmp_path: Path, now: datetime) -> None:
    folder = tmp_path / "keys"
    first = StationKeys.load_or_make(folder)
    second, third = rotate(folder, "xy", now), rotate(folder, "xy", now + DAY)
    assert set(believed(third, now)) == {first.programme.kid, second.programme.kid, third.programme.kid}
    fourth = rotate(folder, "xy", now + 8 * DAY + timedelta(seconds=1))
    assert set(believed(fourth, now)) == {second.programme.kid, third.programme.kid, fourth.programme.kid}
    assert {key.kid: key.to_ms for key in fourth.retired}[second.programme.kid] == to_ms(now + 9 * DAY)


@pytest.mark.parametrize("steps", range(5))
def test_a_power_cut_in_a_rotation_leaves_the_old_keys_or_the_new_ones(
    tmp_path: Path, now: datetime, steps: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "keys"
    old = StationKeys.load_or_make(folder)
    write, left = keys_module._write, [steps]

    def until_the_power_goes(path: Path, text: str) -> None:
        if left[0] == 0:
            raise KeyboardInterrupt
        left[0] -= 1
        write(path, text)

    monkeypatch.setattr(keys_module, "_write", until_the_power_goes)
    if steps < 4:
        with pytest.raises(KeyboardInterrupt):
            rotate(folder, "xy", now)
    else:
        rotate(folder, "xy", now)
    monkeypatch.undo()
    after = StationKeys.load_or_make(folder)
    keys = believed(after, now)
    assert read(plan(old, now), keys, now).kid == old.programme.kid, "what was sent is believed"
    assert read(plan(after, now), keys, now).kid == after.programme.kid
    assert (after.seq, after.programme.kid == old.programme.kid) == ((1, True) if steps == 0 else (2, False))
    assert not (folder / NEXT).exists()


def test_a_rotation_that_another_process_finished_is_not_done_twice(tmp_path: Path, now: datetime) -> None:
    folder = tmp_path / "keys"
    StationKeys.load_or_make(folder)
    new = rotate(folder, "xy", now)
    written = {"seq": new.seq, "programme": (folder / "programme").read_text(), "retired": (folder / "retired").read_text()}
    (folder / NEXT).write_text(json.dumps(written))
    again = StationKeys.load_or_make(folder)
    assert (again.seq, again.programme.seed, again.retired) == (new.seq, new.programme.seed, new.retired)


def alert_keys(station: StationKeys, now: datetime) -> dict[str, Key]:
    root = {station.root.kid: station.root_key}
    found = verify(station.key_set(now), root, typ=Keys.typ, auds={station.domain}, now_s=now.timestamp(), use="root")
    return {key.kid: key for key in Keys.from_json(found.payload).keys}


def red(station: StationKeys, now: datetime, *above: str, source: str = "county") -> bytes:
    one = Emergency("e1", "red", source, to_ms(now), to_ms(now) + 600_000)
    alert = Alert(to_ms(now), f"{above[-1]}_cmn", (one,))
    return station.sign_alert(alert, station.alert_signer(above), now)


def believed_alert(message: bytes, station: StationKeys, now: datetime, *above: str) -> str:
    zones = tuple(f"{zid}_cmn" for zid in above)
    found = believe(message, alert_keys(station, now), zid=zones[-1], zones=zones, now_s=now.timestamp(), held=0)
    assert found is not None
    return found.kid


def test_the_programme_key_orders_no_emergency_and_the_alert_key_no_programme(tmp_path: Path, now: datetime) -> None:
    station = StationKeys.load_or_make(tmp_path / "keys")
    assert believed_alert(red(station, now, "zprov", "zcounty"), station, now, "zprov", "zcounty") == station.alert.kid
    forged = sign(b"{}", station.programme, typ="alert", aud="zcounty_cmn", seq=to_ms(now), iat=int(now.timestamp()), exp=int(now.timestamp()) + 60)
    with pytest.raises(BadSignature, match="not alert"):
        believed_alert(forged, station, now, "zprov", "zcounty")
    plan = sign(b"{}", station.alert, typ="plan", aud="zcounty_cmn", seq=1, iat=int(now.timestamp()), exp=int(now.timestamp()) + 60)
    with pytest.raises(BadSignature, match="not programme"):
        verify(plan, alert_keys(station, now), typ="plan", auds={"zcounty_cmn"}, now_s=now.timestamp())


def test_a_countys_key_signs_in_its_branch_alone(tmp_path: Path, now: datetime) -> None:
    folder = tmp_path / "keys"
    first = StationKeys.load_or_make(folder)
    station = add_branch(folder, "xy", "zcounty", "county")
    assert add_branch(folder, "xy", "zcounty", "county").seq == station.seq == first.seq + 1
    (branch,) = station.branches
    assert believed_alert(red(station, now, "zprov", "zcounty", "zvill"), station, now, "zprov", "zcounty", "zvill") == branch.signer.kid
    assert believed_alert(red(station, now, "zprov", "zother"), station, now, "zprov", "zother") == station.alert.kid
    stolen = replace(station, alert=branch.signer)  # whoever holds the county's key alone
    with pytest.raises(BadSignature, match="may speak to zcounty"):
        believed_alert(red(stolen, now, "zprov", "zother"), station, now, "zprov", "zother")
    with pytest.raises(BadSignature, match="may not speak as province"):
        believed_alert(red(station, now, "zprov", "zcounty", source="province"), station, now, "zprov", "zcounty")


@pytest.mark.parametrize("name", ["alert", "alert-zcounty"])
def test_an_alert_key_that_is_rotated_is_believed_for_a_while_and_one_that_is_revoked_no_more(tmp_path: Path, now: datetime, name: str) -> None:
    folder = tmp_path / "keys"
    above = ("zprov", "zcounty") if name != "alert" else ("zprov", "zother")
    StationKeys.load_or_make(folder)
    old = add_branch(folder, "xy", "zcounty", "county")
    said = red(old, now, *above)
    kid = believed_alert(said, old, now, *above)
    new = rotate(folder, "xy", now, DAY, name)
    assert believed_alert(said, new, now, *above) == kid != believed_alert(red(new, now, *above), new, now, *above)
    assert new.programme.kid == old.programme.kid and {each.zones for each in new.retired} == {old.alert.public(("alert",)).zones if name == "alert" else ("zcounty",)}
    gone = revoke(folder, "xy", kid, now)
    with pytest.raises(BadSignature, match="do not know"):
        believed_alert(said, gone, now, *above)
    present = believed_alert(red(gone, now, *above), gone, now, *above)
    last = revoke(folder, "xy", present, now)
    with pytest.raises(BadSignature, match="do not know"):
        believed_alert(red(gone, now, *above), last, now, *above)
    assert believed_alert(red(last, now, *above), last, now, *above) not in (kid, present)
    assert [each.level for each in last.branches] == ["county"] and last.seq == old.seq + 3
    with pytest.raises(NoSuchKey, match="those believed are"):
        revoke(folder, "xy", kid, now)


def test_a_station_of_an_earlier_release_gets_its_alert_key_in_a_new_set(tmp_path: Path, now: datetime) -> None:
    folder = tmp_path / "keys"
    StationKeys.load_or_make(folder)
    (folder / "alert").unlink()
    assert StationKeys.load_or_make(folder).seq == 2
    assert StationKeys.load_or_make(folder).seq == 2
