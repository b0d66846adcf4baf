"""Files become alerts."""

from __future__ import annotations

import base64
import hashlib
import io
import tarfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from articles.alerts.model import Alert
from articles.alerts.package import MAX_MEMBERS, members
from articles.alerts.read import Found, read
from articles.alerts.trust import Trust
from tests.articles.alerts.builders import cap, decided, ebd, info, ref, tar

ZONE = Trust().zone
CAP_SPACE = "urn:oasis:names:tc:emergency:cap:1.2"


def found(text: str | bytes) -> Found:
    return read(text.encode() if isinstance(text, str) else text, ZONE)


def only(text: str | bytes) -> Alert:
    (alert,) = found(text).alerts
    return alert


@pytest.mark.parametrize("space", (
    'xmlns="urn:oasis:names:tc:emergency:cap:1.2"', 'xmlns="urn:oasis:names:tc:emergency:cap:1.1"', 'xmlns="http://www.incident.com/cap/1.0"', "", 'xmlns="urn:wrong"',
))  # fmt: skip
def test_a_bare_alert_is_read_whatever_its_namespace(space: str) -> None:
    alert = only(cap(info(), space=space))
    assert (alert.identifier, alert.sender, alert.status, alert.msg_type, alert.scope) == ("A1", "weather@example.org", "Actual", "Alert", "Public")
    assert alert.infos[0].headline == "河水正在上涨" and alert.infos[0].regions[0].geocodes == (("行政区划", "330102001201"),) and not alert.doubts


def test_a_prefix_and_another_order_change_nothing() -> None:
    text = '<c:alert xmlns:c="urn:oasis:names:tc:emergency:cap:1.2"><c:scope>Public</c:scope><c:info><c:area><c:areaDesc>x</c:areaDesc></c:area><c:event>雨</c:event></c:info><c:sent>2026-11-24T11:50:00+08:00</c:sent><c:sender>s</c:sender><c:identifier>A1</c:identifier></c:alert>'
    alert = only(text)
    assert (alert.form, alert.identifier, alert.infos[0].event, alert.scope) == ("CAP 1.2", "A1", "雨", "Public")


def test_the_digest_of_the_file_stays_with_the_alert() -> None:
    data = cap(info()).encode()
    assert only(data).digest == hashlib.sha256(data).hexdigest()


def test_references_are_read_with_spaces_in_senders_and_without_a_sender() -> None:
    first, second, third = only(cap(info(), refs=f"{ref()} 气象 台,B 2,2026-11-24T10:00:00Z lone-id")).references
    assert (first.identifier, first.sender) == ("A1", "weather@example.org") and first.sent is not None
    assert second.identifier == "B 2" and (third.sender, third.identifier, third.sent) == ("", "lone-id", None)


@pytest.mark.parametrize("wrap", (
    '<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>1</id><content type="text/xml">{}</content></entry></feed>',
    '<rss version="2.0"><channel><item><title>x</title>{}</item></channel></rss>',
    '<EDXLDistribution xmlns="urn:oasis:names:tc:emergency:EDXL:DE:1.0"><distributionStatus>Actual</distributionStatus><contentObject><xmlContent><embeddedXMLContent>{}</embeddedXMLContent></xmlContent></contentObject></EDXLDistribution>',
    "<alerts>{}</alerts>", "<feed>{}</feed>",
))  # fmt: skip
def test_alerts_inside_others_are_found(wrap: str) -> None:
    assert [each.identifier for each in found(wrap.format(cap(info()) + cap(info(), name="A2"))).alerts] == ["A1", "A2"]


def test_an_alert_that_a_feed_carries_as_text_is_read() -> None:
    escaped = cap(info()).replace("&", "&amp;").replace("<", "&lt;")
    assert only(f"<rss><channel><item><description>{escaped}</description></item></channel></rss>").identifier == "A1"


def test_an_envelope_that_is_an_exercise_makes_a_drill_of_what_it_carries() -> None:
    envelope = '<EDXLDistribution xmlns="urn:oasis:names:tc:emergency:EDXL:DE:1.0"><distributionStatus>{}</distributionStatus><contentObject>{}</contentObject></EDXLDistribution>'
    assert [each.action for each in decided(envelope.format("Exercise", cap(info())))] == ["drill"]
    assert [each.action for each in decided(envelope.format("System", cap(info())))] == ["ignore"]
    coded = base64.b64encode(cap(info()).encode()).decode()
    assert only(envelope.format("Test", f"<nonXMLContent><contentData>{coded}</contentData></nonXMLContent>")).envelope == "Test"


