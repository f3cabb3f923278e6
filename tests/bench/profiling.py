"""One row against Lapis alone, under perf."""

from __future__ import annotations

import os
import select
import signal
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

from contest import Row, Stage
from settings import Settings

FREQUENCY = 997  # samples a second
STACKS = "dwarf,8192"  # the release build has no frame pointers
SHOWN = 1.0  # percent, and more


@contextmanager
def recording(pid: int, data: Path, settings: Settings) -> Iterator[None]:
    """perf, on the generator's core, from when it has begun to record until the end."""
    commands, answers = (settings.directory / name for name in ("perf-commands", "perf-answers"))
    for fifo in (commands, answers):
        os.mkfifo(fifo)
    command = ["taskset", "-c", str(settings.load_core), "perf", "record", "-p", str(pid)]
    command += ["--call-graph", STACKS, "-F", str(FREQUENCY), "-o", str(data)]
    command += [f"--control=fifo:{commands},{answers}"]
    with (settings.directory / "perf-output").open("wb") as output:
        recorder = subprocess.Popen(command, stdout=output, stderr=output)
    try:
        await_answer(recorder, commands, answers)
        yield
    finally:
        recorder.send_signal(signal.SIGINT)
        recorder.wait()
    # perf ends by the signal that it was told to end by.
    if recorder.returncode not in (0, -signal.SIGINT):
        raise RuntimeError((settings.directory / "perf-output").read_text(errors="replace"))


def await_answer(recorder: subprocess.Popen[bytes], commands: Path, answers: Path) -> None:
    """Returns when perf answers, or has ended."""
    # Opened for both directions, because perf may never open its ends.
    to_perf, from_perf = (os.open(fifo, os.O_RDWR) for fifo in (commands, answers))
    os.write(to_perf, b"ping\n")
    while recorder.poll() is None and not select.select([from_perf], [], [], 0.1)[0]:
        pass
    os.close(to_perf)
    os.close(from_perf)


def profile(row: Row, settings: Settings, data: Path) -> str:
    """Returns the top of the profile; the whole of it is in `data`."""
    with ExitStack() as cleanup:
        stage = Stage(replace(settings, against=()), cleanup)
        contestants, _ = row.prepare(stage)
        (pid,) = stage.servers[0].processes()
        with recording(pid, data, settings):
            sample = contestants[0].measure(0)
    return "\n\n".join(
        [
            f"{row.name}: {sample.rate:,.0f} {row.unit} under perf; all: perf report -i {data}",
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
