"""Set Blob Properties."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta, timezone

import pytest

from azure_client import Response, expect, expect_error, md5_header
from blob_client import BlobClient, block_id
from racing import race
from signing import http_date

OTHER = '"0x8D0000000000000"'
PAST = http_date(datetime.now(timezone.utc) - timedelta(hours=1))
FUTURE = http_date(datetime.now(timezone.utc) + timedelta(hours=1))

SIX = {
    "Content-Type": "text/x",
    "Content-Encoding": "gzip",
    "Content-Language": "de",
    "Content-Disposition": "inline",
    "Cache-Control": "no-cache",
    "Content-MD5": md5_header(b"something else"),
}


# The names under which a request gives them.
SENT = {
    "Content-Type": "x-ms-blob-content-type",
    "Content-Encoding": "x-ms-blob-content-encoding",
    "Content-Language": "x-ms-blob-content-language",
    "Content-Disposition": "x-ms-blob-content-disposition",
    "Cache-Control": "x-ms-blob-cache-control",
    "Content-MD5": "x-ms-blob-content-md5",
}


def as_blob_headers(properties: dict[str, str]) -> dict[str, str]:
    return {SENT[name]: value for name, value in properties.items()}


@pytest.fixture
def blob(client: BlobClient, container: str) -> str:
    """The blob "b", with all but the MD5 set, which is that of its content; its ETag."""
    headers = as_blob_headers(SIX) | {"x-ms-meta-a": "1", "x-ms-access-tier": "Cool"}
    del headers["x-ms-blob-content-md5"]
    return expect(client.put_blob(container, "b", b"content", headers), 201)["ETag"] or ""


def shown(response: Response) -> dict[str, str]:
    return {name: value for name in SIX if (value := response[name]) is not None}


def test_all_six_are_set(client: BlobClient, container: str, blob: str) -> None:
    new = {name: value + "+" for name, value in SIX.items()} | {"Content-MD5": SIX["Content-MD5"]}
    answer = expect(client.set_blob_properties(container, "b", as_blob_headers(new)), 200)
    assert answer.body == b"" and answer["ETag"] != blob
    head = expect(client.get_blob_properties(container, "b"), 200)
    assert shown(head) == new
    assert (head["ETag"], head["Last-Modified"]) == (answer["ETag"], answer["Last-Modified"])
    assert head.metadata() == {"a": "1"}
    assert head["x-ms-access-tier"] == "Cool"
    got = expect(client.get_blob(container, "b"), 200)
    assert (shown(got), got.body) == (new, b"content")
    ranged = expect(client.get_blob(container, "b", {"Range": "bytes=0-1"}), 206)
    assert ranged["x-ms-blob-content-md5"] == SIX["Content-MD5"]


@pytest.mark.parametrize("name", SIX)
def test_what_is_not_given_is_cleared(
    client: BlobClient, container: str, blob: str, name: str
) -> None:
    given = {name: SIX[name]}
    expect(client.set_blob_properties(container, "b", as_blob_headers(given)), 200)
    assert shown(expect(client.get_blob_properties(container, "b"), 200)) == given
    entry = client.list_blobs(container).xml().find("Blobs/Blob/Properties")
    assert entry is not None
    assert {n: t for n in SIX if (t := entry.findtext(n))} == given


def test_nothing_given_clears_all(client: BlobClient, container: str, blob: str) -> None:
    """The standard headers are those of the request, and empty ones are none."""
    headers = {"Content-Type": "a/b", "Cache-Control": "x", "x-ms-blob-content-language": ""}
    expect(client.set_blob_properties(container, "b", headers), 200)
    head = expect(client.get_blob_properties(container, "b"), 200)
    assert shown(head) == {}
    assert head.metadata() == {"a": "1"}


@pytest.mark.parametrize(
    ("headers", "code", "named"),
    [
        ({"x-ms-blob-content-md5": "AQIDBA=="}, "InvalidMd5", None),
        ({"x-ms-blob-content-md5": "not base64"}, "InvalidMd5", None),
        ({"x-ms-blob-content-length": "1000"}, "InvalidHeaderValue", "x-ms-blob-content-length"),
        ({"x-ms-sequence-number-action": "add"}, "InvalidHeaderValue", "x-ms-sequence-number-action"),
        ({"x-ms-sequence-number-action": "max"}, "MissingRequiredHeader", "x-ms-blob-sequence-number"),
        ({"x-ms-blob-sequence-number": "1"}, "MissingRequiredHeader", "x-ms-sequence-number-action"),
        ({"x-ms-lease-id": "x"}, "InvalidHeaderValue", "x-ms-lease-id"),
        ({"x-ms-if-tags": "a=b"}, "InvalidHeaderValue", "x-ms-if-tags"),
    ],
)  # fmt: skip
def test_what_is_malformed_changes_nothing(
    client: BlobClient, container: str, blob: str, headers: dict[str, str], code: str, named: str
) -> None:
    response = client.set_blob_properties(container, "b", headers)
    expect_error(response, 400, code)
    assert response.error_field("HeaderName") == named
    head = expect(client.get_blob_properties(container, "b"), 200)
    assert head["ETag"] == blob
    assert shown(head) == SIX | {"Content-MD5": md5_header(b"content")}


@pytest.mark.parametrize(
    "headers",
    [
        {"x-ms-blob-content-length": "1024"},
        {"x-ms-sequence-number-action": "increment"},
        {"x-ms-sequence-number-action": "update", "x-ms-blob-sequence-number": "7"},
    ],
)
def test_a_block_blob_has_no_pages(
    client: BlobClient, container: str, blob: str, headers: dict[str, str]
) -> None:
    for more in ({}, {"x-ms-blob-content-type": "a/b"}):
        response = client.set_blob_properties(container, "b", headers | more)
        expect_error(response, 409, "InvalidBlobType")
    head = expect(client.get_blob_properties(container, "b"), 200)
    assert (head["ETag"], head["Content-Type"]) == (blob, "text/x")
    expect_error(client.set_blob_properties(container, "absent", headers), 404, "BlobNotFound")


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({"If-Match": "{etag}"}, 200, None),
        ({"If-Match": OTHER}, 412, "ConditionNotMet"),
        ({"If-None-Match": "{etag}"}, 412, "ConditionNotMet"),
        ({"If-None-Match": "*"}, 412, "ConditionNotMet"),
        ({"If-None-Match": OTHER}, 200, None),
        ({"If-Modified-Since": PAST}, 200, None),
        ({"If-Modified-Since": FUTURE}, 412, "ConditionNotMet"),
        ({"If-Unmodified-Since": FUTURE}, 200, None),
        ({"If-Unmodified-Since": PAST}, 412, "ConditionNotMet"),
    ],
)
def test_conditions(
    client: BlobClient,
    container: str,
    blob: str,
    headers: dict[str, str],
    status: int,
    code: str | None,
) -> None:
    sent = {name: value.format(etag=blob) for name, value in headers.items()}
    response = client.set_blob_properties(container, "b", sent)
    assert (response.status, response.error_code) == (status, code), response
    changed = client.get_blob_properties(container, "b")["Content-Type"] is None
    assert changed == (status == 200)


def test_one_of_many_updaters_wins(
    new_client: Callable[..., BlobClient], container: str, blob: str
) -> None:
    def update(other: BlobClient, number: int) -> Response:
        headers = {"If-Match": blob, "x-ms-blob-content-type": f"a/{number}"}
        return other.set_blob_properties(container, "b", headers)

    assert race(new_client, update) == [200] + [412] * 11


def test_errors(client: BlobClient, container: str, blob: str) -> None:
    expect_error(client.set_blob_properties(container, "absent"), 404, "BlobNotFound")
    expect_error(client.set_blob_properties(container + "x", "b"), 404, "ContainerNotFound")
    expect(client.put_block(container, "staged", block_id(1), b"x"), 201)
    expect_error(client.set_blob_properties(container, "staged"), 404, "BlobNotFound")
    lease = {"x-ms-lease-id": str(uuid.uuid4()), "If-Match": OTHER}
    response = client.set_blob_properties(container, "b", lease)
    expect_error(response, 412, "LeaseNotPresentWithBlobOperation")
    expect(client.set_blob_tier(container, "b", "Archive"), 200)
    expect_error(client.set_blob_properties(container, "b", lease), 409, "BlobArchived")