INDEX = """<feed xmlns="http://www.w3.org/2005/Atom" xmlns:cap="urn:oasis:names:tc:emergency:cap:1.2"><id>f</id><author><name>weather@example.org</name></author>{}</feed>"""
ENTRY = """<entry><id>e{n}</id><updated>2026-11-24T11:50:00+08:00</updated><title>Rain</title><link type="application/cap+xml" href="https://example.org/{n}.cap"/>
<cap:identifier>I</cap:identifier><cap:status>Actual</cap:status><cap:msgType>Alert</cap:msgType><cap:severity>Severe</cap:severity><cap:expires>{ends}</cap:expires>
<cap:areaDesc>{n}</cap:areaDesc><cap:geocode><valueName>code</valueName><value>{code}</value></cap:geocode></entry>"""


def test_an_index_is_told_apart_from_the_alerts_it_leads_to() -> None:
    entries = ENTRY.format(n=1, ends="2026-11-24T20:00:00+08:00", code="330102001201") + ENTRY.format(n=2, ends="2026-11-24T20:00:00+08:00", code="330102001202")
    text = INDEX.format(entries)
    got = found(text)
    assert got.links == ["https://example.org/1.cap", "https://example.org/2.cap"] and not got.problems
    (decision,) = decided(text)
    assert decision.action == "inbox" and set(decision.areas) == {"a", "b"} and "https://example.org/1.cap" in decision.why
    (gone,) = decided(INDEX.format(ENTRY.format(n=1, ends="2026-11-24T11:00:00+08:00", code="330102001201")))
    assert gone.action == "ignore"


def test_a_feed_of_links_and_one_of_nothing_are_said_to_be_that() -> None:
    assert "fetched" in found("<rss><channel><item><title>x</title><link>https://example.org/a</link></item></channel></rss>").problems[0]
    assert found("<rss><channel><item></item></channel></rss>").problems and found("<feed/>").problems


@pytest.mark.parametrize("data", (
    b"", b"\0\0", b"hello", b'{"alerts": []}', b"PK\x03\x04" + b"x" * 600, b"\x1f\x8b\x08" + b"x" * 600, b"<html><body>Not found</body></html>", b"<alert", b"\xff" * 600,
))  # fmt: skip
def test_what_is_no_warning_is_refused_in_words(data: bytes) -> None:
    got = found(data)
    assert not got.sources and got.problems and all(got.problems)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=2000))
def test_no_bytes_break_the_reader(data: bytes) -> None:
    got = found(data)
    assert got.sources or got.problems


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 900), st.integers(0, 60), st.binary(max_size=8))
def test_no_damage_to_an_alert_breaks_the_reader(at: int, length: int, instead: bytes) -> None:
    data = cap(info()).encode()
    got = found(data[:at] + instead + data[at + length :])
    assert got.alerts or got.problems


# EBD packages


def test_an_ebm_becomes_an_alert() -> None:
    alert = only(ebd())
    assert (alert.form, alert.identifier, alert.sender) == ("EBM", "E1", "43301020000000101010101")
    (decision,) = decided(ebd())
    assert (decision.action, decision.level, set(decision.areas)) == ("play", "red", {"town", "a", "b"})
    assert decision.languages["zh-Hans"].title == "水库泄洪" and decision.ends is not None and decision.ends.isoformat() == "2026-11-24T23:59:59+08:00"


@pytest.mark.parametrize(("kind", "action"), (("1", "play"), ("3", "drill"), ("4", "drill"), ("5", "drill"), ("7", "inbox"), ("", "inbox")))
def test_the_message_type_says_whether_it_is_real(kind: str, action: str) -> None:
    assert decided(ebd(kind=kind))[0].action == action


