"""Append Block From URL."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from azure_client import expect, expect_error, md5_header
from blob_client import BlobClient
from copying import bare_url, source_url
from crc64 import crc64_header

PAST = "Wed, 01 Jan 2003 00:00:00 GMT"
FUTURE = "Wed, 01 Jan 2998 00:00:00 GMT"
POSITION = "x-ms-blob-condition-appendpos"
GUID = "8f4ab5f4-4d4e-4a6e-8a6a-7d0f7ad6d6b5"


@pytest.fixture
def url(client: BlobClient, container: str, stored: bytes) -> str:
    expect(client.put_append_blob(container, "a"), 201)
    return source_url(client, container, "b")


def length(client: BlobClient, container: str) -> str | None:
    return expect(client.get_blob_properties(container, "a"), 200)["Content-Length"]


def test_appends_all_or_a_part(client: BlobClient, container: str, stored: bytes, url: str) -> None:
    first = expect(client.append_block_from_url(container, "a", url), 201)
    assert first["x-ms-blob-append-offset"] == "0"
    assert first["x-ms-blob-committed-block-count"] == "1"
    assert first["x-ms-request-server-encrypted"] == "false"
    assert first["ETag"] and first["Last-Modified"] and first.body == b""
    whole = stored
    parts = {"bytes=0-0": stored[:1], "bytes=5-899": stored[5:900], "bytes=7-": stored[7:]}
    for sent, part in parts.items():
        response = client.append_block_from_url(container, "a", url, {"x-ms-source-range": sent})
        assert expect(response, 201)["Content-MD5"] == md5_header(part)
        assert response["x-ms-blob-append-offset"] == str(len(whole))
        whole += part
    assert client.get_blob(container, "a").body == whole


@pytest.mark.parametrize(
    ("version", "given", "told"),
    [
        ("2018-11-09", "", {"Content-MD5"}),
        ("2018-11-09", "x-ms-source-content-crc64", {"Content-MD5"}),
        ("2019-02-02", "", {"Content-MD5"}),
        ("2021-12-02", "x-ms-source-content-md5", {"Content-MD5"}),
        ("2021-12-02", "x-ms-source-content-crc64", {"x-ms-content-crc64"}),
        ("2026-10-06", "", {"Content-MD5", "x-ms-content-crc64"}),
    ],
)
def test_answers_the_hash_that_the_version_names(
    new_client: Callable[..., BlobClient], container: str, stored: bytes, url: str,
    version: str, given: str, told: set[str],
) -> None:  # fmt: skip
    hashes = {"Content-MD5": md5_header(stored), "x-ms-content-crc64": crc64_header(stored)}
    value = hashes["Content-MD5" if given.endswith("md5") else "x-ms-content-crc64"]
    client = new_client(version=version)
    headers = {given: value} if given else {}
    response = expect(client.append_block_from_url(container, "a", url, headers), 201)
    assert {name: response[name] for name in hashes if response[name]} == {
        name: hashes[name] for name in told
    }


def test_a_wrong_hash_appends_nothing(
    client: BlobClient, container: str, stored: bytes, url: str
) -> None:
    other = b"other" + stored
    cases = [
        ({"x-ms-source-content-md5": md5_header(other)}, "Md5Mismatch"),
        ({"x-ms-source-content-crc64": crc64_header(other)}, "Crc64Mismatch"),
        ({"x-ms-source-content-md5": "AAAA"}, "InvalidMd5"),
        (
            {
                "x-ms-source-content-md5": md5_header(stored),
                "x-ms-source-content-crc64": crc64_header(stored),
            },
            "BothCrc64AndMd5HeaderPresent",
        ),
    ]
    for headers, code in cases:
        expect_error(client.append_block_from_url(container, "a", url, headers), 400, code)
    assert length(client, container) == "0"


def test_the_source_must_be_authorised_by_itself(
    client: BlobClient, container: str, stored: bytes, url: str
) -> None:
    cases = [
        (bare_url(client, container, "b"), 409),
        (source_url(client, container, "b", permissions="w"), 403),
        (source_url(client, container, "other"), 404),
    ]
    for source, status in cases:
        response = client.append_block_from_url(container, "a", source)
        expect_error(response, status, "CannotVerifyCopySource")
        assert response["x-ms-copy-source-status-code"] in (None, str(status))
    assert length(client, container) == "0"


def test_conditions_of_the_source(
    client: BlobClient, container: str, stored: bytes, url: str
) -> None:
    etag = expect(client.get_blob_properties(container, "b"), 200)["ETag"] or ""
    unmet = [
        ({"x-ms-source-if-match": '"0x1"'}, 412),
        ({"x-ms-source-if-none-match": etag}, 304),
        ({"x-ms-source-if-modified-since": FUTURE}, 304),
        ({"x-ms-source-if-unmodified-since": PAST}, 412),
    ]
    for headers, status in unmet:
        assert client.append_block_from_url(container, "a", url, headers).status == status
    assert length(client, container) == "0"
    expect(client.append_block_from_url(container, "a", url, {"x-ms-source-if-match": etag}), 201)


def test_conditions_of_the_blob_come_before_the_source(
    client: BlobClient, container: str, url: str
) -> None:
    nowhere = "http://127.0.0.1:1/devstoreaccount1/c/b"
    cases = [
        ({POSITION: "1"}, 412, "AppendPositionConditionNotMet"),
        ({"If-Match": '"0x1"'}, 412, "ConditionNotMet"),
        ({"x-ms-if-tags": "k='v'"}, 412, "ConditionNotMet"),
        ({"x-ms-lease-id": GUID}, 412, "LeaseNotPresentWithBlobOperation"),
    ]
    for headers, status, code in cases:
        response = client.append_block_from_url(container, "a", nowhere, headers)
        expect_error(response, status, code)
    expect_error(client.append_block_from_url(container, "no", nowhere), 404, "BlobNotFound")
    expect_error(client.append_block_from_url(container, "b", nowhere), 409, "InvalidBlobType")
    too_long = {"x-ms-blob-condition-maxsize": "10"}
    response = client.append_block_from_url(container, "a", url, too_long)
    expect_error(response, 412, "MaxBlobSizeConditionNotMet")
    assert length(client, container) == "0"


def test_sources_that_are_no_block(client: BlobClient, container: str, url: str) -> None:
    expect(client.put_blob(container, "empty", b""), 201)
    response = client.append_block_from_url(container, "a", source_url(client, container, "empty"))
    expect_error(response, 400, "InvalidInput")
    behind = {"x-ms-source-range": "bytes=99999999999-"}
    assert client.append_block_from_url(container, "a", url, behind).status == 416
    malformed = {"x-ms-source-range": "lines=1-2"}
    response = client.append_block_from_url(container, "a", url, malformed)
    expect_error(response, 400, "InvalidHeaderValue")
    expect_error(client.append_block_from_url(container, "a", "no URL"), 400, "InvalidHeaderValue")
    expect(client.put_blob(container, "long", bytes((4 << 20) + 1)), 201)
    client.version = "2021-12-02"
    response = client.append_block_from_url(container, "a", source_url(client, container, "long"))
    expect_error(response, 413, "RequestBodyTooLarge")
    client.version = "2018-03-28"
    expect_error(client.append_block_from_url(container, "a", url), 400, "UnsupportedHeader")


@pytest.mark.parametrize(
    "name",
    [
        "x-ms-source-encryption-key",
        "x-ms-source-encryption-key-sha256",
        "x-ms-source-encryption-algorithm",
    ],
)
def test_keys_of_the_source_are_refused(
    client: BlobClient, container: str, url: str, name: str
) -> None:
    expect_error(
        client.append_block_from_url(container, "a", url, {name: "x"}), 400, "UnsupportedHeader"
    )
    assert length(client, container) == "0"


def test_its_own_blob_is_a_source(client: BlobClient, container: str, url: str) -> None:
    for _ in range(2):
        expect(client.append_block(container, "a", b"x" * 3000), 201)
    itself = source_url(client, container, "a")
    for _ in range(3):
        expect(client.append_block_from_url(container, "a", itself), 201)
    assert client.get_blob(container, "a").body == b"x" * 6000 * 8
