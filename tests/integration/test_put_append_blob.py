"""Put Blob of an append blob, and what other operations make of one."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest

from azure_client import expect, expect_error, md5_header
from blob_client import BlobClient, block_id
from sas import account_sas
from signing import DEVELOPMENT_ACCOUNT

PROPERTIES = {
    "x-ms-blob-content-type": "text/log",
    "x-ms-blob-content-encoding": "none",
    "x-ms-blob-content-language": "en",
    "x-ms-blob-content-disposition": "inline",
    "x-ms-blob-cache-control": "no-store",
}


def listed(client: BlobClient, container: str, **query: str) -> dict[str, str | None]:
    """The properties of the one blob in the container."""
    (blob,) = expect(client.list_blobs(container, **query), 200).xml().findall("Blobs/Blob")
    return {node.tag: node.text for node in blob.find("Properties") or []}


def test_an_append_blob_is_empty_at_first(client: BlobClient, container: str) -> None:
    made = expect(client.put_append_blob(container, "b"), 201)
    assert made["ETag"] and made["Last-Modified"] and made.body == b""
    assert made["x-ms-request-server-encrypted"] == "false"
    assert made["Content-MD5"] is None and made["x-ms-content-crc64"] is None
    for get in (client.get_blob, client.get_blob_properties):
        got = expect(get(container, "b"), 200)
        assert (got["ETag"], got["Content-Length"]) == (made["ETag"], "0")
        assert got["x-ms-blob-type"] == "AppendBlob"
        assert got["x-ms-blob-committed-block-count"] == "0"
        assert got["x-ms-blob-sealed"] is None and got["Content-MD5"] is None
        assert got["x-ms-access-tier"] is None
    shown = listed(client, container)
    assert (shown["BlobType"], shown["Content-Length"]) == ("AppendBlob", "0")
    assert "AccessTier" not in shown and "Sealed" not in shown


def test_it_takes_what_put_blob_takes(client: BlobClient, container: str) -> None:
    md5 = md5_header(b"of nothing that is here")
    headers = PROPERTIES | {"x-ms-meta-a": "1", "x-ms-tags": "k=v", "x-ms-blob-content-md5": md5}
    expect(client.put_append_blob(container, "b", headers), 201)
    expect(client.append_block(container, "b", b"line\n"), 201)
    got = expect(client.get_blob(container, "b"), 200)
    names = ("Type", "Encoding", "Language", "Disposition")
    assert [got[f"Content-{name}"] for name in names] == ["text/log", "none", "en", "inline"]
    assert (got["Cache-Control"], got["Content-MD5"]) == ("no-store", md5)
    assert got.metadata() == {"a": "1"} and got["x-ms-tag-count"] == "1"
    expect(client.set_blob_metadata(container, "b", {"x-ms-meta-b": "2"}), 200)
    expect(client.set_blob_properties(container, "b", {"x-ms-blob-content-type": "a/b"}), 200)
    got = expect(client.get_blob(container, "b"), 200)
    assert (got.body, got["Content-Type"], got.metadata()) == (b"line\n", "a/b", {"b": "2"})
    assert got["x-ms-blob-committed-block-count"] == "1"


def test_conditions_and_lease(client: BlobClient, container: str) -> None:
    first = expect(client.put_append_blob(container, "b", {"If-None-Match": "*"}), 201)["ETag"]
    response = client.put_append_blob(container, "b", {"If-None-Match": "*"})
    expect_error(response, 409, "BlobAlreadyExists")
    expect_error(client.put_append_blob(container, "b", {"If-Match": '"0x1"'}), 412, "ConditionNotMet")
    expect(client.append_block(container, "b", b"x"), 201)
    expect_error(client.put_append_blob(container, "b", {"If-Match": first}), 412, "ConditionNotMet")
    lease = str(uuid.uuid4())
    expect(client.lease_blob(container, "b", "acquire", duration="-1", proposed=lease), 201)
    expect_error(client.put_append_blob(container, "b"), 412, "LeaseIdMissing")
    expect(client.put_append_blob(container, "b", {"x-ms-lease-id": lease}), 201)
    assert expect(client.get_blob(container, "b"), 200).body == b""


@pytest.mark.parametrize(
    ("headers", "code", "name"),
    [
        ({"x-ms-access-tier": "Hot"}, "UnsupportedHeader", "x-ms-access-tier"),
        ({"x-ms-blob-content-md5": "AAAA"}, "InvalidMd5", None),
        ({"x-ms-blob-condition-appendpos": "0"}, "UnsupportedHeader", "x-ms-blob-condition-appendpos"),
        ({"x-ms-tags": "a=*"}, "InvalidHeaderValue", None),
    ],
)
def test_errors(
    client: BlobClient, container: str, headers: dict[str, str], code: str, name: str | None
) -> None:
    response = client.put_append_blob(container, "b", headers)
    expect_error(response, 400, code)
    assert name is None or response.error_field("HeaderName") == name
    expect_error(client.get_blob(container, "b"), 404, "BlobNotFound")


def test_it_has_no_body(client: BlobClient, container: str) -> None:
    headers = {"x-ms-blob-type": "AppendBlob"}
    response = client.request("PUT", client.path(container, "b"), [], headers, b"x")
    expect_error(response, 400, "InvalidHeaderValue")
    assert response.error_field("HeaderName") == "Content-Length"
    expect_error(client.get_blob(container, "b"), 404, "BlobNotFound")


def test_versions_before_2015_02_21_know_none(
    new_client: Callable[..., BlobClient], container: str
) -> None:
    token = account_sas(DEVELOPMENT_ACCOUNT)
    old, first = (new_client(sas=token, version=date) for date in ("2014-02-14", "2015-02-21"))
    expect_error(old.put_append_blob(container, "b"), 400, "InvalidHeaderValue")
    expect(first.put_append_blob(container, "b"), 201)
    response = old.append_block(container, "b", b"x")
    expect_error(response, 400, "InvalidQueryParameterValue")
    expect(first.append_block(container, "b", b"x"), 201)
    expect_error(old.get_blob(container, "b"), 409, "FeatureVersionMismatch")
    assert old.get_blob_properties(container, "b").status == 409
    expect_error(old.list_blobs(container), 409, "FeatureVersionMismatch")
    expect(old.list_blobs(container, prefix="a"), 200)
    assert expect(first.get_blob(container, "b"), 200).body == b"x"
    assert listed(first, container)["BlobType"] == "AppendBlob"


def test_operations_on_blocks_and_tiers_are_not_for_it(client: BlobClient, container: str) -> None:
    expect(client.put_append_blob(container, "b"), 201)
    expect(client.append_block(container, "b", b"content"), 201)
    refused = [
        client.put_block(container, "b", block_id(1), b"x"),
        client.put_block_list(container, "b", []),
        client.get_block_list(container, "b"),
        client.set_blob_tier(container, "b", "Cool"),
    ]
    for response in refused:
        expect_error(response, 409, "InvalidBlobType")
    expect(client.put_blob(container, "block", b"x"), 201)
    expect_error(client.append_block(container, "block", b"x"), 409, "InvalidBlobType")
    expect_error(client.seal_append_blob(container, "block"), 409, "InvalidBlobType")
    assert client.get_blob(container, "b").body == b"content"


def test_put_blob_changes_the_type_where_there_are_no_snapshots(
    client: BlobClient, container: str
) -> None:
    expect(client.put_blob(container, "b", b"block", {"x-ms-access-tier": "Cool"}), 201)
    expect(client.put_block(container, "b", block_id(1), b"staged"), 201)
    expect(client.put_append_blob(container, "b"), 201)
    expect(client.append_block(container, "b", b"appended"), 201)
    assert client.get_blob_properties(container, "b")["x-ms-access-tier"] is None
    expect(client.snapshot_blob(container, "b"), 201)
    expect_error(client.put_blob(container, "b", b"block"), 409, "InvalidBlobType")
    expect(client.put_append_blob(container, "b"), 201)
    expect(client.delete_blob(container, "b", {"x-ms-delete-snapshots": "only"}), 202)
    expect(client.put_blob(container, "b", b"block"), 201)
    got = expect(client.get_blob_properties(container, "b"), 200)
    assert got["x-ms-blob-type"] == "BlockBlob"
    assert got["x-ms-blob-committed-block-count"] is None
    assert (got["x-ms-access-tier"], got["x-ms-access-tier-inferred"]) == ("Hot", "true")
