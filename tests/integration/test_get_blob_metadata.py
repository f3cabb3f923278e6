"""Get Blob Metadata, by GET and by HEAD."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta, timezone

import pytest

from azure_client import expect, expect_error
from blob_client import BlobClient, block_id
from signing import http_date

PAST = http_date(datetime.now(timezone.utc) - timedelta(hours=1))
FUTURE = http_date(datetime.now(timezone.utc) + timedelta(hours=1))
OTHER = '"0x8D0000000000000"'


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_it_is_headers_only(client: BlobClient, container: str, method: str) -> None:
    headers = {"x-ms-meta-Colour": "blue", "x-ms-meta-empty": "", "x-ms-blob-content-type": "a/b"}
    put = expect(client.put_blob(container, "b", b"content", headers), 201)
    got = expect(client.get_blob_metadata(container, "b", method=method), 200)
    assert got.body == b""
    assert got["Content-Length"] == "0"
    assert got.metadata() == {"Colour": "blue", "empty": ""}
    assert (got["ETag"], got["Last-Modified"]) == (put["ETag"], put["Last-Modified"])
    assert got["Content-Type"] is None
    assert got["x-ms-access-tier"] is None
    # The connection is in step afterwards.
    assert expect(client.get_blob(container, "b"), 200).body == b"content"


def test_there_is_none(client: BlobClient, container: str) -> None:
    expect(client.put_blob(container, "b", b"content"), 201)
    assert expect(client.get_blob_metadata(container, "b"), 200).metadata() == {}


def test_an_archived_blob_shows_it(client: BlobClient, container: str) -> None:
    headers = {"x-ms-meta-a": "1", "x-ms-access-tier": "Archive"}
    expect(client.put_blob(container, "b", b"content", headers), 201)
    assert expect(client.get_blob_metadata(container, "b"), 200).metadata() == {"a": "1"}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"If-Match": "{etag}"}, 200),
        ({"If-Match": OTHER}, 412),
        ({"If-None-Match": "{etag}"}, 304),
        ({"If-None-Match": OTHER}, 200),
        ({"If-Modified-Since": PAST}, 200),
        ({"If-Modified-Since": FUTURE}, 304),
        ({"If-Unmodified-Since": PAST}, 412),
        ({"If-Unmodified-Since": FUTURE}, 200),
        # Of a pair the tag decides.
        ({"If-None-Match": "{etag}", "If-Modified-Since": PAST}, 304),
        ({"If-Match": "{etag}", "If-Unmodified-Since": PAST}, 200),
    ],
)
def test_conditions(
    client: BlobClient, container: str, headers: dict[str, str], status: int
) -> None:
    etag = expect(client.put_blob(container, "b", b"content"), 201)["ETag"]
    sent = {name: value.format(etag=etag) for name, value in headers.items()}
    response = client.get_blob_metadata(container, "b", sent)
    assert response.status == status, response
    if status != 200:
        assert response.error_code == "ConditionNotMet"
    if status == 304:
        assert (response.body, response["ETag"], response["Last-Modified"]) == (b"", None, None)


def test_it_takes_no_other_combination(client: BlobClient, container: str) -> None:
    etag = expect(client.put_blob(container, "b", b"content"), 201)["ETag"]
    for headers in (
        {"If-Match": etag, "If-None-Match": OTHER},
        {"If-Match": f"{etag}, {OTHER}"},
        {"If-Modified-Since": PAST, "If-Unmodified-Since": FUTURE},
    ):
        response = client.get_blob_metadata(container, "b", headers)
        expect_error(response, 400, "MultipleConditionHeadersNotSupported")
    response = client.get_blob_metadata(container, "b", {"If-None-Match": "*"})
    expect_error(response, 400, "UnsatisfiableCondition")


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_errors(client: BlobClient, container: str, method: str) -> None:
    def read(name: str, headers: dict[str, str] | None = None, of: str = container):
        return client.get_blob_metadata(of, name, headers, method)

    expect_error(read("absent"), 404, "BlobNotFound")
    expect_error(read("b", of=container + "x"), 404, "ContainerNotFound")
    expect(client.put_block(container, "staged", block_id(1), b"x"), 201)
    expect_error(read("staged"), 404, "BlobNotFound")
    expect(client.put_blob(container, "b", b"content"), 201)
    lease = {"x-ms-lease-id": str(uuid.uuid4())}
    expect_error(read("b", lease), 412, "LeaseNotPresentWithBlobOperation")
    expect_error(read("b", {"x-ms-lease-id": "x"}), 400, "InvalidHeaderValue")
    expect_error(read("b", {"x-ms-if-tags": "a='b'"}), 412, "ConditionNotMet")
