"""What an operator sees of a daemon: its metrics page and its access log."""

from __future__ import annotations

import json
import re
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import configuration
from configuration import flash
from lapis_server import LapisServer
from signing import DEVELOPMENT_ACCOUNT


SAMPLE = re.compile(r"^(\w+)(?:\{(.*)\})? (\S+)$")
LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')


def write_config(directory: Path, top: str = "", more: str = "") -> Path:
    """A configuration with an access log at `directory`/access.log unless `more` has its own."""
    if "[access_log]" not in more:
        more += f'\n[access_log]\npath = "{directory}/access.log"\n'
    data = directory / "data"
    pools = [flash(data / "flash")]
    file = directory / "lapis.toml"
    return configuration.write_config(file, data / "meta", pools, top=top, more=more)


@dataclass
class Page:
    status: int
    headers: dict[str, str]
    text: str


def fetch(url: str, method: str = "GET") -> Page:
    request = urllib.request.Request(url, method=method)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return Page(answer.status, dict(answer.headers), answer.read().decode())
    except urllib.error.HTTPError as error:
        return Page(error.code, dict(error.headers), error.read().decode())


class Metrics:
    """A metrics page, as samples by name and labels."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.types = dict(re.findall(r"^# TYPE (\w+) (\w+)$", text, re.MULTILINE))
        self.samples: list[tuple[str, dict[str, str], float]] = []
        for line in text.splitlines():
            if line.startswith("#") or not line:
                continue
            match = SAMPLE.match(line)
            assert match, f"not a sample: {line!r}"
            labels = dict(LABEL.findall(match[2] or ""))
            self.samples.append((match[1], labels, float(match[3])))

    def total(self, name: str, **labels: str) -> float:
        """The sum of the samples that have these labels, 0 where there is none."""
        wanted = labels.items()
        return sum(value for n, have, value in self.samples if n == name and wanted <= have.items())

    def has(self, name: str) -> bool:
        return any(n == name for n, _, _ in self.samples)


def metrics(server: LapisServer) -> Metrics:
    page = fetch(server.admin_endpoint + "/metrics")
    assert page.status == 200, page.text
    return Metrics(page.text)


def eventually(condition: Callable[[], bool], seconds: float = 10.0) -> bool:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def log_lines(file: Path) -> list[dict]:
    if not file.exists():
        return []
    text = file.read_text()
    assert text == "" or text.endswith("\n")
    return [json.loads(line) for line in text.splitlines()]


def wait_for_lines(file: Path, count: int) -> list[dict]:
    """The lines of the log once there are `count`, and no more of them, by time: those of different
    shards need not be in order."""
    assert eventually(lambda: file.exists() and file.read_bytes().count(b"\n") >= count), (
        f"{len(log_lines(file))} of {count} lines"
    )
    lines = log_lines(file)
    assert len(lines) == count, lines
    return sorted(lines, key=lambda line: line["TimeGenerated"])
