"""Writing whole blobs, small and large."""

from __future__ import annotations

from blob_servers import Azurite, Lapis
from contest import MEBIBYTES, REQUESTS, Contestant, Prepared, Row, Stage
from filling import random_file
from generator import MIB, SERIAL, Plan, Sample, run
from nginx import Nginx
from references import md5_alone
from server import Server
from settings import MD5, Settings

SMALL = 4096
LARGE = 64 * MIB
LARGE_CONNECTIONS = 4
LARGE_NAMES = 8  # written over and over, so that the disk does not fill up


def put_small(server: Server, settings: Settings) -> Contestant:
    """Every request makes a blob of its own."""
    body = random_file(settings, SMALL)

    def measure(round_number: int) -> Sample:
        head = server.put_head(f"small-{round_number}-{SERIAL}", SMALL)
        plan = Plan(
            server.endpoint, [head], 201, settings.seconds, settings.connections, body,
            warmup=settings.warmup, processes=server.processes(),
        )  # fmt: skip
        with server.awake():
            return run(plan, settings)

    return Contestant(server.name, measure)


def small(stage: Stage) -> Prepared:
    servers = stage.start_each(Lapis, Nginx, Azurite)
    return [put_small(server, stage.settings) for server in servers], []


def put_large(server: Server, settings: Settings) -> Contestant:
    body = random_file(settings, LARGE)
    names = [f"large-{number}" for number in range(LARGE_NAMES)]

    def measure(round_number: int) -> Sample:
        heads = [server.put_head(name, LARGE) for name in names]
        plan = Plan(
            server.endpoint, heads, server.overwritten, settings.seconds, LARGE_CONNECTIONS, body,
            warmup=settings.warmup, processes=server.processes(),
        )  # fmt: skip
        with server.awake():
            return run(plan, settings).by_bytes()

    # The names are there when the first round begins: nginx answers otherwise to a new one.
    first = [server.put_head(name, LARGE) for name in names]
    run(
        Plan(server.endpoint, first, 201, settings.seed_limit, 1, body, max_requests=LARGE_NAMES),
        settings,
    )
    return Contestant(server.name, measure)


def large(stage: Stage) -> Prepared:
    servers = stage.start_each(Lapis, Nginx, Azurite)
    contestants = [put_large(server, stage.settings) for server in servers]
    if stage.settings.wants(MD5):
        contestants.insert(1, md5_alone(stage.settings))
    return contestants, []


UNSYNCED = "nginx syncs nothing, Azurite bodies but not names; Lapis answers when all is durable"

PUT_ROWS = [
    Row(
        "put-4k",
        "PUT 4 KiB, durable, SAS",
        REQUESTS,
        small,
        {"nginx": 1.0},
        [f"put-4k: {UNSYNCED}"],
    ),
    Row(
        "put-64m",
        "PUT 64 MiB, durable, 4 connections, SAS",
        MEBIBYTES,
        large,
        {MD5: 0.85},
        [f"put-64m: {UNSYNCED}. Azure stores the MD5 of each blob: one core computes no more"],
    ),
]
