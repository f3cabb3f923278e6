"""Put Page: pages written and cleared."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable

import pytest

from azure_client import expect, expect_error, md5_header
from blob_client import BlobClient
from crc64 import crc64_header
from paging import KIB, PAGE, TIB, clear, make, pages, put_page, ranges, span, write
from racing import race
from structured import FORM, of_payload, structured

MIB = 1 << 20
PAST = "Wed, 01 Jan 2003 00:00:00 GMT"
FUTURE = "Wed, 01 Jan 2998 00:00:00 GMT"
OTHER = '"0x8D0000000000000"'


@pytest.fixture
def disk(client: BlobClient, container: str) -> str:
    """The blob "d" of 1 MiB; its ETag."""
    return expect(make(client, container, "d", MIB), 201)["ETag"] or ""


def test_the_answer(client: BlobClient, container: str, disk: str) -> None:
    data = pages(2, 1)
    answer = expect(write(client, container, "d", PAGE, data), 201)
    head = expect(client.get_blob_properties(container, "d"), 200)
    assert disk != answer["ETag"] == head["ETag"]
    assert answer["x-ms-blob-sequence-number"] == "0"
    assert answer["x-ms-request-server-encrypted"] == "false"
    assert (answer["Content-MD5"], answer["x-ms-content-crc64"]) == (None, crc64_header(data))
    given = {"Content-MD5": md5_header(data)}
    answer = expect(write(client, container, "d", PAGE, data, given), 201)
    assert (answer["Content-MD5"], answer["x-ms-content-crc64"]) == (md5_header(data), None)
    answer = expect(clear(client, container, "d", 0, MIB), 201)
    assert answer["x-ms-blob-sequence-number"] == "0"
    for absent in ("Content-MD5", "x-ms-content-crc64", "x-ms-request-server-encrypted"):
        assert answer[absent] is None
    client.version = "2018-11-09"
    answer = expect(write(client, container, "d", PAGE, data), 201)
    assert (answer["Content-MD5"], answer["x-ms-content-crc64"]) == (md5_header(data), None)


@pytest.mark.parametrize("count", [1, 8, 9, 513, 2048])
def test_what_is_written_is_read(
    client: BlobClient, container: str, disk: str, count: int
) -> None:
    data = pages(count, count)
    first = min(300 * PAGE, MIB - len(data))
    expect(write(client, container, "d", first, data), 201)
    whole = b"\0" * first + data + b"\0" * (MIB - first - len(data))
    assert expect(client.get_blob(container, "d"), 200).body == whole
    assert ranges(client, container, "d") == [("PageRange", first, first + len(data) - 1)]
    expect(clear(client, container, "d", first, PAGE), 201)
    whole = whole[:first] + b"\0" * PAGE + whole[first + PAGE :]
    assert expect(client.get_blob(container, "d"), 200).body == whole


def test_four_mib_at_most(client: BlobClient, container: str) -> None:
    expect(make(client, container, "d", 8 * MIB), 201)
    data = pages(4 * MIB // PAGE, 1)
    expect(write(client, container, "d", PAGE, data), 201)
    assert expect(client.get_blob(container, "d", span(PAGE, len(data))), 206).body == data
    expect_error(write(client, container, "d", 0, data + b"x" * PAGE), 413, "RequestBodyTooLarge")


def test_all_of_a_large_blob_is_cleared(client: BlobClient, container: str) -> None:
    expect(make(client, container, "d", TIB), 201)
    for at in (0, 300 * KIB, TIB // 2, TIB - PAGE):
        expect(write(client, container, "d", at, pages(1, at)), 201)
    expect(clear(client, container, "d", 0, TIB), 201)
    assert ranges(client, container, "d") == []


@pytest.mark.parametrize(
    ("headers", "status", "code", "named"),
    [
        ({"x-ms-page-write": ""}, 400, "MissingRequiredHeader", "x-ms-page-write"),
        ({"x-ms-page-write": "append"}, 400, "InvalidHeaderValue", "x-ms-page-write"),
        ({"x-ms-range": ""}, 400, "MissingRequiredHeader", "Range"),
        ({"x-ms-range": "bytes=0-510"}, 400, "InvalidHeaderValue", "Range"),
        ({"x-ms-range": "bytes=1-512"}, 400, "InvalidHeaderValue", "Range"),
        ({"x-ms-range": "bytes=0-"}, 400, "InvalidHeaderValue", "Range"),
        ({"x-ms-range": "bytes=512-511"}, 400, "InvalidHeaderValue", "Range"),
        ({"x-ms-range": "bytes=8796093022208-8796093022719"}, 400, "InvalidHeaderValue", "Range"),
        ({"x-ms-range": "bytes=0-1023"}, 400, "InvalidHeaderValue", "Content-Length"),
        (
            {"x-ms-if-sequence-number-le": "-1"},
            400,
            "InvalidHeaderValue",
            "x-ms-if-sequence-number-le",
        ),
        ({"x-ms-if-sequence-number-eq": "-1"}, 400, "InvalidInput", None),
        ({"x-ms-range": "bytes=1048576-1049087"}, 416, "InvalidPageRange", None),
        ({"Content-MD5": md5_header(b"other")}, 400, "Md5Mismatch", None),
        ({"x-ms-content-crc64": crc64_header(b"other")}, 400, "Crc64Mismatch", None),
        ({"If-Match": OTHER}, 412, "ConditionNotMet", None),
        ({"If-None-Match": "*"}, 412, "ConditionNotMet", None),
        ({"If-Modified-Since": FUTURE}, 412, "ConditionNotMet", None),
        ({"If-Unmodified-Since": PAST}, 412, "ConditionNotMet", None),
        ({"x-ms-if-tags": "a='b'"}, 412, "ConditionNotMet", None),
        ({"x-ms-lease-id": str(uuid.uuid4())}, 412, "LeaseNotPresentWithBlobOperation", None),
        ({"x-ms-if-sequence-number-lt": "0"}, 412, "SequenceNumberConditionNotMet", None),
        ({"x-ms-if-sequence-number-eq": "1"}, 412, "SequenceNumberConditionNotMet", None),
    ],
)
def test_refusals(
    client: BlobClient,
    container: str,
    disk: str,
    headers: dict[str, str],
    status: int,
    code: str,
    named: str | None,
) -> None:
    response = write(client, container, "d", 0, pages(1, 1), headers)
    expect_error(response, status, code)
    assert response.error_field("HeaderName") == named
    assert expect(client.get_blob_properties(container, "d"), 200)["ETag"] == disk
    assert ranges(client, container, "d") == []


def test_clearing_has_no_body(client: BlobClient, container: str, disk: str) -> None:
    sent = {"x-ms-page-write": "clear"} | span(0, PAGE)
    response = put_page(client, container, "d", sent, b"x" * PAGE)
    expect_error(response, 400, "InvalidHeaderValue")
    assert response.error_field("HeaderName") == "Content-Length"
    expect_error(clear(client, container, "d", MIB, PAGE), 416, "InvalidPageRange")
    number = {"x-ms-if-sequence-number-eq": "1"}
    response = clear(client, container, "d", 0, PAGE, number)
    expect_error(response, 412, "SequenceNumberConditionNotMet")


def test_a_lease(client: BlobClient, container: str, disk: str) -> None:
    taken = expect(client.lease_blob(container, "d", "acquire", duration="-1"), 201)
    lease = {"x-ms-lease-id": taken["x-ms-lease-id"] or ""}
    expect_error(write(client, container, "d", 0, pages(1, 1)), 412, "LeaseIdMissing")
    expect_error(clear(client, container, "d", 0, PAGE), 412, "LeaseIdMissing")
    expect(write(client, container, "d", 0, pages(1, 1), lease), 201)
    expect(clear(client, container, "d", 0, PAGE, lease), 201)


def test_of_other_blobs(client: BlobClient, container: str) -> None:
    expect_error(write(client, container, "none", 0, pages(1, 1)), 404, "BlobNotFound")
    etag = expect(client.put_blob(container, "block", b"x" * PAGE), 201)["ETag"]
    expect_error(write(client, container, "block", 0, pages(1, 1)), 409, "InvalidBlobType")
    expect_error(clear(client, container, "block", 0, PAGE), 409, "InvalidBlobType")
    assert expect(client.get_blob_properties(container, "block"), 200)["ETag"] == etag


def test_a_structured_body(client: BlobClient, container: str, disk: str) -> None:
    data = pages(20, 1)
    message = structured(data, 3000)
    sent = {"x-ms-page-write": "update"} | span(PAGE, len(data)) | of_payload(len(data))
    answer = expect(put_page(client, container, "d", sent, message), 201)
    assert answer["x-ms-structured-body"] == FORM
    assert expect(client.get_blob(container, "d", span(PAGE, len(data))), 206).body == data
    damaged = message[:40] + bytes([message[40] ^ 1]) + message[41:]
    expect_error(put_page(client, container, "d", sent, damaged), 400, "Crc64Mismatch")


def test_writers_of_one_stripe(
    client: BlobClient, container: str, disk: str, new_client: Callable[..., BlobClient]
) -> None:
    """Each writes pages of its own, some of them overwritten by others, none torn."""

    def attempt(own: BlobClient, number: int) -> object:
        expect(write(own, container, "d", number * 4 * PAGE, bytes([number]) * 2 * PAGE), 201)
        return write(own, container, "d", 100 * PAGE, bytes([number]) * 64 * PAGE)

    assert race(new_client, attempt) == [201] * 12
    body = expect(client.get_blob(container, "d"), 200).body
    for number in range(12):
        assert body[number * 4 * PAGE :][: 2 * PAGE] == bytes([number]) * 2 * PAGE
    assert len(set(body[100 * PAGE : 164 * PAGE])) == 1


def test_one_of_many_wins_a_number(
    client: BlobClient, container: str, disk: str, new_client: Callable[..., BlobClient]
) -> None:
    """The pages are the log of a lock that is handed on by numbers."""
    first = {"x-ms-if-sequence-number-eq": "0"}
    once = threading.Lock()

    def attempt(own: BlobClient, number: int) -> object:
        if number == 0:
            with once:
                headers = {"x-ms-sequence-number-action": "increment"}
                return own.set_blob_properties(container, "d", headers)
        return write(own, container, "d", number * PAGE, pages(1, number), first)

    statuses = race(new_client, attempt)
    assert set(statuses) <= {200, 201, 412}
    expect_error(
        write(client, container, "d", 0, pages(1, 1), first), 412, "SequenceNumberConditionNotMet"
    )
    written = len(ranges(client, container, "d") or [])
    assert (statuses.count(201) == 0) == (written == 0)
