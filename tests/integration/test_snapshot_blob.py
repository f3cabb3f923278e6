"""Snapshot Blob, and what reads, lists and deletes snapshots."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from azure_client import Response, expect, expect_error
from blob_client import BlobClient, block_id
from configuration import flash, write_config
from copying import bare_url
from lapis_command import lapis
from lapis_server import LapisServer
from observing import eventually, metrics
from signing import DEVELOPMENT_ACCOUNT

OTHER = '"0x8D0000000000000"'
GUID = "11111111-2222-3333-4444-555555555555"
MIB = 1 << 20


def take(client: BlobClient, container: str, blob: str = "b", **headers: str) -> str:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return expect(client.snapshot_blob(container, blob, sent), 201)["x-ms-snapshot"]


def entries(page: Response) -> list[tuple[str, str]]:
    blobs = page.xml().findall("Blobs/Blob")
    return [(blob.findtext("Name"), blob.findtext("Snapshot") or "") for blob in blobs]


@pytest.mark.parametrize("size", [0, 100, 5 * MIB])
def test_it_stays_as_the_blob_was(client: BlobClient, container: str, size: int) -> None:
    body = bytes(range(256)) * (size // 256) + b"x" * (size % 256)
    headers = {"x-ms-meta-of": "blob", "x-ms-blob-content-type": "text/x"}
    made = expect(client.put_blob(container, "b", body, headers), 201)
    taken = expect(client.snapshot_blob(container, "b"), 201)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z", taken["x-ms-snapshot"])
    assert (taken["ETag"], taken["Last-Modified"]) == (made["ETag"], made["Last-Modified"])
    assert taken["x-ms-request-server-encrypted"] == "false"
    assert expect(client.get_blob_properties(container, "b"), 200)["ETag"] == made["ETag"]
    snapshot = taken["x-ms-snapshot"]
    expect(client.put_blob(container, "b", b"other", {"x-ms-meta-of": "other"}), 201)
    for get in (client.get_blob, client.get_blob_properties):
        found = expect(get(container, "b", snapshot=snapshot), 200)
        assert (found["ETag"], found["Content-Type"]) == (made["ETag"], "text/x")
        assert found.metadata() == {"of": "blob"}
        assert found["x-ms-lease-state"] is None and found["x-ms-lease-status"] is None
        assert int(found["Content-Length"]) == size
    assert client.get_blob(container, "b", snapshot=snapshot).body == body
    if size > 1000:
        part = client.get_blob(container, "b", {"Range": "bytes=1000-1999"}, snapshot=snapshot)
        assert (part.status, part.body) == (206, body[1000:2000])
    assert client.get_blob(container, "b").body == b"other"


def test_its_own_metadata(client: BlobClient, container: str) -> None:
    made = expect(client.put_blob(container, "b", b"x", {"x-ms-meta-of": "blob"}), 201)
    taken = expect(client.snapshot_blob(container, "b", {"x-ms-meta-of": "snapshot"}), 201)
    assert taken["ETag"] != made["ETag"]
    query = [("comp", "metadata"), ("snapshot", taken["x-ms-snapshot"])]
    found = expect(client.request("GET", client.path(container, "b"), query), 200)
    assert (found["ETag"], found.metadata()) == (taken["ETag"], {"of": "snapshot"})
    assert expect(client.get_blob_metadata(container, "b"), 200).metadata() == {"of": "blob"}


def test_lists(client: BlobClient, container: str) -> None:
    expected = []
    for name, count in (("a", 2), ("b", 0), ("c", 3)):
        expect(client.put_blob(container, name, b"x"), 201)
        expected += [(name, take(client, container, name)) for _ in range(count)]
        expected.append((name, ""))
    page = expect(client.list_blobs(container, include="snapshots"), 200)
    assert entries(page) == expected
    assert [name for name, _ in expected] == sorted(name for name, _ in expected)
    shown = page.xml().findall("Blobs/Blob")
    assert [blob.find("Properties/LeaseState") is None for blob in shown] == [
        snapshot != "" for _, snapshot in expected
    ]
    for size in range(1, 9):
        pages = client.list_pages(container, include="snapshots", maxresults=str(size))
        assert [entry for page in pages for entry in entries(page)] == expected
    assert client.names(container) == ["a", "b", "c"]
    assert client.names(container, maxresults="1") == ["a", "b", "c"]


def test_deletes(client: BlobClient, container: str) -> None:
    expect(client.put_blob(container, "b", b"x"), 201)
    first, second, third = (take(client, container) for _ in range(3))
    assert first < second < third
    expect_error(client.delete_blob(container, "b"), 409, "SnapshotsPresent")
    response = client.delete_blob(
        container, "b", {"x-ms-delete-snapshots": "include"}, snapshot=second
    )
    expect_error(response, 400, "InvalidHeaderValue")
    assert response.error_field("HeaderName") == "x-ms-delete-snapshots"
    gone = expect(client.delete_blob(container, "b", snapshot=second), 202)
    assert gone["x-ms-delete-type-permanent"] == "true"
    expect_error(client.delete_blob(container, "b", snapshot=second), 404, "BlobNotFound")
    page = expect(client.list_blobs(container, include="snapshots"), 200)
    assert entries(page) == [("b", first), ("b", third), ("b", "")]
    expect(client.delete_blob(container, "b", {"x-ms-delete-snapshots": "only"}), 202)
    page = expect(client.list_blobs(container, include="snapshots"), 200)
    assert entries(page) == [("b", "")]
    take(client, container)
    expect(client.delete_blob(container, "b", {"x-ms-delete-snapshots": "include"}), 202)
    page = expect(client.list_blobs(container, include="snapshots,uncommittedblobs"), 200)
    assert entries(page) == []


def test_conditions(client: BlobClient, container: str) -> None:
    made = expect(client.put_blob(container, "b", b"x"), 201)
    snapshot = take(client, container, If_Match=made["ETag"])
    response = client.snapshot_blob(container, "b", {"If-Match": OTHER})
    expect_error(response, 412, "ConditionNotMet")
    response = client.snapshot_blob(container, "b", {"If-None-Match": made["ETag"]})
    expect_error(response, 412, "ConditionNotMet")
    expect(client.put_blob(container, "b", b"y"), 201)
    # Of a snapshot, against the snapshot.
    expect(client.get_blob(container, "b", {"If-Match": made["ETag"]}, snapshot=snapshot), 200)
    response = client.get_blob(container, "b", {"If-None-Match": made["ETag"]}, snapshot=snapshot)
    assert response.status == 304
    response = client.delete_blob(container, "b", {"If-Match": OTHER}, snapshot=snapshot)
    expect_error(response, 412, "ConditionNotMet")
    expect(client.delete_blob(container, "b", {"If-Match": made["ETag"]}, snapshot=snapshot), 202)


def test_errors(client: BlobClient, container: str) -> None:
    expect_error(client.snapshot_blob(container, "none"), 404, "BlobNotFound")
    expect_error(client.snapshot_blob(container + "x", "b"), 404, "ContainerNotFound")
    expect(client.put_block(container, "staged", block_id(1), b"x"), 201)
    expect_error(client.snapshot_blob(container, "staged"), 404, "BlobNotFound")
    expect(client.put_blob(container, "b", b"x"), 201)
    response = client.snapshot_blob(container, "b", {"x-ms-lease-id": GUID})
    expect_error(response, 412, "LeaseNotPresentWithBlobOperation")
    never = "2021-06-28T05:51:11.5743121Z"
    expect_error(client.get_blob(container, "b", snapshot=never), 404, "BlobNotFound")
    response = client.get_blob(container, "b", snapshot="yesterday")
    expect_error(response, 400, "InvalidQueryParameterValue")
    assert response.error_field("QueryParameterName") == "snapshot"
    snapshot = take(client, container)
    for comp in ("metadata", "properties", "blocklist", "snapshot"):
        query = [("comp", comp), ("snapshot", snapshot)]
        response = client.request("PUT", client.path(container, "b"), query)
        expect_error(response, 400, "InvalidQueryParameterValue")


def test_its_tier_is_its_own(client: BlobClient, container: str) -> None:
    expect(client.put_blob(container, "b", b"x" * 10_000), 201)
    snapshot = take(client, container)
    expect(client.set_blob_tier(container, "b", "Archive", snapshot=snapshot), 200)
    expect_error(client.get_blob(container, "b", snapshot=snapshot), 409, "BlobArchived")
    found = expect(client.get_blob_properties(container, "b", snapshot=snapshot), 200)
    assert found["x-ms-access-tier"] == "Archive"
    assert expect(client.get_blob(container, "b"), 200).body == b"x" * 10_000
    back = client.set_blob_tier(container, "b", "Hot", snapshot=snapshot)
    expect_error(back, 409, "BlobOperationNotSupported")
    expect(client.set_blob_tier(container, "b", "Archive", snapshot=snapshot), 200)


def test_a_copy_takes_it_out_of_the_archive(client: BlobClient, container: str) -> None:
    expect(client.put_blob(container, "b", b"x" * 10_000), 201)
    snapshot = take(client, container)
    expect(client.put_blob(container, "b", b"new"), 201)
    expect(client.set_blob_tier(container, "b", "Archive", snapshot=snapshot), 200)
    source = f"{bare_url(client, container, 'b')}?snapshot={snapshot}"
    expect_error(client.copy_blob(container, "b", source), 409, "BlobArchived")
    expect(client.copy_blob(container, "b", source, {"x-ms-access-tier": "Cool"}), 202)
    got = expect(client.get_blob(container, "b"), 200)
    assert got.body == b"x" * 10_000
    assert client.get_blob_properties(container, "b")["x-ms-access-tier"] == "Cool"
    expect_error(client.get_blob(container, "b", snapshot=snapshot), 409, "BlobArchived")


def test_blocks_that_it_shares_with_the_blob(client: BlobClient, container: str) -> None:
    """A block list over a snapshot keeps some blocks, of both lives; each is whole afterwards."""
    blocks = {block_id(n): bytes([n]) * (20_000 if n % 2 else 300) for n in range(40)}
    for name, body in blocks.items():
        expect(client.put_block(container, "b", name, body), 201)
    expect(client.put_block_list(container, "b", list(blocks)), 201)
    snapshot = take(client, container)
    kept = list(blocks)[5:30:2]
    expect(client.put_block(container, "b", block_id(99), b"new" * 5_000), 201)
    expect(client.put_block_list(container, "b", [*kept, block_id(99)]), 201)
    before = b"".join(blocks.values())
    after = b"".join(blocks[name] for name in kept) + b"new" * 5_000
    assert client.get_blob(container, "b").body == after
    assert client.get_blob(container, "b", snapshot=snapshot).body == before
    listed = client.request(
        "GET",
        client.path(container, "b"),
        [("comp", "blocklist"), ("blocklisttype", "all"), ("snapshot", snapshot)],
    )
    names = [node.text for node in expect(listed, 200).xml().findall("CommittedBlocks/Block/Name")]
    assert names == list(blocks)
    expect(client.delete_blob(container, "b", {"x-ms-delete-snapshots": "only"}), 202)
    assert client.get_blob(container, "b").body == after
    again = take(client, container)
    expect(client.delete_blob(container, "b", snapshot=again), 202)
    assert client.get_blob(container, "b").body == after


def test_space_returns_with_the_last_and_fsck_agrees(
    new_server: Callable[..., LapisServer], tmp_path: Path
) -> None:
    data = tmp_path / "data"
    config = write_config(tmp_path / "lapis.toml", data / "meta", [flash(data / "flash")])
    server = new_server(config=config, shared_data=data, admin="127.0.0.1:0").start()
    with_account = BlobClient(server.endpoint, DEVELOPMENT_ACCOUNT.name, DEVELOPMENT_ACCOUNT)
    expect(with_account.create_container("box"), 201)

    def live() -> float:
        return metrics(server).total("lapis_pool_extent_bytes", state="live")

    def fsck() -> None:
        checked = lapis("fsck", "--config", server.config, "--deep")
        assert checked.code == 0, checked.out

    body = bytes(range(256)) * 8192
    expect(with_account.put_blob("box", "b", body), 201)
    one = live()
    taken = [take(with_account, "box") for _ in range(5)]
    assert live() == one
    expect(with_account.put_blob("box", "b", body), 201)
    assert eventually(lambda: live() == 2 * one)
    fsck()
    for snapshot in taken:
        assert with_account.get_blob("box", "b", snapshot=snapshot).body == body
        assert live() == 2 * one
        expect(with_account.delete_blob("box", "b", snapshot=snapshot), 202)
    assert eventually(lambda: live() == one, 30)
    fsck()
    server.kill()
    server.start()
    again = BlobClient(server.endpoint, DEVELOPMENT_ACCOUNT.name, DEVELOPMENT_ACCOUNT)
    assert again.get_blob("box", "b").body == body


def test_many_at_once_have_names_of_their_own(
    client: BlobClient, new_client: Callable[..., BlobClient], container: str
) -> None:
    expect(client.put_blob(container, "b", b"x"), 201)

    def take_some(_: int) -> list[str]:
        own = new_client()
        return [take(own, container) for _ in range(25)]

    with ThreadPoolExecutor(8) as pool:
        taken = [time for times in pool.map(take_some, range(8)) for time in times]
    assert len(set(taken)) == 200
    page = expect(client.list_blobs(container, include="snapshots"), 200)
    assert entries(page) == [("b", time) for time in sorted(taken)] + [("b", "")]
    expect(client.delete_blob(container, "b", {"x-ms-delete-snapshots": "include"}), 202)
    assert client.names(container) == []
