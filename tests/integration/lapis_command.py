"""Runs the command line, lapis(1), as an operator would."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from typing import Any

from lapis_server import binary

LIMIT = 120.0  # seconds


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def lapis(*arguments: object) -> Ran:
    command = [str(binary("lapis")), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT, check=False)
    return Ran(done.returncode, done.stdout, done.stderr)
