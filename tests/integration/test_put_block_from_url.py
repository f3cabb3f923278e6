"""Put Block From URL."""

from __future__ import annotations

import base64
from collections.abc import Callable

import pytest

from azure_client import expect, expect_error, md5_header
from blob_client import BlobClient, block_id
from copying import bare_url, source_url
from crc64 import crc64_header
from sas import account_sas, service_sas
from signing import DEVELOPMENT_ACCOUNT

GUID = "8f4ab5f4-4d4e-4a6e-8a6a-7d0f7ad6d6b5"
PAST = "Wed, 01 Jan 2003 00:00:00 GMT"
FUTURE = "Wed, 01 Jan 2998 00:00:00 GMT"


@pytest.fixture
def url(client: BlobClient, container: str, stored: bytes) -> str:
    return source_url(client, container, "b")


def staged(client: BlobClient, container: str, blob: str) -> list[tuple[str | None, str | None]]:
    response = client.get_block_list(container, blob, "uncommitted")
    if response.status == 404:
        return []
    found = expect(response, 200).xml().findall("UncommittedBlocks/Block")
    return [(node.findtext("Name"), node.findtext("Size")) for node in found]


def test_stages_all_or_a_part(client: BlobClient, container: str, stored: bytes, url: str) -> None:
    first = client.put_block_from_url(container, "copy", block_id(1), url)
    expect(first, 201)
    assert first["ETag"] is None and first["Last-Modified"] is None and first.body == b""
    assert first["x-ms-request-server-encrypted"] == "false"
    parts = {"bytes=0-0": stored[:1], "bytes=5-899": stored[5:900], "bytes=7-": stored[7:]}
    for number, (sent, part) in enumerate(parts.items(), 2):
        response = client.put_block_from_url(
            container, "copy", block_id(number), url, {"x-ms-source-range": sent}
        )
        expect(response, 201)
        assert response["x-ms-content-crc64"] == crc64_header(part)
    expect(client.put_block_list(container, "copy", map(block_id, range(1, 5))), 201)
    assert client.get_blob(container, "copy").body == stored + b"".join(parts.values())


@pytest.mark.parametrize(
    ("version", "given", "told"),
    [
        ("2018-03-28", False, {"Content-MD5"}),
        ("2018-11-09", True, {"Content-MD5"}),
        ("2019-02-02", False, {"x-ms-content-crc64"}),
        ("2021-12-02", True, {"Content-MD5"}),
        ("2026-10-06", False, {"Content-MD5", "x-ms-content-crc64"}),
    ],
)
def test_answers_the_hash_that_the_version_names(
    new_client: Callable[..., BlobClient], container: str, stored: bytes, url: str,
    version: str, given: bool, told: set[str],
) -> None:  # fmt: skip
    headers = {"x-ms-source-content-md5": md5_header(stored)} if given else {}
    client = new_client(version=version)
    response = expect(client.put_block_from_url(container, "c", block_id(1), url, headers), 201)
    hashes = {"Content-MD5": md5_header(stored), "x-ms-content-crc64": crc64_header(stored)}
    assert {name: response[name] for name in hashes if response[name]} == {
        name: hashes[name] for name in told
    }


def test_a_wrong_hash_stages_nothing(client: BlobClient, container: str, stored: bytes, url: str) -> None:
    md5, crc64 = md5_header(stored), crc64_header(stored)
    other = b"other" + stored
    cases = [
        ({"x-ms-source-content-md5": md5_header(other)}, 400, "Md5Mismatch"),
        ({"x-ms-source-content-crc64": crc64_header(other)}, 400, "Crc64Mismatch"),
        ({"x-ms-source-content-md5": "AAAA"}, 400, "InvalidMd5"),
        ({"x-ms-source-content-crc64": "AAAA"}, 400, "InvalidHeaderValue"),
        (
            {"x-ms-source-content-md5": md5, "x-ms-source-content-crc64": crc64},
            400,
            "BothCrc64AndMd5HeaderPresent",
        ),
    ]
    for headers, status, code in cases:
        response = client.put_block_from_url(container, "c", block_id(1), url, headers)
        expect_error(response, status, code)
    assert staged(client, container, "c") == []
    for headers in ({"x-ms-source-content-md5": md5}, {"x-ms-source-content-crc64": crc64}):
        expect(client.put_block_from_url(container, "c", block_id(1), url, headers), 201)


