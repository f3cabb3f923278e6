"""Scrub: a bit that flips on the disk is found without anybody reading it, named with the blob and
the range it belongs to, never served, and forgotten when the blob is gone or replaced."""

from __future__ import annotations

import http.client
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from azure_client import expect, expect_error
from blob_client import BlobClient, block_id
from lapis_command import lapis
from lapis_server import LapisServer
from observing import Metrics, eventually, metrics, write_config
from signing import DEVELOPMENT_ACCOUNT

MIB = 1 << 20
UNIT = 16 * 1024
FAST = '[scrub]\nperiod = "2s"\nrate = "1GiB"\n'
OFF = "[scrub]\nenabled = false\n"
DAMAGED = "lapis_scrub_damaged_chunks"
NAMED = re.compile(
    r"bytes of a blob are damaged account=(\S+) container=(\S+) blob=(\S+) snapshot=\S* version=\S* "
    r"block=(\S*) offset=(\d+) length=(\d+)"
)


@dataclass
class Store:
    server: LapisServer
    client: BlobClient

    def restart(self) -> None:
        self.client.close()
        self.server.restart()
        self.client.endpoint = self.server.endpoint

    def page(self) -> Metrics:
        return metrics(self.server)

    def damaged_chunks(self) -> float:
        return self.page().total(DAMAGED)

    def flip(self, content: bytes, at: int) -> None:
        """Flips a bit of the byte at `at` of a blob's content, in the extent that holds it."""
        around = content[at : at + 64]
        for extent in sorted((self.server.data_dir / "flash" / "extents").iterdir()):
            found = extent.read_bytes().find(around)
            if found < 0:
                continue
            with extent.open("r+b") as file:
                file.seek(found)
                file.write(bytes([around[0] ^ 0x10]))
            return
        raise AssertionError("the content is in no extent")

    def named(self) -> set[tuple[str, str, str, int, int]]:
        """(container, blob, block, offset, length) of what the log has named."""
        return {
            (match[2], match[3], match[4].strip('"'), int(match[5]), int(match[6]))
            for match in NAMED.finditer(self.server.log())
        }

    def passes_after(self, completed: float) -> bool:
        return self.page().total("lapis_scrub_pass_completed_seconds") > completed

    def wait_for_two_passes(self) -> None:
        """One of them began after this call."""
        for _ in range(2):
            completed = self.page().total("lapis_scrub_pass_completed_seconds")
            assert eventually(lambda: self.passes_after(completed), 30)


@pytest.fixture
def new_store(
    new_server: Callable[..., LapisServer], tmp_path: Path
) -> Callable[[str], Store]:
    def make(scrub: str) -> Store:
        config = write_config(tmp_path, more=scrub)
        server = new_server(config=config, shared_data=tmp_path / "data", admin="127.0.0.1:0")
        server.start()
        client = BlobClient(server.endpoint, DEVELOPMENT_ACCOUNT.name, DEVELOPMENT_ACCOUNT)
        expect(client.create_container("data"), 201)
        return Store(server, client)

    return make


def around(offset: int, named: set[tuple[str, str, str, int, int]]) -> list[tuple]:
    return [entry for entry in named if entry[3] <= offset < entry[3] + entry[4]]


def read_whole(client: BlobClient, blob: str) -> bytes:
    """All that comes of a blob, where its connection ends early too."""
    try:
        return client.get_blob("data", blob).body
    except http.client.IncompleteRead as cut:
        client.close()
        return cut.partial


