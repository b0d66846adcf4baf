"""How rightly texts are read: every set of words and sentences, per dialect, beside what is asked.

Each part is a module ``bench/_reading_<part>.py`` with ``figures(data: Path | None) -> list[Figure]``; ``data`` is the folder of
outer material (``--data DIR``), without which only our own sets are measured.
"""

from __future__ import annotations

import importlib
import pkgutil

import bench
from bench.figures import Figure, material


def main() -> list[Figure]:
    found: list[Figure] = []
    for each in sorted(module.name for module in pkgutil.iter_modules(bench.__path__) if module.name.startswith("_reading_")):
        found += importlib.import_module(f"bench.{each}").figures(material())
    return found
