"""Get Blob: ranges and their hashes. Conditions: test_read_conditions.py."""

from __future__ import annotations

import random
import uuid

import pytest

from azure_client import expect, expect_error, md5_header
from blob_client import BlobClient

CONTENT = random.Random(7).randbytes(300_007)
SIZE = len(CONTENT)


def test_any_range_is_that_part(client: BlobClient, container: str, stored: bytes) -> None:
    size = len(stored)
    seed = random.Random(3)
    edges = [0, 1, 511, 4095, 4096, 65_535, 65_536, 65_537, 199_999, 200_000, size - 2, size - 1]
    edges = [edge for edge in edges if edge < size]
    ranges = [tuple(sorted(seed.choices(edges, k=2))) for _ in range(40)]
    ranges += [tuple(sorted((seed.randrange(size), seed.randrange(size)))) for _ in range(40)]
    for first, last in ranges:
        response = client.get_blob(container, "b", {"x-ms-range": f"bytes={first}-{last}"})
        assert expect(response, 206).body == stored[first : last + 1], (first, last)
        assert response["Content-Range"] == f"bytes {first}-{last}/{size}"
        assert response["Content-Length"] == str(last - first + 1)


def test_a_whole_read(client: BlobClient, container: str, stored: bytes) -> None:
    response = expect(client.get_blob(container, "b"), 200)
    assert response.body == stored
    assert response["Accept-Ranges"] == "bytes"
    assert response["Content-Range"] is None
    assert response["x-ms-server-encrypted"] == "false"  # there is no encryption at rest
    assert response["x-ms-creation-time"]
    assert (response["x-ms-lease-status"], response["x-ms-lease-state"]) == (
        "unlocked",
        "available",
    )
    assert response["x-ms-access-tier"] is None


@pytest.mark.parametrize(
    ("sent", "first", "last"),
    [
        ("bytes=0-", 0, SIZE - 1),
        ("bytes=100-", 100, SIZE - 1),
        ("bytes=0-99999999", 0, SIZE - 1),
        (f"bytes={SIZE - 1}-", SIZE - 1, SIZE - 1),
    ],
)
@pytest.mark.parametrize("header", ["Range", "x-ms-range"])
def test_open_and_clamped_ranges(
    client: BlobClient, container: str, header: str, sent: str, first: int, last: int
) -> None:
    expect(client.put_blob(container, "b", CONTENT), 201)
    response = expect(client.get_blob(container, "b", {header: sent}), 206)
    assert response.body == CONTENT[first : last + 1]
    assert response["Content-Range"] == f"bytes {first}-{last}/{SIZE}"


@pytest.mark.parametrize(
    "sent",
    ["bytes=-5", "bytes=-1-", "bytes=-2-497", "bytes=None-", "bytes=5-4", "bytes=0-1,3-4", "lines=0-1",
     "bytes=", "0-5", "bytes=a-b"],
)  # fmt: skip
def test_other_ranges_are_ignored(client: BlobClient, container: str, sent: str) -> None:
    expect(client.put_blob(container, "b", b"0123456789"), 201)
    assert expect(client.get_blob(container, "b", {"Range": sent}), 200).body == b"0123456789"


def test_the_azure_header_wins(client: BlobClient, container: str) -> None:
    expect(client.put_blob(container, "b", b"0123456789"), 201)
    headers = {"Range": "bytes=0-1", "x-ms-range": "bytes=4-6"}
    assert expect(client.get_blob(container, "b", headers), 206).body == b"456"


@pytest.mark.parametrize(
    ("size", "sent"), [(10, "bytes=10-"), (10, "bytes=10-20"), (0, "bytes=0-")]
)
def test_a_start_beyond_the_end(client: BlobClient, container: str, size: int, sent: str) -> None:
    expect(client.put_blob(container, "b", b"x" * size), 201)
    response = client.get_blob(container, "b", {"x-ms-range": sent})
    expect_error(response, 416, "InvalidRange")
    assert response["Content-Range"] == f"bytes */{size}"


def test_a_range_carries_no_hash_of_its_own(
    client: BlobClient, container: str, stored: bytes
) -> None:
    response = expect(client.get_blob(container, "b", {"x-ms-range": "bytes=17-99"}), 206)
    assert response.body == stored[17:100]
    assert (response["Content-MD5"], response["x-ms-content-crc64"]) == (None, None)


def test_the_stored_md5_moves_aside_for_a_range(client: BlobClient, container: str) -> None:
    expect(client.put_blob(container, "b", b"0123456789"), 201)
    response = expect(client.get_blob(container, "b", {"Range": "bytes=0-3"}), 206)
    assert response["x-ms-blob-content-md5"] == md5_header(b"0123456789")


def test_a_reader_sees_one_version_whole(client: BlobClient, container: str) -> None:
    """A read that began before an overwrite ends with the bytes it began with."""
    old, new = b"o" * (24 << 20), b"n" * (24 << 20)
    expect(client.put_blob(container, "b", old), 201)
    reader = BlobClient(client.endpoint, client.account_name, client.account)
    with reader.streamed("GET", reader.path(container, "b"), [], {}) as answer:
        start = answer.read(1 << 20)
        expect(client.put_blob(container, "b", new), 201)
        assert start + answer.read() == old
    assert expect(client.get_blob(container, "b"), 200).body == new


def test_errors(client: BlobClient, container: str) -> None:
    expect_error(client.get_blob(container, "absent"), 404, "BlobNotFound")
    expect(client.put_blob(container, "b", b"x"), 201)
    response = client.get_blob(container, "b", {"x-ms-lease-id": str(uuid.uuid4())})
    expect_error(response, 412, "LeaseNotPresentWithBlobOperation")
