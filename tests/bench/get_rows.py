"""Reading: small blobs with either credential, spread and concentrated, and large ones."""

from __future__ import annotations

from collections.abc import Callable

from blob_servers import Azurite, Lapis
from contest import MEBIBYTES, REQUESTS, Contestant, Prepared, Row, Stage
from filling import blob_name, fill
from generator import MIB, Plan, Sample, run
from nginx import Nginx
from server import Server
from settings import Settings

SMALL = 4096
LARGE = 64 * MIB
LARGE_BLOBS = 4
LARGE_CONNECTIONS = 4


def get_small(
    server: Server, settings: Settings, count: int, shared_key: bool = False
) -> Contestant:
    """Reads of the blobs that `fill` has written, in random order."""

    def measure(round_number: int) -> Sample:
        # Signed anew each round: a signature holds for 15 minutes only.
        heads = [server.get_head(blob_name(number), shared_key) for number in range(count)]
        plan = Plan(
            server.endpoint, heads, 200, settings.seconds, settings.connections, random_order=True,
            warmup=settings.warmup, processes=server.processes(),
        )  # fmt: skip
        with server.awake():
            return run(plan, settings)

    return Contestant(server.name, measure)


def small(blobs: Callable[[Settings], int], shared_key: bool) -> Callable[[Stage], Prepared]:
    def prepare(stage: Stage) -> Prepared:
        contestants = []
        count = blobs(stage.settings)
        for server in stage.start_each(Lapis, Nginx, Azurite):
            fill(server, stage.settings, count, SMALL)
            contestants.append(get_small(server, stage.settings, count, shared_key))
        return contestants, []

    return prepare


def get_large(server: Server, settings: Settings) -> Contestant:
    heads = [server.get_head(blob_name(number)) for number in range(LARGE_BLOBS)]

    def measure(round_number: int) -> Sample:
        plan = Plan(
            server.endpoint, heads, 200, settings.seconds, LARGE_CONNECTIONS,
            warmup=settings.warmup, processes=server.processes(),
        )  # fmt: skip
        with server.awake():
            return run(plan, settings).by_bytes()

    return Contestant(server.name, measure)


def large(stage: Stage) -> Prepared:
    contestants = []
    for server in stage.start_each(Lapis, Nginx, Azurite):
        fill(server, stage.settings, LARGE_BLOBS, LARGE)
        contestants.append(get_large(server, stage.settings))
    return contestants, []


def spread(settings: Settings) -> int:
    return settings.blobs


def one(settings: Settings) -> int:
    return 1


AIM = {"nginx": 0.8}
GET_ROWS = [
    Row("get-4k-sas", "GET 4 KiB, {blobs:,} blobs, SAS", REQUESTS, small(spread, False), AIM),
    Row("get-4k-key", "GET 4 KiB, {blobs:,} blobs, SharedKey", REQUESTS, small(spread, True), AIM),
    Row("get-4k-one-sas", "GET 4 KiB, one blob, SAS", REQUESTS, small(one, False), AIM),
    Row("get-4k-one-key", "GET 4 KiB, one blob, SharedKey", REQUESTS, small(one, True), AIM),
    Row("get-64m", "GET 64 MiB, 4 connections, SAS", MEBIBYTES, large, {"nginx": 1.0}),
]
