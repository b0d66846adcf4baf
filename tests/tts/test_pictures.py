"""Pictures: drawn anew at the screen's size, or refused by name."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from PIL import Image

from tts.pictures import PictureRefused, screen_picture


def picture(kind: str, size: tuple[int, int] = (300, 400), mode: str = "RGB", **more: object) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, "red" if mode != "P" else 1).save(out, kind, **more)
    return out.getvalue()


@pytest.mark.parametrize(("kind", "mode"), [("JPEG", "RGB"), ("JPEG", "CMYK"), ("PNG", "RGBA"), ("PNG", "P"), ("PNG", "I;16"), ("WEBP", "RGB"), ("GIF", "P")])
def test_a_picture_of_any_kind_becomes_a_jpeg_of_the_screen(kind: str, mode: str) -> None:
    made = screen_picture(picture(kind, mode=mode) if mode != "I;16" else deep_grey(), "village.jpg")
    with Image.open(io.BytesIO(made)) as found:
        assert (found.format, found.size, found.mode) == ("JPEG", (1280, 720), "RGB")


def deep_grey() -> bytes:
    out = io.BytesIO()
    Image.new("I;16", (100, 80), 40_000).save(out, "PNG")
    return out.getvalue()


def test_it_is_whole_and_upright() -> None:
    turned = Image.new("RGB", (400, 200), "red")
    turned.paste("lime", (0, 0, 200, 200))
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned a quarter
    exif[0x010E] = "taken at home, 26.1 N"
    out = io.BytesIO()
    turned.save(out, "JPEG", exif=exif)
    made = screen_picture(out.getvalue(), "a.jpg")
    with Image.open(io.BytesIO(made)) as found:
        assert not found.getexif(), "what the camera wrote into the file does not go on"
        top, bottom = found.getpixel((640, 60)), found.getpixel((640, 660))
    assert top[1] > 200 > 60 > top[0] and bottom[0] > 200 > 60 > bottom[1]


def bomb() -> bytes:
    """A PNG that says 50,000 x 50,000 in a few hundred bytes."""
    head = struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0)
    chunks = b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in ((b"IHDR", head), (b"IDAT", zlib.compress(bytes(1000))), (b"IEND", b""))
    )
    return b"\x89PNG\r\n\x1a\n" + chunks


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "no picture that can be read; save it as JPEG or PNG"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "no picture that"),
        (picture("JPEG")[:400], "damaged"),
        (picture("PNG", (3, 3)), "3 x 3 pixels, too few"),
        (bomb(), "too many pixels"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 100 100\n", "no picture that"),
        (bytes(31_000_000), "31 MB, more than 30"),
    ],
)
def test_what_is_no_picture_is_refused_by_name(data: bytes, why: str) -> None:
    with pytest.raises(PictureRefused, match=f"^a.png (has|is) (.* )?({why})"):
        screen_picture(data, "../a.png")
