"""What the station counts on, whichever broker carries its words."""

from __future__ import annotations

import pytest

from tests.broadcast.brokers.conftest import TERMINALS, Bench

LIMIN, WANG = TERMINALS
NOT_AUTHORISED = (134, 135)  # paho gives MQTT 3.1.1's 4 and 5 as these


def test_the_station_and_the_terminals_it_knows_are_let_in_and_nobody_else(bench: Bench) -> None:
    assert bench.station().code == 0
    assert bench.terminal(LIMIN).code == 0
    assert bench.terminal(WANG, password="guessed").code in NOT_AUTHORISED
    bench.hashes = {**bench.hashes, "tnobody": ""}
    assert bench.terminal("tnobody").code in NOT_AUTHORISED


@pytest.mark.parametrize("qos", [0, 1])
def test_what_the_station_says_reaches_the_terminal_and_back(bench: Bench, qos: int) -> None:
    station, terminal = bench.station(), bench.terminal(LIMIN)
    station.subscribe("xy/1/d/+/up/ack")
    terminal.subscribe(f"xy/1/d/{LIMIN}/dn/cmd", qos=qos)
    station.publish(f"xy/1/d/{LIMIN}/dn/cmd", b"chime")
    word = terminal.hear()
    assert (word.payload, word.qos, word.retain) == (b"chime", qos, False)
    terminal.publish(f"xy/1/d/{LIMIN}/up/ack", b"done", qos=qos)
    assert station.hear().payload == b"done"


def test_a_thousand_words_at_qos_1_arrive_once_each_and_in_order(bench: Bench) -> None:
    station, terminal = bench.station(), bench.terminal(LIMIN)
    terminal.subscribe("xy/1/z/zvillage_cmn/cmd")
    for number in range(1000):
        station.client.publish("xy/1/z/zvillage_cmn/cmd", str(number).encode(), 1)
    station.publish("xy/1/z/zvillage_cmn/cmd", b"end")
    found = []
    while (word := terminal.hear()).payload != b"end":
        found.append(int(word.payload))
    assert found == list(range(1000))


def test_words_said_just_before_goodbye_are_not_lost(bench: Bench) -> None:
    station = bench.station()
    station.subscribe("xy/1/d/+/up/rcpt")
    terminal = bench.terminal(LIMIN)
    for number in range(20):
        terminal.client.publish(f"xy/1/d/{LIMIN}/up/rcpt", str(number).encode(), 1)
    terminal.publish(f"xy/1/d/{LIMIN}/up/rcpt", b"20")
    terminal.leave()
    assert [int(station.hear().payload) for _ in range(21)] == list(range(21))


def test_a_terminal_speaks_only_below_its_own_name(bench: Bench) -> None:
    station, terminal = bench.station(), bench.terminal(LIMIN)
    station.subscribe("xy/#")
    forbidden = (
        f"xy/1/d/{WANG}/up/state", f"xy/1/d/{WANG}/dn/cmd", f"xy/1/d/{LIMIN}/dn/cmd", "xy/1/z/zvillage_cmn/plan", "xy/1/z/zvillage_cmn/alert",
        "xy/1/s/keys", "xy/1/s/station/state", "xy/1/p/nonce-of-another/dn", "other/1/d/x/up/state",
    )  # fmt: skip
    for topic in forbidden:
        terminal.publish(topic, b"forged", retain=True)
    terminal.publish(f"xy/1/d/{LIMIN}/up/ack", b"mine")
    assert station.until(f"xy/1/d/{LIMIN}/up/ack") == []
    later = bench.station()
    later.subscribe("xy/#")
    later.publish("xy/1/s/time", b"end")
    assert later.until("xy/1/s/time") == [], "nothing forged was kept either"


