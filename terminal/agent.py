"""The agent without hands: messages and time go in, actions come out. No sockets, no clock, no threads, no files.

Rules it keeps:
- it believes only what is signed for it (``wire.signing``), and counts what it refuses;
- an item sounds at most once: that it begins is written down before it sounds. After a power cut an item that had begun goes on
  where it would be now if its end is still ahead, and is reported ``failed`` ("power cut") otherwise; it never starts again;
- an item that has not begun may begin late, until ``expires_ms``; afterwards it is ``missed`` (``failed`` if its clip never came);
- who sounds is decided in ``terminal.programme``; what was interrupted goes on where it stopped while its window is open;
- nothing waits for a clip that is not there;
- in hours that shall not be silent the default playlist sounds, else fallback media, else a fault is raised.

Its thoughts have a module each: ``belief`` (what arrives), ``plans`` and ``tending`` (what is planned, and its media), ``playing``, ``pauses`` and
``loudness`` (what sounds), ``orders`` and ``update`` (what it is told to do), ``alarms`` and ``talks`` (what breaks in), ``telling`` (what it says). They share the ``Mind`` that this agent is.

Times are Unix milliseconds.
"""

from __future__ import annotations

from terminal import alarms, belief, loudness, orders, pauses, plans, playing, talks, telling, tending, update
from terminal.actions import Action, Publish, Serve, Subscribe, Tell
from terminal.memory import REMEMBER_MS, Kept
from terminal.mind import HELLO_FIRST_MS, Capabilities, Machine, Mind
from wire.messages import Credentials, Keys, Plan, State, Want

AUTH_REFUSALS = 3
FORGET_EVERY_MS = 6 * 3600 * 1000


