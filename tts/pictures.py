"""Pictures for the screen: an upload is decoded within limits and drawn anew, so that nothing of the file itself goes on."""

from __future__ import annotations

import io
import warnings
from pathlib import Path

from PIL import Image, ImageFilter, ImageOps, UnidentifiedImageError

from tts.engines import TtsError
from tts.screen import HIGH, WIDE

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF")
MOST_BYTES, MOST_PIXELS = 30_000_000, 60_000_000


class PictureRefused(TtsError):
    """An uploaded picture that is not taken; the message names it and says what to do instead."""


def screen_picture(data: bytes, name: str) -> bytes:
    """The upload as a JPEG of exactly the screen's size: turned upright, whole, on a blurred and darkened copy of itself.

    Raises PictureRefused with the file's name and the next step.
    """
    name = Path(name.replace("\\", "/")).name[:120] or "the picture"
    if len(data) > MOST_BYTES:
        raise PictureRefused(f"{name} has {len(data) / 1e6:.0f} MB, more than {MOST_BYTES / 1e6:.0f}; make it smaller")
    picture = _opened(data, name)
    ground = ImageOps.fit(picture, (WIDE // 16, HIGH // 16)).filter(ImageFilter.GaussianBlur(4)).resize((WIDE, HIGH))
    ground = Image.blend(ground, Image.new("RGB", ground.size, "#0F2238"), 0.55)
    whole = ImageOps.contain(picture, (WIDE, HIGH))
    ground.paste(whole, ((WIDE - whole.width) // 2, (HIGH - whole.height) // 2))
    out = io.BytesIO()
    ground.save(out, "JPEG", quality=88)
    return out.getvalue()


def _opened(data: bytes, name: str) -> Image.Image:
    """All of it decoded, upright, without transparency; its size is looked at before any pixel is."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what Pillow thinks of odd tags; the size has a limit of its own below
            with Image.open(io.BytesIO(data), formats=FORMATS) as found:
                if found.width * found.height > MOST_PIXELS:
                    raise PictureRefused(f"{name} has {found.width} x {found.height} pixels, too many; make it smaller")
                if min(found.size) < 16:
                    raise PictureRefused(f"{name} has {found.width} x {found.height} pixels, too few to be seen")
                found.draft("RGB", (2 * WIDE, 2 * HIGH))
                return _opaque(ImageOps.exif_transpose(found))
    except PictureRefused:
        raise
    except Image.DecompressionBombError:
        raise PictureRefused(f"{name} has too many pixels; make it smaller") from None
    except UnidentifiedImageError:
        raise PictureRefused(f"{name} is no picture that can be read; save it as JPEG or PNG and try again") from None
    except (OSError, ValueError, SyntaxError, EOFError, MemoryError) as problem:  # what its decoders raise
        raise PictureRefused(f"{name} is damaged ({str(problem)[:80]}); save it again as JPEG or PNG") from None


def _opaque(picture: Image.Image) -> Image.Image:
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        ground = Image.new("RGBA", picture.size, "white")
        ground.alpha_composite(picture.convert("RGBA"))
        return ground.convert("RGB")
    return picture.convert("RGB")