def test_the_source_must_be_authorised_by_itself(
    client: BlobClient, new_client: Callable[..., BlobClient], container: str, stored: bytes
) -> None:
    """The account's key on the request says nothing of the source, though it is the same account's."""
    wrong = service_sas(DEVELOPMENT_ACCOUNT, f"/{container}/b", "r")
    wrong["sig"] = base64.b64encode(b"x" * 32).decode()
    expired = service_sas(DEVELOPMENT_ACCOUNT, f"/{container}/b", "r", se="2020-01-01T00:00:00Z")
    cases = [
        (bare_url(client, container, "b"), 409),
        (source_url(client, container, "b", permissions="w"), 403),
        (source_url(client, container, "b", token=wrong), 403),
        (source_url(client, container, "b", token=expired), 403),
        (source_url(client, container, "other"), 404),
        (source_url(client, container + "x", "b"), 404),
    ]
    for url, status in cases:
        response = client.put_block_from_url(container, "c", block_id(1), url)
        expect_error(response, status, "CannotVerifyCopySource")
    assert staged(client, container, "c") == []
    writer = new_client(sas=account_sas(DEVELOPMENT_ACCOUNT, "w"))
    url = source_url(client, container, "b")
    expect(writer.put_block_from_url(container, "c", block_id(1), url), 201)
    reader = new_client(sas=account_sas(DEVELOPMENT_ACCOUNT, "rc"))
    response = reader.put_block_from_url(container, "c", block_id(2), url)
    expect_error(response, 403, "AuthorizationPermissionMismatch")


def test_the_sources_error_is_told(
    client: BlobClient, new_client: Callable[..., BlobClient], container: str
) -> None:
    url = source_url(client, container, "none")
    old = expect_error(
        client.put_block_from_url(container, "c", block_id(1), url), 404, "CannotVerifyCopySource"
    )
    message = "The specified blob does not exist."
    assert (old.error_field("Message") or "").splitlines()[0] == message == old.reason
    assert old["x-ms-copy-source-status-code"] is None
    assert old.error_field("CopySourceStatusCode") is None
    new = new_client(version="2025-11-05").put_block_from_url(container, "c", block_id(1), url)
    expect_error(new, 404, "CannotVerifyCopySource")
    assert new["x-ms-copy-source-status-code"] == "404"
    assert new["x-ms-copy-source-error-code"] == "BlobNotFound"
    assert new.error_field("CopySourceStatusCode") == "404"
    assert new.error_field("CopySourceErrorCode") == "BlobNotFound"
    assert new.error_field("CopySourceErrorMessage") == message


def test_conditions_of_the_source(client: BlobClient, container: str, stored: bytes, url: str) -> None:
    etag = client.get_blob_properties(container, "b")["ETag"] or ""
    met = [
        {"x-ms-source-if-match": etag},
        {"x-ms-source-if-match": "*"},
        {"x-ms-source-if-none-match": '"0x8D0000000000000"'},
        {"x-ms-source-if-modified-since": PAST},
        {"x-ms-source-if-unmodified-since": FUTURE},
    ]
    for headers in met:
        expect(client.put_block_from_url(container, "c", block_id(1), url, headers), 201)
    unmet = [
        ({"x-ms-source-if-match": '"0x8D0000000000000"'}, 412),
        ({"x-ms-source-if-unmodified-since": PAST}, 412),
        ({"x-ms-source-if-none-match": etag}, 304),
        ({"x-ms-source-if-modified-since": FUTURE}, 304),
    ]
    for headers, status in unmet:
        response = client.put_block_from_url(container, "d", block_id(1), url, headers)
        expect_error(response, status, "CannotVerifyCopySource")
        assert response.body == b"" if status == 304 else response.body
    wrong = {"x-ms-source-if-modified-since": "yesterday"}
    response = client.put_block_from_url(container, "d", block_id(1), url, wrong)
    expect_error(response, 400, "InvalidHeaderValue")
    assert staged(client, container, "d") == []


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        ("bytes=0-300007", 416, "InvalidRange"),
        ("bytes=300007-300008", 416, "CannotVerifyCopySource"),
        ("bytes=9-3", 400, "InvalidHeaderValue"),
        ("bytes=-5", 400, "InvalidHeaderValue"),
        ("0-5", 400, "InvalidHeaderValue"),
    ],
)
def test_ranges_that_are_not_there(
    client: BlobClient, container: str, sent: str, status: int, code: str
) -> None:
    expect(client.put_blob(container, "b", b"x" * 300_007), 201)
    url = source_url(client, container, "b")
    response = client.put_block_from_url(
        container, "c", block_id(1), url, {"x-ms-source-range": sent}
    )
    expect_error(response, status, code)
    assert staged(client, container, "c") == []


