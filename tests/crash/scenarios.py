"""What leads to each named crash point (include/lapis/base/crash_points.def), under load."""

from __future__ import annotations

import os
import random
import re
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from ground import (
    CALM, COMPACT, DEMOTE, MIB, OUT, PROMOTE, SCRUB, SHELF, Ground, Missed, Policy, Stopped,
)  # fmt: skip
from lapis_server import REPOSITORY
from observing import eventually
from sender import crash_client, with_room

POINT = re.compile(r'^X\(k\w+, *"([a-z-]+)"\)', re.MULTILINE)
DRAINED_FROM = 12 * MIB  # bytes on a path before it is drained
SMALL_BODIES = 64


def point_names() -> list[str]:
    return POINT.findall((REPOSITORY / "include/lapis/base/crash_points.def").read_text())


Step = Callable[[Ground, random.Random], None]


def nothing(ground: Ground, rng: random.Random) -> None:
    """The load alone leads there."""


@dataclass(frozen=True)
class Scenario:
    name: str
    policy: Policy
    prepare: Step = nothing  # before the start at which the daemon stops; it does not run
    provoke: Step = nothing  # over and over while the daemon runs
    settle: Step = nothing  # after the crash and before all is compared; the daemon does not run
    loaded: bool = True
    most: int = 1000  # how often it is sure to pass a point


# --- paths that come and go ---


def live_a_path(ground: Ground, rng: random.Random) -> None:
    """One step in the life of the extra path: added, filled, drained, retired."""
    path = ground.extra()
    shown = ground.paths().get(path, {"state": "none"})
    if shown["state"] == "none":
        added = ground.command("pool", "add", "flash", path)
        if "was retired" in added.err:
            ground.extra_number += 1
        elif added.code != 0:
            raise Missed(f"pool add: {added.err}")
    elif shown["state"] == "online":
        if shown["live_bytes"] > DRAINED_FROM:
            ground.command("pool", "drain", path)
    elif shown["state"] == "draining":
        ground.command("pool", "retire", path)  # refused until it is empty
    elif shown["state"] == "retired":
        shutil.rmtree(path)
        ground.extra_number += 1
    else:
        raise Missed(f"{path} is {shown}")


# --- starts ---


def crash_under_load(ground: Ground, rng: random.Random) -> None:
    """So that the start has something to recover from."""
    ground.server.start()
    ground.begin_load()
    time.sleep(rng.uniform(0.3, 0.6))
    ground.stage.strike(rng)
    if trouble := ground.end_load():
        raise Missed(f"before: {trouble}")


def leave_a_file(ground: Ground, rng: random.Random) -> None:
    """A crash when an extent has a file and no row."""
    try:
        ground.launch_to("extent-made", 1, rng)
        ground.begin_load()  # fills the path, where there is one, so that it goes and another comes
        while True:
            live_a_path(ground, rng)
            ground.pause(0.02)
    except Stopped:
        ground.stage.strike(rng)
    if trouble := ground.end_load():
        raise Missed(f"before: {trouble}")


# --- moving down, moving up ---


def put_large(ground: Ground, rng: random.Random) -> None:
    """On fast disks: while these are being emptied the load's large bodies go to slow ones at once."""
    ground.configure(CALM)
    ground.server.start()
    client = crash_client(ground.server.endpoint)
    for number in range(4):
        name, body = f"large{number}", rng.randbytes(3 * MIB)
        assert with_room(partial(client.put_blob, SHELF, name, body)).status == 201
    client.close()
    assert ground.server.stop() == 0
    ground.configure(DEMOTE)


def empty_flash(ground: Ground, rng: random.Random) -> None:
    ground.configure(DEMOTE)
    ground.server.start()
    ground.deadline = time.monotonic() + 30
    while ground.paths()[ground.stage.flash]["live_bytes"] > 8 * MIB:
        ground.pause(0.1)
    assert ground.server.stop() == 0
    ground.configure(PROMOTE)


def read_shelf(ground: Ground, rng: random.Random) -> None:
    ground.read_shelf()


# --- small bodies ---


