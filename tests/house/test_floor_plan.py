"""Who may import whom, what is packaged, and that the house names nothing but itself."""

from __future__ import annotations

import ast
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("admin", "articles", "broadcast", "devices", "playlists", "station", "terminal", "tts", "wire")
# Each room and the rooms it may look at (itself always): the arrows of CONTRIBUTING.md, written out.
UPSTREAM = {
    "station": set(),
    "wire": set(),
    "terminal": {"wire"},
    "articles": {"station"},
    "devices": {"station", "wire"},
    "tts": {"articles", "station"},
    "playlists": {"tts", "articles", "devices", "station"},
    "broadcast": {"playlists", "tts", "articles", "devices", "station", "wire"},
    "admin": {"broadcast", "playlists", "tts", "articles", "devices", "station", "wire"},
}
# Libraries that only some places may touch.
ONLY_IN = {
    "flask": ("admin/", "app.py"),
    "apiflask": ("admin/",),
    "paho": ("broadcast/mqtt.py", "terminal/line.py", "terminal/pairing.py"),
    "amqtt": ("broadcast/brokers/",),
    "sqlalchemy": ("admin/", "articles/", "broadcast/", "devices/", "playlists/", "station/", "tts/", "app.py"),
    "pyttsx3": ("tts/",),
    "pydub": ("tts/",),
    "ffmpeg": ("tts/",),
    "pygame": ("terminal/device.py",),
}


def sources() -> list[Path]:
    return [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))] + [ROOT / "app.py"]


def imports(path: Path) -> Iterator[str]:
    """Every module a file imports, in functions and for typing too."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node.module


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_looks_only_upstream(room: str) -> None:
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in (ROOT / room).rglob("*.py")
        for name in imports(path)
        if (other := name.split(".")[0]) in (*ROOMS, "app") and other != room and other not in UPSTREAM[room]
    ]
    assert wrong == []


@pytest.mark.parametrize("library", ONLY_IN)
def test_a_library_stays_in_its_place(library: str) -> None:
    wrong = [
        str(path.relative_to(ROOT))
        for path in sources()
        if not str(path.relative_to(ROOT)).startswith(ONLY_IN[library]) and any(name.split(".")[0] == library for name in imports(path))
    ]
    assert wrong == []


def test_the_clock_is_read_in_one_file_of_the_server() -> None:
    told = re.compile(r"datetime\.(now|utcnow|today)\(|date\.today\(|time\.time\(\)")
    wrong = [
        str(path.relative_to(ROOT))
        for path in sources()
        if path.relative_to(ROOT).parts[0] not in ("terminal", "wire") and path.name != "clock.py" and told.search(path.read_text(encoding="utf-8"))
    ]
    assert wrong == []


def test_the_packages_are_the_folders() -> None:
    listed = set(tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]["packages"])
    folders = {".".join(path.parent.relative_to(ROOT).parts) for room in ROOMS for path in (ROOT / room).rglob("__init__.py")}
    assert listed == folders


def test_every_folder_and_module_opens_with_a_sentence() -> None:
    silent = [
        str(path.relative_to(ROOT)) for path in sources() if path.stat().st_size and not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert silent == []


def test_tests_have_packages_that_mirror_the_rooms() -> None:
    assert [room for room in ROOMS if not (ROOT / "tests" / room / "__init__.py").exists()] == []


def test_the_house_names_nothing_but_itself() -> None:
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.decode().split("\0")
    # written in two halves, so that this file does not name them either
    foreign = re.compile("|".join(("/" + "work/", r"\.\./" + "shared", r"/\." + "library", "/" + "opt/pypi")))
    named = []
    for name in filter(None, tracked):
        path = ROOT / name
        if path.suffix in (".py", ".md", ".toml", ".yaml", ".html", ".lock", ".js", ".css", "") and path.is_file():
            text = path.read_text(encoding="utf-8", errors="replace")
            named += [name] if foreign.search(text) else []
    assert named == []


def test_every_decision_has_a_number_of_its_own() -> None:
    papers = sorted((ROOT / "docs/decisions").glob("*.md"))
    numbers = [int(paper.name[:4]) for paper in papers]
    titles = [int(paper.read_text(encoding="utf-8").removeprefix("# ").partition(".")[0]) for paper in papers]
    assert numbers == sorted(set(numbers)) == titles


def test_the_light_terminal_has_three_dependencies() -> None:
    project = tomllib.loads((ROOT / "terminal" / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert len(project["dependencies"]) == 3


def test_the_lock_is_wheels_with_hashes_and_names_no_place() -> None:
    for name in ("requirements.lock", "requirements-dev.lock", "requirements-hakka.lock"):
        text = (ROOT / name).read_text(encoding="utf-8")
        packages = re.split(r"\n(?=[A-Za-z0-9])", text)[1:]
        assert packages and all("==" in each.splitlines()[0] and "--hash=sha256:" in each for each in packages)
        assert "://" not in text
