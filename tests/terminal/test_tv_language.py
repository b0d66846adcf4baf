"""The page of the set-top box is written in ES2018, which a browser of 2018 reads: one younger sign, and such a box shows nothing at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.terminal.javascript import NotRead, words, younger

PAGE = Path(__file__).parents[2] / "terminal" / "tv"
SCRIPTS = sorted(PAGE.rglob("*.js"))

OLD = (
    "const a = b ?.5 : 1;", "say('a?.b ?? c');", "// a?.b\n/* x ||= 1 */ go();", "if (/\\?\\?|a?.b/.test(x)) y = a / b / c;", "class A { constructor() { this.x = 1; } get size() { return 1; } static of() {} "
    "async *all() {} get(x) { return x; } [name]() {} go({ a, b }) { return a; } to([c], d = {}) {} }", "try { go(); } catch (error) { say(error); }", "const s = `a ?? ${b.c} \\` ${`in ${d}`}`;", "const { a, ...rest } = { ...b };",
    "for await (const x of y) go(x);", "x.captions.at(1);", "const o = { import: 1, any: 2 }; o.any = 3;", "new Response(blob).arrayBuffer();", "x = 0x1f; y = 1e-5;",
    "const re = /[/]\\/(?<year>\\d{4})/u;", "a = b++ / c; d = (e) / f; g = h[0] / i;",
)  # fmt: skip
YOUNG = (
    "a?.b;", "a?.[0];", "a?.();", "a ?? b;", "a ??= b;", "a ||= b;", "a &&= b;", "class A { #x() {} }", "class A { x = 1; }", "class A { go() {} x; }", "class A { static x = 1; }",
    "class A { static { go(); } }", "class A { async = 1; }", "x = 1_000;", "x = 10n;", "try { go(); } catch { say(); }", "[1].flat();", "x.flatMap(f);", "s.matchAll(r);", "s.replaceAll(a, b);",
    "Object.fromEntries(x);", "BigInt(1);", "globalThis.x;", "Promise.allSettled(x);", "list.at(-1);", "import('./x.js');", "export const x = 1;", "r = /(?<=a)b/;", "r = /a/d;", "`${a ?? b}`;",
    "blob.arrayBuffer();", "const f = class { x = () => { go(); }; };",
)  # fmt: skip


@pytest.mark.parametrize("source", OLD)
def test_what_a_browser_of_2018_reads_is_let_pass(source: str) -> None:
    assert younger(source) == []


@pytest.mark.parametrize("source", YOUNG)
def test_what_came_later_is_found(source: str) -> None:
    assert len(younger(source)) == 1


def test_what_cannot_be_read_is_said_with_its_line() -> None:
    with pytest.raises(NotRead, match="line 2"):
        list(words("go();\n\\"))


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_the_page_is_read_by_a_browser_of_2018(script: Path) -> None:
    assert younger(script.read_text(encoding="utf-8")) == []


def test_every_script_of_the_page_is_looked_at() -> None:
    page = (PAGE / "index.html").read_text(encoding="utf-8")
    assert {f'src="{path.relative_to(PAGE).as_posix()}"' for path in SCRIPTS} == {word.rstrip(">") for word in page.replace("></script>", "").split() if word.startswith('src="')}
