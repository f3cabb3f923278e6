"""Tiering: a small flash pool in front of a larger slow one. What is written stays what it is,
wherever it lies."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from azure_client import expect
from blob_client import BlobClient
from configuration import disks, flash, write_config
from lapis_server import LapisServer
from observing import Metrics, eventually, metrics
from signing import DEVELOPMENT_ACCOUNT

MIB = 1 << 20
POLICY = """\
capacity = "128MiB"
high_watermark = 80
low_watermark = 60
"""


@pytest.fixture
def server(new_server: Callable[..., LapisServer], tmp_path: Path) -> LapisServer:
    data = tmp_path / "data"
    pools = [flash(data / "flash", settings=POLICY), disks(data / "disk1", data / "disk2")]
    config = write_config(tmp_path / "lapis.toml", data / "meta", pools)
    return new_server(config=config, shared_data=data, admin="127.0.0.1:0").start()


@pytest.fixture
def owner(server: LapisServer) -> Iterator[BlobClient]:
    client = BlobClient(server.endpoint, DEVELOPMENT_ACCOUNT.name, DEVELOPMENT_ACCOUNT)
    expect(client.create_container("cold"), 201)
    yield client
    client.close()


def content(number: int, size: int) -> bytes:
    return random.Random(number).randbytes(size)


def sizes(count: int) -> list[int]:
    """From what is just not inline to several chunks."""
    return [(5_000, 60_000, MIB, 3 * MIB + 17, 9 * MIB)[number % 5] for number in range(count)]


def put_all(client: BlobClient, count: int, first: int = 0) -> None:
    for number in range(first, count):
        body = content(number, sizes(count)[number])
        expect(client.put_blob("cold", f"b{number:04}", body), 201)


def check_all(client: BlobClient, count: int) -> None:
    for number, size in enumerate(sizes(count)):
        answer = expect(client.get_blob("cold", f"b{number:04}"), 200)
        assert answer.body == content(number, size), number


def settled(server: LapisServer, seconds: float = 60.0) -> Metrics:
    """When flash is six extents of 4 MiB below its high watermark, where moving down begins."""
    deadline = time.monotonic() + seconds
    while True:
        page = metrics(server)
        used = page.total("lapis_tier_used_bytes", pool="flash")
        high = page.total("lapis_tier_high_bytes", pool="flash")
        if used <= high - 24 * MIB and page.total("lapis_tier_demoting", pool="flash") == 0:
            return page
        assert time.monotonic() < deadline, (used, high)
        time.sleep(0.2)


def test_cold_bytes_go_down_and_compare_equal(server: LapisServer, owner: BlobClient):
    count = 240  # 656 MiB
    for first in range(0, count, 5):  # what comes faster than it moves down goes to disks itself
        put_all(owner, first + 5, first)
        page = settled(server)
    assert page.total("lapis_tier_demoted_bytes_total", pool="flash") > 64 * MIB
    assert page.total("lapis_tier_unmovable_chunks") == 0
    check_all(owner, count)
    server.stop()
    server.start()
    client = BlobClient(server.endpoint, DEVELOPMENT_ACCOUNT.name, DEVELOPMENT_ACCOUNT)
    check_all(client, count)
    client.close()


def test_kill_while_it_moves_loses_nothing(server: LapisServer):
    count = 60
    rng = random.Random(7)
    client = BlobClient(server.endpoint, DEVELOPMENT_ACCOUNT.name, DEVELOPMENT_ACCOUNT)
    expect(client.create_container("cold"), 201)
    moved = 0.0
    for _ in range(6):
        put_all(client, count)
        time.sleep(rng.uniform(0.0, 0.6))
        moved += metrics(server).total("lapis_tier_demoted_bytes_total", pool="flash")
        client.close()
        server.kill()
        server.start()
        client = BlobClient(server.endpoint, DEVELOPMENT_ACCOUNT.name, DEVELOPMENT_ACCOUNT)
        check_all(client, count)
    assert moved > 0
    settled(server)
    check_all(client, count)
    client.close()


def test_what_was_deleted_comes_back_without_moving_down(server: LapisServer, owner: BlobClient):
    """More than fits is written in all; less than the low watermark of it lives at any time."""
    first, second = range(360), range(360, 500)  # 69 MiB and 27, each in extents of 4
    for number in first:
        expect(owner.put_blob("cold", f"d{number}", content(number, 200_000)), 201)
    for number in first:
        if number % 4:
            expect(owner.delete_blob("cold", f"d{number}"), 202)
    for number in second:
        expect(owner.put_blob("cold", f"d{number}", content(number, 200_000)), 201)
    assert eventually(
        lambda: metrics(server).total("lapis_tier_compacted_bytes_total", pool="flash") > 0, 60
    )
    page = settled(server)
    # One batch may go where emptied extents are not free yet; what died would have sent 17 MiB.
    assert page.total("lapis_tier_demoted_bytes_total", pool="flash") < 8 * MIB
    for number in [*first[::4], *second]:
        assert owner.get_blob("cold", f"d{number}").body == content(number, 200_000)


def test_damage_stays_where_it_is_and_is_never_served(server: LapisServer, owner: BlobClient):
    owner.put_blob("cold", "whole", content(1, 3 * MIB))
    owner.put_blob("cold", "broken", content(2, 3 * MIB))
    server.stop()
    needle = content(2, 3 * MIB)[MIB : MIB + 64]
    (extent,) = [
        path for path in (server.data_dir / "flash/extents").iterdir()
        if needle in path.read_bytes()
    ]  # fmt: skip
    data = bytearray(extent.read_bytes())
    data[data.index(needle) + 5] ^= 0x10
    extent.write_bytes(data)
    server.start()
    client = BlobClient(server.endpoint, DEVELOPMENT_ACCOUNT.name, DEVELOPMENT_ACCOUNT)
    put_all(client, 90)
    deadline = time.monotonic() + 60
    while metrics(server).total("lapis_tier_unmovable_chunks", pool="flash") == 0:
        assert time.monotonic() < deadline
        time.sleep(0.2)
    check_all(client, 90)
    assert client.get_blob("cold", "whole").body == content(1, 3 * MIB)
    first = client.get_blob("cold", "broken", headers={"Range": "bytes=0-1023"})
    assert first.status == 206
    assert first.body == content(2, 3 * MIB)[:1024]
    damaged = client.get_blob("cold", "broken", headers={"Range": f"bytes={MIB}-{MIB + 1023}"})
    assert damaged.status >= 500
    client.close()
