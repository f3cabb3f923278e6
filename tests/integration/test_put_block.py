"""Put Block: staging, and the rules of block ids."""

from __future__ import annotations

import base64
import random
import uuid

import pytest

from azure_client import expect, expect_error, md5_header
from blob_client import BlobClient, block_id
from crc64 import crc64_header


def staged(client: BlobClient, container: str, blob: str) -> dict[str, int]:
    document = expect(client.get_block_list(container, blob, "uncommitted"), 200).xml()
    blocks = document.findall("UncommittedBlocks/Block")
    return {b.findtext("Name") or "": int(b.findtext("Size") or -1) for b in blocks}


@pytest.mark.parametrize("size", [1, 4096, 4097, 3_000_001])
def test_stages_a_block(client: BlobClient, container: str, size: int) -> None:
    body = random.Random(size).randbytes(size)
    response = expect(client.put_block(container, "b", block_id(1), body), 201)
    assert response["ETag"] is None and response["Last-Modified"] is None
    assert response["x-ms-request-server-encrypted"] == "false"
    assert staged(client, container, "b") == {block_id(1): size}


def test_answers_the_hash_that_the_version_names(client: BlobClient, container: str) -> None:
    body = b"block body"
    md5, crc = md5_header(body), crc64_header(body)
    response = expect(client.put_block(container, "b", block_id(1), body), 201)
    assert (response["Content-MD5"], response["x-ms-content-crc64"]) == (None, crc)
    response = expect(
        client.put_block(container, "b", block_id(1), body, {"Content-MD5": md5}), 201
    )
    assert (response["Content-MD5"], response["x-ms-content-crc64"]) == (md5, None)
    client.version = "2018-11-09"
    response = expect(client.put_block(container, "b", block_id(1), body), 201)
    assert (response["Content-MD5"], response["x-ms-content-crc64"]) == (md5, None)
    client.version = "2026-10-06"
    response = expect(client.put_block(container, "b", block_id(1), body), 201)
    assert (response["Content-MD5"], response["x-ms-content-crc64"]) == (md5, crc)


def test_the_blob_stays_invisible(client: BlobClient, container: str) -> None:
    expect(client.put_block(container, "b", block_id(1), b"x"), 201)
    expect_error(client.get_blob(container, "b"), 404, "BlobNotFound")
    expect_error(client.get_blob_properties(container, "b"), 404, "BlobNotFound")
    assert client.names(container) == []
    assert client.names(container, include="uncommittedblobs") == ["b"]


def test_a_committed_blob_stays_as_it_is(client: BlobClient, container: str) -> None:
    etag = expect(client.put_blob(container, "b", b"committed"), 201)["ETag"]
    expect(client.put_block(container, "b", block_id(1), b"staged"), 201)
    got = expect(client.get_blob(container, "b"), 200)
    assert (got.body, got["ETag"]) == (b"committed", etag)


def test_the_same_id_replaces(client: BlobClient, container: str) -> None:
    expect(client.put_block(container, "b", block_id(1), b"first"), 201)
    expect(client.put_block(container, "b", block_id(1), b"second!"), 201)
    assert staged(client, container, "b") == {block_id(1): 7}
    expect(client.put_block_list(container, "b", [block_id(1)]), 201)
    assert expect(client.get_blob(container, "b"), 200).body == b"second!"


def test_a_wrong_hash_stages_nothing(client: BlobClient, container: str) -> None:
    for size in (10, 9000):
        body, other = b"x" * size, b"y" * size
        response = client.put_block(
            container, "b", block_id(1), body, {"Content-MD5": md5_header(other)}
        )
        expect_error(response, 400, "Md5Mismatch")
        crc = {"x-ms-content-crc64": crc64_header(other)}
        expect_error(client.put_block(container, "b", block_id(1), body, crc), 400, "Crc64Mismatch")
    expect_error(client.get_block_list(container, "b", "all"), 404, "BlobNotFound")


def test_the_blobs_md5_header_is_ignored(client: BlobClient, container: str) -> None:
    headers = {"x-ms-blob-content-md5": "no md5 at all"}
    expect(client.put_block(container, "b", block_id(1), b"x", headers), 201)


def test_ids_staged_together_have_one_length(client: BlobClient, container: str) -> None:
    expect(client.put_block(container, "b", block_id(1, width=6), b"x"), 201)
    response = client.put_block(container, "b", block_id(1, width=9), b"x")
    expect_error(response, 400, "InvalidBlobOrBlock")
    expect(client.put_block_list(container, "b", [block_id(1, width=6)]), 201)
    expect(client.put_block(container, "b", block_id(1, width=9), b"x"), 201)


def test_an_id_is_required(client: BlobClient, container: str) -> None:
    response = client.request("PUT", client.path(container, "b"), [("comp", "block")], {}, b"x")
    expect_error(response, 400, "MissingRequiredQueryParameter")
    assert response.error_field("QueryParameterName") == "blockid"


@pytest.mark.parametrize("block", ["not base64!", "AAA"])
def test_an_id_is_base64(client: BlobClient, container: str, block: str) -> None:
    response = client.put_block(container, "b", block, b"x")
    expect_error(response, 400, "InvalidQueryParameterValue")
    assert response.error_field("QueryParameterName") == "blockid"
    assert response.error_field("QueryParameterValue") == block
    assert response.error_field("Reason") == "Not a valid base64 string."


def test_an_id_has_at_most_64_bytes(client: BlobClient, container: str) -> None:
    longest = base64.b64encode(b"x" * 64).decode()
    expect(client.put_block(container, "b", longest, b"x"), 201)
    too_long = base64.b64encode(b"x" * 65).decode()
    expect(client.put_block(container, "c", too_long, b"x"), 400)


@pytest.mark.parametrize("block", ["++++", "//8=", "AA=="])
def test_ids_with_reserved_characters(client: BlobClient, container: str, block: str) -> None:
    expect(client.put_block(container, "b", block, b"x"), 201)
    assert staged(client, container, "b") == {block: 1}
    expect(client.put_block_list(container, "b", [block]), 201)


def test_an_empty_block_is_refused(client: BlobClient, container: str) -> None:
    response = client.put_block(container, "b", block_id(1), b"")
    expect_error(response, 400, "InvalidHeaderValue")
    assert response.error_field("HeaderName") == "Content-Length"
    assert response.error_field("HeaderValue") == "0"


@pytest.mark.parametrize(
    ("version", "length"),
    [("2021-12-02", 4000 << 20), ("2019-07-07", 100 << 20), ("2015-12-11", 4 << 20)],
)
def test_the_largest_block_depends_on_the_version(
    client: BlobClient, container: str, version: str, length: int
) -> None:
    client.version = version
    path, query = client.path(container, "b"), [("comp", "block"), ("blockid", block_id(1))]
    headers = {"Expect": "100-continue"}
    target, sent = client.head("PUT", path, query, headers, length + 1)
    connection = client.connection()
    connection.putrequest("PUT", target, skip_host=True, skip_accept_encoding=True)
    for name, value in sent.items():
        connection.putheader(name, value)
    connection.endheaders()
    answer = connection.getresponse()
    assert (answer.status, answer.headers["x-ms-error-code"]) == (413, "RequestBodyTooLarge")
    client.close()


def test_a_lease_id_needs_a_lease(client: BlobClient, container: str) -> None:
    expect(client.put_blob(container, "b", b"x"), 201)
    headers = {"x-ms-lease-id": str(uuid.uuid4())}
    response = client.put_block(container, "b", block_id(1), b"x", headers)
    expect_error(response, 412, "LeaseNotPresentWithBlobOperation")
