"""What a run is told by its options, and where things are."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
PROGRAMS = REPOSITORY / "build/release/bin"
AZURITE = REPOSITORY / "build/azurite/node_modules/azurite/dist/src/blob/main.js"

LAPIS = "Lapis"
MD5 = "MD5"
FIO = "fio"


@dataclass(frozen=True)
class Settings:
    directory: Path  # servers keep their data below it: the file system that is measured
    server_core: int = 0
    load_core: int = 1
    rounds: int = 5
    seconds: float = 5.0  # that one server is measured in one round
    warmup: float = 1.0  # before that
    connections: int = 64  # of the rows with small bodies
    blobs: int = 10_000  # that GET is spread over
    listed_blobs: int = 200_000
    blocks: int = 50_000  # of one block list
    seed_limit: float = 240.0  # seconds that filling one server may take
    is_quick: bool = False
    against: tuple[str, ...] | None = None  # the only ones beside Lapis; None: all

    def wants(self, name: str) -> bool:
        return name == LAPIS or self.against is None or name.lower() in self.against

    def quick(self) -> Settings:
        """Enough to see that everything works; the numbers mean nothing."""
        return replace(
            self, is_quick=True, rounds=1, seconds=0.3, warmup=0.1, blobs=200, listed_blobs=6_000,
            blocks=500, seed_limit=20.0,
        )  # fmt: skip