def test_a_flipped_bit_is_found_named_and_never_served(new_store: Callable[[str], Store]) -> None:
    store = new_store(FAST)
    victim, other = os.urandom(3 * MIB), os.urandom(3 * MIB)
    expect(store.client.put_blob("data", "victim", victim), 201)
    expect(store.client.put_blob("data", "other", other), 201)
    store.wait_for_two_passes()
    page = store.page()
    assert page.total(DAMAGED) == 0
    assert page.total("lapis_scrub_bytes_total") >= 6 * MIB

    at = 1_500_000
    store.flip(victim, at)
    assert eventually(lambda: store.damaged_chunks() == 1, 30), store.server.log()
    # It is counted a moment after it is recorded.
    assert eventually(lambda: store.page().total("lapis_scrub_damage_found_total") >= 1)
    assert eventually(lambda: bool(store.named())), store.server.log()
    named = around(at, store.named())
    assert [(entry[0], entry[1], entry[2]) for entry in named] == [("data", "victim", "")]
    assert named[0][4] == UNIT
    assert "chunk is damaged" in store.server.log()

    socket = store.server.data_dir / "meta" / "admin.sock"
    ran = lapis("scrub", "status", "--socket", socket, "--json")
    assert ran.code == 0, ran.err
    status = ran.json
    assert status["enabled"] and status["damaged_chunks"] == 1
    (chunk,) = status["damaged"]
    (range_,) = status["affected"]
    assert range_["chunk"] == chunk["chunk"] and chunk["by"] == "scrub"
    assert (range_["container"], range_["blob"]) == ("data", "victim")
    assert (range_["offset"], range_["length"]) == named[0][3:]
    shown = lapis("scrub", "status", "--socket", socket)
    assert shown.code == 0 and "victim" in shown.out, shown

    hit = {"Range": f"bytes={at}-{at + 99}"}
    expect_error(store.client.get_blob("data", "victim", hit), 500, "InternalError")
    got = read_whole(store.client, "victim")
    assert len(got) < len(victim) and victim.startswith(got)
    beside = expect(store.client.get_blob("data", "victim", {"Range": "bytes=0-99999"}), 206)
    assert beside.body == victim[:100_000]
    assert expect(store.client.get_blob("data", "other"), 200).body == other

    store.restart()
    assert store.damaged_chunks() == 1

    expect(store.client.put_blob("data", "victim", victim), 201)
    assert eventually(lambda: store.damaged_chunks() == 0, 30)
    assert expect(store.client.get_blob("data", "victim"), 200).body == victim


def test_blocks_are_named_committed_or_not(new_store: Callable[[str], Store]) -> None:
    store = new_store(FAST)
    first, second, staged = (os.urandom(100_000) for _ in range(3))
    expect(store.client.put_block("data", "listed", block_id(1), first), 201)
    expect(store.client.put_block("data", "listed", block_id(2), second), 201)
    expect(store.client.put_block_list("data", "listed", [block_id(1), block_id(2)]), 201)
    expect(store.client.put_block("data", "waiting", block_id(7), staged), 201)
    store.flip(second, 50_000)
    store.flip(staged, 50_000)
    assert eventually(lambda: store.damaged_chunks() == 2, 30)
    assert eventually(lambda: len(store.named()) == 2), store.server.log()
    unit = 50_000 // UNIT * UNIT
    assert store.named() == {
        ("data", "listed", "", 100_000 + unit, UNIT),
        ("data", "waiting", block_id(7), unit, UNIT),
    }
    # Bytes that are put back are found whole by the next pass.
    flipped = bytearray(second)
    flipped[50_000] ^= 0x10
    store.flip(bytes(flipped), 50_000)
    assert eventually(lambda: store.damaged_chunks() == 1, 30)
    body = expect(store.client.get_blob("data", "listed"), 200).body
    assert body == first + second


def test_a_read_finds_damage_where_scrub_is_off(new_store: Callable[[str], Store]) -> None:
    store = new_store(OFF)
    content = os.urandom(200_000)
    expect(store.client.put_blob("data", "read", content), 201)
    store.flip(content, 10)
    assert store.page().total("lapis_scrub_enabled") == 0
    expect_error(store.client.get_blob("data", "read"), 500, "InternalError")
    assert eventually(lambda: store.damaged_chunks() == 1)
    assert eventually(lambda: store.named() == {("data", "read", "", 0, UNIT)})
    page = store.page()
    assert page.total("lapis_scrub_damage_found_total") == 1
    assert page.total("lapis_scrub_pass_completed_seconds") == 0
    expect(store.client.delete_blob("data", "read"), 202)
    assert eventually(lambda: store.damaged_chunks() == 0)

    # By hand it runs all the same.
    other = os.urandom(200_000)  # what was deleted still lies in its extent
    expect(store.client.put_blob("data", "again", other), 201)
    store.flip(other, 100_000)
    ran = lapis("scrub", "start", "--socket", store.server.data_dir / "meta" / "admin.sock")
    assert ran.code == 0, ran.err
    assert eventually(lambda: store.damaged_chunks() == 1)
    assert eventually(lambda: store.page().total("lapis_scrub_pass_completed_seconds") > 0)
