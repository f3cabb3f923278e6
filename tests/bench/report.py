"""What a run says: a Markdown table to paste, and the raw numbers as JSON."""

from __future__ import annotations

import json
import platform
import subprocess
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from contest import Contestant, Result
from settings import REPOSITORY, Settings

COLUMNS = ["row", "Lapis", "p50 / p99", "against", "its rate", "its p50 / p99", "ratio", "aim"]
RIGHT = {"Lapis", "its rate", "ratio", "aim"}


def amount(value: float) -> str:
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def duration(microseconds: float) -> str:
    if microseconds <= 0:
        return "–"
    for limit, unit, scale in ((1e3, "µs", 1), (1e6, "ms", 1e3)):
        if microseconds < limit:
            return f"{microseconds / scale:.3g} {unit}"
    return f"{microseconds / 1e6:.3g} s"


def latencies(contestant: Contestant) -> str:
    if contestant.p50 <= 0:
        return "–"
    return f"{duration(contestant.p50)} / {duration(contestant.p99)}"


def cells(result: Result) -> list[list[str]]:
    own = [result.title, f"{amount(result.first.rate)} {result.row.unit}", latencies(result.first)]
    if not result.others():
        return [own + ["–"] * (len(COLUMNS) - len(own))]
    lines = []
    for other, ratio in result.others():
        aim = result.row.aims.get(other.name)
        lines.append([
            *own,
            other.name,
            f"{amount(other.rate)} {result.row.unit}",
            latencies(other),
            f"{ratio:.2f}" if ratio < 10 else amount(ratio),
            "–" if aim is None else f"{aim:g}" + (" ✓" if ratio >= aim else " ✗"),
        ])  # fmt: skip
    return lines


def table(results: Sequence[Result]) -> str:
    lines = [COLUMNS, *(line for result in results for line in cells(result))]
    widths = [max(len(line[at]) for line in lines) for at in range(len(COLUMNS))]

    def joined(line: list[str]) -> str:
        padded = [
            cell.rjust(width) if name in RIGHT else cell.ljust(width)
            for cell, width, name in zip(line, widths, COLUMNS)
        ]
        return "| " + " | ".join(padded) + " |"

    rule = [
        "-" * (width - 1) + (":" if name in RIGHT else "-") for width, name in zip(widths, COLUMNS)
    ]
    return "\n".join([joined(lines[0]), joined(rule), *(joined(line) for line in lines[1:])])


def notes(results: Sequence[Result]) -> str:
    return "\n".join(f"* {note}" for result in results for note in result.notes)


def version(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=REPOSITORY)
    return (done.stdout or done.stderr).strip().splitlines()[0] if done.returncode == 0 else "?"


def machine() -> dict[str, str]:
    model = "?"
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
            break
    return {
        "cpu": model,
        "kernel": platform.release(),
        "commit": version("git", "describe", "--always", "--dirty"),
        "nginx": version("nginx", "-v"),
    }


def contestant_document(contestant: Contestant) -> dict[str, Any]:
    return {
        "rate": contestant.rate,
        "p50_us": contestant.p50,
        "p99_us": contestant.p99,
        "server_core_used": contestant.use("server"),
        "load_core_used": contestant.use("load"),
        "rounds": [asdict(sample) for sample in contestant.samples],
    }


def document(
    results: Sequence[Result], failures: Sequence[str], settings: Settings
) -> dict[str, Any]:
    return {
        "date": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "machine": machine(),
        "settings": asdict(settings) | {"directory": str(settings.directory)},
        "failures": list(failures),
        "rows": {
            result.row.name: {
                "title": result.title,
                "unit": result.row.unit,
                "aims": dict(result.row.aims),
                "ratios": {other.name: ratio for other, ratio in result.others()},
                "notes": result.notes,
                "contestants": {c.name: contestant_document(c) for c in result.contestants},
            }
            for result in results
        },
    }  # fmt: skip


def write(
    path: Path, results: Sequence[Result], failures: Sequence[str], settings: Settings
) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document(results, failures, settings), indent=1) + "\n")
