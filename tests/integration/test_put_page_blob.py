"""Page blobs: made, shown, resized, numbered, read, snapshotted and deleted."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from azure_client import expect, expect_error, md5_header
from blob_client import BlobClient, block_id
from copying import bare_url, source_url
from crc64 import crc64_header
from paging import KIB, PAGE, TIB, clear, make, pages, ranges, span, write
from sas import account_sas
from signing import DEVELOPMENT_ACCOUNT


def test_the_answer(client: BlobClient, container: str) -> None:
    answer = expect(make(client, container, "d", 8 * TIB, {"x-ms-blob-sequence-number": "7"}), 201)
    assert answer.body == b"" and answer["x-ms-request-server-encrypted"] == "false"
    assert answer["Content-MD5"] is None and answer["x-ms-content-crc64"] is None
    head = expect(client.get_blob_properties(container, "d"), 200)
    assert head["ETag"] == answer["ETag"]
    assert (head["x-ms-blob-type"], head["x-ms-blob-sequence-number"]) == ("PageBlob", "7")
    assert (head["Content-Length"], head["Content-MD5"]) == (str(8 * TIB), None)
    assert head["Content-Type"] == "application/octet-stream"
    assert head["x-ms-access-tier"] is None


def test_what_is_stored_with_it(client: BlobClient, container: str) -> None:
    headers = {
        "x-ms-blob-content-type": "a/b",
        "x-ms-blob-cache-control": "no-cache",
        "x-ms-blob-content-md5": md5_header(b"unverified"),
        "x-ms-meta-k": "v",
        "x-ms-tags": "t=u",
    }
    expect(make(client, container, "d", PAGE, headers), 201)
    head = expect(client.get_blob_properties(container, "d"), 200)
    assert (head["Content-Type"], head["Content-MD5"]) == ("a/b", md5_header(b"unverified"))
    assert head["Cache-Control"] == "no-cache"
    assert (head["x-ms-meta-k"], head["x-ms-tag-count"]) == ("v", "1")


def test_an_empty_blob_of_eight_tib_is_listed_at_once(client: BlobClient, container: str) -> None:
    expect(make(client, container, "d", 8 * TIB), 201)
    begun = time.monotonic()
    assert ranges(client, container, "d") == []
    assert time.monotonic() - begun < 5
    expect(write(client, container, "d", 8 * TIB - PAGE, b"z" * PAGE), 201)
    assert ranges(client, container, "d") == [("PageRange", 8 * TIB - PAGE, 8 * TIB - 1)]


@pytest.mark.parametrize(
    ("headers", "status", "code", "named"),
    [
        ({"x-ms-blob-content-length": ""}, 400, "MissingRequiredHeader", "x-ms-blob-content-length"),
        ({"x-ms-blob-content-length": "511"}, 400, "InvalidHeaderValue", "x-ms-blob-content-length"),
        (
            {"x-ms-blob-content-length": str(8 * TIB + PAGE)},
            400,
            "InvalidHeaderValue",
            "x-ms-blob-content-length",
        ),
        ({"x-ms-blob-sequence-number": "-1"}, 400, "InvalidHeaderValue", "x-ms-blob-sequence-number"),
        (
            {"x-ms-blob-sequence-number": str(2**63)},
            400,
            "InvalidHeaderValue",
            "x-ms-blob-sequence-number",
        ),
        ({"x-ms-access-tier": "P10"}, 400, "InvalidBlobTier", None),
        ({"If-Match": '"0x8D0000000000000"'}, 412, "ConditionNotMet", None),
    ],
)
def test_refusals(
    client: BlobClient,
    container: str,
    headers: dict[str, str],
    status: int,
    code: str,
    named: str | None,
) -> None:
    response = make(client, container, "d", PAGE, headers)
    expect_error(response, status, code)
    assert response.error_field("HeaderName") == named
    expect_error(client.get_blob(container, "d"), 404, "BlobNotFound")


def test_there_is_no_body(client: BlobClient, container: str) -> None:
    headers = {"x-ms-blob-type": "PageBlob", "x-ms-blob-content-length": "512"}
    response = client.request("PUT", client.path(container, "d"), [], headers, b"x" * 512)
    expect_error(response, 400, "InvalidHeaderValue")
    assert response.error_field("HeaderName") == "Content-Length"


def test_one_tib_before_large_blobs(client: BlobClient, container: str) -> None:
    client.version = "2016-05-31"
    expect(make(client, container, "d", TIB), 201)
    expect_error(make(client, container, "e", TIB + PAGE), 400, "InvalidHeaderValue")


def test_replaces_and_is_replaced(client: BlobClient, container: str) -> None:
    expect(client.put_blob(container, "d", b"content"), 201)
    expect(make(client, container, "d", 2 * PAGE), 201)
    assert expect(client.get_blob(container, "d"), 200).body == b"\0" * 2 * PAGE
    expect(client.put_blob(container, "d", b"content"), 201)
    head = expect(client.get_blob_properties(container, "d"), 200)
    assert (head["x-ms-blob-type"], head["x-ms-blob-sequence-number"]) == ("BlockBlob", None)


def test_reads(client: BlobClient, container: str) -> None:
    expect(make(client, container, "d", 1024 * KIB), 201)
    data = pages(40, 1)
    expect(write(client, container, "d", 250 * KIB, data), 201)
    expect(write(client, container, "d", 600 * KIB, pages(1, 2)), 201)
    content = bytearray(1024 * KIB)
    content[250 * KIB : 250 * KIB + len(data)] = data
    content[600 * KIB : 600 * KIB + PAGE] = pages(1, 2)
    assert expect(client.get_blob(container, "d"), 200).body == content
    for first, last in ((250 * KIB - 3, 256 * KIB + 5), (0, 99), (600 * KIB + 7, 1024 * KIB - 1)):
        asked = {"x-ms-range": f"bytes={first}-{last}"}
        part = bytes(content[first : last + 1])
        got = expect(client.get_blob(container, "d", asked), 206)
        assert got.body == part
        hashed = client.get_blob(container, "d", asked | {"x-ms-range-get-content-md5": "true"})
        assert expect(hashed, 206)["Content-MD5"] == md5_header(part)
        hashed = client.get_blob(container, "d", asked | {"x-ms-range-get-content-crc64": "true"})
        assert expect(hashed, 206)["x-ms-content-crc64"] == crc64_header(part)


def test_resizing(client: BlobClient, container: str) -> None:
    expect(make(client, container, "d", 600 * KIB, {"x-ms-blob-content-type": "a/b"}), 201)
    data = pages(1200, 3)
    expect(write(client, container, "d", 0, data), 201)
    smaller = {"x-ms-blob-content-length": str(300 * KIB)}
    answer = expect(client.set_blob_properties(container, "d", smaller), 200)
    assert answer["x-ms-blob-sequence-number"] == "0"
    head = expect(client.get_blob_properties(container, "d"), 200)
    assert (head["Content-Length"], head["Content-Type"]) == (str(300 * KIB), "a/b")
    assert expect(client.get_blob(container, "d"), 200).body == data[: 300 * KIB]
    larger = {"x-ms-blob-content-length": str(700 * KIB), "x-ms-blob-content-type": "c/d"}
    expect(client.set_blob_properties(container, "d", larger), 200)
    got = expect(client.get_blob(container, "d"), 200)
    assert got.body == data[: 300 * KIB] + b"\0" * (400 * KIB)
    assert got["Content-Type"] == "c/d"
    assert ranges(client, container, "d") == [("PageRange", 0, 300 * KIB - 1)]
    expect_error(write(client, container, "d", 700 * KIB, pages(1, 4)), 416, "InvalidPageRange")


def test_sequence_numbers(client: BlobClient, container: str) -> None:
    expect(make(client, container, "d", PAGE), 201)

    def renumber(action: str, number: int | None = None) -> str | None:
        headers = {"x-ms-sequence-number-action": action}
        if number is not None:
            headers["x-ms-blob-sequence-number"] = str(number)
        answer = expect(client.set_blob_properties(container, "d", headers), 200)
        return answer["x-ms-blob-sequence-number"]

    assert renumber("update", 7) == "7"
    assert renumber("max", 5) == "7"
    assert renumber("max", 9) == "9"
    assert renumber("increment") == "10"
    assert renumber("update", 2**63 - 1) == str(2**63 - 1)
    response = client.set_blob_properties(
        container, "d", {"x-ms-sequence-number-action": "increment"}
    )
    expect_error(response, 409, "SequenceNumberIncrementTooLarge")


def test_listed(client: BlobClient, container: str) -> None:
    expect(make(client, container, "d", PAGE, {"x-ms-blob-sequence-number": "7"}), 201)
    entry = client.list_blobs(container).xml().find("Blobs/Blob/Properties")
    assert entry is not None
    assert entry.findtext("BlobType") == "PageBlob"
    assert entry.findtext("x-ms-blob-sequence-number") == "7"
    assert entry.findtext("Content-Length") == str(PAGE)
    assert entry.find("AccessTier") is None


def test_snapshots_keep_their_pages(client: BlobClient, container: str) -> None:
    expect(make(client, container, "d", 600 * KIB), 201)
    images = []
    for i in range(4):
        expect(write(client, container, "d", i * 100 * KIB, pages(200, i)), 201)
        expect(write(client, container, "d", 0, pages(1, 10 + i)), 201)
        taken = expect(client.snapshot_blob(container, "d"), 201)["x-ms-snapshot"] or ""
        images.append((taken, expect(client.get_blob(container, "d"), 200).body))
    expect(client.delete_blob(container, "d", snapshot=images.pop(1)[0]), 202)
    expect(client.set_blob_properties(container, "d", {"x-ms-blob-content-length": "0"}), 200)
    for taken, content in images:
        path = client.path(container, "d")
        assert expect(client.request("GET", path, [("snapshot", taken)]), 200).body == content
    headers = {"x-ms-delete-snapshots": "include"}
    expect(client.request("DELETE", client.path(container, "d"), [], headers), 202)
    assert client.names(container) == []


def test_what_is_for_block_blobs(client: BlobClient, container: str) -> None:
    expect(make(client, container, "d", PAGE), 201)
    expect_error(client.put_block(container, "d", block_id(1), b"x"), 409, "InvalidBlobType")
    expect_error(client.get_block_list(container, "d"), 409, "InvalidBlobType")
    tier = client.request(
        "PUT", client.path(container, "d"), [("comp", "tier")], {"x-ms-access-tier": "Cool"}
    )
    expect_error(tier, 409, "InvalidBlobType")


def test_copies(client: BlobClient, container: str) -> None:
    """A copy is a disk of its own, with what was written only; over another disk, not over what is
    no page blob."""
    headers = {"x-ms-blob-sequence-number": "7", "x-ms-blob-content-type": "a/b", "x-ms-meta-k": "v"}
    expect(make(client, container, "d", 3 * TIB, headers), 201)
    data = {0: pages(1, 1), 200 * KIB: pages(900, 2), 2 * TIB: pages(9, 3)}
    for at, body in data.items():
        expect(write(client, container, "d", at, body), 201)
    taken = expect(client.snapshot_blob(container, "d"), 201)["x-ms-snapshot"] or ""
    expect(clear(client, container, "d", 0, PAGE), 201)
    url = bare_url(client, container, "d")
    for name in ("copy", "copy", "d"):
        answer = expect(client.copy_blob(container, name, f"{url}?snapshot={taken}"), 202)
        assert answer["x-ms-copy-status"] == "success"
        head = expect(client.get_blob_properties(container, name), 200)
        assert head["ETag"] == answer["ETag"]
        assert (head["x-ms-blob-type"], head["x-ms-blob-sequence-number"]) == ("PageBlob", "7")
        assert (head["Content-Length"], head["Content-Type"]) == (str(3 * TIB), "a/b")
        assert head["x-ms-meta-k"] == "v"
        assert head["x-ms-copy-progress"] == f"{3 * TIB}/{3 * TIB}"
        shown = ranges(client, container, name)
        assert shown == [("PageRange", at, at + len(body) - 1) for at, body in data.items()]
        for at, body in data.items():
            assert expect(client.get_blob(container, name, span(at, len(body))), 206).body == body
    expect(write(client, container, "copy", 0, pages(1, 9)), 201)
    assert expect(client.get_blob(container, "d", span(0, PAGE)), 206).body == data[0]
    expect(client.put_blob(container, "block", b"x"), 201)
    expect_error(client.copy_blob(container, "block", url), 409, "InvalidBlobType")
    tier = {"x-ms-access-tier": "Hot"}
    expect_error(client.copy_blob(container, "copy", url, tier), 400, "InvalidBlobTier")
    other = {"x-ms-source-if-match": '"0x8D0000000000000"'}
    expect_error(client.copy_blob(container, "copy", url, other), 412, "SourceConditionNotMet")
    other = {"If-Match": '"0x8D0000000000000"'}
    expect_error(client.copy_blob(container, "copy", url, other), 412, "TargetConditionNotMet")
    source = bare_url(client, container, "block")
    expect_error(client.copy_blob(container, "d", source), 409, "InvalidBlobType")


def test_copies_into_another_container(client: BlobClient, container: str) -> None:
    expect(make(client, container, "d", 1024 * KIB), 201)
    expect(write(client, container, "d", 100 * KIB, pages(700, 1)), 201)
    expect(client.create_container(container + "-2"), 201)
    expect(client.copy_blob(container + "-2", "d", bare_url(client, container, "d")), 202)
    expect(client.delete_blob(container, "d"), 202)
    whole = b"\0" * 100 * KIB + pages(700, 1) + b"\0" * (924 * KIB - 700 * PAGE)
    assert expect(client.get_blob(container + "-2", "d"), 200).body == whole
    expect(client.delete_container(container + "-2"), 202)


def test_copies_by_signed_urls(
    client: BlobClient, new_client: Callable[..., BlobClient], container: str
) -> None:
    headers = {"x-ms-blob-sequence-number": "7", "x-ms-blob-content-type": "a/b", "x-ms-meta-k": "v"}
    expect(make(client, container, "d", 3 * TIB, headers), 201)
    expect(write(client, container, "d", 2 * TIB, pages(9, 3)), 201)
    writer = new_client(sas=account_sas(DEVELOPMENT_ACCOUNT, "rw"))
    response = writer.copy_blob(container, "copy", bare_url(client, container, "d"))
    expect_error(response, 409, "CannotVerifyCopySource")
    url = source_url(client, container, "d")
    for copier, name in ((client, "one"), (writer, "two"), (writer, "two")):
        assert expect(copier.copy_blob(container, name, url), 202)["x-ms-copy-status"] == "success"
        got = expect(client.get_blob(container, name, span(2 * TIB, 9 * PAGE)), 206)
        assert (got.body, got.metadata(), got["Content-Type"]) == (pages(9, 3), {"k": "v"}, "a/b")
        assert (got["x-ms-blob-type"], got["x-ms-blob-sequence-number"]) == ("PageBlob", "7")
        assert got["x-ms-copy-source"] == bare_url(client, container, "d")
        assert ranges(client, container, name) == [("PageRange", 2 * TIB, 2 * TIB + 9 * PAGE - 1)]
    unmet = {"x-ms-source-if-match": '"0x8D0000000000000"'}
    expect_error(writer.copy_blob(container, "two", url, unmet), 412, "SourceConditionNotMet")
    sealed = {"x-ms-seal-blob": "true"}
    expect_error(writer.copy_blob(container, "two", url, sealed), 409, "InvalidSourceBlobType")
    expect_error(client.copy_blob_from_url(container, "new", url), 409, "InvalidSourceBlobType")
    expect(client.put_blob(container, "block", b"x"), 201)
    expect_error(writer.copy_blob(container, "block", url), 409, "InvalidBlobType")
