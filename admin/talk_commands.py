"""``xiangyin talk``: speak to a place now, from a file or from standard input, as a person of the station."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import av
import click

from admin.lexicon_commands import acting, find_place
from broadcast.door import Visitor, paced
from broadcast.studio import LONGEST_MAX_S, LONGEST_S, NotOnAir
from broadcast.talk import FRAME_BYTES, RATE
from wire.live import FRAMES


@click.command("talk")
@click.option("--area", "place", required=True, help="A place: its number, its name, or the end of its path (石桥镇/上坪村).")
@click.option("--file", "path", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Sound that is played as if it were spoken now.")
@click.option("--stdin", "piped", is_flag=True, help=f"Raw samples from standard input: 16 bit, little-endian, {RATE} a second, one channel, as they are spoken.")
@click.option("--title", default="", help="What screens and the log call it; else the speaker's name.")
@click.option("--longest", "longest_s", type=click.IntRange(1, LONGEST_MAX_S), default=LONGEST_S, show_default=True, help="Seconds after which it ends by itself.")
@click.option("--chime/--no-chime", default=True, help="A chime before the first word.")
@click.option("--login", required=True, help="Who speaks: somebody who may speak live there.")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def talk(place: str, path: Path | None, piped: bool, title: str, longest_s: int, chime: bool, login: str, as_json: bool) -> None:
    """Speak live to a place and everything below it. What sounds there gives way and goes on afterwards."""
    if (path is None) == (not piped):
        raise click.UsageError("give one of --file and --stdin")
    from admin.commands import settings_or_say

    sound = paced(_samples(path)) if path is not None else _piped()
    with acting(login) as (session, person):
        speaker, area = person.id, find_place(session, place).id
    try:
        visitor = Visitor(settings_or_say().data_dir, speaker, area, title, longest_s, chime, source="command")
        try:
            if visitor.wait_for_the_word():
                for pcm in sound:
                    if not visitor.speak(pcm):
                        break
            told = visitor.end()
        finally:
            visitor.close()
    except (NotOnAir, OSError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(json.dumps(told, ensure_ascii=False) if as_json else f"{told['talk']}: {told['frames'] * 20 / 1000:.1f} s spoken, {told['why']}")


def _samples(path: Path) -> bytes:
    """Any sound file at the microphone's rate, one channel."""
    try:
        with av.open(str(path)) as file:
            resampler = av.AudioResampler("s16", "mono", RATE)
            frames = [made for frame in file.decode(audio=0) for made in resampler.resample(frame)] + resampler.resample(None)
            return b"".join(frame.to_ndarray().astype("<i2").tobytes() for frame in frames)
    except (av.error.FFmpegError, IndexError, ValueError) as error:
        raise click.ClickException(f"{path.name} holds no sound that can be decoded: {error}") from error


def _piped() -> Iterator[bytes]:
    while pcm := sys.stdin.buffer.read(FRAMES * FRAME_BYTES):
        yield pcm
