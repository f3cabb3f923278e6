"""Directories of files to be copied, and what is in them."""

from __future__ import annotations

import random
from pathlib import Path


def make_tree(root: Path, files: int) -> None:
    """Of directories three deep, with names that need encoding and sizes about the usual borders."""
    rng = random.Random(files)
    sizes = [0, 1, 100, 4095, 4096, 4097, 20_000, 70_000]
    for number in range(files):
        directory = root / f"d{number % 7}" / f"ä b+{number % 11}" / f"e{number % 3}"
        directory.mkdir(parents=True, exist_ok=True)
        (directory / f"file %{number}").write_bytes(rng.randbytes(rng.choice(sizes)))


def tree(root: Path) -> dict[str, bytes]:
    return {str(p.relative_to(root)): p.read_bytes() for p in root.rglob("*") if p.is_file()}
