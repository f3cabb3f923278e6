"""Space: what is deleted, replaced or never finished is used again; a full store says so, keeps what
it has, and takes writes again when there is room."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from azure_client import encode_query, expect, expect_error
from blob_client import BlobClient, block_id
from configuration import flash, write_config
from lapis_server import LapisServer
from raw_http import connect
from sas import account_sas
from signing import DEVELOPMENT_ACCOUNT

MIB = 1 << 20
EXTENT = 4 * MIB
# Each turn makes 32 MiB of garbage: far more in all than the bound, so without reuse it is passed.
# Extents once made are kept, so what is measured is the most there ever was; the background needs
# up to a second to make garbage usable, and on a busy machine longer.
TURNS = 24
BOUND = 384 * MIB
BLOCK_BLOB = {"x-ms-blob-type": "BlockBlob"}


def allocated(directory: Path) -> int:
    """Bytes that the files below `directory` take on disk."""
    return sum(path.stat().st_blocks * 512 for path in directory.rglob("*") if path.is_file())


def settled(measure: Callable[[], bool], seconds: float = 30.0) -> bool:
    """Whether `measure` becomes true: reclaiming is the background's work."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if measure():
            return True
        time.sleep(0.2)
    return measure()


@pytest.fixture
def server(new_server: Callable[..., LapisServer], tmp_path: Path) -> LapisServer:
    data = tmp_path / "data"
    config = write_config(tmp_path / "lapis.toml", data / "meta", [flash(data / "flash")])
    return new_server(config=config, shared_data=data).start()


@pytest.fixture
def owner(server: LapisServer) -> Iterator[BlobClient]:
    client = BlobClient(server.endpoint, DEVELOPMENT_ACCOUNT.name, DEVELOPMENT_ACCOUNT)
    expect(client.create_container("space"), 201)
    yield client
    client.close()


def test_freed_space_is_reused(server: LapisServer, owner: BlobClient):
    flash = server.data_dir / "flash"
    for turn in range(TURNS):
        for number in range(4):
            expect(owner.put_blob("space", f"b{number}", os.urandom(8 * MIB)), 201)
        assert allocated(flash) < BOUND, f"turn {turn}: {allocated(flash)}"
    for number in range(4):
        expect(owner.delete_blob("space", f"b{number}"), 202)
    before = allocated(flash)
    for number in range(8):
        expect(owner.put_blob("space", f"c{number}", os.urandom(2 * MIB)), 201)
    assert allocated(flash) <= before + 4 * EXTENT


def test_discarded_blocks_free_their_space(server: LapisServer, owner: BlobClient):
    flash = server.data_dir / "flash"
    for _ in range(TURNS):
        for number in range(4):
            expect(owner.put_block("space", "b", block_id(number), os.urandom(8 * MIB)), 201)
        expect(owner.put_block_list("space", "b", [block_id(0)]), 201)
        assert allocated(flash) < BOUND
    expect(owner.get_blob("space", "b"), 200)


def test_deleted_containers_free_their_space(server: LapisServer, owner: BlobClient):
    flash = server.data_dir / "flash"
    for turn in range(TURNS):
        expect(owner.create_container(f"turn{turn}"), 201)
        for number in range(4):
            expect(owner.put_blob(f"turn{turn}", f"b{number}", os.urandom(8 * MIB)), 201)
        expect(owner.delete_container(f"turn{turn}"), 202)
        assert allocated(flash) < BOUND


def test_interrupted_uploads_leave_nothing_for_good(server: LapisServer, owner: BlobClient):
    flash = server.data_dir / "flash"
    token = encode_query(list(account_sas(DEVELOPMENT_ACCOUNT).items()))
    head = (
        f"PUT /{DEVELOPMENT_ACCOUNT.name}/space/cut?{token} HTTP/1.1\r\nHost: x\r\n"
        f"x-ms-blob-type: BlockBlob\r\nContent-Length: {64 * MIB}\r\n\r\n"
    ).encode()
    for _ in range(64):
        with connect(server.endpoint) as connection:
            connection.send(head + os.urandom(12 * MIB))
    expect_error(owner.get_blob("space", "cut"), 404, "BlobNotFound")
    expect(owner.put_blob("space", "whole", os.urandom(6 * MIB)), 201)
    assert allocated(flash) < BOUND


def test_space_is_reclaimed_after_a_kill(server: LapisServer, owner: BlobClient):
    flash = server.data_dir / "flash"
    for turn in range(TURNS // 2):
        for number in range(4):
            expect(owner.put_blob("space", f"b{number}", os.urandom(8 * MIB)), 201)
        server.kill()
        server.start()
        owner.close()
        owner.endpoint = server.endpoint
        assert allocated(flash) < BOUND, f"turn {turn}: {allocated(flash)}"