class Agent(Mind):
    """One loudspeaker's mind. Every method returns what is to be done, in order."""

    def __init__(self, credentials: Credentials, kept: Kept, capabilities: Capabilities, boot: str) -> None:
        super().__init__(credentials, kept, capabilities, boot)
        self._remember()

    def _remember(self) -> None:
        """What was known before the power went."""
        if self.kept.keys:
            self.keys = {key.kid: key for key in Keys.from_json(self.kept.keys.encode()).keys}
        if self.kept.want:
            self.want = Want.from_json(self.kept.want.encode())
        self.silenced = "revoked" if self.want.revoked else ""
        for raw in self.kept.plans.values():
            plan = Plan.from_large_json(raw.encode())  # one that came behind a pointer is kept whole
            if not plan.pointer:
                plans.take_items(self, plan)
        alarms.take_over(self, 0.0)
        for name in self.kept.begun:
            if name in self.items:
                item, at = self.items[name][0], self.kept.begun[name]["at"]
                self.begun_occ[item.occ] = max(item.n, self.begun_occ.get(item.occ, -1))
                self.late[item.occ] = max(0.0, at - item.at_ms - self.want.stagger_ms)

    def on_connected(self, now: float) -> list[Action]:
        """The broker has us: subscribe, be born, ask what is newer, send what was not acknowledged."""
        self.connected, self.auth_refusals = True, 0
        if self.silenced == "refused":
            self.silenced = ""
        self.do(Subscribe((*self.topics.terminal_filters(self.did, self.want.zones), *talks.filters(self))))
        state = State("on", self.boot, self.kept.conn, int(now))
        self.do(Publish(self.topics.up(self.did, "state"), state.to_json(), retain=True))
        self.talk.hello_wait_ms, self.talk.report_due, self.talk.batch_ms = float(HELLO_FIRST_MS), True, None
        self.talk.answers.clear()
        telling.say_hello(self, now)
        self.do(Tell("connected", {"conn": self.kept.conn}))
        return self._finish(now)

    def on_disconnected(self, now: float) -> list[Action]:
        """The line is gone: the plan goes on by its own clock."""
        self.connected, self.talk.hello_ms = False, None
        self.do(Tell("disconnected"))
        return self._finish(now)

    def on_auth_refused(self, reason: str, now: float) -> list[Action]:
        """The broker does not accept my credentials. Several times in a row: I was revoked, so I fall silent."""
        self.auth_refusals += 1
        if self.auth_refusals >= AUTH_REFUSALS and not self.silenced:
            orders.silence(self, "refused", f"the broker refuses this terminal: {reason}")
        return self._finish(now)

    def farewell(self, now: float) -> list[Action]:
        """The program ends on purpose."""
        state = State("off", self.boot, self.kept.conn, int(now))
        return [Publish(self.topics.up(self.did, "state"), state.to_json(), retain=True)]

    def will(self, conn: int) -> tuple[str, bytes]:
        """What the broker shall say when this connection dies."""
        return self.topics.up(self.did, "state"), State("lost", self.boot, conn).to_json()

    def on_message(self, topic: str, payload: bytes, now: float) -> list[Action]:
        """Whatever the line brings."""
        belief.hear(self, topic, payload, now)
        if topic.endswith("/live") and not self.dirty:  # seventeen times a second: only the first of a talk changes anything else
            out, self.out = self.out, []
            return out
        return self._finish(now)

    def on_fetched(self, sha: str, ok: bool, reason: str, now: float, content: bytes = b"") -> list[Action]:
        """A download ended. ``content`` only for what was asked with ``read``."""
        if self.update is not None and sha == self.update[1].sha:
            update.fetched(self, ok, reason, now)
        elif sha in self.pointers:
            plans.read_pointer(self, sha, ok, reason, content, now)
        else:
            tending.fetched(self, sha, ok, reason, now)
        return self._finish(now)

    def on_prepared(self, sha: str, ok: bool, reason: str, now: float) -> list[Action]:
        """A clip is decoded, or cannot be."""
        tending.prepared(self, sha, ok, reason)
        return self._finish(now)

    def on_not_prepared(self, sha: str, reason: str, now: float) -> list[Action]:
        """A clip could not be decoded for want of room."""
        tending.not_prepared(self, sha, reason, now)
        return self._finish(now)

    def on_lost(self, sha: str, reason: str, now: float) -> list[Action]:
        """A clip that was stored is stored no more."""
        tending.lost(self, sha, reason)
        return self._finish(now)

    def on_started(self, item: str, start_ms: float, now: float) -> list[Action]:
        """The first sample left the device at ``start_ms``."""
        playing.started(self, item, start_ms, now)
        return self._finish(now)

    def on_finished(self, item: str, start_ms: float, dur_ms: float, how: str, now: float, reason: str = "") -> list[Action]:
        """``how``: finished, preempted, dropped (never sounded, may come again), failed."""
        playing.finished(self, item, start_ms, dur_ms, how, now, reason)
        return self._finish(now)

    def on_installed(self, name: str, reason: str, now: float) -> list[Action]:
        """Unpacked and about to start anew; or why not."""
        telling.acknowledge(self, name, "refused" if reason else "done", reason or "unpacked; starts anew on trial", now)
        return self._finish(now)

    def on_machine(self, now: float, free_bytes: int = 0, faults: dict[str, str] | None = None, serves: str = "") -> list[Action]:
        """What the hands say about disk and sound device, and where they serve neighbours; told at once when it is news."""
        before, self.machine = self.machine, Machine(free_bytes, dict(faults or {}), serves)
        silence = before.faults.get("silence")
        if silence:  # the agent's own word
            self.machine.faults["silence"] = silence
        self.talk.report_due = self.talk.report_due or (before.faults, before.serves) != (self.machine.faults, serves)
        return self._finish(now)

    def on_log_sent(self, name: str, sha: str, reason: str, now: float) -> list[Action]:
        """The log is on its way, whole when it has this digest; or it could not be sent."""
        telling.acknowledge(self, name, "done" if sha else "refused", sha or reason, now)
        return self._finish(now)

    def on_selftest(self, ok: bool, words: str, now: float) -> list[Action]:
        """Decoder, mixer and device were tried in silence."""
        self.selftest.running, self.selftest.outcome = False, (now, "ok" if ok else words[:200])
        self.talk.report_due = True
        self.do(Tell("selftest", {"ok": ok, "detail": words}))
        for name in self.selftest.asked:
            telling.acknowledge(self, name, "done" if ok else "refused", words, now)
        self.selftest.asked = []
        return self._finish(now)

    def on_clock(self, error_ms: float, known: bool, stepped: bool, now: float) -> list[Action]:
        """How sure the time is. After a step everything signed is asked for again: it may have been refused by the old time."""
        self.clock_error_ms, self.clock_known = error_ms, known
        if stepped and self.connected:
            self.talk.hello_wait_ms, self.talk.report_due = float(HELLO_FIRST_MS), True
            telling.say_hello(self, now)
        return self._finish(now)

    def tick(self, now: float) -> list[Action]:
        """Time passes. Cheap until ``wake_ms``."""
        return self._finish(now) if now >= self.wake_ms else []

    def _finish(self, now: float) -> list[Action]:
        self.wake_ms = now + 30_000
        loudness.heed_hours(self, now)
        if self.serving != self.want.head:
            self.serving = self.want.head
            self.do(Serve(self.serving))
        alarms.expire(self, now)
        talks.attend(self, now)
        playing.after_power_cut(self, now)
        orders.after_power_cut(self, now)
        if not self.silenced:
            plans.ask_again(self, now)
            tending.tend(self, now)
            playing.choose(self, now)
            pauses.fill_pause(self, now)
            pauses.test_in_silence(self, now)
        update.install_in_a_pause(self, now)
        if self.connected:
            telling.send(self, now)
        if now >= self.forget_ms:
            self._forget(now)
        out, self.out = self.out, []
        return out

    def _forget(self, now: float) -> None:
        """Now and then: what cannot matter any more."""
        self.forget_ms = now + FORGET_EVERY_MS
        known = {item.occ for item, _, _ in self.items.values()}
        self.begun_occ = {occ: n for occ, n in self.begun_occ.items() if occ in known}
        self.late = {occ: late for occ, late in self.late.items() if occ in known}
        self.keep({"do": "forget", "before": int(now) - REMEMBER_MS})
