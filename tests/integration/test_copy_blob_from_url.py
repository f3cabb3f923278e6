"""Copy Blob From URL: done when it is answered."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from azure_client import expect, expect_error, md5_header
from blob_client import BlobClient, block_id
from copying import bare_url, source_url
from crc64 import crc64_header
from sas import account_sas
from signing import DEVELOPMENT_ACCOUNT

PAST = "Wed, 01 Jan 2003 00:00:00 GMT"
FUTURE = "Wed, 01 Jan 2998 00:00:00 GMT"


def test_it_is_a_copy_and_says_so(client: BlobClient, container: str, stored: bytes) -> None:
    sent = {"x-ms-blob-content-type": "a/b", "x-ms-blob-cache-control": "c", "x-ms-meta-k": "v"}
    head = expect(client.get_blob_properties(container, "b"), 200)
    expect(client.set_blob_properties(container, "b", sent), 200)
    expect(client.set_blob_metadata(container, "b", sent), 200)
    url = source_url(client, container, "b")
    response = expect(client.copy_blob_from_url(container, "c", url), 202)
    assert response["x-ms-copy-status"] == "success"
    copy_id = response["x-ms-copy-id"] or ""
    assert re.fullmatch(r"[0-9a-f-]{36}", copy_id)
    assert response["x-ms-content-crc64"] == crc64_header(stored)
    assert response["Content-MD5"] is None

    got = expect(client.get_blob(container, "c"), 200)
    assert got.body == stored
    assert (got["ETag"], got["Last-Modified"]) == (response["ETag"], response["Last-Modified"])
    assert (got["Content-Type"], got["Cache-Control"]) == ("a/b", "c")
    assert got.metadata() == {"k": "v"}
    for shown in (got, client.get_blob_properties(container, "c")):
        assert shown["x-ms-copy-id"] == copy_id
        assert shown["x-ms-copy-status"] == "success"
        assert shown["x-ms-copy-source"] == bare_url(client, container, "b"), "without its signature"
        assert shown["x-ms-copy-progress"] == f"{len(stored)}/{len(stored)}"
        assert shown["x-ms-copy-completion-time"] == got["Last-Modified"]
        assert shown["x-ms-copy-status-description"] is None
    assert head["x-ms-copy-id"] is None


def test_listings_tell_of_it_when_asked(client: BlobClient, container: str, stored: bytes) -> None:
    response = client.copy_blob_from_url(container, "c", source_url(client, container, "b"))
    entry = client.list_blobs(container, include="copy", prefix="c").xml().find("Blobs/Blob/Properties")
    assert entry is not None
    assert entry.findtext("CopyId") == response["x-ms-copy-id"]
    assert entry.findtext("CopyStatus") == "success"
    assert entry.findtext("CopySource") == bare_url(client, container, "b")
    assert entry.findtext("CopyProgress") == f"{len(stored)}/{len(stored)}"
    assert entry.findtext("CopyCompletionTime") == response["Last-Modified"]
    plain = client.list_blobs(container, prefix="c").xml().find("Blobs/Blob/Properties")
    assert plain is not None and plain.find("CopyId") is None
    both = client.list_blobs(container, include="copy", prefix="b").xml().find("Blobs/Blob/Properties")
    assert both is not None and both.find("CopyId") is None


def test_what_changes_the_blob_ends_it(client: BlobClient, container: str, stored: bytes) -> None:
    """Set Blob Properties, Put Blob and Put Block List make it a blob of its own; metadata does not."""
    url = source_url(client, container, "b")
    changes: dict[str, tuple[Callable[[], object], bool]] = {
        "metadata": (lambda: client.set_blob_metadata(container, "c", {"x-ms-meta-a": "1"}), True),
        "tier": (lambda: client.set_blob_tier(container, "c", "Cool"), True),
        "properties": (lambda: client.set_blob_properties(container, "c", {}), False),
        "put": (lambda: client.put_blob(container, "c", b"x"), False),
        "list": (lambda: client.put_block_list(container, "c", []), False),
        "put from url": (lambda: client.put_blob_from_url(container, "c", url), False),
    }
    for name, (change, stays) in changes.items():
        expect(client.copy_blob_from_url(container, "c", url), 202)
        change()
        shown = client.get_blob_properties(container, "c")["x-ms-copy-id"]
        assert (shown is not None) == stays, name


def test_metadata_and_tier_of_the_request(client: BlobClient, container: str) -> None:
    expect(client.put_blob(container, "b", b"x", {"x-ms-meta-a": "1", "x-ms-access-tier": "Cool"}), 201)
    url = source_url(client, container, "b")
    own = {"x-ms-meta-mine": "2", "x-ms-access-tier": "Cold"}
    expect(client.copy_blob_from_url(container, "c", url, own), 202)
    head = client.get_blob_properties(container, "c")
    assert (head.metadata(), head["x-ms-access-tier"]) == ({"mine": "2"}, "Cold")
    expect(client.copy_blob_from_url(container, "d", url), 202)
    assert client.get_blob_properties(container, "d")["x-ms-access-tier"] == "Hot"
    expect(client.copy_blob_from_url(container, "c", url), 202)
    assert client.get_blob_properties(container, "c")["x-ms-access-tier"] == "Cold", "inherited"


def test_the_stored_md5_is_the_sources(client: BlobClient, container: str) -> None:
    expect(client.put_block(container, "b", block_id(1), b"content"), 201)
    expect(client.put_block_list(container, "b", [block_id(1)]), 201)
    url = source_url(client, container, "b")
    expect(client.copy_blob_from_url(container, "c", url), 202)
    assert client.get_blob_properties(container, "c")["Content-MD5"] is None
    given = {"x-ms-blob-content-md5": md5_header(b"other")}
    expect(client.set_blob_properties(container, "b", given), 200)
    expect(client.copy_blob_from_url(container, "c", url), 202)
    assert client.get_blob_properties(container, "c")["Content-MD5"] == md5_header(b"other")


@pytest.mark.parametrize(
    ("version", "given", "told"),
    [
        ("2018-03-28", False, {"Content-MD5"}),
        ("2021-12-02", False, {"x-ms-content-crc64"}),
        ("2021-12-02", True, {"Content-MD5"}),
        ("2026-10-06", False, {"Content-MD5", "x-ms-content-crc64"}),
    ],
)
def test_answers_the_hash_that_the_version_names(
    client: BlobClient, new_client: Callable[..., BlobClient], container: str, stored: bytes,
    version: str, given: bool, told: set[str],
) -> None:  # fmt: skip
    headers = {"x-ms-source-content-md5": md5_header(stored)} if given else {}
    url = source_url(client, container, "b")
    response = new_client(version=version).copy_blob_from_url(container, "c", url, headers)
    expect(response, 202)
    hashes = {"Content-MD5": md5_header(stored), "x-ms-content-crc64": crc64_header(stored)}
    assert {n: response[n] for n in hashes if response[n]} == {n: hashes[n] for n in told}


def test_errors(client: BlobClient, new_client: Callable[..., BlobClient], container: str, stored: bytes) -> None:
    url = source_url(client, container, "b")
    etag = client.get_blob_properties(container, "b")["ETag"] or ""
    before = expect(client.put_blob(container, "c", b"before"), 201)["ETag"] or ""
    cases = [
        (url, {"If-Match": etag}, 412, "TargetConditionNotMet"),
        (url, {"If-None-Match": "*"}, 409, "BlobAlreadyExists"),
        (url, {"If-Unmodified-Since": PAST}, 412, "TargetConditionNotMet"),
        (url, {"x-ms-source-if-match": before}, 412, "CannotVerifyCopySource"),
        (url, {"x-ms-source-if-none-match": etag}, 304, "CannotVerifyCopySource"),
        (url, {"x-ms-source-if-modified-since": FUTURE}, 304, "CannotVerifyCopySource"),
        (url, {"x-ms-source-content-md5": md5_header(b"x")}, 400, "Md5Mismatch"),
        (url, {"x-ms-source-range": "bytes=0-1"}, 400, "UnsupportedHeader"),
        (url, {"x-ms-copy-source-blob-properties": "false"}, 400, "UnsupportedHeader"),
        (url, {"x-ms-meta-1": "x"}, 400, "InvalidMetadata"),
        (bare_url(client, container, "b"), {}, 409, "CannotVerifyCopySource"),
        (source_url(client, container, "none"), {}, 404, "CannotVerifyCopySource"),
        ("nothing", {}, 400, "InvalidHeaderValue"),
    ]
    for source, headers, status, code in cases:
        expect_error(client.copy_blob_from_url(container, "c", source, headers), status, code)
    creator = new_client(sas=account_sas(DEVELOPMENT_ACCOUNT, "c"))
    response = creator.copy_blob_from_url(container, "c", url)
    expect_error(response, 403, "UnauthorizedBlobOverwrite")
    got = client.get_blob(container, "c")
    assert (got["ETag"], got.body) == (before, b"before")


def test_in_any_case_and_without_a_type(client: BlobClient, container: str, stored: bytes) -> None:
    url = source_url(client, container, "b")
    response = client.copy_blob(container, "c", url, {"x-ms-requires-sync": "True"})
    assert expect(response, 202)["x-ms-copy-status"] == "success"


def test_at_most_256_mib(client: BlobClient, container: str) -> None:
    mib = 1 << 20
    for number in range(3):
        expect(client.put_block(container, "b", block_id(number), bytes(86 * mib)), 201)
    expect(client.put_block_list(container, "b", map(block_id, range(3))), 201)
    response = client.copy_blob_from_url(container, "c", source_url(client, container, "b"))
    expect_error(response, 413, "RequestBodyTooLarge")
    assert response.error_field("MaxLimit") == str(256 * mib)
    assert client.get_blob(container, "c").status == 404