def test_a_terminal_hears_only_what_is_meant_for_it(bench: Bench) -> None:
    station, terminal = bench.station(), bench.terminal(LIMIN)
    station.publish(f"xy/1/d/{WANG}/dn/want", b"of another", retain=True)
    terminal.subscribe("xy/#", "#", f"xy/1/d/{WANG}/dn/#", "xy/1/d/+/up/+", "xy/1/p/#")
    station.publish(f"xy/1/d/{WANG}/dn/cmd", b"of another")
    station.publish(f"xy/1/d/{WANG}/up/rcpt", b"of another")
    station.publish("xy/1/p/nonce-of-another/dn", b"of a stranger")
    station.publish("xy/1/z/zvillage_cmn/plan", b"for all")
    station.publish(f"xy/1/d/{LIMIN}/dn/rsp", b"end")
    assert {word.topic for word in terminal.until(f"xy/1/d/{LIMIN}/dn/rsp")} == {"xy/1/z/zvillage_cmn/plan"}


def test_a_stranger_may_ask_to_be_paired_and_hears_only_his_answer(bench: Bench) -> None:
    station = bench.station()
    station.publish("xy/1/z/zvillage_cmn/plan", b"a plan", retain=True)
    station.publish(f"xy/1/d/{LIMIN}/dn/want", b"a want", retain=True)
    station.subscribe("xy/1/#")
    station.until("xy/1/z/zvillage_cmn/plan")
    stranger = bench.stranger("nonce-0123456789")
    assert stranger.code == 0
    stranger.subscribe("xy/1/#", "#", "xy/1/p/+/dn")
    for topic in ("xy/1/z/zvillage_cmn/plan", f"xy/1/d/{LIMIN}/up/state", "xy/1/p/nonce-of-another/up", "xy/1/p/nonce-0123456789/dn", "xy/1/s/keys"):
        stranger.publish(topic, b"forged", retain=True)
    stranger.publish("xy/1/p/nonce-0123456789/up", b"pair me")
    said = station.until("xy/1/p/nonce-0123456789/up")
    assert [word for word in said if word.payload == b"forged"] == []
    station.publish("xy/1/p/nonce-of-another/dn", b"sealed for another")
    station.publish("xy/1/p/nonce-0123456789/dn", b"sealed")
    assert stranger.until("xy/1/p/nonce-0123456789/dn") == []


def test_what_is_retained_greets_who_subscribes_and_can_be_taken_back(bench: Bench) -> None:
    station = bench.station()
    station.publish("xy/1/z/zvillage_cmn/plan", b"first", retain=True)
    station.publish("xy/1/z/zvillage_cmn/plan", b"second", retain=True)
    terminal = bench.terminal(LIMIN)
    terminal.subscribe("xy/1/z/zvillage_cmn/plan")
    word = terminal.hear()
    assert (word.payload, word.retain) == (b"second", True)
    station.publish("xy/1/z/zvillage_cmn/plan", b"", retain=True)
    other = bench.terminal(WANG)
    other.subscribe("xy/1/z/zvillage_cmn/plan", f"xy/1/d/{WANG}/dn/rsp")
    station.publish(f"xy/1/d/{WANG}/dn/rsp", b"end")
    assert other.until(f"xy/1/d/{WANG}/dn/rsp") == []


def test_a_client_that_subscribes_to_nothing_hears_nothing_though_others_subscribe_to_what_is_retained(bench: Bench) -> None:
    station = bench.station()
    station.subscribe("xy/1/d/+/up/state", "xy/1/d/+/dn/want", "xy/1/z/+/plan")
    station.publish(f"xy/1/d/{WANG}/dn/want", b"of another", retain=True)
    station.publish("xy/1/z/zelsewhere_yue/plan", b"of another zone", retain=True)
    neighbour = bench.terminal(WANG)
    neighbour.publish(f"xy/1/d/{WANG}/up/state", b"where it is", retain=True)
    neighbour.subscribe("xy/1/z/zelsewhere_yue/plan", f"xy/1/d/{WANG}/dn/want")
    terminal, stranger = bench.terminal(LIMIN), bench.stranger("nonce-0123456789")
    terminal.subscribe(f"xy/1/d/{LIMIN}/dn/rsp")
    stranger.subscribe("xy/1/p/nonce-0123456789/dn")
    station.publish(f"xy/1/d/{LIMIN}/dn/rsp", b"end")
    station.publish("xy/1/p/nonce-0123456789/dn", b"end")
    assert terminal.until(f"xy/1/d/{LIMIN}/dn/rsp") == []
    assert stranger.until("xy/1/p/nonce-0123456789/dn") == []


