"""Conditional headers on Get Blob and Get Blob Properties."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from azure_client import expect, expect_error
from blob_client import BlobClient
from signing import http_date

PAST = http_date(datetime.now(timezone.utc) - timedelta(hours=1))
FUTURE = http_date(datetime.now(timezone.utc) + timedelta(hours=1))
OTHER = '"0x8D0000000000000"'

# {etag} is the blob's. The rule: If-Match && If-Unmodified-Since && (If-None-Match ||
# If-Modified-Since), and 412 before 304.
CASES = [
    ({"If-Match": "{etag}"}, 200),
    ({"If-Match": "*"}, 200),
    ({"If-Match": OTHER}, 412),
    ({"If-Match": OTHER + ", {etag}"}, 200),
    ({"If-None-Match": "{etag}"}, 304),
    ({"If-None-Match": OTHER}, 200),
    ({"If-None-Match": OTHER + ",{etag}"}, 304),
    ({"If-Modified-Since": PAST}, 200),
    ({"If-Modified-Since": FUTURE}, 304),
    ({"If-Modified-Since": "{modified}"}, 304),
    ({"If-Unmodified-Since": PAST}, 412),
    ({"If-Unmodified-Since": FUTURE}, 200),
    ({"If-Unmodified-Since": "{modified}"}, 200),
    ({"If-None-Match": "{etag}", "If-Modified-Since": PAST}, 200),
    ({"If-None-Match": OTHER, "If-Modified-Since": FUTURE}, 200),
    ({"If-None-Match": "{etag}", "If-Modified-Since": FUTURE}, 304),
    ({"If-Match": OTHER, "If-None-Match": "{etag}"}, 412),
    ({"If-Match": "{etag}", "If-None-Match": "{etag}"}, 304),
    ({"If-Match": "{etag}", "If-Unmodified-Since": PAST}, 412),
]


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(("headers", "status"), CASES)
def test_table(
    client: BlobClient, container: str, method: str, headers: dict[str, str], status: int
) -> None:
    put = expect(client.put_blob(container, "b", b"content"), 201)
    values = {"etag": put["ETag"], "modified": put["Last-Modified"]}
    sent = {name: value.format(**values) for name, value in headers.items()}
    response = client.request(method, client.path(container, "b"), [], sent)
    assert response.status == status, response
    if status == 200:
        assert response.body == (b"content" if method == "GET" else b"")
        return
    assert response.error_code == "ConditionNotMet"
    if status == 304:
        assert (response.body, response["ETag"], response["Last-Modified"]) == (b"", None, None)


def test_none_match_any_cannot_be_satisfied(client: BlobClient, container: str) -> None:
    expect(client.put_blob(container, "b", b"content"), 201)
    response = client.get_blob(container, "b", {"If-None-Match": "*"})
    expect_error(response, 400, "UnsatisfiableCondition")


@pytest.mark.parametrize("headers", [{"If-Match": "*"}, {"If-None-Match": OTHER}])
def test_a_missing_blob_is_missing_first(
    client: BlobClient, container: str, headers: dict[str, str]
) -> None:
    expect_error(client.get_blob(container, "absent", headers), 404, "BlobNotFound")
    expect_error(client.get_blob_properties(container, "absent", headers), 404, "BlobNotFound")


def test_conditions_hold_for_ranges(client: BlobClient, container: str) -> None:
    etag = expect(client.put_blob(container, "b", b"content"), 201)["ETag"]
    headers = {"x-ms-range": "bytes=0-3", "If-Match": etag}
    assert expect(client.get_blob(container, "b", headers), 206).body == b"cont"
    expect(client.put_blob(container, "b", b"changed"), 201)
    expect_error(client.get_blob(container, "b", headers), 412, "ConditionNotMet")
