"""JavaScript read word by word, as far as it takes to say which words and signs are younger than ES2018."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_SPACE = re.compile(r"(?:\s|//[^\n]*|/\*.*?\*/)+", re.S)
_NAME = re.compile(r"#?[A-Za-z_$][\w$]*")
_NUMBER = re.compile(r"0[xXbBoO][\da-fA-F_]+n?|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+)?n?")
_TEXT = re.compile(r"'(?:[^'\\\n]|\\.)*'|\"(?:[^\"\\\n]|\\.)*\"", re.S)
_REGEX = re.compile(r"/(?:[^/\\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/[a-z]*")
_SIGN = re.compile(r">>>=|\.\.\.|===|!==|\*\*=|<<=|>>=|>>>|&&=|\|\|=|\?\?=|=>|==|!=|<=|>=|&&|\|\||\?\?|\?\.(?!\d)|\+\+|--|[-+*/%&|^]=|\*\*|<<|>>|[{}()\[\];,<>+\-*/%&|^!~?:=.@]")
# After these a slash divides; after any other word or sign it opens a regular expression.
_ENDS = {")", "]", "}", "this", "super"}
_BEGIN_VALUE = {"return", "typeof", "case", "in", "of", "delete", "void", "throw", "new", "else", "do", "instanceof", "await", "yield"}
_MODIFIERS = {"static", "async", "get", "set", "*"}

YOUNGER_SIGNS = {"?.": "ES2020", "??": "ES2020", "??=": "ES2021", "||=": "ES2021", "&&=": "ES2021"}
YOUNGER_NAMES = {
    "globalThis", "BigInt", "BigInt64Array", "BigUint64Array", "structuredClone", "WeakRef", "FinalizationRegistry", "AggregateError", "queueMicrotask", "import", "export",
}  # fmt: skip
YOUNGER_METHODS = {
    "flat", "flatMap", "matchAll", "replaceAll", "trimStart", "trimEnd", "fromEntries", "hasOwn", "allSettled", "any", "at", "findLast", "findLastIndex", "toSorted",
    "toReversed", "toSpliced", "groupBy", "replaceChildren", "randomUUID", "withResolvers",
}  # fmt: skip
# Of an answer they are old, of a Blob they came in 2019: what is asked directly behind a name may be one.
BLOB_METHODS = {"arrayBuffer", "stream"}


class Word(NamedTuple):
    kind: str  # name, number, text, regex, sign
    said: str
    line: int


class NotRead(ValueError):
    """Here stands something that is no JavaScript to this reader."""


def words(source: str) -> Iterator[Word]:
    """Every word and sign; of a template the words inside its ``${}``."""
    yield from _words(source, 0, len(source), 1)


def _words(source: str, at: int, end: int, line: int) -> Iterator[Word]:
    last = Word("sign", ";", line)
    while at < end:
        if space := _SPACE.match(source, at, end):
            at = space.end()
            line += space.group().count("\n")
            continue
        if source[at] == "`":
            until, inner = _template(source, at)
            yield Word("text", "`", line)
            for begin, stop in inner:
                yield from _words(source, begin, stop, line + source.count("\n", at, begin))
            line += source.count("\n", at, until)
            at, last = until, Word("text", "`", line)
            continue
        value = last.kind in ("number", "text", "regex") or last.said in _ENDS or (last.kind == "name" and last.said not in _BEGIN_VALUE)
        ways = [("name", _NAME), ("number", _NUMBER), ("text", _TEXT), *([] if value else [("regex", _REGEX)]), ("sign", _SIGN)]
        found = next(((kind, match) for kind, way in ways if (match := way.match(source, at, end))), None)
        if found is None:
            raise NotRead(f"line {line}: {source[at : at + 30]!r}")
        last = Word(found[0], found[1].group(), line)
        at = found[1].end()
        yield last


def _template(source: str, at: int) -> tuple[int, list[tuple[int, int]]]:
    """Where a template ends, and where the words inside it stand."""
    inner: list[tuple[int, int]] = []
    at += 1
    while source[at] != "`":
        if source[at] == "\\":
            at += 2
        elif source.startswith("${", at):
            begin, depth = at + 2, 1
            at = begin
            while depth:
                if source[at] == "`":
                    at = _template(source, at)[0]
                    continue
                if text := _TEXT.match(source, at):
                    at = text.end()
                    continue
                depth += {"{": 1, "}": -1}.get(source[at], 0)
                at += 1
            inner.append((begin, at - 1))
        else:
            at += 1
    return at + 1, inner


def younger(source: str) -> list[str]:
    """What in this program came after ES2018 (or, in a Blob, after 2018), by line; empty when a browser of that time reads it."""
    all_words = list(words(source))
    return [f"line {word.line}: {why}" for n, word in enumerate(all_words) if (why := _why(all_words, n))] + _fields(all_words)


def _why(all_words: list[Word], n: int) -> str:
    word = all_words[n]
    before, before2 = (all_words[n - k].said if n >= k else "" for k in (1, 2))
    after = all_words[n + 1].said if n + 1 < len(all_words) else ""
    match word.kind:
        case "sign" if word.said in YOUNGER_SIGNS:
            return f"{word.said} ({YOUNGER_SIGNS[word.said]})"
        case "number" if (word.said.endswith("n") and not word.said.startswith("0x")) or "_" in word.said:
            return f"the number {word.said} (ES2020)"
        case "regex" if "(?<=" in word.said or "(?<!" in word.said or set(word.said.rpartition("/")[2]) & set("dv"):
            return f"the expression {word.said} (no older Safari looks behind)"
        case "name" if word.said.startswith("#"):
            return f"{word.said} (ES2022)"
        case "name" if word.said == "catch" and after == "{":
            return "catch without a name (ES2019)"
        case "name" if before == "." and after == "(" and word.said in YOUNGER_METHODS and not (word.said == "at" and before2 == "captions"):
            return f".{word.said}() (ES2019 or later)"
        case "name" if before == "." and after == "(" and word.said in BLOB_METHODS and before2 != ")":
            return f".{word.said}() of a Blob (2019): ask new Response(blob)"
        case "name" if before != "." and after != ":" and word.said in YOUNGER_NAMES:
            return f"{word.said} (ES2020, or a module's)"
    return ""


def _fields(all_words: list[Word]) -> list[str]:
    """The fields and static blocks of classes (ES2022): whatever stands in a class and is no method."""
    found: list[str] = []
    scopes: list[bool] = []  # every open bracket, and whether it is a class's own
    opens = starts = False
    for n, word in enumerate(all_words):
        if word.said == "class" and all_words[n - 1].said != ".":
            opens = True
        elif word.kind == "sign" and word.said in "{([":
            scopes.append(opens and word.said == "{")
            if word.said == "{":
                starts, opens = opens, False
                continue
        elif word.kind == "sign" and word.said in "})]":
            scopes.pop()
            starts = word.said == "}" and bool(scopes) and scopes[-1]
            continue
        if starts and word.said != ";":
            after = all_words[n + 1].said
            if word.said in _MODIFIERS and after not in ("(", "=", ";", "{"):
                continue
            if after != "(" and word.said != "[":
                found.append(f"line {word.line}: the class field {word.said} (ES2022)")
            starts = False
    return found
