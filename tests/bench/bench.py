"""Measures Lapis beside other servers, with the same load in one run, and prints a table of ratios.
docs/performance.md says how, and how to read it."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path

import report
from block_rows import BLOCK_ROWS
from contest import Result, Row, hold
from generator import LoadFailed
from get_rows import GET_ROWS
from list_rows import LIST_ROWS
from observing_rows import OBSERVING_ROWS
from profiling import profile
from put_rows import PUT_ROWS
from settings import AZURITE, FIO, MD5, REPOSITORY, Settings

ROWS: list[Row] = [*GET_ROWS, *PUT_ROWS, *BLOCK_ROWS, *LIST_ROWS, *OBSERVING_ROWS]
RESULTS = REPOSITORY / "build/bench"
OTHERS = ("nginx", "azurite", FIO, MD5.lower())


def names(text: str) -> tuple[str, ...]:
    return tuple(name for name in text.split(",") if name)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    add = parser.add_argument
    known = ", ".join(row.name for row in ROWS)
    add("--rows", type=names, metavar="NAME,…", help=f"only these of {known}")
    add(
        "--against",
        type=names,
        metavar="NAME,…",
        help=f"beside Lapis only these of {', '.join(OTHERS)}",
    )
    add(
        "--profile",
        metavar="ROW",
        help="run one row against Lapis alone under perf; print the top of its profile",
    )
    add("--rounds", type=int, help="turns of each server in a row")
    add("--seconds", type=float, help="that a server is measured in one round")
    add("--seed-limit", type=float, metavar="SECONDS", help="that filling one server may take")
    add("--quick", action="store_true", help="a moment for each row, only to see that it works")
    add(
        "--json",
        type=Path,
        metavar="FILE",
        help="for the raw numbers (default: build/bench/TIME.json)",
    )
    add(
        "--directory",
        type=Path,
        default=RESULTS,
        help="for the servers' data: its disk is what is measured (default: build/bench)",
    )
    add("--cores", type=names, default=("0", "1"), metavar="SERVER,LOAD", help="(default: 0,1)")
    return parser.parse_args()


def chosen(wanted: tuple[str, ...] | None) -> list[Row]:
    known = {row.name: row for row in ROWS}
    unknown = set(wanted or ()) - known.keys()
    if unknown:
        sys.exit(f"bench: no row {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    return ROWS if wanted is None else [known[name] for name in wanted]


def settings_of(options: argparse.Namespace, directory: Path) -> Settings:
    if len(options.cores) != 2 or not all(core.isdecimal() for core in options.cores):
        sys.exit("bench: --cores takes two numbers")
    if unknown := set(options.against or ()) - set(OTHERS):
        sys.exit(f"bench: nothing to compare with called {', '.join(sorted(unknown))}")
    settings = Settings(directory, *(int(core) for core in options.cores), against=options.against)
    if options.quick:
        settings = settings.quick()
    given = {name: getattr(options, name) for name in ("rounds", "seconds", "seed_limit")}
    return replace(settings, **{name: value for name, value in given.items() if value is not None})


def missing_tools(settings: Settings, profiling: bool) -> list[str]:
    needed = {"nginx": "nginx", "node": "Azurite", "fio": FIO, "openssl": MD5}
    if profiling:
        needed = {"perf": "Lapis"}
    missing = [
        tool for tool, what in needed.items() if settings.wants(what) and shutil.which(tool) is None
    ]
    if not profiling and settings.wants("Azurite") and not AZURITE.exists():
        missing.append("Azurite")
    return missing


def measure(rows: list[Row], settings: Settings, path: Path) -> int:
    results: list[Result] = []
    failures = []
    for row in rows:
        print(f"bench: {row.name}", file=sys.stderr, flush=True)
        try:
            results.append(hold(row, settings))
        except LoadFailed as error:
            failures.append(f"{row.name} FAILED: {error}")
            print(f"bench: {failures[-1]}", file=sys.stderr)
        report.write(path, results, failures, settings)
    print(report.table(results), report.notes(results), f"raw numbers: {path}", sep="\n\n")
    if settings.is_quick:
        print("a quick run: the numbers mean nothing")
    return 1 if failures else 0


def main() -> int:
    options = arguments()
    rows = chosen((options.profile,) if options.profile else options.rows)
    options.directory.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="data-", dir=options.directory.resolve()) as directory:
        settings = settings_of(options, Path(directory))
        if missing := missing_tools(settings, options.profile is not None):
            sys.exit(f"bench: {', '.join(missing)} missing: scripts/setup --bench installs it")
        if options.profile:
            print(profile(rows[0], settings, RESULTS / f"{rows[0].name}.perf"))
            return 0
        name = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H%M%SZ.json")
        return measure(rows, settings, options.json or RESULTS / name)


if __name__ == "__main__":
    sys.exit(main())
