"""Runs the load generator (tests/bench/load) on its core and takes what it measured."""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from settings import PROGRAMS, Settings

SERIAL = "SERIALSERIAL"  # kSerialMark of load/plan.h: a running number takes its place
MIB = 1 << 20


def serial(number: int) -> str:
    """As the generator writes it."""
    return f"{number:0{len(SERIAL)}d}"


@dataclass(frozen=True)
class Sample:
    """One server, one round."""

    rate: float  # in the row's unit
    p50: float  # microseconds
    p99: float
    raw: Mapping[str, Any] = field(default_factory=dict)

    def by_bytes(self) -> Sample:
        """The rate in MiB of bodies a second."""
        moved = self.raw["bytes_received"] + self.raw["bytes_sent"]
        return replace(self, rate=moved / MIB / self.raw["seconds"])


class LoadFailed(Exception):
    """Requests were not answered as they must be: there is nothing to compare."""


@dataclass(frozen=True)
class Plan:
    """See load/plan.h."""

    endpoint: str  # http://host:port
    heads: Sequence[str]
    status: int
    seconds: float
    connections: int = 1
    body: Path | None = None
    random_order: bool = False
    first_serial: int = 0
    max_requests: int = 0
    warmup: float = 0.0
    processes: Sequence[int] = ()  # of the server

    def document(self, settings: Settings) -> dict[str, Any]:
        parts = urlsplit(self.endpoint)
        return {
            "host": parts.hostname,
            "port": parts.port,
            "connections": self.connections,
            "heads": list(self.heads),
            "body_file": str(self.body or ""),
            "random_order": self.random_order,
            "first_serial": self.first_serial,
            "max_requests": self.max_requests,
            "warmup_seconds": self.warmup,
            "seconds": self.seconds,
            "stall_seconds": 300,
            "expected_status": self.status,
            "cores": [settings.server_core, settings.load_core],
            "processes": list(self.processes),
        }


def run(plan: Plan, settings: Settings) -> Sample:
    """Raises LoadFailed unless every answer had the status expected."""
    with tempfile.NamedTemporaryFile("w", suffix=".json", dir=settings.directory) as file:
        json.dump(plan.document(settings), file)
        file.flush()
        command = [
            "taskset",
            "-c",
            str(settings.load_core),
            str(PROGRAMS / "lapis_load"),
            file.name,
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise LoadFailed(done.stderr.strip())
    raw = json.loads(done.stdout)
    if raw["errors"]:
        raise LoadFailed(f"{raw['errors']} failed requests, the first: {raw['first_error']}")
    return Sample(raw["rate"], raw["latency_us"]["p50"], raw["latency_us"]["p99"], raw)
