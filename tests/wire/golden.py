"""Makes ``wire/vectors/*.json`` from fixed seeds: ``python -m tests.wire.golden`` writes them anew.

The vectors are a promise to terminal makers: a change here that alters an existing vector breaks somebody's firmware.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from wire.messages import (
    Ack,
    Alert,
    Alternate,
    Answer,
    Command,
    Credentials,
    Emergency,
    Fill,
    Key,
    Keys,
    Message,
    PairAnswer,
    PairRequest,
    Plan,
    PlanItem,
    Receipt,
    Receipts,
    Release,
    Report,
    Request,
    Sound,
    State,
    StationState,
    Want,
)  # fmt: skip
from wire.sealing import key_from_seed, pairing_code, public_text
from wire.signing import Signer, sign
from wire.topics import Topics

FOLDER = Path(__file__).parents[2] / "wire" / "vectors"
ROOT_SEED, PROGRAMME_SEED, PAIRING_SEED = bytes(range(32)), bytes(range(32, 64)), bytes(range(64, 96))
ALERT_SEED, LESSER_SEED = bytes(range(96, 128)), bytes(range(128, 160))
IAT, EXP = 1_800_000_000, 1_800_086_400
DID, ZID, NONCE = "t-0001", "z-33-hak", "00112233445566778899"
CLIP = "a3" * 32

ITEM = PlanItem(
    "i-1", "o-1", 1, 1_800_000_060_000, CLIP, "audio/" + CLIP, 48_000, 3_000, 1_800_000_120_000, "after", 1105, -1.5, "hak",
    2, "停水通知", 3, "mix", 0, (Alternate("opus", CLIP, "audio/" + CLIP, 9_000, 312),), CLIP, "video/" + CLIP, 90_000, 3_001, True, CLIP, "captions/" + CLIP,
)
FILL = Fill(CLIP, "audio/" + CLIP, 48_000, 3_000, 1105, -1.5, "fallback", "序曲", (Alternate("opus", CLIP, "audio/" + CLIP, 9_000, 312),))  # fmt: skip
SOUND = Sound("siren", CLIP, "audio/" + CLIP, 48_000, 3_000, 1105, -1.5, "hak", "警报", (Alternate("opus", CLIP, "audio/" + CLIP, 9_000, 312),))
EMERGENCY = Emergency(
    "em-1", "red", "county", 1_800_000_060_000, 1_800_003_660_000, (SOUND,), True, 2, 3, 500, "山洪", "请马上转移", "zh", True, 90,
)
KEY = Key("p-1", "eA", ("programme", "alert"), 5, 6, ("z-33",), "county")
# One of each, every field off its default.
MESSAGES: tuple[Message, ...] = (
    State("lost", "b00t", 3, 7),
    Report(
        "1.0", "box", ("mp3",), (ZID,), {ZID: 4}, 0, 1, 2, 3, 0.25, ("no sound device",), "i-1", 9, 8, {"device": "no sound device"}, 11, "ok", "http://192.168.1.5:8700/", True,
    ),
    Request("hello", "q-1", {ZID: 4}, 2, 1, "b00t", 1.5, CLIP, 16_384, 8, "05", {ZID: 1_800_000_000_123}),
    Answer("time", "q-1", 5, 1, 1.5, 2.5, 3.5, "no such file"),
    Want(
        2, (ZID,), "hak", "a-33", "Asia/Shanghai", 0, 60, ("http://station/",), True, ("06:00-08:00=40",), ("22:00-06:00",), 250, 900, "03:30", True, True, ("http://192.168.1.5:8700/",),
        ("2026-12-01", "2026-12-02=08:00-12:00"),
    ),
    Plan(4, ZID, 1, 2, "Asia/Shanghai", (ITEM,), ("http://station/",), "plans/x", CLIP, 70_000, (FILL,), ("06:00-08:00",), (SOUND,)),
    Alert(1_800_000_000_123, ZID, (EMERGENCY,), ("http://station/",)),
    Command("c-1", "volume", {"volume": 0, "fade": False}, 1),
    Ack("c-1", "refused", "busy", 1.25),
    Receipts(6, (Receipt("i-1", CLIP, 4, 1_800_000_060_001.5, 2_999.25, "preempted", 0, 0.5, "flood"),)),
    Keys(1, (KEY,)),
    PairRequest(NONCE, "cGs", "box", "at the well", "1.0"),
    PairAnswer("c2VhbGVk", "too many attempts"),
    Credentials(DID, "secret", "county", "a-33", (KEY,), ("http://station/",)),
    Release("1.1", CLIP, "release/" + CLIP, 60_000, 3),
    StationState("on", "1.0", 7),
)  # fmt: skip


def signed_vectors() -> dict[str, Any]:
    """Signed messages a terminal must accept, and changed ones it must refuse, with the reason."""
    root, programme = Signer.from_seed("root-1", ROOT_SEED), Signer.from_seed("p-1", PROGRAMME_SEED)
    topics = Topics()
    alert, lesser = Signer.from_seed("a-1", ALERT_SEED), Signer.from_seed("a-2", LESSER_SEED)
    keys = Keys(1, (programme.public(("programme",)),))
    # the same key set does not change for makers who know only programmes: alert keys stand in ``alert_keys``
    held = IAT * 1000
    alarm = Alert(held + 1, ZID, (replace(EMERGENCY, drill=False),), ("http://station/",))
    plan = Plan(4, ZID, IAT * 1000, EXP * 1000, items=(ITEM,), base=("http://station/",))
    want, command = Want(2, (ZID,), volume=55), Command("c-1", "chime")

    def line(message: Message, who: Signer, aud: str, seq: int, **changed: Any) -> str:
        facts: dict[str, Any] = {"typ": message.typ, "aud": aud, "seq": seq, "iat": IAT, "exp": EXP, **changed}
        return sign(message.to_json(), who, **facts).decode()

    good = [
        {"topic": topics.keys(), "typ": "keys", "aud": topics.domain, "use": "root", "line": line(keys, root, topics.domain, 1)},
        {"topic": topics.down(DID, "want"), "typ": "want", "aud": DID, "use": "programme", "line": line(want, programme, DID, 2)},
        {"topic": topics.zone(ZID, "plan"), "typ": "plan", "aud": ZID, "use": "programme", "line": line(plan, programme, ZID, 4)},
        {"topic": topics.down(DID, "cmd"), "typ": "cmd", "aud": DID, "use": "programme", "line": line(command, programme, DID, 1)},
        {"topic": topics.zone(ZID, "alert"), "typ": "alert", "aud": ZID, "use": "alert", "line": line(alarm, alert, ZID, alarm.rev)},
    ]
    plan_line = good[2]["line"]
    bad = [
        {"why": "unsigned", "line": plan.to_json().decode()},
        {"why": "changed", "line": plan_line.replace('"n":1', '"n":2')},
        {"why": "expired", "line": line(plan, programme, ZID, 4, iat=IAT - 900, exp=IAT - 600)},
        {"why": "from the future", "line": line(plan, programme, ZID, 4, iat=IAT + 900)},
        {"why": "another zone", "line": line(plan, programme, "z-99", 4)},
        {"why": "another type", "line": line(plan, programme, ZID, 4, typ="want")},
        {"why": "unknown key", "line": line(plan, Signer.from_seed("p-9", PROGRAMME_SEED), ZID, 4)},
        {"why": "another key of that name", "line": line(plan, Signer.from_seed("p-1", ROOT_SEED), ZID, 4)},
        {"why": "already seen", "line": line(plan, programme, ZID, 3)},
    ]
    bad_alerts = [
        {"why": "unsigned", "line": alarm.to_json().decode()},
        {"why": "a programme key", "line": line(alarm, programme, ZID, alarm.rev)},
        {"why": "a key of another branch", "line": line(alarm, lesser, ZID, alarm.rev)},
        {"why": "expired", "line": line(alarm, alert, ZID, alarm.rev, iat=IAT - 90_000, exp=IAT - 3_600)},
        {"why": "another zone", "line": line(alarm, alert, "z-99", alarm.rev)},
        {"why": "already seen", "line": line(alarm, alert, ZID, held - 1)},
        {"why": "a number far ahead of the clock", "line": line(replace(alarm, rev=held + 86_400_000), alert, ZID, held + 86_400_000)},
        {"why": "another number inside", "line": line(alarm, alert, ZID, alarm.rev + 1)},
    ]
    return {
        "now_s": IAT, "held_plan_rev": 3, "did": DID, "zid": ZID,
        "roots": [{"kid": "root-1", "x": root.public(("root",)).x, "uses": ["root"]}],
        "keys": [{"kid": "p-1", "x": programme.public(("programme",)).x, "uses": ["programme"]}],
        "alert_keys": [
            {"kid": "a-1", "x": alert.public(("alert",)).x, "uses": ["alert"], "zones": [], "level": ""},
            {"kid": "a-2", "x": lesser.public(("alert",)).x, "uses": ["alert"], "zones": ["z-99"], "level": "town"},
        ],
        "held_alert_rev": held,
        "accept": good, "refuse_as_plan": bad, "refuse_as_alert": bad_alerts,
    }  # fmt: skip


def message_vectors() -> list[dict[str, Any]]:
    return [{"typ": message.typ, "json": message.to_json().decode()} for message in MESSAGES]


def pairing_vector() -> dict[str, Any]:
    pk = public_text(key_from_seed(PAIRING_SEED))
    return {"seed": PAIRING_SEED.hex(), "pk": pk, "nonce": NONCE, "code": pairing_code(pk, NONCE)}


def files() -> dict[str, str]:
    made = {"messages.json": message_vectors(), "signed.json": signed_vectors(), "pairing.json": pairing_vector()}
    return {name: json.dumps(value, ensure_ascii=False, indent=1) + "\n" for name, value in made.items()}


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, text in files().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
