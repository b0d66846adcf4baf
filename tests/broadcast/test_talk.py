"""What is said goes out in order, each frame twice, with the time at which it was spoken."""

from __future__ import annotations

from itertools import pairwise

from broadcast.talk import FRAME_BYTES, RATE, Sender
from wire.live import FRAMES, TalkKey, opened

TALK = "live-00112233445566aa"


def test_every_frame_is_in_two_messages_and_bears_its_time() -> None:
    key = TalkKey()
    sender = Sender(TALK, key, 1000.0)
    made = [raw for n in range(10) for raw in sender.feed(bytes(FRAME_BYTES), 1000.0 + 20 * (n + 1))] + sender.finish(1200.0)
    heard = [opened(raw, key.x) for raw in made]
    assert [each.first for each in heard] == [0, 3, 6, 9, 9] and sender.sent == 10 and sender.seconds == 0.2
    assert [each.spoken_ms for each in heard] == [1000 + 20 * each.first for each in heard]
    assert all(later.old == former.new for former, later in pairwise(heard[:4]))
    assert heard[3] == heard[4], "the last is said twice: nothing comes after it"


def test_pieces_of_any_size_are_cut_into_frames_and_the_last_is_filled_up() -> None:
    sender = Sender(TALK, TalkKey(), 0.0)
    made = [raw for size in (1, 959, 4000, 77) for raw in sender.feed(bytes(size), 100.0)] + sender.finish(100.0)
    assert sender.sent == -(-5037 // FRAME_BYTES) and len(made) == sender.sent // FRAMES + 1 + bool(sender.sent % FRAMES)


def test_a_microphone_that_stood_still_goes_on_from_now() -> None:
    key = TalkKey()
    sender = Sender(TALK, key, 0.0)
    message = bytes(2 * RATE * 60 // 1000)
    first, second = (opened(sender.feed(message, at)[0], key.x) for at in (60.0, 5000.0))
    assert (first.spoken_ms, second.spoken_ms) == (0, 4940)
