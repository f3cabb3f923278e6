"""Soft delete of blobs: what overwriting and deleting leaves, Undelete Blob, and deleting for good."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from azure_client import expect, expect_error
from blob_client import BlobClient, block_id
from copying import bare_url
from lapis_command import lapis
from lapis_server import LapisServer
from past_states import config, ids, keep_deleted, kept
from sas import account_sas
from signing import DEVELOPMENT_ACCOUNT

KEPT = ("x-ms-delete-type-permanent", "false")
GONE = ("x-ms-delete-type-permanent", "true")


@pytest.fixture
def server(new_server: Callable[..., LapisServer], tmp_path: Path) -> LapisServer:
    """Of the test's own: the properties are the account's."""
    return new_server(config=config(tmp_path, versioning=False)).start()


@pytest.fixture
def client(server: LapisServer) -> Iterator[BlobClient]:
    client = BlobClient(server.endpoint, DEVELOPMENT_ACCOUNT.name, DEVELOPMENT_ACCOUNT)
    keep_deleted(client, 7)
    yield client
    client.close()


@pytest.fixture
def container(client: BlobClient) -> str:
    expect(client.create_container("box"), 201)
    return "box"


def undelete(client: BlobClient, container: str, blob: str = "b", **query: str):
    sent = [("comp", "undelete"), *query.items()]
    return client.request("PUT", client.path(container, blob), sent)


def delete_for_good(client: BlobClient, container: str, **state: str):
    return client.delete_blob(container, "b", deletetype="permanent", **state)


def test_the_policy_is_shown(client: BlobClient) -> None:
    text = expect(client.get_service_properties(), 200).body.decode("utf-8-sig")
    policy = "<DeleteRetentionPolicy><Enabled>true</Enabled><Days>7</Days></DeleteRetentionPolicy>"
    assert policy in text
    keep_deleted(client, 365, True)
    text = expect(client.get_service_properties(), 200).body.decode("utf-8-sig")
    assert "<Days>365</Days><AllowPermanentDelete>true</AllowPermanentDelete>" in text
    keep_deleted(client, None)
    text = expect(client.get_service_properties(), 200).body.decode("utf-8-sig")
    assert "<DeleteRetentionPolicy><Enabled>false</Enabled></DeleteRetentionPolicy>" in text


@pytest.mark.parametrize("size", [0, 100, 5 << 20])
def test_a_blob_comes_back_as_it_was(client: BlobClient, container: str, size: int) -> None:
    body = bytes(range(256)) * (size // 256) + b"x" * (size % 256)
    headers = {"x-ms-meta-a": "b", "x-ms-tags": "k=v", "x-ms-access-tier": "Cool"}
    made = expect(client.put_blob(container, "b", body, headers), 201)
    gone = expect(client.delete_blob(container, "b"), 202)
    assert gone[KEPT[0]] == KEPT[1]
    assert kept(client, container) == ["b:b"]
    assert client.find_blobs("k = 'v'").xml().findall("Blobs/Blob") == []
    back = expect(undelete(client, container), 200)
    assert back.body == b""
    found = expect(client.get_blob(container, "b"), 200)
    assert (found.body, found["ETag"], found.metadata()) == (body, made["ETag"], {"a": "b"})
    assert expect(client.get_blob_properties(container, "b"), 200)["x-ms-access-tier"] == "Cool"
    assert len(client.find_blobs("k = 'v'").xml().findall("Blobs/Blob")) == 1
    assert kept(client, container) == ["b:B"]


def test_what_is_deleted_is_not_there(client: BlobClient, container: str) -> None:
    expect(client.put_blob(container, "b", b"x"), 201)
    snapshot = expect(client.snapshot_blob(container, "b"), 201)["x-ms-snapshot"]
    expect(client.delete_blob(container, "b", snapshot=snapshot), 202)
    for response in (
        client.get_blob(container, "b", snapshot=snapshot),
        client.get_blob_properties(container, "b", snapshot=snapshot),
        client.delete_blob(container, "b", snapshot=snapshot),
    ):
        expect_error(response, 404, "BlobNotFound")
        assert response["x-ms-is-soft-deleted"] == "true"
    expect(client.delete_blob(container, "b"), 202)
    for response in (
        client.get_blob(container, "b"),
        client.get_blob_properties(container, "b"),
        client.get_blob_tags(container, "b"),
        client.delete_blob(container, "b"),
        client.snapshot_blob(container, "b"),
        client.set_blob_metadata(container, "b"),
        client.lease_blob(container, "b", "acquire", duration="15"),
    ):
        expect_error(response, 404, "BlobNotFound")
    assert client.names(container) == []
    expect(client.put_blob(container, "b", b"y", {"If-None-Match": "*"}), 201)


def test_what_overwriting_leaves(client: BlobClient, container: str) -> None:
    for number in range(2):
        expect(client.put_blob(container, "b", b"%d" % number), 201)
    expect(client.put_block(container, "b", block_id(1), b"2"), 201)
    expect(client.put_block_list(container, "b", [("Latest", block_id(1))]), 201)
    expect(client.copy_blob(container, "b", bare_url(client, container, "b")), 202)
    expect(client.set_blob_metadata(container, "b", {"x-ms-meta-k": "v"}), 200)
    before = kept(client, container)
    assert before == ["b:s", "b:s", "b:s", "b:B"]
    expect(undelete(client, container), 200)
    snapshots = ids(client, container, "Snapshot")
    assert snapshots == sorted(snapshots)
    bodies = [expect(client.get_blob(container, "b", snapshot=s), 200).body for s in snapshots]
    assert bodies == [b"0", b"1", b"2"]
    assert client.get_blob(container, "b").body == b"2"


def test_blocks_that_live_on_in_what_is_deleted(client: BlobClient, container: str) -> None:
    """A list that takes over some of the blocks, and the state before with all of them."""
    blocks = [block_id(n) for n in range(3)]
    for number, block in enumerate(blocks):
        expect(client.put_block(container, "b", block, bytes([number]) * 200_000), 201)
    expect(client.put_block_list(container, "b", [("Latest", block) for block in blocks]), 201)
    whole = client.get_blob(container, "b").body
    expect(client.put_block_list(container, "b", [("Committed", blocks[1])]), 201)
    expect(client.delete_blob(container, "b"), 202)
    expect(undelete(client, container), 200)
    assert client.get_blob(container, "b").body == bytes([1]) * 200_000
    [snapshot] = ids(client, container, "Snapshot")
    assert client.get_blob(container, "b", snapshot=snapshot).body == whole
    expect(client.delete_blob(container, "b", {"x-ms-delete-snapshots": "include"}), 202)
    expect(undelete(client, container), 200)
    assert client.get_blob(container, "b", snapshot=snapshot).body == whole


def test_snapshots_go_and_come_back_with_the_blob(client: BlobClient, container: str) -> None:
    expect(client.put_blob(container, "b", b"x"), 201)
    for _ in range(3):
        expect(client.snapshot_blob(container, "b"), 201)
    expect_error(client.delete_blob(container, "b"), 409, "SnapshotsPresent")
    expect(client.delete_blob(container, "b", {"x-ms-delete-snapshots": "only"}), 202)
    assert kept(client, container) == ["b:s", "b:s", "b:s", "b:B"]
    expect(client.delete_blob(container, "b"), 202)
    assert kept(client, container) == ["b:s", "b:s", "b:s", "b:b"]
    expect(undelete(client, container), 200)
    assert kept(client, container) == ["b:S", "b:S", "b:S", "b:B"]
    expect(undelete(client, container), 200)


def test_lists(client: BlobClient, container: str) -> None:
    for name in ("a", "b", "dir/c"):
        expect(client.put_blob(container, name, name.encode()), 201)
        expect(client.put_blob(container, name, name.encode()), 201)
    expect(client.delete_blob(container, "a"), 202)
    expect(client.put_block(container, "a", block_id(1), b"x"), 201)
    expect(client.delete_blob(container, "dir/c"), 202)
    assert kept(client, container, "deleted") == ["a:b", "b:B", "dir/c:b"]
    assert kept(client, container, "snapshots") == ["b:B"]
    everything = ["a:s", "a:b", "b:s", "b:B", "dir/c:s", "dir/c:b"]
    assert kept(client, container, "snapshots,deleted") == everything
    for include in ("snapshots,deleted", "deleted", "snapshots,deleted,uncommittedblobs"):
        whole = kept(client, container, include)
        for size in range(1, 8):
            pages = client.list_pages(container, include=include, maxresults=str(size))
            entries = [e.findtext("Name") for p in pages for e in p.xml().findall("Blobs/Blob")]
            assert entries == [shown.rsplit(":", 1)[0] for shown in whole]
    page = expect(client.list_blobs(container, include="deleted", delimiter="/"), 200)
    assert [p.findtext("Name") for p in page.xml().findall("Blobs/BlobPrefix")] == ["dir/"]
    page = expect(client.list_blobs(container, delimiter="/"), 200)
    assert page.xml().findall("Blobs/BlobPrefix") == []
    page = expect(client.list_blobs(container, include="deleted", prefix="a"), 200)
    [found] = page.xml().findall("Blobs/Blob")
    assert found.findtext("Properties/RemainingRetentionDays") == "7"
    assert found.findtext("Properties/DeletedTime", "").endswith("GMT")
    assert found.find("Properties/LeaseState") is None


def test_undelete_of_what_is_there_or_was_never(client: BlobClient, container: str) -> None:
    expect_error(undelete(client, container), 404, "BlobNotFound")
    expect_error(undelete(client, "nowhere-at-all"), 404, "ContainerNotFound")
    expect(client.put_block(container, "b", block_id(1), b"x"), 201)
    expect_error(undelete(client, container), 404, "BlobNotFound")
    made = expect(client.put_blob(container, "b", b"x"), 201)
    expect(undelete(client, container), 200)
    assert expect(client.get_blob(container, "b"), 200)["ETag"] == made["ETag"]
    expect_error(
        undelete(client, container, snapshot="2021-06-28T05:51:11.5743121Z"),
        400,
        "InvalidQueryParameterValue",
    )


def test_undelete_before_its_version(server: LapisServer, client: BlobClient, container: str) -> None:
    old = BlobClient(
        server.endpoint, DEVELOPMENT_ACCOUNT.name, DEVELOPMENT_ACCOUNT, version="2017-04-17"
    )
    expect(client.put_blob(container, "b", b"x"), 201)
    expect_error(undelete(old, container), 400, "InvalidQueryParameterValue")
    expect(old.delete_blob(container, "b"), 202)
    assert kept(client, container) == ["b:b"]
    old.close()


def test_for_good(client: BlobClient, container: str) -> None:
    expect(client.put_blob(container, "b", b"x"), 201)
    snapshot = expect(client.snapshot_blob(container, "b"), 201)["x-ms-snapshot"]
    refusal = (409, "BlobOperationNotSupported")
    expect_error(delete_for_good(client, container, snapshot=snapshot), *refusal)
    keep_deleted(client, 7, True)
    expect_error(delete_for_good(client, container, snapshot=snapshot), *refusal)
    expect_error(delete_for_good(client, container), *refusal)
    response = client.delete_blob(container, "b", deletetype="soft", snapshot=snapshot)
    expect_error(response, 400, "InvalidQueryParameterValue")
    expect(client.delete_blob(container, "b", snapshot=snapshot), 202)
    gone = expect(delete_for_good(client, container, snapshot=snapshot), 202)
    assert gone[GONE[0]] == GONE[1]
    expect_error(delete_for_good(client, container, snapshot=snapshot), 404, "BlobNotFound")
    assert kept(client, container) == ["b:B"]


def test_for_good_is_a_permission_of_its_own(
    server: LapisServer, client: BlobClient, container: str
) -> None:
    keep_deleted(client, 7, True)
    expect(client.put_blob(container, "b", b"x"), 201)
    snapshot = expect(client.snapshot_blob(container, "b"), 201)["x-ms-snapshot"]
    expect(client.delete_blob(container, "b", snapshot=snapshot), 202)
    for letters, status in (("rwdxl", 403), ("y", 202)):
        sas = account_sas(DEVELOPMENT_ACCOUNT, letters)
        other = BlobClient(server.endpoint, DEVELOPMENT_ACCOUNT.name, sas=sas)
        assert delete_for_good(other, container, snapshot=snapshot).status == status
        other.close()


def test_switched_off_keeps_what_is_kept(client: BlobClient, container: str) -> None:
    expect(client.put_blob(container, "a", b"x"), 201)
    expect(client.delete_blob(container, "a"), 202)
    keep_deleted(client, None)
    expect(client.put_blob(container, "b", b"x"), 201)
    gone = expect(client.delete_blob(container, "b"), 202)
    assert gone[GONE[0]] == GONE[1]
    assert kept(client, container) == ["a:b"]
    expect(undelete(client, container, "a"), 200)
    assert kept(client, container) == ["a:B"]


def test_survives_a_kill(server: LapisServer, client: BlobClient, container: str) -> None:
    for body in (b"one", b"two"):
        expect(client.put_blob(container, "b", body), 201)
    expect(client.delete_blob(container, "b"), 202)
    client.close()
    server.kill()
    server.start()
    again = BlobClient(server.endpoint, DEVELOPMENT_ACCOUNT.name, DEVELOPMENT_ACCOUNT)
    assert kept(again, container) == ["b:s", "b:b"]
    expect(undelete(again, container), 200)
    assert kept(again, container) == ["b:S", "b:B"]
    assert again.get_blob(container, "b").body == b"two"
    again.close()
    checked = lapis("fsck", "--config", server.config, "--deep")
    assert checked.code == 0, checked.out + checked.err
