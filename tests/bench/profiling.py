"""One row against Lapis alone, under perf."""

from __future__ import annotations

import signal
import subprocess
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from contest import Row, Stage
from settings import Settings

FREQUENCY = 997  # samples a second
SHOWN = 0.5  # percent, and more


def profile(row: Row, settings: Settings, data: Path) -> str:
    """Returns the top of the profile; the whole of it is in `data`."""
    with ExitStack() as cleanup:
        stage = Stage(replace(settings, against=()), cleanup)
        contestants, _ = row.prepare(stage)
        (pid,) = stage.servers[0].processes()
        recorder = subprocess.Popen(
            ["perf", "record", "-g", "-F", str(FREQUENCY), "-o", str(data), "-p", str(pid)],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        )  # fmt: skip
        sample = contestants[0].measure(0)
        recorder.send_signal(signal.SIGINT)
        _, errors = recorder.communicate()
        # perf ends by the signal that it was told to end by.
        if recorder.returncode not in (0, -signal.SIGINT) or not data.exists():
            raise RuntimeError(f"perf record: {errors.decode(errors='replace')}")
    shown = top(data, "--no-children", "none")
    return f"{row.name}: {sample.rate:,.0f} {row.unit} under perf\n\n{shown}"


def top(data: Path, order: str, graph: str) -> str:
    command = ["perf", "report", "--stdio", "-i", str(data), order, "-g", graph]
    command += ["--percent-limit", str(SHOWN), "--sort", "dso,symbol"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout
