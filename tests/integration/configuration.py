"""The configuration file of a daemon that a test runs by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from signing import DEVELOPMENT_ACCOUNT

EXTENT_SIZE = 'extent_size = "4MiB"'  # many of them, on little space


@dataclass(frozen=True)
class Pool:
    """Of `kind` flash or hdd; `settings` are lines beside its name, class and paths."""

    name: str
    kind: str
    paths: Sequence[Path]
    settings: str = EXTENT_SIZE

    def text(self) -> str:
        paths = ", ".join(f'"{path}"' for path in self.paths)
        lines = [f'name = "{self.name}"', f'class = "{self.kind}"', f"paths = [{paths}]"]
        return "\n".join(["[[pool]]", *lines, self.settings])


def flash(*paths: Path, settings: str = "") -> Pool:
    return Pool("flash", "flash", paths, f"{EXTENT_SIZE}\n{settings}")


def disks(*paths: Path, settings: str = "") -> Pool:
    return Pool("disks", "hdd", paths, f"{EXTENT_SIZE}\n{settings}")


def write_config(
    file: Path,
    metadata: Path,
    pools: Sequence[Pool],
    *,
    listen: Sequence[str] = ("127.0.0.1:0",),
    top: str = "",
    metadata_settings: str = "",
    more: str = "",
) -> Path:
    """`top`: settings of no table; `more`: further tables. Returns `file`."""
    addresses = ", ".join(f'"{address}"' for address in listen)
    account = DEVELOPMENT_ACCOUNT
    parts = [
        f"listen = [{addresses}]",
        top,
        f'[metadata]\npath = "{metadata}"\n{metadata_settings}',
        *(pool.text() for pool in pools),
        f'[[account]]\nname = "{account.name}"\nkeys = ["{account.key}"]',
        more,
    ]
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("\n".join(parts) + "\n")
    return file
