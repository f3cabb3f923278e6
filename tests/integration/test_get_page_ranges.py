"""Get Page Ranges: what is written, and what changed since a snapshot."""

from __future__ import annotations

import pytest

from azure_client import expect, expect_error
from blob_client import BlobClient
from copying import bare_url
from paging import KIB, PAGE, clear, make, page_list, pages, ranges, ranges_in, span, write


@pytest.fixture
def disk(client: BlobClient, container: str) -> None:
    """The blob "d" of 1 MiB, of which every third page up to the thirtieth is written."""
    expect(make(client, container, "d", 1024 * KIB), 201)
    for page in range(0, 30, 3):
        expect(write(client, container, "d", page * PAGE, pages(1, page)), 201)


def one(page: int, count: int = 1, tag: str = "PageRange") -> tuple[str, int, int]:
    return (tag, page * PAGE, (page + count) * PAGE - 1)


def snapshot(client: BlobClient, container: str) -> str:
    return expect(client.snapshot_blob(container, "d"), 201)["x-ms-snapshot"] or ""


def test_the_answer(client: BlobClient, container: str, disk: None) -> None:
    answer = expect(page_list(client, container, "d"), 200)
    head = expect(client.get_blob_properties(container, "d"), 200)
    assert answer["Content-Type"] == "application/xml"
    assert answer["ETag"] == head["ETag"] and answer["Last-Modified"] == head["Last-Modified"]
    assert answer["x-ms-blob-content-length"] == str(1024 * KIB)
    assert answer.xml().tag == "PageList"
    assert answer.xml().findtext("NextMarker") == ""
    assert ranges_in(answer) == [one(page) for page in range(0, 30, 3)]


def test_of_a_range(client: BlobClient, container: str, disk: None) -> None:
    for name in ("Range", "x-ms-range"):
        asked = {name: f"bytes={3 * PAGE + 7}-{6 * PAGE}"}
        assert ranges(client, container, "d", asked) == [one(3), one(6)]
    expect_error(page_list(client, container, "d", span(1024 * KIB, PAGE)), 416, "InvalidRange")


def test_pages_of_results(client: BlobClient, container: str, disk: None) -> None:
    joined = []
    query: dict[str, str] = {"maxresults": "4"}
    while True:
        answer = expect(page_list(client, container, "d", None, **query), 200)
        joined.append(ranges_in(answer))
        marker = answer.xml().findtext("NextMarker")
        if not marker:
            break
        query["marker"] = marker
    assert [len(page) for page in joined] == [4, 4, 2]
    assert sum(joined, []) == [one(page) for page in range(0, 30, 3)]
    for query in ({"maxresults": "0"}, {"maxresults": "-1"}):
        response = page_list(client, container, "d", None, **query)
        expect_error(response, 400, "OutOfRangeQueryParameterValue")
    expect_error(page_list(client, container, "d", None, marker="x"), 400, "OutOfRangeInput")
    client.version = "2020-08-04"
    answer = expect(page_list(client, container, "d", None, maxresults="4"), 200)
    assert len(ranges_in(answer)) == 10 and answer.xml().find("NextMarker") is None


def test_of_a_snapshot(client: BlobClient, container: str, disk: None) -> None:
    taken = snapshot(client, container)
    expect(clear(client, container, "d", 0, 1024 * KIB), 201)
    assert ranges(client, container, "d") == []
    expected = [one(page) for page in range(0, 30, 3)]
    assert ranges(client, container, "d", snapshot=taken) == expected


def test_differences(client: BlobClient, container: str, disk: None) -> None:
    first = snapshot(client, container)
    assert ranges(client, container, "d", prevsnapshot=first) == []
    expect(write(client, container, "d", 2 * PAGE, pages(2, 1)), 201)
    expect(clear(client, container, "d", 5 * PAGE, 2 * PAGE), 201)
    expect(write(client, container, "d", 600 * PAGE, pages(20, 1)), 201)
    changed = [one(2, 2), one(6, 1, "ClearRange"), one(600, 20)]
    assert ranges(client, container, "d", prevsnapshot=first) == changed
    by_url = {"x-ms-previous-snapshot-url": f"{bare_url(client, container, 'd')}?snapshot={first}"}
    assert ranges(client, container, "d", by_url) == changed
    second = snapshot(client, container)
    expect(client.set_blob_properties(container, "d", {"x-ms-blob-content-length": "2048"}), 200)
    expect(client.set_blob_properties(container, "d", {"x-ms-blob-content-length": "10240"}), 200)
    assert ranges(client, container, "d", snapshot=second, prevsnapshot=first) == changed
    cleared = [one(page, 1, "ClearRange") for page in (9, 12, 15, 18)]
    assert ranges(client, container, "d", prevsnapshot=second) == cleared
    expect(client.delete_blob(container, "d", snapshot=second), 202)
    gone = [one(2, 2), one(6, 1, "ClearRange"), *cleared]
    assert ranges(client, container, "d", prevsnapshot=first) == gone


def test_refusals(client: BlobClient, container: str, disk: None) -> None:
    first, second = snapshot(client, container), snapshot(client, container)
    get = page_list
    expect_error(get(client, container, "none"), 404, "BlobNotFound")
    expect(client.put_blob(container, "block", b"x"), 201)
    expect_error(get(client, container, "block"), 409, "InvalidBlobType")
    response = get(client, container, "d", None, prevsnapshot="2021-06-28T05:51:11.5743121Z")
    expect_error(response, 409, "PreviousSnapshotNotFound")
    response = get(client, container, "d", None, prevsnapshot="yesterday")
    expect_error(response, 400, "InvalidQueryParameterValue")
    response = get(client, container, "d", None, snapshot=first, prevsnapshot=second)
    expect_error(response, 400, "PreviousSnapshotCannotBeNewer")
    elsewhere = {"x-ms-previous-snapshot-url": f"http://127.0.0.1:1/x/y/d?snapshot={first}"}
    expect_error(get(client, container, "d", elsewhere), 400, "InvalidHeaderValue")
    expect_error(get(client, container, "d", {"If-None-Match": "*"}), 400, "UnsatisfiableCondition")
    other = {"If-Match": '"0x8D0000000000000"'}
    expect_error(get(client, container, "d", other), 412, "ConditionNotMet")
    expect(make(client, container, "d", PAGE), 201)
    response = get(client, container, "d", None, prevsnapshot=first)
    expect_error(response, 409, "BlobOverwritten")
