"""What all of a worker's load goes through: its keys, its connections, one request at a time."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.sharedctypes import SynchronizedArray
from urllib.parse import urlencode

from azure_client import Response
from blob_client import BlobClient, tags_xml
from copying import bare_url
from model import (
    CONTAINER,
    RELAY,
    Change,
    Key,
    Tags,
    delete,
    delete_snapshots,
    set_tags,
    take_snapshot,
)
from sas import account_sas
from signing import DEVELOPMENT_ACCOUNT

HOT_KEYS = 10  # a worker; changed over and over
LOGS = 2  # a worker; append blobs
DISKS = 2  # a worker; page blobs
MAX_SNAPSHOTS = 2  # a key
TAG_VALUES = 4  # of each of two keys, so that many blobs have the same
FULL = 507
ROOM_LIMIT = 30.0  # seconds until a full store has compacted what has died in it


def draw_tags(rng: random.Random) -> Tags:
    keys = [key for key in ("a", "b") if rng.random() < 0.6]
    return tuple((key, str(rng.randrange(TAG_VALUES))) for key in keys)


def tags_header(tags: Tags) -> dict[str, str]:
    return {"x-ms-tags": urlencode(tags)} if tags else {}


def crash_client(endpoint: str) -> BlobClient:
    token = account_sas(DEVELOPMENT_ACCOUNT, "rwdlactf", se="2999-01-01")
    return BlobClient(endpoint, DEVELOPMENT_ACCOUNT.name, sas=token, timeout=60)


def signing_client(endpoint: str) -> BlobClient:
    """For copies: one that the account's key signs shares its source's bytes."""
    return BlobClient(endpoint, DEVELOPMENT_ACCOUNT.name, account=DEVELOPMENT_ACCOUNT, timeout=60)


def snapshot_times(client: BlobClient, key: Key) -> list[str]:
    """Oldest first. Of this name alone; no other begins with it."""
    pages = client.list_pages(key.container, prefix=key.name, include="snapshots")
    entries = [entry for page in pages for entry in page.xml().findall("Blobs/Blob")]
    return [time for entry in entries if (time := entry.findtext("Snapshot"))]


def with_room(request: Callable[[], Response]) -> Response:
    """Again and again where the store is full: it is small, and what dies in it faster than it is
    compacted fills it. What lives would fit several times, so that this has to end."""
    limit = time.monotonic() + ROOM_LIMIT
    while True:
        response = request()
        if response.status != FULL or time.monotonic() > limit:
            return response
        time.sleep(0.02)


@dataclass
class Portfolio:
    """A worker's keys. Goes to the worker with the fork and comes back when it ends."""

    number: int
    hot: list[Key] = field(default_factory=list)
    cold: list[Key] = field(default_factory=list)
    logs: list[Key] = field(default_factory=list)
    disks: list[Key] = field(default_factory=list)
    backups: list[Key] = field(default_factory=list)  # of the first disk; one in each container
    acknowledged: int = 0  # since it was last taken
    trouble: str = ""  # an answer that should not have been
    made: int = 0

    def __post_init__(self) -> None:
        self.hot = [Key(f"w{self.number:02d}/hot/{i:02d}") for i in range(HOT_KEYS)]
        self.logs = [Key(f"w{self.number:02d}/log/{i:02d}") for i in range(LOGS)]
        self.disks = [Key(f"w{self.number:02d}/disk/{i:02d}") for i in range(DISKS)]
        self.backups = [
            Key(f"w{self.number:02d}/backup", container) for container in (CONTAINER, RELAY)
        ]

    def keys(self) -> list[Key]:
        return self.hot + self.cold + self.logs + self.disks + self.backups

    def take_acknowledged(self) -> int:
        taken, self.acknowledged = self.acknowledged, 0
        return taken

    def new_cold(self) -> Key:
        self.made += 1
        self.cold.append(Key(f"w{self.number:02d}/cold/{self.made:06d}"))
        return self.cold[-1]


class Refused(Exception):
    """The daemon answered, but not as it should."""


class Sender:
    def __init__(
        self, portfolio: Portfolio, endpoint: str, seed: str, in_flight: SynchronizedArray[int]
    ) -> None:
        self.portfolio = portfolio
        self.client = crash_client(endpoint)
        self.copier = signing_client(endpoint)
        self.rng = random.Random(seed)
        self.in_flight = in_flight

    def send(
        self, key: Key, change: Change, expected: int, request: Callable[[], Response]
    ) -> None:
        """Leaves `pending` set where no answer came."""
        key.pending = change(key.state)
        self.in_flight[self.portfolio.number] = 1
        response = with_room(request)
        self.in_flight[self.portfolio.number] = 0
        if response.status != expected:
            raise Refused(f"{key.name}: expected {expected}, got {response}")
        key.settle(key.pending, response["ETag"] or (key.etag if key.pending.exists() else None))
        self.portfolio.acknowledged += 1

    # --- what is done with blobs of every type ---

    def set_tags(self, key: Key) -> None:
        tags, client = draw_tags(self.rng), self.client
        change, document = set_tags(tags), tags_xml(dict(tags))
        self.send(
            key, change, 204, lambda: client.set_blob_tags(key.container, key.name, document)
        )

    def snapshot(self, key: Key) -> None:
        """All of them are deleted where they are many."""
        if len(key.state.snapshots) >= MAX_SNAPSHOTS:
            self.delete_snapshots(key)
            return
        change = take_snapshot(key.next_version())
        self.send(key, change, 201, lambda: self.client.snapshot_blob(key.container, key.name))

    def delete_snapshots(self, key: Key) -> None:
        only, client = {"x-ms-delete-snapshots": "only"}, self.client
        self.send(
            key, delete_snapshots, 202, lambda: client.delete_blob(key.container, key.name, only)
        )

    def delete(self, key: Key) -> None:
        include, client = {"x-ms-delete-snapshots": "include"}, self.client
        self.send(key, delete, 202, lambda: client.delete_blob(key.container, key.name, include))

    def copy_url(self, key: Key, url: str, relay: str | None, tags: Tags) -> Response:
        """By way of a blob of the other container, if one is named: both then hold the bytes of the
        source."""
        copier = self.copier
        if relay is not None:
            relayed = copier.copy_blob(RELAY, relay, url)
            if relayed.status != 202:
                return relayed
            url = bare_url(copier, RELAY, relay)
        return copier.copy_blob(key.container, key.name, url, tags_header(tags))
