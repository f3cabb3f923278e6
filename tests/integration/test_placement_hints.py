"""The access tier as a hint: what is Cool or Cold goes down first, or at once."""

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
from observing import eventually, metrics
from signing import DEVELOPMENT_ACCOUNT

MIB = 1 << 20


def start(new_server: Callable[..., LapisServer], tmp_path: Path, more: str = "") -> LapisServer:
    data = tmp_path / "data"
    policy = 'capacity = "128MiB"\nhigh_watermark = 80\nlow_watermark = 60\n'
    pools = [flash(data / "flash", settings=policy), disks(data / "disk")]
    config = write_config(tmp_path / "lapis.toml", data / "meta", pools, more=more)
    return new_server(config=config, shared_data=data, admin="127.0.0.1:0").start()


@pytest.fixture
def client_of() -> Iterator[Callable[[LapisServer], BlobClient]]:
    clients = []

    def make(server: LapisServer) -> BlobClient:
        clients.append(BlobClient(server.endpoint, DEVELOPMENT_ACCOUNT.name, DEVELOPMENT_ACCOUNT))
        expect(clients[-1].create_container("tiers"), 201)
        return clients[-1]

    yield make
    for client in clients:
        client.close()


def content(number: int, size: int = MIB) -> bytes:
    return random.Random(number).randbytes(size)


def demoted(server: LapisServer) -> float:
    return metrics(server).total("lapis_tier_demoted_bytes_total", pool="flash")


def wait_for_rest(server: LapisServer) -> None:
    """Until nothing has moved down for more than the tierer's pause."""
    last = -1.0
    while last != (last := demoted(server)):
        time.sleep(1.5)


def test_at_once_moves_what_is_cool_and_nothing_else(new_server, tmp_path, client_of):
    server = start(new_server, tmp_path, more='[tiering]\ncool_blobs = "at-once"\n')
    client = client_of(server)
    for number in range(8):
        expect(client.put_blob("tiers", f"hot{number}", content(number)), 201)
    for number in range(8, 12):
        headers = {"x-ms-access-tier": ("Cool", "Cold")[number % 2]}
        expect(client.put_blob("tiers", f"cool{number}", content(number), headers=headers), 201)
    assert eventually(lambda: demoted(server) >= 4 * MIB, 30)
    # Staged before its tier is known, and in more than one chunk.
    expect(client.put_block("tiers", "blocks", "QUFBQQ==", content(50, 9 * MIB)), 201)
    expect(client.put_block("tiers", "blocks", "QkJCQg==", content(51)), 201)
    tier = {"x-ms-access-tier": "Cold"}
    ids = ["QUFBQQ==", "QkJCQg=="]
    expect(client.put_block_list("tiers", "blocks", ids, headers=tier), 201)
    assert eventually(lambda: demoted(server) >= 14 * MIB, 30)
    expect(client.set_blob_tier("tiers", "hot0", "Cool"), 200)
    assert eventually(lambda: demoted(server) >= 15 * MIB, 30)
    assert demoted(server) < 16 * MIB
    # Reading it again and again does not bring it up.
    before = demoted(server)
    for _ in range(5):
        assert client.get_blob("tiers", "hot0").body == content(0)
    assert not eventually(
        lambda: metrics(server).total("lapis_tier_promoted_bytes_total", pool="flash") > 0, 2
    )
    assert demoted(server) == before
    for number in range(8):
        assert client.get_blob("tiers", f"hot{number}").body == content(number)
    for number in range(8, 12):
        assert client.get_blob("tiers", f"cool{number}").body == content(number)
    assert client.get_blob("tiers", "blocks").body == content(50, 9 * MIB) + content(51)
    head = client.get_blob_properties("tiers", "hot0")
    assert head.headers["x-ms-access-tier"] == "Cool"


def test_what_is_cool_goes_down_first(new_server, tmp_path, client_of):
    """By default nothing goes down that fits, and what is Cool before all that is older."""
    server = start(new_server, tmp_path)
    client = client_of(server)
    for number in range(40):
        expect(client.put_blob("tiers", f"b{number}", content(number)), 201)
    for number in range(20, 40):
        expect(client.set_blob_tier("tiers", f"b{number}", "Cool"), 200)
    assert eventually(
        lambda: metrics(server).total("lapis_placement_hinted_blobs_total") == 20, 30
    )
    assert demoted(server) == 0
    for number in range(40, 100):
        expect(client.put_blob("tiers", f"b{number}", content(number)), 201)
    assert eventually(lambda: demoted(server) > 0, 30)
    wait_for_rest(server)
    # The first twenty are the oldest. They are on flash as long as anything Cool is.
    extents = b"".join(p.read_bytes() for p in (tmp_path / "data/disk/extents").iterdir())
    down = [n for n in range(40) if content(n)[4096:4160] in extents]
    assert down, down
    assert min(down) >= 20 or set(range(20, 40)) <= set(down), repr(down)
    for number in range(100):
        assert client.get_blob("tiers", f"b{number}").body == content(number)
