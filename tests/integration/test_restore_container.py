"""Soft delete of containers: Delete Container where the account keeps them, the listing, and Restore
Container."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from azure_client import Response, expect, expect_error
from blob_client import BlobClient, block_id
from lapis_command import lapis
from lapis_server import LapisServer
from past_states import config, keep_deleted, kept
from sas import Token, account_sas, service_sas
from signing import DEVELOPMENT_ACCOUNT

VERSION = "01D80E28F195E7A5"


@pytest.fixture
def server(new_server: Callable[..., LapisServer], tmp_path: Path) -> LapisServer:
    """Of the test's own: what is deleted is listed for the account."""
    return new_server(config=config(tmp_path, versioning=False, container_days=7)).start()


@pytest.fixture
def client(server: LapisServer) -> Iterator[BlobClient]:
    client = BlobClient(server.endpoint, DEVELOPMENT_ACCOUNT.name, DEVELOPMENT_ACCOUNT)
    expect(client.create_container("box", {"x-ms-meta-k": "v"}), 201)
    yield client
    client.close()


def reopened(server: LapisServer) -> BlobClient:
    """After a restart, which may be at another port."""
    server.restart()
    return BlobClient(server.endpoint, DEVELOPMENT_ACCOUNT.name, DEVELOPMENT_ACCOUNT)


@dataclass
class Entry:
    name: str
    version: str  # empty: it lives


def listed(client: BlobClient, include: str = "deleted", **query: str) -> list[Entry]:
    """Over all pages."""
    entries: list[Entry] = []
    while True:
        page = expect(client.list_containers(include=include, **query), 200).xml()
        for found in page.findall("Containers/Container"):
            version = found.findtext("Version") or ""
            assert (found.findtext("Deleted") == "true") == bool(version)
            entries.append(Entry(found.findtext("Name") or "", version))
        marker = page.findtext("NextMarker") or ""
        if not marker:
            return entries
        query["marker"] = marker


def deletions(client: BlobClient, name: str = "box") -> list[str]:
    """The versions of a name's deletions, the oldest first."""
    return [entry.version for entry in listed(client) if entry.name == name and entry.version]


def test_a_container_comes_back_as_it_was(server: LapisServer, client: BlobClient) -> None:
    keep_deleted(client, 30)
    expect(client.put_blob("box", "small", b"x", {"x-ms-tags": "k=v", "x-ms-meta-a": "b"}), 201)
    expect(client.put_blob("box", "large", b"y" * 3_000_000), 201)
    snapshot = expect(client.snapshot_blob("box", "large"), 201)["x-ms-snapshot"]
    expect(client.put_blob("box", "gone", b"z"), 201)
    expect(client.delete_blob("box", "gone"), 202)
    expect(client.put_block("box", "staged", block_id(1), b"block"), 201)
    before = expect(client.get_container_properties("box"), 200)
    names = kept(client, "box")

    expect(client.delete_container("box"), 202)
    expect_error(client.get_container_properties("box"), 404, "ContainerNotFound")
    expect_error(client.get_blob("box", "small"), 404, "ContainerNotFound")
    expect_error(client.list_blobs("box"), 404, "ContainerNotFound")
    expect_error(client.put_blob("box", "new", b"x"), 404, "ContainerNotFound")
    assert client.find_blobs("k = 'v'").xml().findall("Blobs/Blob") == []
    assert listed(client, include="metadata") == []
    client = reopened(server)
    [version] = deletions(client)
    restored = expect(client.restore_container("box", "box", version), 201)
    assert (restored.body, restored["ETag"], restored["Last-Modified"]) == (b"", None, None)
    client = reopened(server)

    after = expect(client.get_container_properties("box"), 200)
    assert (after["ETag"], after["Last-Modified"]) == (before["ETag"], before["Last-Modified"])
    assert after.metadata() == {"k": "v"}
    assert kept(client, "box") == names
    assert expect(client.get_blob("box", "small"), 200).metadata() == {"a": "b"}
    assert client.get_blob("box", "large").body == b"y" * 3_000_000
    assert client.get_blob("box", "large", snapshot=snapshot).body == b"y" * 3_000_000
    assert len(client.find_blobs("k = 'v'").xml().findall("Blobs/Blob")) == 1
    expect(client.put_block_list("box", "staged", [("Latest", block_id(1))]), 201)
    expect(client.request("PUT", client.path("box", "gone"), [("comp", "undelete")]), 200)
    assert listed(client) == [Entry("box", "")]


def test_an_entry(client: BlobClient) -> None:
    expect(client.delete_container("box"), 202)
    page = expect(client.list_containers(include="metadata,deleted"), 200)
    [container] = page.xml().findall("Containers/Container")
    assert [element.tag for element in container] == [
        "Name", "Deleted", "Version", "Properties", "Metadata",
    ]  # fmt: skip
    assert re.fullmatch("[0-9A-F]{16}", container.findtext("Version") or "")
    properties = container.find("Properties")
    assert properties is not None
    assert [element.tag for element in properties][-2:] == ["DeletedTime", "RemainingRetentionDays"]
    assert (properties.findtext("DeletedTime") or "").endswith(" GMT")
    assert properties.findtext("RemainingRetentionDays") == "7"
    lease = [properties.findtext(f"Lease{what}") for what in ("Status", "State", "Duration")]
    assert lease == ["locked", "leased", "fixed"]
    assert container.findtext("Metadata/k") == "v"


def test_the_name_is_free_at_once(client: BlobClient) -> None:
    for number in range(3):
        expect(client.put_blob("box", "b", b"%d" % number), 201)
        expect(client.delete_container("box"), 202)
        expect(client.create_container("box"), 201)
    versions = deletions(client)
    assert len(set(versions)) == 3 and versions == sorted(versions)
    expect(client.delete_container("box"), 202)
    expect(client.restore_container("box", "box", versions[1]), 201)
    assert client.get_blob("box", "b").body == b"1"
    assert [bool(entry.version) for entry in listed(client)] == [True, True, True, False]


