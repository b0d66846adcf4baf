"""Topics are built and parsed in one place, within the portable profile."""

from __future__ import annotations

import pytest

from wire.topics import DOWN_CHANNELS, UP_CHANNELS, ZONE_CHANNELS, Address, BadTopic, Topics

TOPICS = Topics("county")


def test_every_topic_built_is_parsed_back() -> None:
    built = {TOPICS.up("t1", channel): Address("d", "t1", f"up/{channel}") for channel in UP_CHANNELS}
    built |= {TOPICS.down("t1", channel): Address("d", "t1", f"dn/{channel}") for channel in DOWN_CHANNELS}
    built |= {TOPICS.zone("z1", channel): Address("z", "z1", channel) for channel in ZONE_CHANNELS}
    built |= {TOPICS.pairing("n1", way): Address("p", "n1", way) for way in ("up", "dn")}
    built |= {TOPICS.keys(): Address("s", "keys", "keys"), TOPICS.station_state("node"): Address("s", "node", "state")}
    for topic, address in built.items():
        assert TOPICS.parse(topic) == address and len(topic) <= 128 and topic.count("/") <= 7


@pytest.mark.parametrize("name", ["", "+", "#", "a/b", "A", "村", "x" * 37, "a\n"])
def test_a_name_that_could_change_a_topic_is_refused(name: str) -> None:
    with pytest.raises(BadTopic):
        TOPICS.up(name, "rep")


@pytest.mark.parametrize("topic", ["", "xy/1/s/keys", "county/2/s/keys", "county/1/d/t1/up/plan", "county/1/d/t1/up/rep/x", "$S"])
def test_what_is_not_ours_is_refused(topic: str) -> None:
    with pytest.raises(BadTopic):
        TOPICS.parse(topic)


def test_a_terminal_subscribes_to_exact_names_only() -> None:
    filters = TOPICS.terminal_filters("t1", ("z1", "z2"))
    assert not any(set("+#") & set(name) for name in filters) and len(filters) == len(set(filters))
