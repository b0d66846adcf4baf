"""``xiangyin https``: the certificate as it is, made anew, and its authority's fingerprint."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from admin.https_commands import https
from station import https as ours


@pytest.fixture
def say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setenv("XIANGYIN_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("XIANGYIN_HTTPS_NAMES", "voice.lan bank.example.com")
    return CliRunner()


def told(result: Result) -> dict[str, object]:
    assert result.exit_code == 0, result.output
    return dict(json.loads(result.stdout))


def test_show_makes_what_is_missing_and_names_what_it_cannot_stand_for(say: CliRunner, tmp_path: Path) -> None:
    found = told(say.invoke(https, ["show", "--json"]))
    assert "voice.lan" in found["certificate"]["names"] and found["not_vouched_for"] == ["bank.example.com"]  # type: ignore[index]
    authority = ours.read_first(ours.authority_path(tmp_path).read_bytes())
    assert told(say.invoke(https, ["fingerprint", "--json"])) == {"sha256": ours.fingerprint(authority)}
    assert ours.fingerprint(authority) in say.invoke(https, ["fingerprint"]).stdout
    words = say.invoke(https, ["show"])
    assert "voice.lan" in words.stdout and "https_certificate" in words.stderr


def test_renew_changes_the_certificate_and_not_the_authority(say: CliRunner) -> None:
    before, after = (told(say.invoke(https, [word, "--json"])) for word in ("show", "renew"))
    assert before["authority"] == after["authority"] and before["certificate"] != after["certificate"] and after["renewed"] == "it was asked for"


def test_a_certificate_of_ones_own_is_shown_and_not_renewed(say: CliRunner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told(say.invoke(https, ["show", "--json"]))
    own = ours.server_path(tmp_path).rename(tmp_path / "own.pem")
    monkeypatch.setenv("XIANGYIN_HTTPS_CERTIFICATE", str(own))
    assert told(say.invoke(https, ["show", "--json"]))["authority"] is None
    refused = say.invoke(https, ["renew"])
    assert refused.exit_code == 1 and "renew it where it came from" in refused.output


def test_switched_off_says_how_to_switch_it_on(say: CliRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XIANGYIN_HTTPS_PORT", "0")
    refused = say.invoke(https, ["show"])
    assert refused.exit_code == 1 and "https_port" in refused.output
