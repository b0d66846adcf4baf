"""Every word of the pages is there in Chinese: nothing missing, nothing fuzzy, and the compiled file is the written one."""

from __future__ import annotations

from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

import admin

ROOM = Path(admin.__file__).parent
CATALOG = ROOM / "translations" / "zh" / "LC_MESSAGES"
KEYWORDS = {"_": None, "N_": None, "_l": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2)}


def asked_for() -> set[str]:
    """The English words that the pages ask to be translated."""
    found = extract_from_dir(ROOM, [("**.py", "python"), ("templates/**.html", "jinja2")], keywords=KEYWORDS)
    return {message[0] if isinstance(message, tuple) else message for _file, _line, message, _comments, _context in found}


def test_everything_is_said_in_chinese_too() -> None:
    with (CATALOG / "messages.po").open("rb") as opened:
        catalog = read_po(opened, locale="zh_Hans")
    said = {}
    for message in catalog:
        if message.id:
            text = message.string[0] if message.pluralizable else message.string
            said[message.id[0] if message.pluralizable else message.id] = text
            assert not message.fuzzy, message.id
    assert asked_for() - {key for key, text in said.items() if text} == set()
    assert set(said) - asked_for() == set()


def test_the_compiled_words_are_the_written_ones() -> None:
    with (CATALOG / "messages.po").open("rb") as written, (CATALOG / "messages.mo").open("rb") as compiled:
        po, mo = read_po(written, locale="zh_Hans"), read_mo(compiled)
    assert {m.id: m.string for m in po if m.id and not m.pluralizable} == {m.id: m.string for m in mo if m.id and not m.pluralizable}


def test_placeholders_survive_translation() -> None:
    import re

    with (CATALOG / "messages.po").open("rb") as opened:
        for message in read_po(opened, locale="zh_Hans"):
            if message.id and not message.pluralizable:
                assert set(re.findall(r"%\(\w+\)\w", message.id)) == set(re.findall(r"%\(\w+\)\w", str(message.string))), message.id
