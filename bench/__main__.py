"""``python3 run.py bench NAME``: measure, print beside the floor or limit of the same run, end non-zero when a limit is missed."""

from __future__ import annotations

import argparse
import importlib
import json
import os
import pkgutil
import sys

from rich.console import Console
from rich.table import Table

import bench


def names() -> list[str]:
    """Every benchmark: a module of this folder with ``main() -> list[Figure]``."""
    return sorted(
        each.name for each in pkgutil.iter_modules(bench.__path__) if not each.name.startswith("_") and each.name != "figures"
    )


def main() -> int:
    parser = argparse.ArgumentParser("bench", description=__doc__)
    parser.add_argument("name", nargs="?", choices=names(), help="which figures")
    parser.add_argument("--json", action="store_true", help="one line of JSON")
    parser.add_argument("--data", metavar="DIR", help="folder of outer material (README: where the sets come from); else XIANGYIN_TEST_DATA")
    parser.add_argument("--small", action="store_true", help="a small size where there is one, to see that it works")
    parser.add_argument("--terminals", type=int, metavar="N", help="how many, where there is a fleet")
    parser.add_argument("--database", metavar="URL", help="where the station of a fleet keeps its rows; else SQLite")
    args = parser.parse_args()
    if args.terminals:
        os.environ["XIANGYIN_BENCH_TERMINALS"] = str(args.terminals)
    if args.database:
        os.environ["XIANGYIN_BENCH_DATABASE"] = args.database
    if args.small:
        os.environ["XIANGYIN_BENCH_SMALL"] = "1"
    if args.data:
        os.environ["XIANGYIN_TEST_DATA"] = args.data
    if args.name is None:
        print("\n".join(names()))
        return 0
    figures = importlib.import_module(f"bench.{args.name}").main()
    if args.json:
        print(json.dumps([each.as_dict() for each in figures], ensure_ascii=False))
    else:
        table = Table("what", "measured", "floor or limit", "ratio", "asked", "", box=None)
        for each in figures:
            verdict = "" if each.good is None else "[green]reached[/]" if each.good else "[red]missed[/]"
            table.add_row(each.what, each.measured, each.beside, each.ratio, each.asked, verdict)
        console = Console()
        (console if console.is_terminal else Console(width=160)).print(table)
    return 0 if all(each.good is not False for each in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
