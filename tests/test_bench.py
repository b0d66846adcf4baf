"""The benchmarks are there under their names."""

from __future__ import annotations

import importlib

from bench.__main__ import names


def test_each_name_is_a_module_with_main() -> None:
    assert "sentence" in names()
    assert all(callable(importlib.import_module(f"bench.{name}").main) for name in names())
