"""Versions of blobs: which writes make one, how each is read, deleted and made the blob again."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from azure_client import Response, expect, expect_error
from blob_client import BlobClient, block_id, tags_xml
from copying import bare_url
from lapis_command import lapis
from lapis_server import LapisServer
from past_states import config, ids, keep_deleted, kept, states
from sas import account_sas
from signing import DEVELOPMENT_ACCOUNT

ID = "x-ms-version-id"
NEVER = "2021-06-28T05:51:11.5743121Z"


@pytest.fixture
def server(new_server: Callable[..., LapisServer], tmp_path: Path) -> LapisServer:
    return new_server(config=config(tmp_path, versioning=True)).start()


@pytest.fixture
def client(server: LapisServer) -> Iterator[BlobClient]:
    client = BlobClient(server.endpoint, DEVELOPMENT_ACCOUNT.name, DEVELOPMENT_ACCOUNT)
    yield client
    client.close()


@pytest.fixture
def container(client: BlobClient) -> str:
    expect(client.create_container("box"), 201)
    return "box"


def put(client: BlobClient, container: str, body: bytes, **headers: str) -> str:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return expect(client.put_blob(container, "b", body, sent), 201)[ID] or ""


def version_url(client: BlobClient, container: str, version: str) -> str:
    return f"{bare_url(client, container, 'b')}?versionid={version}"


def test_each_write_makes_one(client: BlobClient, container: str) -> None:
    made = [put(client, container, b"one")]
    expect(client.put_block(container, "b", block_id(1), b"two"), 201)
    made.append(expect(client.put_block_list(container, "b", [("Latest", block_id(1))]), 201)[ID])
    made.append(expect(client.set_blob_metadata(container, "b", {"x-ms-meta-k": "v"}), 200)[ID])
    made.append(expect(client.snapshot_blob(container, "b"), 201)[ID])
    url = bare_url(client, container, "b")
    made.append(expect(client.copy_blob(container, "b", url), 202)[ID])
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z", str(v)) for v in made)
    assert made == sorted(set(made))
    for response in (
        expect(client.set_blob_properties(container, "b"), 200),
        expect(client.set_blob_tier(container, "b", "Cool"), 200),
        expect(client.set_blob_tags(container, "b", tags_xml({"k": "v"})), 204),
        expect(client.lease_blob(container, "b", "acquire", duration="15"), 201),
    ):
        assert response[ID] is None
    assert ids(client, container, "VersionId", "versions") == made
    assert kept(client, container, "versions") == ["b:V"] * 4 + ["b:C"]
    assert kept(client, container) == ["b:V"] * 3 + ["b:S", "b:V", "b:C"]
    assert kept(client, container, "metadata") == ["b:C"]


def test_each_is_read_by_its_id(client: BlobClient, container: str) -> None:
    bodies = [b"one", b"two" * 100_000, b""]
    made = [put(client, container, body, x_ms_meta_n=str(n)) for n, body in enumerate(bodies)]
    for number, (version, body) in enumerate(zip(made, bodies, strict=True)):
        current = number == len(made) - 1
        found = expect(client.get_blob(container, "b", versionid=version), 200)
        head = expect(client.get_blob_properties(container, "b", versionid=version), 200)
        metadata = expect(
            client.request(
                "GET", client.path(container, "b"), [("comp", "metadata"), ("versionid", version)]
            ),
            200,
        )
        assert found.body == body
        for response in (found, head, metadata):
            assert response[ID] == version
            assert response.metadata() == {"n": str(number)}
        for response in (found, head):
            assert response["x-ms-is-current-version"] == ("true" if current else None)
            assert (response["x-ms-lease-state"] is None) == (not current)
    query = [("comp", "blocklist"), ("versionid", made[0])]
    expect(client.request("GET", client.path(container, "b"), query), 200)
    assert expect(client.get_blob(container, "b"), 200)[ID] == made[-1]
    part = client.get_blob(container, "b", {"Range": "bytes=1-3"}, versionid=made[1])
    assert (part.status, part.body) == (206, b"wot")


def test_errors(server: LapisServer, client: BlobClient, container: str) -> None:
    made = put(client, container, b"x")
    snapshot = expect(client.snapshot_blob(container, "b"), 201)["x-ms-snapshot"]
    for query in ({"versionid": NEVER}, {"versionid": snapshot}, {"snapshot": made}):
        expect_error(client.get_blob(container, "b", **query), 404, "BlobNotFound")
        expect_error(client.delete_blob(container, "b", **query), 404, "BlobNotFound")
    for name in ("versionid", "snapshot"):
        response = client.request("DELETE", client.path(container, "b"), [(name, "")])
        expect_error(response, 400, "InvalidQueryParameterValue")
        assert response.error_field("QueryParameterName") == name
    for query in ({"versionid": "x"}, {"versionid": made, "snapshot": snapshot}):
        response = client.get_blob(container, "b", **query)
        expect_error(response, 400, "InvalidQueryParameterValue")
        assert response.error_field("QueryParameterName") == "versionid"
    response = client.request(
        "PUT", client.path(container, "b"), [("comp", "metadata"), ("versionid", made)]
    )
    expect_error(response, 400, "InvalidQueryParameterValue")
    old = BlobClient(
        server.endpoint, DEVELOPMENT_ACCOUNT.name, DEVELOPMENT_ACCOUNT, version="2019-07-07"
    )
    expect_error(old.delete_blob(container, "b", versionid=made), 400, "UnsupportedQueryParameter")
    expect_error(old.get_blob(container, "b", versionid=made), 400, "UnsupportedQueryParameter")
    assert expect(old.get_blob(container, "b"), 200)[ID] is None
    old.close()
    expect(client.get_blob(container, "b"), 200)


def test_deletes(client: BlobClient, container: str) -> None:
    made = [put(client, container, body) for body in (b"one", b"two", b"three")]
    expect_error(
        client.delete_blob(container, "b", versionid=made[2]), 403, "OperationNotAllowedOnRootBlob"
    )
    gone = expect(client.delete_blob(container, "b", versionid=made[0]), 202)
    assert gone["x-ms-delete-type-permanent"] == "true"
    expect_error(client.get_blob(container, "b", versionid=made[0]), 404, "BlobNotFound")
    stays = expect(client.delete_blob(container, "b"), 202)
    assert stays["x-ms-delete-type-permanent"] == "false"
    expect_error(client.get_blob(container, "b"), 404, "BlobNotFound")
    assert kept(client, container, "versions") == ["b:V", "b:V"]
    assert kept(client, container, "deletedwithversions") == ["b:R"]
    assert kept(client, container) == ["b:V", "b:V", "b:R"]
    assert kept(client, container, "deleted") == []
    assert client.get_blob(container, "b", versionid=made[2]).body == b"three"
    for version in made[1:]:
        expect(client.delete_blob(container, "b", versionid=version), 202)
    assert kept(client, container) == []


def test_a_name_of_versions_alone_is_no_blob_to_delete(client: BlobClient, container: str) -> None:
    made = put(client, container, b"x")
    expect(client.delete_blob(container, "b"), 202)
    expect_error(client.delete_blob(container, "b"), 403, "OperationNotAllowedOnRootBlob")
    expect(client.delete_blob(container, "b", versionid=made), 202)
    expect_error(client.delete_blob(container, "b"), 404, "BlobNotFound")


def test_soft_delete_of_versions(client: BlobClient, container: str) -> None:
    keep_deleted(client, 7, True)
    made = [put(client, container, body) for body in (b"one", b"two", b"three")]
    assert kept(client, container) == ["b:V", "b:V", "b:C"]
    gone = expect(client.delete_blob(container, "b", versionid=made[0]), 202)
    assert gone["x-ms-delete-type-permanent"] == "false"
    response = client.get_blob(container, "b", versionid=made[0])
    expect_error(response, 404, "BlobNotFound")
    assert response["x-ms-is-soft-deleted"] == "true"
    assert kept(client, container) == ["b:v", "b:V", "b:C"]
    assert kept(client, container, "versions") == ["b:V", "b:C"]
    expect(client.delete_blob(container, "b"), 202)
    undelete = [("comp", "undelete")]
    expect(client.request("PUT", client.path(container, "b"), undelete), 200)
    assert kept(client, container) == ["b:V", "b:V", "b:V", "b:R"]
    expect_error(client.get_blob(container, "b"), 404, "BlobNotFound")
    expect(client.copy_blob(container, "b", version_url(client, container, made[0])), 202)
    assert client.get_blob(container, "b").body == b"one"
    expect(client.delete_blob(container, "b", versionid=made[1]), 202)
    gone = expect(
        client.delete_blob(container, "b", versionid=made[1], deletetype="permanent"), 202
    )
    assert gone["x-ms-delete-type-permanent"] == "true"
    assert kept(client, container) == ["b:V", "b:V", "b:C"]


def test_a_copy_promotes(client: BlobClient, container: str) -> None:
    first = put(client, container, b"one", x_ms_meta_n="1")
    second = put(client, container, b"two" * 50_000)
    copy = expect(client.copy_blob(container, "b", version_url(client, container, first)), 202)
    assert copy[ID] > second
    found = expect(client.get_blob(container, "b"), 200)
    assert (found.body, found.metadata(), found[ID]) == (b"one", {"n": "1"}, copy[ID])
    assert "?versionid=" in str(found["x-ms-copy-source"])
    assert ids(client, container, "VersionId", "versions") == [first, second, copy[ID]]
    expect(client.copy_blob(container, "other", version_url(client, container, second)), 202)
    assert client.get_blob(container, "other").body == b"two" * 50_000


def test_tags_and_tier_are_its_own(client: BlobClient, container: str) -> None:
    first = put(client, container, b"one", x_ms_tags="of=first")
    second = put(client, container, b"two", x_ms_tags="of=second")

    def tags(version: str) -> Response:
        query = [("comp", "tags"), ("versionid", version)]
        return expect(client.request("GET", client.path(container, "b"), query), 200)

    def found(where: str) -> int:
        return len(client.find_blobs(where).xml().findall("Blobs/Blob"))

    assert [tags(v).xml().findtext("TagSet/Tag/Value") for v in (first, second)] == [
        "first",
        "second",
    ]
    assert (found("of = 'first'"), found("of = 'second'")) == (0, 1)
    document = tags_xml({"of": "past"})
    query = [("comp", "tags"), ("versionid", first)]
    expect(client.request("PUT", client.path(container, "b"), query, body=document), 204)
    assert tags(first).xml().findtext("TagSet/Tag/Value") == "past"
    assert (found("of = 'past'"), found("of = 'second'")) == (0, 1)
    query = [("comp", "tier"), ("versionid", first)]
    sent = {"x-ms-access-tier": "Cool"}
    expect(client.request("PUT", client.path(container, "b"), query, sent), 200)
    tiers = [
        client.get_blob_properties(container, "b", versionid=v)["x-ms-access-tier"]
        for v in (first, second)
    ]
    assert tiers == ["Cool", "Hot"]
    expect(client.set_blob_metadata(container, "b"), 200)
    assert found("of = 'second'") == 0
    assert tags(second).xml().findtext("TagSet/Tag/Value") == "second"


def test_lists_page_by_page(client: BlobClient, container: str) -> None:
    keep_deleted(client, 7)
    for name in ("a", "b", "c/d", "c/e"):
        for body in (b"1", b"2", b"3"):
            expect(client.put_blob(container, name, body), 201)
        expect(client.snapshot_blob(container, name), 201)
    expect(client.delete_blob(container, "a", {"x-ms-delete-snapshots": "include"}), 202)
    oldest = ids(client, container, "VersionId", "versions")[0]
    expect(client.delete_blob(container, "a", versionid=oldest), 202)
    expect(client.put_block(container, "a", block_id(1), b"x"), 201)
    for include in (
        "versions",
        "snapshots,versions,deleted,deletedwithversions",
        "snapshots,versions,deleted,deletedwithversions,uncommittedblobs",
        "deletedwithversions,uncommittedblobs",
        "deleted,versions",
    ):
        whole = kept(client, container, include)
        for size in (1, 2, 3, 5):
            pages = client.list_pages(container, include=include, maxresults=str(size))
            assert [state for page in pages for state in states(page)] == whole, (include, size)
    page = expect(client.list_blobs(container, include="versions", delimiter="/"), 200)
    assert [p.findtext("Name") for p in page.xml().findall("Blobs/BlobPrefix")] == ["c/"]


def test_deleting_a_version_is_a_permission_of_its_own(
    server: LapisServer, client: BlobClient, container: str
) -> None:
    made = [put(client, container, body) for body in (b"one", b"two")]
    for letters, status in (("rwdyl", 403), ("x", 202)):
        sas = account_sas(DEVELOPMENT_ACCOUNT, letters)
        other = BlobClient(server.endpoint, DEVELOPMENT_ACCOUNT.name, sas=sas)
        assert other.delete_blob(container, "b", versionid=made[0]).status == status
        other.close()
    assert kept(client, container) == ["b:C"]


def test_switched_on_and_off(
    new_server: Callable[..., LapisServer], tmp_path: Path
) -> None:
    """What is there stays, and all of it is sound."""
    server = new_server(config=config(tmp_path, versioning=False)).start()

    def again(versioning: bool) -> BlobClient:
        server.stop()
        server.config = config(tmp_path, versioning)
        server.start()
        return BlobClient(server.endpoint, DEVELOPMENT_ACCOUNT.name, DEVELOPMENT_ACCOUNT)

    client = again(False)
    expect(client.create_container("box"), 201)
    made = expect(client.put_blob("box", "b", b"before"), 201)
    assert made[ID] is None
    client.close()
    client = again(True)
    assert expect(client.get_blob("box", "b"), 200)[ID] is None
    put(client, "box", b"with")
    [before, current] = ids(client, "box", "VersionId", "versions")
    assert client.get_blob("box", "b", versionid=before).body == b"before"
    client.close()
    client = again(False)
    assert expect(client.put_blob("box", "b", b"after"), 201)[ID] is None
    expect(client.put_blob("box", "b", b"after that"), 201)
    assert ids(client, "box", "VersionId", "versions") == [before, current]
    assert kept(client, "box") == ["b:V", "b:V", "b:B"]
    assert client.get_blob("box", "b", versionid=current).body == b"with"
    client.close()
    checked = lapis("fsck", "--config", server.config, "--deep")
    assert checked.code == 0, checked.out + checked.err


@pytest.mark.parametrize("kind", ["append", "page"])
def test_blobs_of_other_types(
    server: LapisServer, client: BlobClient, container: str, kind: str
) -> None:
    """Data changes in place; what makes a version of a block blob makes one of these."""
    keep_deleted(client, 7)
    path = client.path(container, "b")
    size = 5000 if kind == "append" else 512  # too long to stay in the row: versions share the bytes

    def make() -> Response:
        length = {"x-ms-blob-content-length": "1024"} if kind == "page" else {}
        sent = {"x-ms-blob-type": f"{kind.title()}Blob"} | length
        return expect(client.request("PUT", path, [], sent), 201)

    def write(byte: bytes) -> Response:
        if kind == "append":
            return client.request("PUT", path, [("comp", "appendblock")], body=byte * size)
        sent = {"x-ms-page-write": "update", "x-ms-range": "bytes=0-511"}
        return client.request("PUT", path, [("comp", "page")], sent, byte * 512)

    first = make()[ID]
    for byte in (b"a", b"b"):
        assert expect(write(byte), 201)[ID] is None
    assert expect(client.get_blob(container, "b"), 200)[ID] == first
    before = client.get_blob(container, "b").body
    second = expect(client.set_blob_metadata(container, "b", {"x-ms-meta-k": "v"}), 200)[ID]
    expect(write(b"c"), 201)
    expect_error(client.put_blob(container, "b", b"block"), 409, "InvalidBlobType")
    third = make()[ID]
    assert client.get_blob(container, "b", versionid=first).body == before
    after = client.get_blob(container, "b", versionid=second).body
    written = b"c" * size
    assert after == (before + written if kind == "append" else written + before[size:])
    assert ids(client, container, "VersionId", "versions") == [first, second, third]
    expect(client.delete_blob(container, "b", versionid=first), 202)
    expect(client.delete_blob(container, "b"), 202)
    assert kept(client, container) == ["b:v", "b:V", "b:V", "b:R"]
    expect(client.request("PUT", path, [("comp", "undelete")]), 200)
    assert client.get_blob(container, "b", versionid=first).body == before
    checked = lapis("fsck", "--config", server.config, "--deep")
    assert checked.code == 0, checked.out + checked.err