@pytest.mark.parametrize("cancel", (ebd(kind="2"), ebd(name="E2", kind="2", related="E1")))
def test_a_cancel_ends_the_message_it_names_or_whose_number_it_has(cancel: str) -> None:
    cancel = cancel.replace("11:50:00</SendTime>", "11:55:00</SendTime>")
    assert [each.action for each in decided(ebd(), cancel)] == ["ignore", "cancel"]
    assert [each.action for each in decided(cancel, ebd())] == ["cancel", "ignore"]


@pytest.mark.parametrize(("severity", "level"), (("1", "red"), ("2", "orange"), ("3", "yellow"), ("4", "blue")))
def test_the_four_severities(severity: str, level: str) -> None:
    assert decided(ebd(severity=severity))[0].level == level
    assert decided(ebd(severity="0"))[0].action == "inbox"


def test_areas_are_separated_in_every_way_that_is_seen() -> None:
    (decision,) = decided(ebd(areas="330102001201,330102001202；330109000000"))
    assert set(decision.areas) == {"a", "b", "far"}


def test_a_package_is_read_with_its_recording_and_its_seal() -> None:
    sound, seal = b"ID3 sound", b"<Signature><Version>1.0</Version><RelatedEBD><EBDID>10433010200000001010101010000000000000001</EBDID></RelatedEBD><SignatureValue>x</SignatureValue></Signature>"
    text = ebd(auxiliary=f"<Auxiliary><AuxiliaryType>2</AuxiliaryType><AuxiliaryDesc>EBDR_1.mp3</AuxiliaryDesc><Size>9</Size><Digest>{hashlib.md5(sound).hexdigest()}</Digest></Auxiliary>")
    got = found(tar(EBDB_1_xml=text.encode(), EBDS_EBDB_1_xml=seal, EBDR_1_mp3=sound))
    (source,) = got.sources
    assert source.alert.infos[0].sounds == ("EBDR_1.mp3",) and source.seal is not None and got.media == {"EBDR_1.mp3": sound} and not source.alert.doubts
    (other,) = found(tar(EBDB_1_xml=text.encode(), EBDR_1_mp3=b"another")).alerts
    assert "digest differs" in other.doubts[0]


def test_heartbeats_and_answers_are_no_warnings() -> None:
    got = found(ebd(ebd_type="ConnectionCheck"))
    assert not got.sources and "ConnectionCheck" in got.problems[0]


def sparse() -> bytes:
    """Half a kilobyte that says it is a gigabyte of nothing (GNU sparse)."""
    entry = tarfile.TarInfo("EBDB_1.xml")
    entry.type, entry.size = tarfile.GNUTYPE_SPARSE, 0
    header = bytearray(entry.tobuf(format=tarfile.GNU_FORMAT))
    header[386:398], header[398:410] = b"%011o\0" % 0, b"%011o\0" % 0
    header[483:495] = b"%011o\0" % 2**30
    header[148:156] = b"%06o\0 " % (sum(header[:148]) + 256 + sum(header[156:512]))
    return bytes(header) + b"\0" * 1024


def huge() -> bytes:
    entry = tarfile.TarInfo("EBDB_1.xml")
    entry.size = 2**33
    return entry.tobuf(format=tarfile.GNU_FORMAT) + b"x" * 2048


def links() -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as opened:
        for name, kind in (("EBDB_1.xml", tarfile.SYMTYPE), ("EBDB_2.xml", tarfile.LNKTYPE), ("EBDB_3.xml", tarfile.CHRTYPE), ("d", tarfile.DIRTYPE)):
            entry = tarfile.TarInfo(name)
            entry.type, entry.linkname = kind, "/etc/passwd"
            opened.addfile(entry)
    return made.getvalue()


@pytest.mark.parametrize("data", (
    sparse(), huge(), links(), tar(EBDB_1_xml=b"<EBD")[:700], tar(a_txt=b"x"), tar(**{f"n{n}_xml": b"<a/>" for n in range(MAX_MEMBERS + 1)}),
    tar(EBDB_1_xml=b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><EBD>&x;</EBD>'),
))  # fmt: skip
def test_a_package_that_is_a_trap_or_broken_is_refused(data: bytes) -> None:
    got = found(data)
    assert not got.sources and got.problems


def test_no_name_in_a_package_leads_out_of_it() -> None:
    assert set(members(tar(**{"../../etc/passwd_xml": b"<a/>", "C:\\x\\b_xml": b"<a/>"}))) == {"passwd.xml", "b.xml"}
