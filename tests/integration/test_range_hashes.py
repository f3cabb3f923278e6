"""Get Blob with x-ms-range-get-content-md5 and -crc64: the hash of a range in the head of its answer."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable

import pytest

from azure_client import Response, expect, expect_error, md5_header
from blob_client import BlobClient
from crc64 import crc64_header

MD5 = "x-ms-range-get-content-md5"
CRC64 = "x-ms-range-get-content-crc64"
LIMIT = 4 << 20


def get(client: BlobClient, container: str, sent: str, flag: str, value: str = "true") -> Response:
    return client.get_blob(container, "b", {"x-ms-range": sent, flag: value})


def test_the_hash_is_of_the_range(client: BlobClient, container: str, stored: bytes) -> None:
    size = len(stored)
    edges = [0, 1, 500, 16_383, 16_384, 16_385, 65_536, 65_537, 200_000, size - 2, size - 1]
    edges = [edge for edge in edges if edge < size]
    seed = random.Random(5)
    ranges = [tuple(sorted(seed.choices(edges, k=2))) for _ in range(12)] + [(0, size - 1)]
    for first, last in ranges:
        sent = f"bytes={first}-{last}"
        part = stored[first : last + 1]
        with_md5 = expect(get(client, container, sent, MD5), 206)
        assert (with_md5.body, with_md5["Content-MD5"]) == (part, md5_header(part)), sent
        assert with_md5["x-ms-content-crc64"] is None
        with_crc = expect(get(client, container, sent, CRC64), 206)
        assert (with_crc.body, with_crc["x-ms-content-crc64"]) == (part, crc64_header(part)), sent
        assert with_crc["Content-MD5"] is None


def test_the_stored_md5_stands_beside_it(client: BlobClient, container: str) -> None:
    expect(client.put_blob(container, "b", b"0123456789"), 201)
    got = expect(get(client, container, "bytes=2-4", MD5), 206)
    assert got["Content-MD5"] == md5_header(b"234")
    assert got["x-ms-blob-content-md5"] == md5_header(b"0123456789")


def test_open_and_clamped_ranges(client: BlobClient, container: str) -> None:
    expect(client.put_blob(container, "b", b"0123456789"), 201)
    assert get(client, container, "bytes=7-", MD5)["Content-MD5"] == md5_header(b"789")
    assert get(client, container, "bytes=8-99", CRC64)["x-ms-content-crc64"] == crc64_header(b"89")
    expect_error(get(client, container, "bytes=10-", MD5), 416, "InvalidRange")


@pytest.mark.parametrize("flag", [MD5, CRC64])
def test_four_mebibytes_are_the_limit(client: BlobClient, container: str, flag: str) -> None:
    content = random.Random(6).randbytes(LIMIT + 1)
    expect(client.put_blob(container, "b", content), 201)
    got = expect(get(client, container, f"bytes=1-{LIMIT}", flag), 206)
    assert got.body == content[1:]
    if flag == MD5:
        assert got["Content-MD5"] == md5_header(content[1:])
    assert expect(get(client, container, "bytes=1-", flag), 206).body == content[1:]
    for sent in (f"bytes=0-{LIMIT}", "bytes=0-", "bytes=5-99999999"):
        response = expect_error(get(client, container, sent, flag), 400, "InvalidHeaderValue")
        assert (response.error_field("HeaderName"), response.error_field("HeaderValue")) == (
            flag,
            "true",
        )


@pytest.mark.parametrize("flag", [MD5, CRC64])
def test_misuse_names_the_header(client: BlobClient, container: str, flag: str) -> None:
    expect(client.put_blob(container, "b", b"0123456789"), 201)
    for headers in (
        {flag: "true"},
        {flag: "true", "Range": "bytes=-3"},
        {flag: "maybe", "Range": "bytes=0-3"},
        {flag: "1"},
    ):
        response = client.get_blob(container, "b", headers)
        expect_error(response, 400, "InvalidHeaderValue")
        assert response.error_field("HeaderName") == flag, headers
    for value in ("false", "False", ""):
        got = expect(get(client, container, "bytes=0-3", flag, value), 206)
        assert (got["Content-MD5"], got["x-ms-content-crc64"]) == (None, None)


def test_only_one_of_them(client: BlobClient, container: str) -> None:
    expect(client.put_blob(container, "b", b"0123456789"), 201)
    headers = {MD5: "true", CRC64: "true", "Range": "bytes=0-3"}
    response = expect_error(client.get_blob(container, "b", headers), 400, "InvalidHeaderValue")
    assert response.error_field("HeaderName") == CRC64
    headers[CRC64] = "false"
    assert client.get_blob(container, "b", headers)["Content-MD5"] == md5_header(b"0123")


def test_crc64_came_with_20190202(
    new_client: Callable[..., BlobClient], client: BlobClient, container: str
) -> None:
    expect(client.put_blob(container, "b", b"0123456789"), 201)
    old = new_client(version="2018-11-09")
    got = expect(get(old, container, "bytes=0-3", CRC64), 206)
    assert (got.body, got["x-ms-content-crc64"]) == (b"0123", None)
    assert get(old, container, "bytes=0-3", MD5)["Content-MD5"] == md5_header(b"0123")


def test_head_passes_over_them(client: BlobClient, container: str) -> None:
    expect(client.put_blob(container, "b", b"0123456789"), 201)
    head = expect(client.get_blob_properties(container, "b", {MD5: "true"}), 200)
    assert head["Content-MD5"] == md5_header(b"0123456789")


def test_the_blob_is_looked_at_first(client: BlobClient, container: str) -> None:
    expect(client.put_blob(container, "b", b"0123456789"), 201)
    headers = {MD5: "true", "Range": "bytes=0-3", "If-Match": '"0x8D0000000000000"'}
    expect_error(client.get_blob(container, "b", headers), 412, "ConditionNotMet")
    expect_error(client.get_blob(container, "absent", headers), 404, "BlobNotFound")


def test_many_at_once_share_the_buffers(
    new_client: Callable[..., BlobClient], client: BlobClient, container: str
) -> None:
    """More readers than the pool has room for at 4 MiB each; all of them get through."""
    content = random.Random(8).randbytes(LIMIT)
    expect(client.put_blob(container, "b", content), 201)
    failures: list[str] = []

    def read() -> None:
        got = get(new_client(), container, f"bytes=0-{LIMIT - 1}", MD5)
        if (got.status, got.body, got["Content-MD5"]) != (206, content, md5_header(content)):
            failures.append(f"{got.status} {got.error_code}")

    threads = [threading.Thread(target=read) for _ in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
