"""Puts data into the servers before anything is measured."""

from __future__ import annotations

import random
from pathlib import Path

from generator import SERIAL, LoadFailed, Plan, run, serial
from nginx import Nginx
from server import Server
from settings import Settings

CONNECTIONS = 32
PREFIX = "b-"


def random_file(settings: Settings, length: int) -> Path:
    """Bytes that nothing can compress, the same in every run."""
    path = settings.directory / f"body-{length}"
    if not path.exists():
        path.write_bytes(random.Random(length).randbytes(length))
    return path


def blob_name(number: int) -> str:
    """Of a blob that `fill` has written."""
    return PREFIX + serial(number)


def put_numbered(server: Server, settings: Settings, head: str, count: int, body: Path) -> int:
    """Sends `head` with the numbers from 0 on, until there are `count` or the time that filling may
    take is up; how many there are."""
    plan = Plan(
        server.endpoint, [head], 201, settings.seed_limit, min(CONNECTIONS, count), body,
        max_requests=count,
    )  # fmt: skip
    return run(plan, settings).raw["requests"]


def fill(server: Server, settings: Settings, count: int, length: int) -> None:
    """Writes `count` blobs of `length` bytes; files for nginx are written without it."""
    body = random_file(settings, length)
    if isinstance(server, Nginx):
        content = body.read_bytes()
        for number in range(count):
            (server.files / blob_name(number)).write_bytes(content)
        return
    head = server.put_head(PREFIX + SERIAL, length)
    if put_numbered(server, settings, head, count, body) < count:
        raise LoadFailed(
            f"{server.name} did not take {count} blobs in {settings.seed_limit:g} seconds"
        )
