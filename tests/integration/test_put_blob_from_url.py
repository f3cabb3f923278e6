"""Put Blob From URL."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from azure_client import expect, expect_error, md5_header
from blob_client import BlobClient, block_id
from copying import bare_url, source_url
from crc64 import crc64_header
from sas import account_sas
from signing import DEVELOPMENT_ACCOUNT

GUID = "8f4ab5f4-4d4e-4a6e-8a6a-7d0f7ad6d6b5"
PAST = "Wed, 01 Jan 2003 00:00:00 GMT"
FUTURE = "Wed, 01 Jan 2998 00:00:00 GMT"

PROPERTIES = {
    "x-ms-blob-content-type": "text/plain",
    "x-ms-blob-content-encoding": "gzip",
    "x-ms-blob-content-language": "de",
    "x-ms-blob-content-disposition": "inline",
    "x-ms-blob-cache-control": "no-cache",
}
SHOWN = {name.removeprefix("x-ms-blob-").title(): value for name, value in PROPERTIES.items()}


def shown(client: BlobClient, container: str, blob: str) -> dict[str, str]:
    head = expect(client.get_blob_properties(container, blob), 200)
    return {name: head[name] or "" for name in SHOWN if head[name]}


def test_it_holds_what_the_source_does(client: BlobClient, container: str, stored: bytes) -> None:
    url = source_url(client, container, "b")
    response = expect(client.put_blob_from_url(container, "copy", url), 201)
    assert response["Content-MD5"] == md5_header(stored)
    assert response["x-ms-content-crc64"] == crc64_header(stored)
    assert response["x-ms-request-server-encrypted"] == "false"
    got = expect(client.get_blob(container, "copy"), 200)
    assert got.body == stored
    assert (got["ETag"], got["Last-Modified"]) == (response["ETag"], response["Last-Modified"])
    assert got["Content-MD5"] == md5_header(stored)
    assert got["x-ms-copy-id"] is None, "it is a put, not a copy"
    assert got["x-ms-blob-type"] == "BlockBlob"


@pytest.mark.parametrize("size", [0, 1, 4096, 4097, 5 << 20])
def test_every_size(client: BlobClient, container: str, size: int) -> None:
    content = bytes(range(256)) * (size // 256) + b"x" * (size % 256)
    expect(client.put_blob(container, "b", content), 201)
    expect(client.put_blob_from_url(container, "copy", source_url(client, container, "b")), 201)
    assert client.get_blob(container, "copy").body == content


def test_properties_and_metadata_are_taken_over(client: BlobClient, container: str) -> None:
    sent = PROPERTIES | {"x-ms-meta-Owner": "ann", "x-ms-access-tier": "Cool"}
    expect(client.put_blob(container, "b", b"content", sent), 201)
    url = source_url(client, container, "b")
    expect(client.put_blob_from_url(container, "c", url), 201)
    head = client.get_blob_properties(container, "c")
    assert shown(client, container, "c") == SHOWN
    assert head.metadata() == {"Owner": "ann"}
    assert head["x-ms-access-tier"] == "Hot"
    assert head["x-ms-access-tier-inferred"] == "true"

    own = {
        "x-ms-blob-content-type": "a/b",
        "x-ms-meta-mine": "1",
        "x-ms-access-tier": "Cold",
        "x-ms-copy-source-blob-properties": "true",
    }
    expect(client.put_blob_from_url(container, "c", url, own), 201)
    head = client.get_blob_properties(container, "c")
    assert shown(client, container, "c") == SHOWN | {"Content-Type": "a/b"}
    assert head.metadata() == {"mine": "1"}
    assert head["x-ms-access-tier"] == "Cold"

    bare = {"x-ms-copy-source-blob-properties": "false"}
    expect(client.put_blob_from_url(container, "d", url, bare), 201)
    assert shown(client, container, "d") == {"Content-Type": "application/octet-stream"}
    wrong = {"x-ms-copy-source-blob-properties": "maybe"}
    response = client.put_blob_from_url(container, "d", url, wrong)
    expect_error(response, 400, "InvalidHeaderValue")


def test_the_stored_md5(client: BlobClient, container: str) -> None:
    """Computed; one that is given is stored as it is, for it comes from the source's properties."""
    blocks = [block_id(1)]
    expect(client.put_block(container, "b", blocks[0], b"content"), 201)
    expect(client.put_block_list(container, "b", blocks), 201)
    url = source_url(client, container, "b")
    assert client.get_blob_properties(container, "b")["Content-MD5"] is None
    expect(client.put_blob_from_url(container, "c", url), 201)
    assert client.get_blob_properties(container, "c")["Content-MD5"] == md5_header(b"content")
    given = {"x-ms-blob-content-md5": md5_header(b"other")}
    expect(client.put_blob_from_url(container, "c", url, given), 201)
    assert client.get_blob_properties(container, "c")["Content-MD5"] == md5_header(b"other")


def test_a_wrong_hash_changes_nothing(client: BlobClient, container: str, stored: bytes) -> None:
    before = expect(client.put_blob(container, "c", b"before"), 201)["ETag"]
    url = source_url(client, container, "b")
    for headers, code in [
        ({"x-ms-source-content-md5": md5_header(b"x")}, "Md5Mismatch"),
        ({"x-ms-source-content-crc64": crc64_header(b"x")}, "Crc64Mismatch"),
        ({"x-ms-source-content-md5": "x"}, "InvalidMd5"),
    ]:
        expect_error(client.put_blob_from_url(container, "c", url, headers), 400, code)
    got = client.get_blob(container, "c")
    assert (got["ETag"], got.body) == (before, b"before")
    right = {"x-ms-source-content-md5": md5_header(stored)}
    expect(client.put_blob_from_url(container, "c", url, right), 201)


