"""Put Page From URL."""

from __future__ import annotations

import pytest

from azure_client import Response, expect, expect_error, md5_header
from blob_client import BlobClient
from copying import bare_url, source_url
from crc64 import crc64_header
from paging import PAGE, make, pages, put_page, ranges, span

SOURCE = pages(40, 7)


@pytest.fixture
def url(client: BlobClient, container: str) -> str:
    """Of 40 pages; beside it the page blob "d", of as many."""
    expect(client.put_blob(container, "source", SOURCE), 201)
    expect(make(client, container, "d", len(SOURCE)), 201)
    return source_url(client, container, "source")


def copy(
    client: BlobClient,
    container: str,
    source: str,
    at: int = 2 * PAGE,
    to: int = 4 * PAGE,
    length: int = 8 * PAGE,
    headers: dict[str, str] | None = None,
) -> Response:
    sent = {"x-ms-copy-source": source, "x-ms-page-write": "update"} | span(to, length)
    sent["x-ms-source-range"] = f"bytes={at}-{at + length - 1}"
    return put_page(client, container, "d", sent | (headers or {}))


def test_writes_a_part_of_the_source(client: BlobClient, container: str, url: str) -> None:
    part = SOURCE[2 * PAGE : 10 * PAGE]
    answer = expect(copy(client, container, url), 201)
    assert answer["Content-MD5"] == md5_header(part)
    assert answer["x-ms-blob-sequence-number"] == "0"
    assert answer["ETag"] == expect(client.get_blob_properties(container, "d"), 200)["ETag"]
    assert ranges(client, container, "d") == [("PageRange", 4 * PAGE, 12 * PAGE - 1)]
    assert expect(client.get_blob(container, "d", span(4 * PAGE, 8 * PAGE)), 206).body == part
    # What is read of the source need not begin with a page.
    expect(copy(client, container, url, at=7, to=0, length=PAGE), 201)
    assert expect(client.get_blob(container, "d", span(0, PAGE)), 206).body == SOURCE[7 : 7 + PAGE]


def test_hashes_of_the_source(client: BlobClient, container: str, url: str) -> None:
    part = SOURCE[2 * PAGE : 10 * PAGE]
    crc = {"x-ms-source-content-crc64": crc64_header(part)}
    answer = expect(copy(client, container, url, headers=crc), 201)
    assert answer["x-ms-content-crc64"] == crc64_header(part)
    md5 = {"x-ms-source-content-md5": md5_header(part)}
    assert expect(copy(client, container, url, headers=md5), 201)["Content-MD5"] == md5_header(part)
    md5 = {"x-ms-source-content-md5": md5_header(b"other")}
    expect_error(copy(client, container, url, headers=md5), 400, "Md5Mismatch")


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({"x-ms-page-write": "clear"}, 400, "InvalidHeaderValue"),
        ({"x-ms-page-write": ""}, 400, "MissingRequiredHeader"),
        ({"x-ms-source-range": ""}, 400, "MissingRequiredHeader"),
        ({"x-ms-source-range": "bytes=0-"}, 400, "InvalidHeaderValue"),
        ({"x-ms-source-range": "bytes=0-511"}, 400, "InvalidHeaderValue"),
        ({"x-ms-range": "bytes=0-4095", "x-ms-source-range": "bytes=0-4096"}, 400, "InvalidHeaderValue"),
        ({"x-ms-range": "bytes=20480-24575"} | {"x-ms-source-range": "bytes=0-4095"}, 416, "InvalidPageRange"),
        ({"If-Match": '"0x8D0000000000000"'}, 412, "TargetConditionNotMet"),
        ({"x-ms-source-if-match": '"0x8D0000000000000"'}, 412, "CannotVerifyCopySource"),
        ({"x-ms-if-sequence-number-lt": "0"}, 412, "SequenceNumberConditionNotMet"),
    ],
)
def test_refusals(
    client: BlobClient, container: str, url: str, headers: dict[str, str], status: int, code: str
) -> None:
    expect_error(copy(client, container, url, headers=headers), status, code)
    assert ranges(client, container, "d") == []


def test_sources_that_are_not_read(client: BlobClient, container: str, url: str) -> None:
    response = copy(client, container, bare_url(client, container, "source"))
    expect_error(response, 409, "CannotVerifyCopySource")
    beyond = copy(client, container, url, at=39 * PAGE)
    assert beyond.status == 416, str(beyond)
    too_long = copy(client, container, url, to=0, at=0, length=4 * 1024 * 1024 + PAGE)
    expect_error(too_long, 413, "RequestBodyTooLarge")
    assert ranges(client, container, "d") == []


def test_pages_are_copied_from_pages(client: BlobClient, container: str, url: str) -> None:
    expect(copy(client, container, url), 201)
    own = source_url(client, container, "d")
    expect(copy(client, container, own, at=4 * PAGE, to=20 * PAGE), 201)
    got = expect(client.get_blob(container, "d", span(20 * PAGE, 8 * PAGE)), 206)
    assert got.body == SOURCE[2 * PAGE : 10 * PAGE]