class SmallBodies:
    """On the shelf, in the metadata until the daemon starts that stops at the point."""

    def __init__(self) -> None:
        self.contents: list[bytes] = []

    def make(self, ground: Ground, rng: random.Random) -> None:
        self.contents = [rng.randbytes(rng.randint(300, 4096)) for _ in range(SMALL_BODIES)]
        ground.configure(CALM)
        ground.server.start()
        client = crash_client(ground.server.endpoint)
        for number, content in enumerate(self.contents):
            assert client.put_blob(SHELF, f"small{number}", content).status == 201
        client.close()
        assert ground.server.stop() == 0
        ground.configure(OUT)

    def check(self, ground: Ground, rng: random.Random) -> None:
        ground.server.start()
        client = crash_client(ground.server.endpoint)
        for number, content in enumerate(self.contents):
            answer = client.get_blob(SHELF, f"small{number}")
            assert answer.status == 200 and answer.body == content, f"small{number}"
        client.close()
        assert ground.server.stop() == 0


# --- damage ---


class Damage:
    """A flipped bit in one blob's bytes at rest."""

    def __init__(self) -> None:
        self.where: tuple[Path, int] | None = None
        self.content = b""

    def flip(self) -> None:
        assert self.where is not None
        file, offset = self.where
        descriptor = os.open(file, os.O_RDWR)
        old = os.pread(descriptor, 1, offset)[0]
        os.pwrite(descriptor, bytes([old ^ 0x10]), offset)
        os.fsync(descriptor)
        os.close(descriptor)

    def find(self, ground: Ground) -> tuple[Path, int]:
        for around in {ground.stage.flash.parent, ground.stage.slow.parent}:
            for path in around.glob("*/extents/*"):
                if (at := path.read_bytes().find(self.content[:64])) >= 0:
                    return path, at + 1000
        raise Missed("the victim is in no extent")

    def make(self, ground: Ground, rng: random.Random) -> None:
        """Nothing moves meanwhile: there is one copy."""
        self.content = rng.randbytes(200_000)
        ground.server.start()
        client = crash_client(ground.server.endpoint)
        assert with_room(lambda: client.put_blob(SHELF, "victim", self.content)).status == 201
        client.close()
        assert ground.server.stop() == 0
        self.where = self.find(ground)
        self.flip()

    def make_and_heal(self, ground: Ground, rng: random.Random) -> None:
        """What is found by then is to be forgotten."""
        self.make(ground, rng)
        self.wait_for(ground, 1)
        self.flip()

    def wait_for(self, ground: Ground, damaged: int) -> None:
        ground.server.start()
        if not eventually(lambda: ground.damaged_chunks() == damaged, 20):
            raise Missed(f"{ground.damaged_chunks()} chunks are known as damaged, not {damaged}")
        client = crash_client(ground.server.endpoint)
        answer = client.get_blob(SHELF, "victim")
        client.close()
        if answer.status == 200 and answer.body != self.content:
            raise AssertionError("damaged bytes were served")
        if (answer.status == 200) != (damaged == 0):
            raise AssertionError(f"{damaged} damaged, but the answer is {answer.status}")
        assert ground.server.stop() == 0

    def found_and_healed(self, ground: Ground, rng: random.Random) -> None:
        self.wait_for(ground, 1)
        self.flip()
        self.wait_for(ground, 0)

    def healed(self, ground: Ground, rng: random.Random) -> None:
        self.wait_for(ground, 0)


TRAFFIC = Scenario("demote", DEMOTE)
LARGE_TRAFFIC = Scenario("demote", DEMOTE, prepare=put_large)
DRAIN = Scenario("drain", CALM, provoke=live_a_path)
COMPACTION = Scenario("compact", COMPACT)
# All of the shelf may come up in one batch.
PROMOTION = Scenario("promote", PROMOTE, prepare=empty_flash, provoke=read_shelf, most=1)
RECOVERY = Scenario("recover", DEMOTE, prepare=crash_under_load, loaded=False)
LEFTOVER = Scenario("leftover", CALM, prepare=leave_a_file, loaded=False)
SMALL = Scenario("small", OUT, prepare=(_small := SmallBodies()).make, settle=_small.check)
HEAT = Scenario("heat", CALM, provoke=read_shelf)
SCRUBBING = Scenario("scrub", SCRUB)
DAMAGED = Scenario(
    "damage", SCRUB, prepare=(_found := Damage()).make, settle=_found.found_and_healed
)
HEALED = Scenario(
    "heal", SCRUB, prepare=(_healed := Damage()).make_and_heal, settle=_healed.healed
)


