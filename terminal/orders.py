"""Obeying: commands to this terminal or to a zone, each once, each answered."""

from __future__ import annotations

from terminal import loudness, talks, telling, update
from terminal.actions import Chime, SendLog, StopPlaying, Tell
from terminal.mind import Mind
from terminal.programme import ALARM
from wire.live import LiveStart, LiveStop
from wire.messages import Command


def hear_command(mind: Mind, payload: bytes, aud: str, now: float) -> None:
    """Acted on once per id, and answered."""
    found = mind.verified(payload, Command.typ, {aud}, now, -1)
    if found is None:
        return
    command = Command.from_json(found.payload)
    if command.id in mind.kept.commands:
        talks.again(mind, command.op, command.args, aud, now)
        return
    mind.keep({"do": "command", "id": command.id, "exp": found.exp, "zone": aud != mind.did})
    mind.under_way.add(command.id)
    refusal = _obey(mind, command, aud, now)
    if refusal is None:
        return
    telling.acknowledge(mind, command.id, "refused" if refusal else "done", refusal, now)


def after_power_cut(mind: Mind, now: float) -> None:
    """Commands that were being obeyed when this program ended are answered, too."""
    for name in [each for each in mind.kept.owing if each not in mind.under_way]:
        telling.acknowledge(mind, name, "refused", "the power went before it was done", now)


def _obey(mind: Mind, command: Command, aud: str, now: float) -> str | None:
    """Why the command is refused, "" when it is done, None when the answer comes later."""
    match command.op:
        case "chime":
            if mind.silenced or mind.sounding:
                return mind.silenced or f"busy: {mind.sounding[0].item.title or mind.sounding[0].item.id} is playing"
            mind.chimes[command.id] = command.id
            mind.do(Chime(command.id, now + 100))
            return None
        case "volume":
            volume = command.args.get("volume")
            if type(volume) is not int or not 0 <= volume <= 100:
                return "volume must be a whole number from 0 to 100"
            loudness.set_volume(mind, volume, now)
            return ""
        case "mute":
            muted = command.args.get("muted", True)
            if type(muted) is not bool:
                return "muted must be true or false"
            mind.keep({"do": "mute", "to": muted})
            loudness.heed_hours(mind, now)
            mind.talk.report_due = True
            return ""
        case "stop":
            _stop(mind, str(command.args.get("occ", "")), command.args.get("spare") == "emergency", now)
            return ""
        case LiveStart.typ | LiveStop.typ if aud == mind.did:
            return "a talk is for a zone"
        case LiveStart.typ:
            return talks.begin(mind, command.args, aud, now)
        case LiveStop.typ:
            return talks.end(mind, command.args, aud, now)
        case "report":
            mind.talk.report_due = True
            return ""
        case "update":
            return update.order(mind, command, now)
        case "log":
            if mind.want.metered:
                return "every byte of this line is paid for: no logs"
            mind.do(SendLog(command.id))
            return None
        case "selftest":
            mind.selftest.asked.append(command.id)
            mind.selftest.next_ms = now
            return None
    return f"unknown command {command.op[:40]!r}"


def _stop(mind: Mind, occ: str, spare: bool, now: float) -> None:
    """Break off one occurrence, or whatever sounds (``spare``: but no emergency and no drill); what remains of it is not played either, and a
    power cut changes nothing of that: it is written down before the sound ends."""
    voices = mind.voices
    paused = {mind.items[name][0].occ for name, begun in mind.kept.begun.items() if begun["paused"] >= 0 and name in mind.items}
    stopped = {occ} if occ else {voice.item.occ for voice in voices if not voice.filler} | paused
    if spare:
        stopped = {each for each in stopped if not each.startswith(ALARM)}
    fillers = not occ and any(voice.filler for voice in voices)
    ends = {each: max((item.expires_ms for item, _, _ in mind.items.values() if item.occ == each), default=int(now)) for each in stopped}
    if ends:
        mind.keep({"do": "stop", "occs": ends})
    placed = {voice.item.id for voice in voices}
    if fillers or any(voice.item.occ in stopped for voice in voices):
        for voice in voices:
            # without a name everything ends; with one, what shares the device goes on afterwards
            if voice.item.occ in stopped or voice.filler:
                voice.why, voice.final = "stopped by the operator", True
            else:
                voice.why, voice.resume = "another programme was stopped", True
        mind.do(StopPlaying())
    for item, _, rev in list(mind.items.values()):
        if item.occ in stopped and item.id not in placed and item.id not in mind.kept.done:
            telling.end_unheard(mind, item, rev, "preempted", now, "stopped by the operator")


def silence(mind: Mind, why: str, words: str) -> None:
    """Nothing sounds here until the station takes this terminal back."""
    mind.silenced = why
    for voice in mind.voices:
        voice.why, voice.final = words, True
    mind.do(StopPlaying())
    mind.do(Tell("silenced", {"reason": words}))
