"""The source tree as the style tests see it."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Source:
    path: Path  # relative to the root
    text: str

    @property
    def lines(self) -> list[str]:
        return self.text.splitlines()

    @property
    def module(self) -> str | None:
        """The module a file of src/ or include/lapis/ belongs to."""
        parts = self.path.parts
        if parts[0] == "src" and len(parts) > 2:
            return parts[1]
        if parts[:2] == ("include", "lapis") and len(parts) > 3:
            return parts[2]
        return None


@cache
def tracked_files() -> list[Path]:
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    ).stdout
    return [Path(line) for line in listing.splitlines() if (ROOT / line).is_file()]


@cache
def cpp_sources() -> list[Source]:
    """Every C++ file of the product and its tests."""
    return [
        Source(path, (ROOT / path).read_text())
        for path in tracked_files()
        if path.suffix in {".h", ".cc", ".def"} and path.parts[0] in {"src", "include", "tests"}
    ]


def product_sources() -> list[Source]:
    return [source for source in cpp_sources() if source.path.parts[0] in {"src", "include"}]


def without_comments(line: str) -> str:
    return line.split("//", 1)[0]
