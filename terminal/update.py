"""Taking a new version: believed by its own key, fetched like a clip, installed when nothing sounds or is about to."""

from __future__ import annotations

from terminal import telling, tending
from terminal.actions import Fetch, Install, Tell
from terminal.mind import AGAIN_MS, Mind
from terminal.plans import SHA256
from wire.messages import BadMessage, Command, Release
from wire.signing import BadSignature, verify

# A new version starts only when nothing begins within this long, and is no larger than this.
UPDATE_ROOM_MS, RELEASE_MAX = 60_000, 32 * 1024 * 1024


def order(mind: Mind, command: Command, now: float) -> str | None:
    """Believes only what a key for updates has signed, and nothing older than it had before."""
    try:
        found = verify(
            str(command.args.get("release", "")).encode(), mind.keys, typ=Release.typ, auds={mind.credentials.domain},
            now_s=now / 1000, use="update", after_seq=mind.kept.release_seq - 1,
        )  # fmt: skip
        release = Release.from_json(found.payload)
    except (BadSignature, BadMessage) as error:
        return f"update: {error}"
    if release.version == mind.capabilities.version:
        return ""
    if not SHA256.match(release.sha) or not 0 < release.bytes <= RELEASE_MAX or not 0 < release.minutes <= 120:
        return "update: sha, bytes or minutes out of range"
    if mind.update is not None:
        return f"update: {mind.update[1].version} is on its way already"
    mind.keep({"do": "release", "seq": found.seq})
    mind.update, mind.update_here = (command.id, release), False
    mind.do(Fetch(release.sha, tending.urls(mind, (), release.url), release.bytes))
    mind.do(Tell("update", {"version": release.version}))
    return None


def fetched(mind: Mind, ok: bool, reason: str, now: float) -> None:
    """The archive is here, or did not come."""
    assert mind.update is not None
    if ok:
        mind.update_here = True
    else:
        telling.acknowledge(mind, mind.update[0], "refused", f"update: {reason}", now)
        mind.update = None


def install_in_a_pause(mind: Mind, now: float) -> None:
    """Nobody's programme is broken off, or begun late, for a new version."""
    if mind.update is None or not mind.update_here:
        return
    if mind.sounding or mind.over or any(mind.due_ms(item) - now < UPDATE_ROOM_MS for item, _, _ in mind.near(now)):
        mind.wake(now + AGAIN_MS)
        return
    name, release = mind.update
    mind.update = None
    mind.do(Install(name, release.sha, release.version, release.minutes))
