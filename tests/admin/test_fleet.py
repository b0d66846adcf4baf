"""The fleet at a small size: its benchmark and its command run through, and lose nothing."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from admin.commands import cli
from admin.fleet import together
from bench.fleet import measure


@pytest.mark.timeout(600)
def test_the_benchmark_of_a_small_fleet_loses_nothing() -> None:
    figures = {each.what.split(",")[0].split(":")[0]: each for each in measure(40, plays=5)}
    assert figures["receipts after a cut line"].measured.startswith("200 of 200")
    assert figures["malformed MQTT and JSON"].good is True
    assert figures["lost / twice / outside the window"].good is True


@pytest.mark.timeout(600)
def test_the_command_says_what_became_of_everything_planned() -> None:
    result = CliRunner().invoke(cli, ["fleet", "--terminals", "20", "--areas", "4", "--minutes", "0.3", "--json", "--faults", "lines,clocks,disks"])
    said = json.loads(result.stdout.splitlines()[-1])
    assert result.exit_code == 0, result.output
    assert (said["terminals"], said["planned"], said["receipts_stored"], said["lost"], said["twice"], said["unreported"]) == (20, 20, 20, 0, 0, 0)


@pytest.mark.timeout(600)
def test_terminals_whose_process_is_killed_go_on_from_their_disk_and_nothing_is_lost_or_heard_twice() -> None:
    result = CliRunner().invoke(cli, ["fleet", "--terminals", "12", "--areas", "2", "--minutes", "0.7", "--json", "--faults", "kill,lines", "--fault-every", "12"])
    said = json.loads(result.stdout.splitlines()[-1])
    assert result.exit_code == 0, result.output
    assert said["killed"] > 0 and said["planned"] == said["receipts_stored"] == 24
    assert (said["lost"], said["twice"], said["outside"], said["unreported"]) == (0, 0, 0, 0)


def test_a_fault_of_no_name_is_refused() -> None:
    result = CliRunner().invoke(cli, ["fleet", "--faults", "lines,thunder"])
    assert result.exit_code == 2 and "thunder" in result.output


def test_of_several_processes_counts_are_added_and_the_worst_lateness_told() -> None:
    parts = [{"event": "summary", "played": 2, "late_p99_ms": 5.0}, {"event": "summary", "played": 3, "late_p99_ms": None}, {"played": 1, "late_p99_ms": 9.0}]
    assert together(parts) == {"played": 6, "late_p99_ms": 9.0}
