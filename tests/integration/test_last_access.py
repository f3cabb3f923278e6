"""When a blob was read or written last: what moves it, who is told, and that it outlives the process.

That the first read in 24 hours counts is in the unit tests, whose clock moves. Here a blob is made
while the account does not keep it, so that the first read after that counts.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest

from azure_client import Response, expect
from blob_client import BlobClient, block_id, tags_xml
from copying import bare_url
from lapis_server import LapisServer
from observing import eventually, metrics
from past_states import config
from signing import DEVELOPMENT_ACCOUNT

HEADER = "x-ms-last-access-time"


@contextmanager
def client_of(server: LapisServer) -> Iterator[BlobClient]:
    client = BlobClient(server.endpoint, DEVELOPMENT_ACCOUNT.name, DEVELOPMENT_ACCOUNT)
    yield client
    client.close()


class Switched:
    """A server whose account keeps it, or not: `start` says so."""

    def __init__(self, new_server: Callable[..., LapisServer], directory: Path) -> None:
        self.new_server = new_server
        self.directory = directory
        self.server: LapisServer | None = None

    @contextmanager
    def start(self, keeps: bool) -> Iterator[BlobClient]:
        name = f"server-{time.monotonic_ns()}"
        file = config(self.directory, versioning=False, last_access=keeps)
        self.server = self.new_server(name, config=file, admin="127.0.0.1:0").start()
        with client_of(self.server) as client:
            yield client
        assert self.server.stop() == 0

    def written(self) -> float:
        assert self.server
        return metrics(self.server).total("lapis_last_access_updates_total")


@pytest.fixture
def switched(new_server: Callable[..., LapisServer], tmp_path: Path) -> Switched:
    return Switched(new_server, tmp_path)


def head(client: BlobClient, name: str = "b", **query: str) -> Response:
    return expect(client.get_blob_properties("box", name, **query), 200)


def listed(client: BlobClient, **query: str) -> list[str | None]:
    page = expect(client.list_blobs("box", **query), 200).xml()
    return [blob.findtext("Properties/LastAccessTime") for blob in page.findall("Blobs/Blob")]


def seconds(date: str | None) -> float:
    assert date
    return parsedate_to_datetime(date).timestamp()


def test_a_write_sets_it(switched: Switched) -> None:
    with switched.start(keeps=True) as client:
        expect(client.create_container("box"), 201)
        expect(client.put_blob("box", "b", b"one"), 201)
        expect(client.put_block("box", "c", block_id(1), b"two"), 201)
        expect(client.put_block_list("box", "c", [("Latest", block_id(1))]), 201)
        expect(client.copy_blob("box", "d", bare_url(client, "box", "b")), 202)
        for name in ("b", "c", "d"):
            found = head(client, name)
            assert found[HEADER] == found["Last-Modified"]
            assert expect(client.get_blob("box", name), 200)[HEADER] == found["Last-Modified"]
        assert listed(client) == [head(client, name)["Last-Modified"] for name in ("b", "c", "d")]
        expect(client.put_append_blob("box", "a"), 201)
        assert head(client, "a")[HEADER] is None
        assert switched.written() == 0, "each was read within a day of its write"


def test_versions_before_20200210_do_not_know_it(switched: Switched) -> None:
    with switched.start(keeps=True) as client:
        expect(client.create_container("box"), 201)
        expect(client.put_blob("box", "b", b"one"), 201)
        client.version = "2019-12-12"
        assert head(client)[HEADER] is None
        assert listed(client) == [None]
        client.version = "2020-02-10"
        assert head(client)[HEADER]
        assert listed(client) == [head(client)[HEADER]]


def test_the_first_read_counts_and_changes_nothing_else(switched: Switched) -> None:
    with switched.start(keeps=False) as client:
        expect(client.create_container("box"), 201)
        expect(client.put_blob("box", "b", b"one", {"x-ms-meta-k": "v"}), 201)
        taken = expect(client.snapshot_blob("box", "b"), 201)["x-ms-snapshot"] or ""
        expect(client.get_blob("box", "b"), 200)
        made = head(client)
        assert made[HEADER] is None
        assert listed(client) == [None]
    time.sleep(1.1)  # the time of the read is another second than that of the write
    with switched.start(keeps=True) as client:
        assert head(client)[HEADER] is None
        for _ in range(2):
            expect(client.get_blob_metadata("box", "b"), 200)
            expect(client.get_blob_tags("box", "b"), 200)
            expect(client.set_blob_tags("box", "b", tags_xml({"k": "v"})), 204)
            expect(client.set_blob_tier("box", "b", "Cool"), 200)
            expect(client.get_blob("box", "b", {"If-None-Match": made["ETag"] or ""}), 304)
        assert listed(client, include="snapshots") == [None, None]
        before = int(time.time())
        assert expect(client.get_blob("box", "b"), 200)[HEADER] is None, "as it was before this read"
        assert eventually(lambda: head(client)[HEADER] is not None)
        told = head(client)
        assert before <= seconds(told[HEADER]) <= time.time()
        assert seconds(told[HEADER]) > seconds(made["Last-Modified"])
        assert [told[name] for name in ("ETag", "Last-Modified", "x-ms-meta-k")] == [
            made[name] for name in ("ETag", "Last-Modified", "x-ms-meta-k")
        ]
        again = expect(client.get_blob("box", "b"), 200)
        assert (again.body, again[HEADER]) == (b"one", told[HEADER])
        assert listed(client, include="snapshots") == [None, told[HEADER]]
        expect(client.get_blob("box", "b", snapshot=taken), 200)
        assert eventually(lambda: head(client, snapshot=taken)[HEADER] is not None)
        assert eventually(lambda: switched.written() == 2)
    with switched.start(keeps=False) as client:
        assert head(client)[HEADER] is None
        assert listed(client) == [None]
    with switched.start(keeps=True) as client:
        assert head(client)[HEADER] == told[HEADER]


def test_a_stop_writes_what_was_noted(switched: Switched) -> None:
    names = [f"b{number}" for number in range(100)]
    with switched.start(keeps=False) as client:
        expect(client.create_container("box"), 201)
        for name in names:
            expect(client.put_blob("box", name, b"x"), 201)
    with switched.start(keeps=True) as client:
        for name in names:
            expect(client.get_blob("box", name), 200)
    with switched.start(keeps=True) as client:
        assert all(listed(client))


def test_a_change_of_metadata_is_a_write(switched: Switched) -> None:
    with switched.start(keeps=True) as client:
        expect(client.create_container("box"), 201)
        expect(client.put_blob("box", "b", b"one"), 201)
        for change in (
            lambda: client.set_blob_metadata("box", "b", {"x-ms-meta-k": "v"}),
            lambda: client.set_blob_properties("box", "b", {"x-ms-blob-content-type": "text/x"}),
        ):
            time.sleep(1.1)  # dates are of whole seconds
            changed = expect(change(), 200)["Last-Modified"]
            assert head(client)[HEADER] == changed