@pytest.mark.parametrize(
    "url",
    [
        "", "x", "/c/b", "ftp://a.example/c", "http://", "http://u@a.example/c", "http://a.example:0/",
        "http://a.example/" + "a" * 2048,
    ],
)  # fmt: skip
def test_a_source_that_is_no_url(client: BlobClient, container: str, url: str) -> None:
    response = client.put_block_from_url(container, "c", block_id(1), url)
    expect_error(response, 400, "InvalidHeaderValue")
    assert response.error_field("HeaderName") == "x-ms-copy-source"


def test_it_has_no_body(client: BlobClient, container: str, stored: bytes, url: str) -> None:
    query = [("comp", "block"), ("blockid", block_id(1))]
    path = client.path(container, "c")
    response = client.request("PUT", path, query, {"x-ms-copy-source": url}, b"body")
    expect_error(response, 400, "InvalidHeaderValue")
    assert response.error_field("HeaderName") == "Content-Length"
    assert staged(client, container, "c") == []


def test_an_empty_source_is_no_block(client: BlobClient, container: str) -> None:
    expect(client.put_blob(container, "b", b""), 201)
    response = client.put_block_from_url(
        container, "c", block_id(1), source_url(client, container, "b")
    )
    expect_error(response, 400, "InvalidInput")


def test_the_largest_block_depends_on_the_version(
    client: BlobClient, new_client: Callable[..., BlobClient], container: str
) -> None:
    mib = 1 << 20
    big = bytes(101 * mib)
    expect(client.put_blob(container, "big", big), 201)
    url = source_url(client, container, "big")
    old = new_client(version="2018-03-28")
    response = old.put_block_from_url(container, "c", block_id(1), url)
    expect_error(response, 413, "RequestBodyTooLarge")
    assert response.error_field("MaxLimit") == str(100 * mib)
    sent = {"x-ms-source-range": f"bytes=0-{100 * mib - 1}"}
    expect(old.put_block_from_url(container, "c", block_id(1), url, sent), 201)
    expect(client.put_block_from_url(container, "d", block_id(1), url), 201)
    assert staged(client, container, "d") == [(block_id(1), str(len(big)))]


def test_errors_of_the_destination_come_before_the_source(
    client: BlobClient, container: str
) -> None:
    """Nothing is asked of the source where nothing would come of it: this one would not answer."""
    url = "http://192.0.2.1/c/b"
    wrong_length = client.put_block(container, "c", block_id(1), b"x")
    expect(wrong_length, 201)
    cases = [
        (container + "x", "c", block_id(1), {}, 404, "ContainerNotFound"),
        (container, "c", block_id(1, 9), {}, 400, "InvalidBlobOrBlock"),
        (container, "c", "!", {}, 400, "InvalidQueryParameterValue"),
        (container, "c", block_id(1), {"x-ms-lease-id": GUID}, 412, None),
    ]
    for where, blob, block, headers, status, code in cases:
        response = client.put_block_from_url(where, blob, block, url, headers)
        assert response.status == status, response
        assert code is None or response.error_code == code


def test_before_its_version(new_client: Callable[..., BlobClient], client: BlobClient, container: str) -> None:
    response = new_client(version="2017-11-09").put_block_from_url(
        container, "c", block_id(1), source_url(client, container, "b")
    )
    expect_error(response, 400, "UnsupportedHeader")
    assert response.error_field("HeaderName") == "x-ms-copy-source"


def test_what_is_not_of_it_is_refused(client: BlobClient, container: str, stored: bytes, url: str) -> None:
    for name, value in {
        "x-ms-source-if-tags": "a='b'",
        "x-ms-source-encryption-key": "AAAA",
        "x-ms-copy-source-tag-option": "COPY",
        "x-ms-copy-source-blob-properties": "true",
        "x-ms-tags": "a=b",
    }.items():
        response = client.put_block_from_url(container, "c", block_id(1), url, {name: value})
        assert response.status == 400, response
    assert staged(client, container, "c") == []


def test_a_token_for_the_source(client: BlobClient, container: str, stored: bytes) -> None:
    """It is passed on: this store, which takes none, says so."""
    url = bare_url(client, container, "b")
    headers = {"x-ms-copy-source-authorization": "Bearer abc"}
    response = client.put_block_from_url(container, "c", block_id(1), url, headers)
    expect_error(response, 400, "CannotVerifyCopySource")
    headers = {"x-ms-copy-source-authorization": "SharedKey a:b"}
    response = client.put_block_from_url(container, "c", block_id(1), url, headers)
    expect_error(response, 400, "InvalidHeaderValue")
    assert response.error_field("HeaderName") == "x-ms-copy-source-authorization"
