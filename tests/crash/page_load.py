"""The part of the load that changes page blobs, and backs up one of them."""

from __future__ import annotations

import random

from azure_client import Response
from copying import bare_url
from model import Key
from page_model import (
    OVERWRITTEN,
    PAGE,
    Pieces,
    back_up,
    copy_disk,
    make_disk,
    refusal,
    resize,
    write_pages,
    zeros,
)
from paging import clear, make, write
from sender import MAX_SNAPSHOTS, Refused, Sender, draw_tags, snapshot_times, tags_header

STRIPE = 256 << 10
SHORTEST = 8 * PAGE
LONGEST = 2 * STRIPE + (64 << 10)
# Pages of a write or a clear, at most; how often. Up to eight pages live inline.
SPANS = [(8, 6), (32, 2), (128, 2)]
NEAR = 32  # pages between where something begins and the end of a stripe or the blob, at most


def draw_length(rng: random.Random) -> int:
    return PAGE * rng.randint(SHORTEST // PAGE, LONGEST // PAGE)


def draw_span(rng: random.Random, length: int) -> tuple[int, int]:
    """First byte and how many. Mostly around the same few places, so that much is written over."""
    most = rng.choices([pages for pages, _ in SPANS], [weight for _, weight in SPANS])[0]
    size = min(length, PAGE * rng.randint(1, most))
    edge = rng.choice([end for end in (STRIPE, 2 * STRIPE, length) if end <= length])
    first = edge + PAGE * rng.randint(-NEAR, NEAR)
    return max(0, min(first, length - size)), size


class PageLoad:
    def __init__(self, sender: Sender) -> None:
        self.sender = sender
        self.rng = sender.rng
        self.portfolio = sender.portfolio

    def make(self, disk: Key) -> None:
        length, tags, client = draw_length(self.rng), draw_tags(self.rng), self.sender.client
        change, headers = make_disk(disk.next_version(), length, tags), tags_header(tags)
        request = lambda: make(client, disk.container, disk.name, length, headers)  # noqa: E731
        self.sender.send(disk, change, 201, request)

    def write(self, disk: Key) -> None:
        first, size = draw_span(self.rng, disk.state.size())
        piece, client = disk.next_piece(size), self.sender.client
        change, body = write_pages(first, piece), piece.content()
        request = lambda: write(client, disk.container, disk.name, first, body)  # noqa: E731
        self.sender.send(disk, change, 201, request)

    def clear(self, disk: Key) -> None:
        first, size = draw_span(self.rng, disk.state.size())
        change, client = write_pages(first, zeros(size)), self.sender.client
        request = lambda: clear(client, disk.container, disk.name, first, size)  # noqa: E731
        self.sender.send(disk, change, 201, request)

    def resize(self, disk: Key) -> None:
        length, client = draw_length(self.rng), self.sender.client
        headers = {"x-ms-blob-content-length": str(length)}
        self.sender.send(
            disk, resize(length), 200,
            lambda: client.set_blob_properties(disk.container, disk.name, headers),
        )  # fmt: skip

    def url(self, key: Key, snapshot: int | None) -> str:
        """The daemon is asked when the snapshot was taken: one that had no answer may be there."""
        url = bare_url(self.sender.copier, key.container, key.name)
        if snapshot is None:
            return url
        times = snapshot_times(self.sender.client, key)
        if len(times) != len(key.state.snapshots):
            raise Refused(f"{key.name}: snapshots of {times}, but {key.state}")
        return f"{url}?snapshot={times[snapshot]}"

    def draw_source(self) -> tuple[Key, int | None, Pieces]:
        """Of a copy: a disk, or a snapshot of a disk or a backup."""
        disks = [(key, None, key.state.pieces or ()) for key in self.portfolio.disks]
        found: list[tuple[Key, int | None, Pieces]] = []
        for key in self.portfolio.disks + self.portfolio.backups:
            found += [(key, i, past.pieces) for i, past in enumerate(key.state.snapshots)]
        if not found or self.rng.random() < 0.6:
            return self.rng.choice([disk for disk in disks if disk[0].state.exists()])
        return self.rng.choice(found)

    def copy(self, disk: Key) -> None:
        """By way of another container half of the time. Most are layers over their source; what has
        many beneath it already, as copies of present states come to have, is written anew."""
        source, snapshot, pieces = self.draw_source()
        tags = draw_tags(self.rng)
        relay = f"w{self.portfolio.number:02d}-disk" if self.rng.random() < 0.5 else None

        def request() -> Response:
            return self.sender.copy_url(disk, self.url(source, snapshot), relay, tags)

        self.sender.send(disk, copy_disk(disk.next_version(), pieces, tags), 202, request)

    def back_up(self, backup: Key, disk: Key) -> None:
        """The newest snapshot. What can't be backed up has to be refused."""
        if not disk.state.snapshots:
            self.sender.snapshot(disk)
            return
        source = disk.state.snapshots[-1]
        if (refused := refusal(backup.state, source)) is None:
            change = back_up(source)
            self.sender.send(backup, change, 202, lambda: self.copy_incrementally(backup, disk))
            return
        response = self.copy_incrementally(backup, disk)
        if response.error_code != refused:
            raise Refused(f"{backup.name}: expected {refused}, got {response}")
        if refused == OVERWRITTEN:
            self.sender.delete(backup)
        else:
            self.sender.snapshot(disk)

    def copy_incrementally(self, backup: Key, disk: Key) -> Response:
        source, copier = self.url(disk, -1), self.sender.copier
        return copier.incremental_copy_blob(backup.container, backup.name, source)

    def change_backup(self, backup: Key, disk: Key) -> None:
        if not disk.state.exists():
            self.make(disk)
        elif backup.state.exists() and self.rng.random() < 0.05:
            self.sender.delete(backup)
        elif len(backup.state.snapshots) >= MAX_SNAPSHOTS:
            self.sender.delete_snapshots(backup)
        else:
            self.back_up(backup, disk)

    def step(self) -> None:
        if self.rng.random() < 0.25:
            self.change_backup(self.rng.choice(self.portfolio.backups), self.portfolio.disks[0])
            return
        disk, chance = self.rng.choice(self.portfolio.disks), self.rng.random()
        if not disk.state.exists() or chance < 0.01:
            self.make(disk)
        elif chance < 0.03:
            self.sender.delete(disk)
        elif chance < 0.15:
            self.sender.snapshot(disk)
        elif chance < 0.31:
            self.copy(disk)
        elif chance < 0.38:
            self.resize(disk)
        elif chance < 0.50:
            self.clear(disk)
        elif chance < 0.53:
            self.sender.set_tags(disk)
        else:
            self.write(disk)
