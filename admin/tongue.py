"""The words of the pages in the reader's language: gettext with types, ids in English."""

from __future__ import annotations

from typing import Any

from flask_babel import get_locale, gettext, lazy_gettext  # type: ignore[import-untyped,unused-ignore]
from flask_babel import ngettext as babel_ngettext

__all__ = ["_", "_l", "get_locale", "ngettext"]
_l = lazy_gettext


def _(words: str, **values: Any) -> str:
    """The words in the language of this request."""
    return str(gettext(words, **values))


def ngettext(one: str, many: str, num: int) -> str:
    """The words for this number of things."""
    return str(babel_ngettext(one, many, num))
