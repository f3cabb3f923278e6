"""Blocks: large ones staged durably, and a list of 50,000 committed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from blob_client import block_list_xml
from blob_servers import Azurite, AzuriteInMemory, BlobServer, Lapis
from contest import MEBIBYTES, REQUESTS, Contestant, Prepared, Row, Stage
from filling import put_numbered, random_file
from generator import MIB, SERIAL, LoadFailed, Plan, Sample, run, serial
from references import durable_writes
from settings import FIO, Settings

LARGE = 8 * MIB
LARGE_CONNECTIONS = 4
TINY = 1024


def discard(server: BlobServer, settings: Settings, blob: str) -> None:
    """Commits a list without blocks over what is staged: its room can be used again."""
    empty = settings.directory / "empty-list"
    empty.write_bytes(block_list_xml([]))
    head = server.put_block_list_head(blob, empty.stat().st_size)
    run(Plan(server.endpoint, [head], 201, settings.seed_limit, 1, empty, max_requests=1), settings)


def put_blocks(server: BlobServer, settings: Settings) -> Contestant:
    body = random_file(settings, LARGE)

    def measure(round_number: int) -> Sample:
        blob = f"blocks-{round_number}"
        # Twelve digits are base64 of nine bytes: a block id.
        head = server.put_block_head(blob, SERIAL, LARGE)
        plan = Plan(
            server.endpoint, [head], 201, settings.seconds, LARGE_CONNECTIONS, body,
            warmup=settings.warmup, processes=server.processes(),
        )  # fmt: skip
        with server.awake():
            sample = run(plan, settings).by_bytes()
            discard(server, settings, blob)
            return sample

    return Contestant(server.name, measure)


def large(stage: Stage) -> Prepared:
    contestants = [
        put_blocks(server, stage.settings) for server in stage.start_each(Lapis, Azurite)
    ]
    if stage.settings.wants(FIO):
        contestants.insert(1, durable_writes(stage.settings))
    return contestants, []


class Commits:
    """Of one server: each round stages blocks on a blob of its own and commits them all by one
    request, which is what is measured."""

    def __init__(self, server: BlobServer, settings: Settings) -> None:
        self.server = server
        self.settings = settings
        self.staged = 0  # on the blob of round 0

    def stage(self, round_number: int, count: int) -> int:
        """As `put_numbered`. Later rounds, which must reach what the first did, get twice its time."""
        settings = self.settings
        if round_number > 0:
            settings = replace(settings, seed_limit=2 * settings.seed_limit)
        head = self.server.put_block_head(f"commit-{round_number}", SERIAL, TINY)
        body = random_file(settings, TINY)
        return put_numbered(self.server, settings, head, count, body)

    def list_file(self, count: int) -> Path:
        path = self.settings.directory / f"list-{count}"
        if not path.exists():
            path.write_bytes(
                block_list_xml([("Latest", serial(number)) for number in range(count)])
            )
        return path

    def contestant(self, count: int) -> Contestant:
        def measure(round_number: int) -> Sample:
            with self.server.awake():
                staged = self.staged if round_number == 0 else self.stage(round_number, count)
                if staged < count:
                    raise LoadFailed(
                        f"{self.server.name} took {staged} blocks in time, {count} before"
                    )
                body = self.list_file(count)
                head = self.server.put_block_list_head(
                    f"commit-{round_number}", body.stat().st_size
                )
                plan = Plan(
                    self.server.endpoint, [head], 201, self.settings.seed_limit, 1, body,
                    max_requests=1, processes=self.server.processes(),
                )  # fmt: skip
                return run(plan, self.settings)

        return Contestant(self.server.name, measure)


def commits(stage: Stage) -> Prepared:
    """Where a server is not filled in time, all of them commit as many as it has taken."""
    settings = stage.settings
    wanted = count = settings.blocks
    entrants = []
    # The slowest first, so that nobody stages more than is committed.
    for server in stage.start_each(AzuriteInMemory, Lapis):
        entrant = Commits(server, settings)
        entrant.staged = entrant.stage(0, count)
        count = min(count, entrant.staged)
        entrants.insert(0, entrant)
    notes = []
    if count < wanted:
        notes.append(
            f"put-block-list: {count:,} blocks, not {wanted:,}, on every server: Azurite took "
            f"no more in {settings.seed_limit:g} seconds"
        )
    return [entrant.contestant(count) for entrant in entrants], notes


BLOCK_ROWS = [
    Row(
        "put-block-8m",
        "Put Block 8 MiB, durable, 4 connections, SAS",
        MEBIBYTES,
        large,
        {FIO: 0.85},
        [
            "put-block-8m: fio: 4 jobs, O_DIRECT, fdatasync after each block, files that are there "
            "already; its latencies leave the sync out. Azurite syncs bodies, not names"
        ],
    ),
    Row(
        "put-block-list",
        "Put Block List, {blocks:,} blocks, durable, SAS",
        REQUESTS,
        commits,
        {"Azurite": 50},
        ["put-block-list: one request a round, on blocks staged before it; Azurite in memory"],
    ),
]