@dataclass(frozen=True)
class Way:
    """To a point: by these scenarios in turn; the daemon stops there at one of the first `most`
    passings."""

    scenarios: tuple[Scenario, ...]
    most: int = 1


MOVES = (TRAFFIC, DRAIN, COMPACTION, PROMOTION)
LARGE_MOVES = (LARGE_TRAFFIC, DRAIN, PROMOTION)  # what is left in a sparse extent is mostly small

WAYS = {
    "write-written": Way((TRAFFIC,), 200),
    "write-synced": Way((TRAFFIC, DRAIN), 200),
    "commit-before-write": Way((TRAFFIC, COMPACTION), 300),
    "commit-written": Way((TRAFFIC, COMPACTION), 300),
    "ids-reserved": Way((RECOVERY,)),
    "release-durable": Way((TRAFFIC,), 10),
    "move-small-written": Way(MOVES, 3),
    "move-large-half-written": Way(LARGE_MOVES, 3),
    "move-large-written": Way(LARGE_MOVES, 2),
    "move-synced": Way(MOVES, 3),
    "move-before-swap": Way(MOVES, 3),
    "move-swapped": Way(MOVES, 3),
    "move-counted": Way(MOVES, 3),
    "compact-chosen": Way((COMPACTION,), 3),
    "compact-listed": Way((COMPACTION,), 3),
    "compact-emptied": Way((COMPACTION,), 3),
    "out-written": Way((SMALL,), 2),
    "out-synced": Way((SMALL,), 2),
    "out-before-swap": Way((SMALL,), 2),
    "out-swapped": Way((SMALL,), 2),
    "out-counted": Way((SMALL,), 2),
    "out-before-compact": Way((SMALL,), 2),
    "out-compacted": Way((SMALL,), 2),
    "extent-allocated": Way((DRAIN,)),
    "extent-made": Way((DRAIN,)),
    "extent-header-written": Way((TRAFFIC,), 5),
    "extent-header-synced": Way((TRAFFIC,), 5),
    "extent-registered": Way((DRAIN,)),
    "extent-renewed": Way((TRAFFIC, COMPACTION), 3),
    "extent-recorded": Way((TRAFFIC,), 5),
    "extent-given-back": Way((DRAIN,)),
    "reclaim-begun": Way((TRAFFIC, COMPACTION, DRAIN), 3),
    "reclaim-walked": Way((TRAFFIC, COMPACTION, DRAIN), 3),
    "reclaim-before-free": Way((TRAFFIC, COMPACTION, DRAIN), 3),
    "reclaim-freed": Way((TRAFFIC, COMPACTION, DRAIN), 3),
    "path-before-superblock": Way((DRAIN,), 3),
    "path-superblock-written": Way((DRAIN,), 3),
    "path-occupied": Way((DRAIN,), 3),
    "leftover-removed": Way((LEFTOVER,)),
    "open-before-rows": Way((RECOVERY,)),
    "open-registered": Way((RECOVERY,)),
    "add-before-rows": Way((DRAIN,)),
    "add-registered": Way((DRAIN,)),
    "add-adopted": Way((DRAIN,)),
    "mode-before-row": Way((DRAIN,)),
    "mode-row-written": Way((DRAIN,)),
    "mode-changed": Way((DRAIN,)),
    "retire-before-rows": Way((DRAIN,)),
    "retire-rows-gone": Way((DRAIN,)),
    "retire-marked": Way((DRAIN,)),
    "heat-before-noted": Way((HEAT,)),
    "heat-noted": Way((HEAT,)),
    "scrub-before-save": Way((SCRUBBING,), 4),
    "scrub-saved": Way((SCRUBBING,), 4),
    "damage-before-record": Way((DAMAGED,)),
    "damage-recorded": Way((DAMAGED,)),
    "damage-cleared": Way((HEALED,)),
}
