"""The demo's own decisions: which files are one article."""

from __future__ import annotations

from admin.demo import _versions
from articles.models import Article, Text


def written(lang: str) -> Article:
    return Article(texts=[Text(lang=lang, title="t", body="b")])


def grouped(*found: tuple[str, str]) -> list[list[str]]:
    return [[each.texts[0].lang for each in group] for group in _versions([(name, written(lang)) for name, lang in found])]


def test_files_that_each_have_a_language_of_their_own_are_one_article() -> None:
    assert grouped(("flood.docx", "zh-Hans"), ("warning.md", "en")) == [["zh-Hans", "en"]]


def test_with_two_in_one_language_only_files_called_alike_are_one_article() -> None:
    found = grouped(("water.txt", "zh-Hans"), ("market.zh.txt", "zh-Hans"), ("market.en.md", "en"), ("market.zh.md", "zh-Hans"))
    assert found == [["zh-Hans"], ["zh-Hans", "en"], ["zh-Hans"]]
