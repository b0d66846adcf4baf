"""``xiangyin read``: a line in, one JSON object a line out, for integrators and for checks."""

from __future__ import annotations

import json

from click.testing import CliRunner, Result

from admin.commands import cli


def read(*words: str, lines: str | bytes = "") -> Result:
    return CliRunner().invoke(cli, ["read", *words], input=lines)


def test_every_line_gets_its_own_line_even_an_empty_one() -> None:
    result = read("--dialect", "cmn", lines="你好\n\n银行☃\n")
    told = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 0 and len(told) == 3
    assert told[0] == {"spoken": "你好", "readings": [[0, "你", "ni3"], [1, "好", "hao3"]], "unknown": [], "doubtful": []}
    assert told[1] == {"spoken": "", "readings": [], "unknown": [], "doubtful": []}
    assert told[2]["readings"][1] == [1, "行", "hang2"] and told[2]["unknown"] == [[2, "☃"]]


def test_one_text_may_stand_in_the_command() -> None:
    assert json.loads(read("--dialect", "yue", "--text", "開會").stdout)["readings"] == [[0, "開", "hoi1"], [1, "會", "wui2"]]


def test_english_is_read_in_ipa() -> None:
    told = json.loads(read("--dialect", "en", "--text", "good water, ABC").stdout)
    assert told["readings"] == [[0, "good", "ɡʊd"], [5, "water", "wɔtɚ"], [12, "A", "eɪ"], [13, "B", "bi"], [14, "C", "si"]]


def test_broken_input_does_not_end_the_command() -> None:
    result = read("--dialect", "cmn", lines=b"\xff\xfe\r\n\xe5\xa5\xbd")
    assert result.exit_code == 0 and json.loads(result.stdout.splitlines()[1])["readings"] == [[0, "好", "hao3"]]


def test_an_unknown_dialect_is_named_and_ends_with_2() -> None:
    result = read("--dialect", "wuu", lines="好")
    assert result.exit_code == 2 and "unknown dialect 'wuu'" in result.stderr and "cmn, yue" in result.stderr
