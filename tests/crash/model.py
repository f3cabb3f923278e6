"""What may be in the store after a crash: the oracle.

A key is changed by one worker, one request at a time. So its possible states are few: the one last
acknowledged, and, where a request was cut off, the one that it would have made. What was observed
once must stay. Contents are made from seeds; nothing is kept but what names them.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import lru_cache

CONTAINER = "crash"
RELAY = "relay"  # holds what each worker has copied by way of it last, and backups


@dataclass(frozen=True)
class Piece:
    """Bytes that one request carried, or some of them."""

    seed: str  # empty: zeros
    size: int
    skip: int = 0  # how many of the request's come before; whole words, which are the same then

    def content(self) -> bytes:
        if not self.seed:
            return bytes(self.size)
        return random.Random(self.seed).randbytes(self.skip + self.size)[self.skip :]

    def __str__(self) -> str:
        return f"{self.seed}[{f'{self.skip}+' if self.skip else ''}{self.size}]"


@lru_cache(maxsize=100_000)
def md5_of(pieces: tuple[Piece, ...]) -> str:
    digest = hashlib.md5()
    for piece in pieces:
        digest.update(piece.content())
    return digest.hexdigest()


@dataclass(frozen=True)
class Past:
    """A snapshot: what the blob was."""

    pieces: tuple[Piece, ...]
    blocks: tuple[tuple[str, Piece], ...]
    page_map: int = 0  # as in State
    taken: int = 0  # tells it from others of the same name

    def size(self) -> int:
        return sum(piece.size for piece in self.pieces)


Tags = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class State:
    pieces: tuple[Piece, ...] | None = None  # None: no committed blob
    blocks: tuple[tuple[str, Piece], ...] = ()  # of the committed block list
    staged: frozenset[tuple[str, Piece]] = frozenset()
    snapshots: tuple[Past, ...] = ()  # oldest first
    tags: Tags = ()  # by key
    page_map: int = 0  # of a page blob: changes where the blob is made anew or copied over
    source: Past | None = None  # what a backup was made of last

    def size(self) -> int:
        return sum(piece.size for piece in self.pieces or ())

    def content(self) -> bytes:
        return b"".join(piece.content() for piece in self.pieces or ())

    def committable(self) -> list[tuple[str, str]]:
        """Entries of a block list; an id that is in both lists is meant as the staged one."""
        staged = {name for name, _ in self.staged}
        kept = {name for name, _ in self.blocks} - staged
        entries = [("Uncommitted", name) for name in staged] + [
            ("Committed", name) for name in kept
        ]
        return sorted(entries)

    def exists(self) -> bool:
        return self.pieces is not None

    def __str__(self) -> str:
        blob = "+".join(map(str, self.pieces or ())) or ("empty" if self.exists() else "absent")
        counts = f"staged {len(self.staged)} snapshots {len(self.snapshots)}"
        backup = f" of {self.source}" if self.source else ""
        return f"{blob} {counts} tags {dict(self.tags)}{backup}"


Change = Callable[[State], State]


def put_blob(piece: Piece, tags: Tags) -> Change:
    return lambda state: State(pieces=(piece,), snapshots=state.snapshots, tags=tags)


def put_append_blob(state: State) -> State:
    return State(pieces=(), snapshots=state.snapshots)


def append_block(piece: Piece) -> Change:
    return lambda state: replace(state, pieces=(*(state.pieces or ()), piece))


def set_tags(tags: Tags) -> Change:
    return lambda state: replace(state, tags=tags)


def put_block(name: str, piece: Piece) -> Change:
    def change(state: State) -> State:
        others = frozenset(block for block in state.staged if block[0] != name)
        return replace(state, staged=others | {(name, piece)})

    return change


def put_block_list(entries: list[tuple[str, str]], tags: Tags) -> Change:
    """Of ("Uncommitted", id) and ("Committed", id); an id may repeat."""

    def change(state: State) -> State:
        sources = {"Uncommitted": dict(state.staged), "Committed": dict(state.blocks)}
        blocks = tuple((name, sources[element][name]) for element, name in entries)
        pieces = tuple(piece for _, piece in blocks)
        return State(pieces=pieces, blocks=blocks, snapshots=state.snapshots, tags=tags)

    return change


def copy_blob(source: State, tags: Tags) -> Change:
    """Within the container: the copy has the blocks of its source, too, but not its tags."""
    pieces, blocks = source.pieces, source.blocks
    return lambda state: State(pieces, blocks, snapshots=state.snapshots, tags=tags)


def take_snapshot(version: int) -> Change:
    def change(state: State) -> State:
        past = Past(state.pieces or (), state.blocks, state.page_map, version)
        return replace(state, snapshots=(*state.snapshots, past))

    return change


def delete_snapshots(state: State) -> State:
    return replace(state, snapshots=())


def delete(_: State) -> State:
    """With its snapshots."""
    return State()


@dataclass
class Key:
    """A name in a container and what may be under it."""

    name: str
    container: str = CONTAINER
    state: State = field(default_factory=State)  # last acknowledged or observed
    etag: str | None = None  # of `state`, where known
    pending: State | None = None  # what a request without an answer would have made
    version: int = 0  # makes contents unique

    def next_version(self) -> int:
        self.version += 1
        return self.version

    def next_piece(self, size: int) -> Piece:
        return Piece(f"{self.name}:{self.next_version()}", size)

    def possible(self) -> list[State]:
        return [self.state] + ([self.pending] if self.pending not in (None, self.state) else [])

    def settle(self, observed: State, etag: str | None) -> None:
        self.state, self.etag, self.pending = observed, etag, None