def test_conditions_of_the_target(client: BlobClient, container: str, stored: bytes) -> None:
    url = source_url(client, container, "b")
    before = expect(client.put_blob(container, "c", b"before"), 201)["ETag"] or ""
    unmet = [
        ({"If-Match": '"0x8D0000000000000"'}, 412, "TargetConditionNotMet"),
        ({"If-None-Match": before}, 412, "TargetConditionNotMet"),
        ({"If-None-Match": "*"}, 409, "BlobAlreadyExists"),
        ({"If-Modified-Since": FUTURE}, 412, "TargetConditionNotMet"),
        ({"If-Unmodified-Since": PAST}, 412, "TargetConditionNotMet"),
        ({"x-ms-lease-id": GUID}, 412, "LeaseNotPresentWithBlobOperation"),
    ]
    for headers, status, code in unmet:
        expect_error(client.put_blob_from_url(container, "c", url, headers), status, code)
    assert client.get_blob(container, "c").body == b"before"
    missing = client.put_blob_from_url(container, "none", url, {"If-Match": "*"})
    expect_error(missing, 412, "TargetConditionNotMet")
    expect(client.put_blob_from_url(container, "c", url, {"If-Match": before}), 201)
    expect(client.put_blob_from_url(container, "new", url, {"If-None-Match": "*"}), 201)


def test_conditions_of_the_source(client: BlobClient, container: str, stored: bytes) -> None:
    url = source_url(client, container, "b")
    etag = client.get_blob_properties(container, "b")["ETag"] or ""
    unmet = [
        ({"x-ms-source-if-match": '"0x8D0000000000000"'}, 412),
        ({"x-ms-source-if-unmodified-since": PAST}, 412),
        ({"x-ms-source-if-none-match": etag}, 304),
        ({"x-ms-source-if-modified-since": FUTURE}, 304),
    ]
    for headers, status in unmet:
        response = client.put_blob_from_url(container, "c", url, headers)
        expect_error(response, status, "CannotVerifyCopySource")
    assert client.get_blob(container, "c").status == 404
    expect(client.put_blob_from_url(container, "c", url, {"x-ms-source-if-match": etag}), 201)


def test_a_token_that_may_only_create(
    client: BlobClient, new_client: Callable[..., BlobClient], container: str, stored: bytes
) -> None:
    url = source_url(client, container, "b")
    creator = new_client(sas=account_sas(DEVELOPMENT_ACCOUNT, "c"))
    expect(creator.put_blob_from_url(container, "c", url), 201)
    response = creator.put_blob_from_url(container, "c", url)
    expect_error(response, 403, "UnauthorizedBlobOverwrite")
    reader = new_client(sas=account_sas(DEVELOPMENT_ACCOUNT, "r"))
    response = reader.put_blob_from_url(container, "d", url)
    expect_error(response, 403, "AuthorizationPermissionMismatch")
    response = client.put_blob_from_url(container, "d", bare_url(client, container, "b"))
    expect_error(response, 409, "CannotVerifyCopySource")


def test_an_archived_blob_is_not_replaced(client: BlobClient, container: str, stored: bytes) -> None:
    url = source_url(client, container, "b")
    archive = {"x-ms-access-tier": "Archive"}
    expect(client.put_blob_from_url(container, "c", url, archive), 201)
    expect_error(client.put_blob_from_url(container, "c", url), 409, "BlobArchived")
    archived = source_url(client, container, "c")
    response = client.put_blob_from_url(container, "d", archived)
    expect_error(response, 409, "CannotVerifyCopySource")


def test_a_blob_can_be_put_over_itself(client: BlobClient, container: str, stored: bytes) -> None:
    url = source_url(client, container, "b")
    expect(client.put_blob_from_url(container, "b", url, {"x-ms-meta-a": "1"}), 201)
    got = client.get_blob(container, "b")
    assert (got.body, got.metadata()) == (stored, {"a": "1"})


def test_block_blobs_only_and_no_body(client: BlobClient, container: str, stored: bytes) -> None:
    url = source_url(client, container, "b")
    for kind in ("PageBlob", "AppendBlob", "Blob"):
        response = client.put_blob_from_url(container, "c", url, {"x-ms-blob-type": kind})
        expect_error(response, 400, "InvalidHeaderValue")
    headers = {"x-ms-copy-source": url, "x-ms-blob-type": "BlockBlob"}
    response = client.request("PUT", client.path(container, "c"), [], headers, b"body")
    expect_error(response, 400, "InvalidHeaderValue")
    assert response.error_field("HeaderName") == "Content-Length"
    assert client.get_blob(container, "c").status == 404


def test_before_its_version(new_client: Callable[..., BlobClient], client: BlobClient, container: str) -> None:
    response = new_client(version="2020-02-10").put_blob_from_url(
        container, "c", source_url(client, container, "b")
    )
    expect_error(response, 400, "UnsupportedHeader")


def test_what_is_not_of_it_is_refused(client: BlobClient, container: str, stored: bytes) -> None:
    url = source_url(client, container, "b")
    for name, value in {
        "x-ms-source-range": "bytes=0-1",
        "x-ms-source-encryption-key": "AAAA",
        "x-ms-encryption-scope": "x",
    }.items():
        response = client.put_blob_from_url(container, "c", url, {name: value})
        assert response.status == 400, (name, response)
    replace = {"x-ms-copy-source-tag-option": "REPLACE"}
    expect(client.put_blob_from_url(container, "c", url, replace), 201)
