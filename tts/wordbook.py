"""Where Hakka words and their readings come from: the package formog2p where it is installed, and a CSV file that the station names.

No such list is shipped: formog2p does not say where its data is from, and the dictionary of Taiwan's Ministry of Education may not be
changed or passed on in parts (docs/decisions/0007-hakka-words.md).
"""

from __future__ import annotations

import csv
import json
import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from station.settings import HAKKA_ACCENTS, Settings

PACKAGE = "formog2p"
ACCENTS = dict(zip(HAKKA_ACCENTS, ("hak_sx", "hak_nsx", "hak_hl", "hak_dp", "hak_rp", "hak_za"), strict=True))
"""Accents of Hakka -> the names of their files in formog2p."""
_NEED_THE_LIST = frozenset({"recorded", "system"})
"""Engines that say what was read for them, or what a person read."""
SYLLABLE = re.compile(r"[a-z]+[0-9]{1,3}")


class WordbookError(Exception):
    """A list of words that cannot be used; says which file and line, and what to do."""


@cache
def choice() -> tuple[str, str]:
    """The accent, and the CSV file that the station names (empty when none)."""
    settings = Settings.load()
    return settings.hakka_accent, settings.hakka_lexicon


def present() -> bool:
    """Whether there is any list of Hakka words here."""
    return bool(choice()[1]) or package_file(choice()[0]) is not None


@cache
def served() -> bool:
    """Whether the setting ``engines`` names for Hakka itself (``hak = recorded http``) an engine that may read the text without a list here."""
    parts = (part.partition("=") for part in Settings.load().engines.split(";"))
    return any(
        key.partition("/")[0].strip() == "hak" and not _NEED_THE_LIST.issuperset(engines.split()) for key, equals, engines in parts if equals
    )


def package_file(accent: str) -> Path | None:
    """The accent's words in formog2p; None when the package is not installed or lacks them. It is not imported, for that takes jieba."""
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        return None
    path = Path(spec.origin).parent / "lexicon" / "pinyin" / f"{ACCENTS[accent]}.json"
    return path if path.is_file() else None


def words() -> dict[str, list[str]]:
    """Word -> its readings (``xin24 ngien11``); the station's own list wins over the package's. Raises WordbookError."""
    accent, own = choice()
    path = package_file(accent)
    found: dict[str, list[str]] = json.loads(path.read_text("utf-8")) if path else {}
    return found | (from_csv(Path(own).expanduser()) if own else {})


def from_csv(path: Path) -> dict[str, list[str]]:
    """``word,reading`` a line, a heading allowed; a word with several readings stands on several lines, the usual one first."""
    found: dict[str, list[str]] = {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            for number, row in enumerate(csv.reader(file), 1):
                cells = [cell.strip() for cell in row]
                if not any(cells) or (number == 1 and cells[:2] == ["word", "reading"]):
                    continue
                if len(cells) < 2 or not cells[0] or not all(SYLLABLE.fullmatch(one) for one in cells[1].split() or [""]):
                    raise WordbookError(
                        f"{path}, line {number}: write word,reading with tone digits, like 客家,hag2 ga24; this is {row!r}"
                    )
                found.setdefault(cells[0], []).append(" ".join(cells[1].split()))
    except (OSError, UnicodeDecodeError, csv.Error) as problem:
        raise WordbookError(
            f"the Hakka words in {path} cannot be read: {problem}; set hakka_lexicon to a UTF-8 CSV file"
        ) from problem
    return found
