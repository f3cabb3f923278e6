"""lapis fsck of page blobs: clean while they are written to, copied, snapshotted and deleted; what
is lost is named by the blob."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from azure_client import Response, expect
from blob_client import BlobClient
from configuration import flash, write_config
from copying import bare_url
from lapis_command import Ran, lapis
from lapis_server import LapisServer
from observing import eventually
from paging import KIB, PAGE, clear, make, pages, write
from signing import DEVELOPMENT_ACCOUNT

INCLUDE = {"x-ms-delete-snapshots": "include"}


@pytest.fixture
def server(new_server: Callable[..., LapisServer], tmp_path: Path) -> LapisServer:
    data = tmp_path / "data"
    config = write_config(tmp_path / "lapis.toml", data / "meta", [flash(data / "flash")])
    return new_server(config=config, shared_data=data).start()


def client_of(server: LapisServer) -> BlobClient:
    return BlobClient(server.endpoint, DEVELOPMENT_ACCOUNT.name, DEVELOPMENT_ACCOUNT)


@pytest.fixture
def owner(server: LapisServer) -> Iterator[BlobClient]:
    client = client_of(server)
    for box in ("data", "far"):
        expect(client.create_container(box), 201)
    yield client
    client.close()


def fsck(server: LapisServer, *flags: str) -> Ran:
    return lapis("fsck", "--config", server.config, "--json", *flags)


class Writer(threading.Thread):
    """Does what can be done to the disk "d0" or "d1", until it is told to stop."""

    def __init__(self, server: LapisServer, seed: int) -> None:
        super().__init__()
        self.client = client_of(server)
        self.chance = random.Random(seed)
        self.name = f"d{seed}"
        self.stopping = threading.Event()
        self.failure: BaseException | None = None

    def run(self) -> None:
        try:
            while not self.stopping.is_set():
                self.step(self.chance.randrange(25))
        except BaseException as failure:
            self.failure = failure
        finally:
            self.client.close()

    def step(self, action: int) -> None:
        client, name, chance = self.client, self.name, self.chance
        if client.get_blob_properties("data", name).status == 404:
            expect(make(client, "data", name, 2048 * KIB), 201)
        first = chance.randrange(2048) * PAGE
        if action < 12:
            body = pages(chance.choice([1, 8, 40, 700]), chance.randrange(1000))
            expect(write(client, "data", name, first, body), 201)
        elif action < 15:
            expect(clear(client, "data", name, first, 2048 * PAGE), 201)
        elif action < 18:
            expect(client.snapshot_blob("data", name), 201)
        elif action == 18:
            for length in (512 * KIB, 2048 * KIB):
                headers = {"x-ms-blob-content-length": str(length)}
                expect(client.set_blob_properties("data", name, headers), 200)
        elif action < 21:
            source = bare_url(client, "data", name)
            expect(client.copy_blob("data", "copy-" + name, source), 202)
        elif action < 24:
            self.back_up(chance.choice(["data", "far"]))
        else:
            kind = chance.choice(["only", "include"])
            headers = {"x-ms-delete-snapshots": kind}
            expect(client.delete_blob("data", name, headers), 202)

    def back_up(self, box: str) -> None:
        """By an incremental copy, which begins anew where the disk has."""
        copied = back_up(self.client, "data", self.name, box)
        if copied.error_code == "BlobOverwritten":
            expect(self.client.delete_blob(box, "backup-" + self.name, INCLUDE), 202)
            copied = back_up(self.client, "data", self.name, box)
        expect(copied, 202)


def back_up(client: BlobClient, source: str, name: str, box: str) -> Response:
    taken = expect(client.snapshot_blob(source, name), 201)["x-ms-snapshot"]
    url = f"{bare_url(client, source, name)}?snapshot={taken}"
    return client.incremental_copy_blob(box, "backup-" + name, url)


def shown(client: BlobClient, box: str) -> list[bytes]:
    """The content of each snapshot of the blob "backup-disk"."""
    page = expect(client.list_blobs(box, include="snapshots"), 200).xml()
    times = [found.text or "" for found in page.findall("Blobs/Blob/Snapshot")]
    return [expect(client.get_blob(box, "backup-disk", snapshot=time), 200).body for time in times]


def nothing_is_left(server: LapisServer) -> bool:
    report = fsck(server)
    assert report.code == 0, report
    checked = report.json["checked"]
    return (checked["chunks"], checked["release_entries"]) == (0, 0)


def test_a_store_is_clean_while_pages_are_written(server: LapisServer, owner: BlobClient) -> None:
    writers = [Writer(server, seed) for seed in range(2)]
    for writer in writers:
        writer.start()
    try:
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline:
            ran = fsck(server)
            assert ran.code == 0, ran
    finally:
        for writer in writers:
            writer.stopping.set()
        for writer in writers:
            writer.join()
    assert [writer.failure for writer in writers] == [None, None]
    ran = fsck(server, "--deep")
    assert ran.code == 0, ran
    server.kill()
    ran = fsck(server, "--offline", "--deep")
    assert ran.code == 0, ran
    server.start()
    client = client_of(server)
    for box in ("data", "far"):
        for name in client.names(box):
            expect(client.delete_blob(box, name, INCLUDE), 202)
    client.close()
    assert eventually(lambda: nothing_is_left(server), 30)


def test_incremental_copies_and_their_source(server: LapisServer, owner: BlobClient) -> None:
    """Clean within a container, into another, and when what they came from is gone."""
    expect(owner.create_container("source"), 201)
    expect(make(owner, "source", "disk", 1024 * KIB), 201)
    images = []
    for number in range(3):
        body = pages(300, number)
        expect(write(owner, "source", "disk", number * 100 * PAGE, body), 201)
        for box in ("source", "far"):
            expect(back_up(owner, "source", "disk", box), 202)
        images.append(owner.get_blob("source", "disk").body)
        expect(clear(owner, "source", "disk", 0, PAGE), 201)
        ran = fsck(server, "--deep")
        assert ran.code == 0, ran
    expect(owner.delete_container("source"), 202)
    assert fsck(server, "--deep").code == 0
    assert shown(owner, "far") == images
    server.kill()
    ran = fsck(server, "--offline", "--deep")
    assert ran.code == 0, ran
    client = client_of(server.start())
    assert shown(client, "far") == images
    ran = fsck(server, "--deep")
    assert ran.code == 0, ran
    expect(client.delete_blob("far", "backup-disk", INCLUDE), 202)
    client.close()
    assert eventually(lambda: nothing_is_left(server), 30)


def test_what_is_lost_is_named_by_the_blob(server: LapisServer, owner: BlobClient) -> None:
    expect(make(owner, "data", "disk", 1024 * KIB), 201)
    expect(write(owner, "data", "disk", 512 * KIB, pages(600, 1)), 201)
    assert server.stop() == 0
    content = pages(600, 1)[:4096]
    (path,) = [
        one
        for one in (server.data_dir / "flash" / "extents").iterdir()
        if content in one.read_bytes()
    ]
    path.unlink()
    ran = fsck(server, "--offline")
    assert ran.code == 1, ran
    names = {user["container"] + "/" + user["blob"] for user in ran.json["affected"]}
    assert names == {f"{DEVELOPMENT_ACCOUNT.name}/data/disk"}