def test_restored_under_another_name(client: BlobClient) -> None:
    expect(client.put_blob("box", "b", b"old"), 201)
    expect(client.delete_container("box"), 202)
    expect(client.create_container("box"), 201)
    [version] = deletions(client)
    expect_error(client.restore_container("box", "box", version), 409, "ContainerAlreadyExists")
    expect(client.restore_container("other", "box", version.lower()), 201)
    assert client.get_blob("other", "b").body == b"old"
    assert listed(client) == [Entry("box", ""), Entry("other", "")]


def test_pages_of_one(client: BlobClient) -> None:
    for name in ("box", "abc", "box-2", "box", "abc"):
        client.create_container(name)
        expect(client.delete_container(name), 202)
    expect(client.create_container("box"), 201)
    expect(client.create_container("zzz"), 201)
    everything = listed(client)
    assert [entry.name for entry in everything] == [
        "abc", "abc", "box", "box", "box", "box-2", "zzz",
    ]  # fmt: skip
    assert [bool(entry.version) for entry in everything] == [True] * 4 + [False, True, False]
    for size in range(1, len(everything) + 1):
        assert listed(client, maxresults=str(size)) == everything
    assert listed(client, maxresults="1", prefix="box") == everything[2:6]


def test_a_lease_is_over(client: BlobClient) -> None:
    lease = expect(client.lease_container("box", "acquire", duration="-1"), 201)["x-ms-lease-id"]
    expect_error(client.delete_container("box"), 412, "LeaseIdMissing")
    expect(client.delete_container("box", {"x-ms-lease-id": lease}), 202)
    expect(client.restore_container("box", "box", deletions(client)[0]), 201)
    assert client.get_container_properties("box")["x-ms-lease-state"] == "available"


HEADERS = {"x-ms-deleted-container-name": "box", "x-ms-deleted-container-version": VERSION}


@pytest.mark.parametrize("name", HEADERS)
def test_both_headers_are_needed(client: BlobClient, name: str) -> None:
    sent = {header: value for header, value in HEADERS.items() if header != name}
    query = [("restype", "container"), ("comp", "undelete")]
    response = client.request("PUT", client.path("new"), query, sent)
    expect_error(response, 400, "MissingRequiredHeader")
    assert response.error_field("HeaderName") == name


def test_what_cannot_be_restored(server: LapisServer, client: BlobClient) -> None:
    expect(client.delete_container("box"), 202)
    [version] = deletions(client)
    for deleted, which in (("box", VERSION), ("other", version), ("$root", version)):
        expect_error(client.restore_container("new", deleted, which), 409, "ContainerNotFound")
    response = client.restore_container("new", "box", "newest")
    expect_error(response, 400, "InvalidHeaderValue")
    assert response.error_field("HeaderName") == "x-ms-deleted-container-version"
    expect_error(client.restore_container("$logs", "box", version), 400, "InvalidResourceName")
    old = BlobClient(
        server.endpoint, DEVELOPMENT_ACCOUNT.name, DEVELOPMENT_ACCOUNT, version="2019-07-07"
    )
    expect_error(old.restore_container("box", "box", version), 400, "InvalidQueryParameterValue")
    expect(client.restore_container("box", "box", version), 201)
    expect(client.delete_container("box"), 202)
    expect_error(client.restore_container("box", "box", version), 409, "ContainerNotFound")


def test_who_may_restore(server: LapisServer, client: BlobClient) -> None:
    expect(client.delete_container("box"), 202)
    [version] = deletions(client)
    account = DEVELOPMENT_ACCOUNT

    def with_token(token: Token) -> Response:
        holder = BlobClient(server.endpoint, account.name, sas=token)
        return holder.restore_container("box", "box", version)

    refused = with_token(account_sas(account, "rdlac"))
    expect_error(refused, 403, "AuthorizationPermissionMismatch")
    refused = with_token(account_sas(account, "w", srt="so"))
    expect_error(refused, 403, "AuthorizationResourceTypeMismatch")
    refused = with_token(service_sas(account, "/box", "rwdl"))
    expect_error(refused, 403, "AuthorizationFailure")
    expect(with_token(account_sas(account, "w")), 201)


def test_switched_off_what_is_kept_stays(
    new_server: Callable[..., LapisServer], tmp_path: Path
) -> None:
    server = new_server(config=config(tmp_path, versioning=False, container_days=7)).start()
    client = BlobClient(server.endpoint, DEVELOPMENT_ACCOUNT.name, DEVELOPMENT_ACCOUNT)
    for name in ("one", "two"):
        expect(client.create_container(name), 201)
        expect(client.put_blob(name, "b", name.encode()), 201)
    expect(client.delete_container("one"), 202)
    server.config = config(tmp_path, versioning=False)
    client = reopened(server)
    expect(client.delete_container("two"), 202)
    assert [entry.name for entry in listed(client)] == ["one"]
    expect(client.restore_container("one", "one", deletions(client, "one")[0]), 201)
    assert client.get_blob("one", "b").body == b"one"


def test_fsck_of_what_is_kept(server: LapisServer, client: BlobClient) -> None:
    for name in ("a", "b"):
        expect(client.put_blob("box", name, name.encode() * 100_000), 201)
    expect(client.delete_container("box"), 202)
    ran = lapis("fsck", "--config", server.config, "--deep", "--json")
    assert ran.code == 0, ran.out + ran.err
    assert ran.json["checked"]["kept_containers"] == 1
