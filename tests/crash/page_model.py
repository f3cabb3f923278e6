"""Page blobs in the oracle: disks, and the backups that incremental copies make of their snapshots.

The content of a disk is a row of pieces from its first page to its last: what is left of the writes
that it has seen, and zeros between them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from model import Change, Past, Piece, State, Tags

PAGE = 512
OVERWRITTEN = "BlobOverwritten"
EARLIER = "IncrementalCopyOfEarlierVersionSnapshotNotAllowed"

Pieces = tuple[Piece, ...]


def zeros(size: int) -> Piece:
    return Piece("", size)


def joined(pieces: Iterable[Piece]) -> Pieces:
    """The same content in the one way that it is written down here."""
    row: list[Piece] = []
    for piece in pieces:
        if row and not row[-1].seed and not piece.seed:
            row[-1] = zeros(row[-1].size + piece.size)
        elif piece.size > 0:
            row.append(piece)
    return tuple(row)


def cut(pieces: Pieces, first: int, end: int) -> Pieces:
    """The bytes from `first` on, and before `end`."""
    row, at = [], 0
    for piece in pieces:
        skipped, kept = max(0, first - at), min(piece.size, end - at)
        if kept > skipped:
            skip = piece.skip + skipped if piece.seed else 0
            row.append(Piece(piece.seed, kept - skipped, skip))
        at += piece.size
    return tuple(row)


def written_in(pieces: Pieces) -> tuple[tuple[int, int], ...]:
    """First and last byte of each range of pages that is not zeros."""
    ranges: list[tuple[int, int]] = []
    at = 0
    for piece in pieces:
        if piece.seed and ranges and ranges[-1][1] == at - 1:
            ranges[-1] = (ranges[-1][0], at + piece.size - 1)
        elif piece.seed:
            ranges.append((at, at + piece.size - 1))
        at += piece.size
    return tuple(ranges)


def write_pages(first: int, piece: Piece) -> Change:
    """Clears them where the piece is zeros."""

    def change(state: State) -> State:
        pieces, end = state.pieces or (), first + piece.size
        rest = cut(pieces, end, state.size())
        return replace(state, pieces=joined((*cut(pieces, 0, first), piece, *rest)))

    return change


def resize(length: int) -> Change:
    def change(state: State) -> State:
        kept = cut(state.pieces or (), 0, length)
        return replace(state, pieces=joined((*kept, zeros(max(0, length - state.size())))))

    return change


def make_disk(version: int, length: int, tags: Tags) -> Change:
    return copy_disk(version, (zeros(length),), tags)


def copy_disk(version: int, pieces: Pieces, tags: Tags) -> Change:
    return lambda state: State(pieces, snapshots=state.snapshots, tags=tags, page_map=version)


def back_up(source: Past) -> Change:
    """The backup has what its newest snapshot has, and neither can be written to."""

    def change(state: State) -> State:
        snapshots = (*state.snapshots, Past(source.pieces, ()))
        return State(source.pieces, snapshots=snapshots, tags=state.tags, source=source)

    return change


def refusal(backup: State, source: Past) -> str | None:
    """Why the newest snapshot of a disk can't be backed up; None where it can."""
    if backup.source is None:
        return None
    if backup.source == source:
        return EARLIER
    return OVERWRITTEN if backup.source.page_map != source.page_map else None
