"""A TAR of strangers, read in memory: bounds on number and size, nothing written, nothing unpacked."""

from __future__ import annotations

import io
import tarfile

from articles.alerts.errors import BadAlert

MAX_BYTES = 16 * 1024 * 1024
MAX_MEMBERS = 64
BLOCK = 512


def is_tar(data: bytes) -> bool:
    """Whether the bytes begin like a TAR: its mark, or (old ones have none) a checksum that is right."""
    if len(data) < BLOCK:
        return False
    if data[257:262] == b"ustar":
        return True
    try:
        told = int(data[148:156].strip(b"\0 ") or b"x", 8)
    except ValueError:
        return False
    return bool(data[0]) and told == sum(data[:148]) + 8 * 32 + sum(data[156:BLOCK])


def members(data: bytes) -> dict[str, bytes]:
    """The plain files of a TAR by the last part of their names. Raises BadAlert for one that is broken, too large or no plain TAR."""
    if len(data) > MAX_BYTES:
        raise BadAlert(f"{len(data)} bytes, more than the {MAX_BYTES >> 20} MiB that a package may have")
    found: dict[str, bytes] = {}
    try:
        with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as opened:
            for number, each in enumerate(opened):
                if number >= MAX_MEMBERS:
                    raise BadAlert(f"the package has more than {MAX_MEMBERS} files: no warning needs so many")
                # a sparse file is small here and as large as it likes once read
                if not each.isfile() or each.issparse():
                    continue
                if each.size > len(data):
                    raise BadAlert(f"the package says that {each.name[:80]!r} is larger than the package itself")
                part = opened.extractfile(each)
                name = each.name.replace("\\", "/").rpartition("/")[2]
                if part is not None and name not in found:
                    found[name] = part.read(each.size)
    except (tarfile.TarError, EOFError, ValueError, OSError, UnicodeError, RecursionError) as error:
        if isinstance(error, BadAlert):
            raise
        raise BadAlert(f"the package is broken ({type(error).__name__}: {str(error)[:100]}): ask for it again") from error
    if not found:
        raise BadAlert("the package holds no file")
    return found
