"""Set Blob Metadata."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from email.utils import parsedate_to_datetime

import pytest

from azure_client import Response, expect, expect_error
from blob_client import BlobClient, block_id
from racing import race
from signing import http_date

PAST = http_date(datetime.now(timezone.utc) - timedelta(hours=1))
FUTURE = http_date(datetime.now(timezone.utc) + timedelta(hours=1))
OTHER = '"0x8D0000000000000"'

# What it must leave as it is.
KEPT = [
    "Content-Length", "Content-Type", "Content-MD5", "Cache-Control", "x-ms-blob-type",
    "x-ms-creation-time", "x-ms-access-tier", "x-ms-access-tier-change-time",
]  # fmt: skip


def test_it_replaces_all_and_nothing_else(client: BlobClient, container: str) -> None:
    headers = {
        "x-ms-meta-old": "1",
        "x-ms-meta-both": "1",
        "x-ms-blob-content-type": "a/b",
        "x-ms-blob-cache-control": "no-cache",
        "x-ms-access-tier": "Cool",
    }
    put = expect(client.put_blob(container, "b", b"content", headers), 201)
    before = expect(client.get_blob_properties(container, "b"), 200)
    time.sleep(1.1)  # dates have seconds
    headers = {"x-ms-meta-both": "2", "x-ms-meta-New": "a b"}
    answer = expect(client.set_blob_metadata(container, "b", headers), 200)
    assert answer.body == b""
    assert answer["x-ms-request-server-encrypted"] == "false"
    assert answer["ETag"] != put["ETag"]
    after = expect(client.get_blob_properties(container, "b"), 200)
    assert after.metadata() == {"both": "2", "New": "a b"}
    assert (after["ETag"], after["Last-Modified"]) == (answer["ETag"], answer["Last-Modified"])
    modified = parsedate_to_datetime(answer["Last-Modified"] or "")
    assert modified > parsedate_to_datetime(put["Last-Modified"] or "")
    assert [after[name] for name in KEPT] == [before[name] for name in KEPT]
    assert expect(client.get_blob(container, "b"), 200).body == b"content"
    entry = client.list_blobs(container, include="metadata").xml().find("Blobs/Blob/Metadata")
    assert entry is not None and {node.tag: node.text for node in entry} == after.metadata()


def test_nothing_clears(client: BlobClient, container: str) -> None:
    expect(client.put_blob(container, "b", b"content", {"x-ms-meta-a": "1"}), 201)
    expect(client.set_blob_metadata(container, "b"), 200)
    assert expect(client.get_blob_metadata(container, "b"), 200).metadata() == {}


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"x-ms-meta-": "1"}, "EmptyMetadataKey"),
        ({"x-ms-meta-1a": "1"}, "InvalidMetadata"),
        ({"x-ms-meta-a-b": "1"}, "InvalidMetadata"),
        ({"x-ms-meta-a": "x" * 8192}, "MetadataTooLarge"),
        ({"x-ms-meta-a": "x" * 4096, "x-ms-meta-b": "x" * 4095}, "MetadataTooLarge"),
        ({"x-ms-lease-id": "x"}, "InvalidHeaderValue"),
        ({"If-Modified-Since": "yesterday"}, "InvalidHeaderValue"),
        ({"x-ms-if-tags": "a=b"}, "InvalidHeaderValue"),
        ({"x-ms-encryption-scope": "s"}, "UnsupportedHeader"),
    ],
)
def test_what_is_malformed_changes_nothing(
    client: BlobClient, container: str, headers: dict[str, str], code: str
) -> None:
    put = expect(client.put_blob(container, "b", b"content", {"x-ms-meta-old": "1"}), 201)
    expect_error(client.set_blob_metadata(container, "b", headers), 400, code)
    got = expect(client.get_blob_metadata(container, "b"), 200)
    assert (got.metadata(), got["ETag"]) == ({"old": "1"}, put["ETag"])


def test_the_largest(client: BlobClient, container: str) -> None:
    expect(client.put_blob(container, "b", b"content"), 201)
    headers = {"x-ms-meta-a": "x" * 4096, "x-ms-meta-b": "y" * 4094}
    expect(client.set_blob_metadata(container, "b", headers), 200)
    got = expect(client.get_blob_metadata(container, "b"), 200)
    assert got.metadata() == {"a": "x" * 4096, "b": "y" * 4094}


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({"If-Match": "{etag}"}, 200, None),
        ({"If-Match": "*"}, 200, None),
        ({"If-Match": OTHER}, 412, "ConditionNotMet"),
        ({"If-None-Match": "*"}, 412, "ConditionNotMet"),
        ({"If-None-Match": "{etag}"}, 412, "ConditionNotMet"),
        ({"If-None-Match": OTHER}, 200, None),
        ({"If-Modified-Since": PAST}, 200, None),
        ({"If-Modified-Since": FUTURE}, 412, "ConditionNotMet"),
        ({"If-Unmodified-Since": PAST}, 412, "ConditionNotMet"),
        ({"If-Unmodified-Since": FUTURE}, 200, None),
        ({"If-Match": "{etag}", "If-Unmodified-Since": PAST}, 200, None),
        ({"If-Match": "{etag}", "If-None-Match": OTHER}, 400, "MultipleConditionHeadersNotSupported"),
    ],
)  # fmt: skip
def test_conditions(
    client: BlobClient, container: str, headers: dict[str, str], status: int, code: str | None
) -> None:
    etag = expect(client.put_blob(container, "b", b"content"), 201)["ETag"]
    sent = {name: value.format(etag=etag) for name, value in headers.items()}
    response = client.set_blob_metadata(container, "b", sent | {"x-ms-meta-a": "1"})
    assert (response.status, response.error_code) == (status, code), response
    expected = {"a": "1"} if status == 200 else {}
    assert client.get_blob_metadata(container, "b").metadata() == expected


def test_one_of_many_updaters_wins(
    new_client: Callable[..., BlobClient], client: BlobClient, container: str
) -> None:
    etag = expect(client.put_blob(container, "b", b"content"), 201)["ETag"]

    def update(other: BlobClient, number: int) -> Response:
        headers = {"If-Match": etag, "x-ms-meta-a": str(number)}
        return other.set_blob_metadata(container, "b", headers)

    assert race(new_client, update) == [200] + [412] * 11


def test_errors(client: BlobClient, container: str) -> None:
    absent = client.set_blob_metadata(container, "absent", {"If-Match": OTHER})
    expect_error(absent, 404, "BlobNotFound")
    expect_error(client.set_blob_metadata(container + "x", "b"), 404, "ContainerNotFound")
    expect(client.put_block(container, "staged", block_id(1), b"x"), 201)
    expect_error(client.set_blob_metadata(container, "staged"), 404, "BlobNotFound")
    expect(client.put_blob(container, "b", b"content"), 201)
    lease = {"x-ms-lease-id": str(uuid.uuid4()), "If-Match": OTHER}
    response = client.set_blob_metadata(container, "b", lease)
    expect_error(response, 412, "LeaseNotPresentWithBlobOperation")
    expect(client.set_blob_tier(container, "b", "Archive"), 200)
    expect_error(client.set_blob_metadata(container, "b", lease), 409, "BlobArchived")
    path = client.path(container, "b")
    for parameter in ("snapshot", "versionid"):
        query = [("comp", "metadata"), (parameter, "2021-06-28T05:51:11.5743121Z")]
        expect_error(client.request("PUT", path, query), 400, "InvalidQueryParameterValue")


def test_uncommitted_blocks_stay(client: BlobClient, container: str) -> None:
    expect(client.put_blob(container, "b", b"content"), 201)
    expect(client.put_block(container, "b", block_id(1), b"x" * 9000), 201)
    expect(client.set_blob_metadata(container, "b", {"x-ms-meta-a": "1"}), 200)
    expect(client.set_blob_properties(container, "b"), 200)
    expect(client.set_blob_tier(container, "b", "Cool"), 200)
    expect(client.put_block_list(container, "b", [block_id(1)]), 201)
    assert expect(client.get_blob(container, "b"), 200).body == b"x" * 9000
