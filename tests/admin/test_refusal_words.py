"""The sentences that the pages know are those which the rooms say: one that was changed there and not here would come out in English."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from flask import Flask
from flask_babel import Babel, force_locale  # type: ignore[import-untyped,unused-ignore]

from admin.refusal_words import SENTENCES
from admin.refusals import PLACE, told

ROOT = Path(__file__).resolve().parents[2]
GAP = "\0"
# Where refusals are made that a person sees on a page.
ON_PAGES = (
    "station/access.py", "station/areas.py", "station/hours.py", "station/people.py", "station/second_step.py", "station/vault.py",
    "articles/adapt.py", "articles/alerts/receive.py", "articles/alerts/trust.py", "articles/collect.py", "articles/desk.py", "articles/feeds.py",
    "articles/files.py", "articles/forms.py", "articles/links.py", "articles/review.py",
    "tts/choose.py", "tts/lexicon.py", "tts/lexicon_file.py", "tts/pictures.py", "tts/presentation.py", "tts/preview.py", "tts/recordings.py",
    "tts/speak.py", "tts/spelling.py", "tts/uploads.py", "tts/video.py",
    "playlists/*.py", "devices/days.py", "devices/enrol.py", "devices/registry.py", "devices/releases.py", "devices/where.py",
    "broadcast/airing.py", "broadcast/alerts_out.py", "broadcast/emergency.py", "broadcast/missed.py", "broadcast/notices.py", "broadcast/report.py",
    "broadcast/studio.py", "broadcast/door.py", "broadcast/commands.py", "broadcast/hooks.py", "broadcast/relay.py", "station/duty.py", "station/shelf.py", "station/backup.py",
)  # fmt: skip
# What says that a program, not a person, has done something wrong, or speaks to another program.
INSIDE = ("AssertionError", "KeyError", "EngineError", "VideoError", "NotMine", "LookupError", "TypeError", "RuntimeError")
# Never on a page: restoring is a command.
ELSEWHERE = (f"{GAP} is there already: restore into an empty data folder, or move the old one away", "the database is not empty: name a fresh one, or move the old one away")


def said_in(folder: Path) -> set[str]:
    """Every text of the code, with a gap where something is put in."""
    found = set()
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(PLACE.sub(GAP, node.value))
            elif isinstance(node, ast.JoinedStr):
                found.add(with_gaps(node))
    return found


def with_gaps(node: ast.JoinedStr) -> str:
    return "".join(str(part.value) if isinstance(part, ast.Constant) else GAP for part in node.values)


def refused_in(path: Path) -> list[str]:
    """The sentences of every refusal that is raised there, with a gap where something is put in."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and ast.unparse(node.exc.func) not in INSIDE:
            for said in node.exc.args[:1]:
                if isinstance(said, ast.JoinedStr):
                    found.append(with_gaps(said))
                elif isinstance(said, ast.Constant) and isinstance(said.value, str):
                    found.append(PLACE.sub(GAP, said.value))
    return found


@pytest.fixture(scope="module")
def said() -> set[str]:
    return {text for room in ("station", "articles", "tts", "playlists", "devices", "broadcast") for text in said_in(ROOT / room)}


@pytest.fixture(scope="module")
def app() -> Flask:
    app = Flask("admin", root_path=str(ROOT / "admin"))
    Babel(app)
    return app


@pytest.mark.parametrize("sentence", SENTENCES)
def test_a_room_says_this(said: set[str], sentence: str) -> None:
    assert PLACE.sub(GAP, sentence) in said


def test_a_sentence_that_nobody_says_would_be_found(said: set[str]) -> None:
    assert "these digits please nobody" not in said


@pytest.mark.parametrize("name", ON_PAGES)
def test_a_refusal_that_a_page_shows_has_words_in_the_tongue_of_the_page(name: str) -> None:
    known = {PLACE.sub(GAP, sentence) for sentence in SENTENCES} | set(ELSEWHERE)
    paths = sorted(ROOT.glob(name))
    assert paths
    assert [text for path in paths for text in refused_in(path) if text.replace(GAP, "").strip() and text not in known] == []


@pytest.mark.parametrize(
    ("said", "zh"),
    [
        ("a town cannot lie below a village", "乡镇不能放在村之下"),
        ("“早间新闻” is Draft: there is nothing to take back", "“早间新闻”现在是Draft：没有可以收回的"),
        ("“早间新闻” is draft: there is nothing to take back", "“早间新闻”现在是草稿：没有可以收回的"),
        ("line 3: no place is called 'Fuxi'; line 9: no dialect is called 'hkk'; and 4 more. Nothing was taken", "第3行：没有叫“Fuxi”的地方；第9行：没有叫“hkk”的方言；另有4处。一行也没有录入"),
        ("Li may not play in 福溪村: this takes one of these roles there: admin, operator", "Li无权在福溪村做这件事（播出和停止）：需要在那里担任以下角色之一：管理员、播音员"),
        ("give a reading for “重”: pinyin with a tone digit 1-5, e.g. chong2", "请给“重”注音：带声调数字1到5的拼音，例如 chong2"),
        ("nobody knows this sentence", "nobody knows this sentence"),
    ],
)
def test_a_refusal_is_told_with_what_stands_in_it(app: Flask, said: str, zh: str) -> None:
    with app.test_request_context(), force_locale("zh"):
        assert told(ValueError(said)) == zh
    with app.test_request_context(), force_locale("en"):
        assert told(ValueError(said)) == said
