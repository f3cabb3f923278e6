"""Delete Blob."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta, timezone

import pytest

from azure_client import expect, expect_error
from blob_client import BlobClient, block_id
from signing import http_date

PAST = http_date(datetime.now(timezone.utc) - timedelta(hours=1))
FUTURE = http_date(datetime.now(timezone.utc) + timedelta(hours=1))


@pytest.mark.parametrize("size", [0, 10, 100_000])
def test_it_is_gone(client: BlobClient, container: str, size: int) -> None:
    expect(client.put_blob(container, "b", b"x" * size), 201)
    response = expect(client.delete_blob(container, "b"), 202)
    assert response["x-ms-delete-type-permanent"] == "true"
    assert (response["Content-Length"], response.body) == ("0", b"")
    expect_error(client.get_blob(container, "b"), 404, "BlobNotFound")
    expect_error(client.get_blob_properties(container, "b"), 404, "BlobNotFound")
    expect_error(client.delete_blob(container, "b"), 404, "BlobNotFound")
    assert client.names(container) == []


def test_a_name_can_be_used_again(client: BlobClient, container: str) -> None:
    first = expect(client.put_blob(container, "b", b"1", {"x-ms-meta-a": "1"}), 201)
    expect(client.delete_blob(container, "b"), 202)
    second = expect(client.put_blob(container, "b", b"2", {"If-None-Match": "*"}), 201)
    assert first["ETag"] != second["ETag"]
    got = expect(client.get_blob(container, "b"), 200)
    assert (got.body, got.metadata()) == (b"2", {})


def test_staged_blocks_alone_can_be_deleted(client: BlobClient, container: str) -> None:
    expect(client.put_block(container, "b", block_id(1), b"x"), 201)
    expect(client.delete_blob(container, "b"), 202)
    expect_error(client.get_block_list(container, "b", "all"), 404, "BlobNotFound")
    expect_error(client.delete_blob(container, "b"), 404, "BlobNotFound")


def test_a_blob_of_blocks(client: BlobClient, container: str) -> None:
    expect(client.put_block(container, "b", block_id(1), b"x" * 10_000), 201)
    expect(client.put_block_list(container, "b", [block_id(1)] * 5), 201)
    expect(client.delete_blob(container, "b"), 202)
    expect_error(client.get_block_list(container, "b", "all"), 404, "BlobNotFound")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"If-Match": "{etag}"}, 202),
        ({"If-Match": '"0x8D0000000000000"'}, 412),
        ({"If-None-Match": "{etag}"}, 412),
        ({"If-None-Match": '"0x8D0000000000000"'}, 202),
        ({"If-Modified-Since": FUTURE}, 412),
        ({"If-Unmodified-Since": PAST}, 412),
        ({"If-Unmodified-Since": FUTURE}, 202),
    ],
)
def test_conditions(
    client: BlobClient, container: str, headers: dict[str, str], status: int
) -> None:
    etag = expect(client.put_blob(container, "b", b"x"), 201)["ETag"]
    response = client.delete_blob(
        container, "b", {n: v.format(etag=etag) for n, v in headers.items()}
    )
    assert response.status == status, response
    if status == 412:
        assert response.error_code == "ConditionNotMet"
        expect(client.get_blob(container, "b"), 200)


@pytest.mark.parametrize("tier", [None, "Cool"])
def test_conditions_on_the_tier(client: BlobClient, container: str, tier: str | None) -> None:
    """When it was set, or the blob was made."""
    expect(client.put_blob(container, "b", b"x"), 201)
    if tier:
        expect(client.set_blob_tier(container, "b", tier), 200)
    modified = "x-ms-access-tier-if-modified-since"
    unmodified = "x-ms-access-tier-if-unmodified-since"
    client.version = "2026-02-06"
    response = client.delete_blob(container, "b", {modified: PAST})
    assert expect_error(response, 400, "UnsupportedHeader").error_field("HeaderName") == modified
    client.version = "2026-04-06"
    for unmet in ({modified: FUTURE}, {unmodified: PAST}, {modified: PAST, unmodified: PAST}):
        expect_error(client.delete_blob(container, "b", unmet), 412, "ConditionNotMet")
    response = client.delete_blob(container, "b", {modified: "yesterday"})
    expect_error(response, 400, "InvalidHeaderValue")
    expect(client.delete_blob(container, "b", {modified: PAST, unmodified: FUTURE}), 202)


def test_a_lease_id_needs_a_lease(client: BlobClient, container: str) -> None:
    expect(client.put_blob(container, "b", b"x"), 201)
    response = client.delete_blob(container, "b", {"x-ms-lease-id": str(uuid.uuid4())})
    expect_error(response, 412, "LeaseNotPresentWithBlobOperation")
    expect(client.get_blob(container, "b"), 200)


def test_snapshots_alone_are_deleted(client: BlobClient, container: str) -> None:
    """There are none, and the blob is to stay."""
    expect(client.put_blob(container, "b", b"x"), 201)
    expect(client.delete_blob(container, "b", {"x-ms-delete-snapshots": "only"}), 202)
    response = client.delete_blob(container, "b", {"x-ms-delete-snapshots": "some"})
    expect_error(response, 400, "InvalidHeaderValue")
    expect(client.get_blob(container, "b"), 200)


def test_include_snapshots_deletes_a_blob_without_any(client: BlobClient, container: str) -> None:
    expect(client.put_blob(container, "b", b"x"), 201)
    expect(client.delete_blob(container, "b", {"x-ms-delete-snapshots": "include"}), 202)
    expect_error(client.get_blob(container, "b"), 404, "BlobNotFound")
