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
STACKS = "dwarf,8192"  # the release build has no frame pointers
SHOWN = 1.0  # percent, and more


def profile(row: Row, settings: Settings, data: Path) -> str:
    """Returns the top of the profile; the whole of it is in `data`."""
    with ExitStack() as cleanup:
        stage = Stage(replace(settings, against=()), cleanup)
        contestants, _ = row.prepare(stage)
        (pid,) = stage.servers[0].processes()
        recorder = subprocess.Popen(
            ["perf", "record", "--call-graph", STACKS, "-F", str(FREQUENCY), "-o", str(data), "-p", str(pid)],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        )  # fmt: skip
        sample = contestants[0].measure(0)
        recorder.send_signal(signal.SIGINT)
        _, errors = recorder.communicate()
        # perf ends by the signal that it was told to end by.
        if recorder.returncode not in (0, -signal.SIGINT) or not data.exists():
            raise RuntimeError(f"perf record: {errors.decode(errors='replace')}")
    return "\n\n".join(
        [
            f"{row.name}: {sample.rate:,.0f} {row.unit} under perf; the whole of it: perf report -i {data}",
            "of its time, in the function itself:",
            report(data, "--no-children", "--fields=overhead,dso,symbol"),
            "of its time, with what it calls:",
            report(data, "--children", "--fields=overhead_children,overhead,symbol"),
        ]
    )


def report(data: Path, *shape: str) -> str:
    """The lines from SHOWN percent on."""
    command = ["perf", "report", "--stdio", "--no-inline", "-g", "none", "-i", str(data), *shape]
    command += ["--percent-limit", str(SHOWN)]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    lines = (line.rstrip() for line in output.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("#"))