def test_a_will_is_heard_and_kept_when_the_line_breaks(bench: Bench) -> None:
    station = bench.station()
    station.subscribe("xy/1/d/+/up/state")
    terminal = bench.terminal(LIMIN, will=(f"xy/1/d/{LIMIN}/up/state", b"lost"))
    terminal.publish(f"xy/1/d/{LIMIN}/up/state", b"on", retain=True)
    assert station.hear().payload == b"on"
    terminal.drop()
    assert station.hear().payload == b"lost"
    later = bench.station()
    later.subscribe(f"xy/1/d/{LIMIN}/up/state")
    word = later.hear()
    assert (word.payload, word.retain) == (b"lost", True)


def test_a_will_is_not_heard_when_the_terminal_says_goodbye(bench: Bench) -> None:
    station = bench.station()
    station.subscribe("xy/1/d/+/up/state")
    terminal = bench.terminal(LIMIN, will=(f"xy/1/d/{LIMIN}/up/state", b"lost"))
    terminal.publish(f"xy/1/d/{LIMIN}/up/state", b"off", retain=True)
    terminal.leave()
    again = bench.terminal(LIMIN)
    again.publish(f"xy/1/d/{LIMIN}/up/state", b"end")
    assert [station.hear().payload for _ in range(2)] == [b"off", b"end"]


def test_nobody_leaves_a_will_where_he_may_not_speak(bench: Bench) -> None:
    station = bench.station()
    station.subscribe("xy/#")
    for topic in ("xy/1/z/zvillage_cmn/plan", f"xy/1/d/{WANG}/up/state"):
        for caller in (bench.terminal(LIMIN, will=(topic, b"forged")), bench.stranger("nonce-0123456789", will=(topic, b"forged"))):
            caller.drop()
    bench.terminal(LIMIN).publish(f"xy/1/d/{LIMIN}/up/ack", b"end")
    assert station.until(f"xy/1/d/{LIMIN}/up/ack") == []


def test_the_same_terminal_coming_again_takes_its_old_lines_place(bench: Bench) -> None:
    station, old = bench.station(), bench.terminal(LIMIN)
    new = bench.terminal(LIMIN)
    assert old.gone and new.code == 0
    new.subscribe(f"xy/1/d/{LIMIN}/dn/cmd")
    station.publish(f"xy/1/d/{LIMIN}/dn/cmd", b"chime")
    assert new.hear().payload == b"chime"


def test_a_revoked_terminal_is_thrown_out_at_once_and_stays_out_while_the_other_is_left_alone(bench: Bench) -> None:
    revoked, other, station = bench.terminal(LIMIN), bench.terminal(WANG), bench.station()
    bench.know(WANG)
    assert revoked.gone
    assert bench.terminal(LIMIN).code in NOT_AUTHORISED
    other.subscribe(f"xy/1/d/{WANG}/dn/cmd")
    station.publish(f"xy/1/d/{WANG}/dn/cmd", b"chime")
    assert other.hear().payload == b"chime" and other.connected


def test_a_terminal_is_let_in_as_soon_as_it_is_known(bench: Bench) -> None:
    bench.know(WANG)
    assert bench.terminal(LIMIN).code in NOT_AUTHORISED
    bench.know(*TERMINALS)
    assert bench.terminal(LIMIN).code == 0


def test_a_broker_that_was_killed_runs_again_with_nothing_retained_and_knows_its_users(bench: Bench) -> None:
    bench.station().publish("xy/1/z/zvillage_cmn/plan", b"a plan", retain=True)
    bench.forget_everything()
    station, terminal = bench.station(), bench.terminal(LIMIN)
    assert (station.code, terminal.code) == (0, 0)
    terminal.subscribe("xy/1/z/zvillage_cmn/plan", f"xy/1/d/{LIMIN}/dn/rsp")
    station.publish(f"xy/1/d/{LIMIN}/dn/rsp", b"end")
    assert terminal.until(f"xy/1/d/{LIMIN}/dn/rsp") == []
    station.publish("xy/1/z/zvillage_cmn/plan", b"again", retain=True)
    assert terminal.hear().payload == b"again"
