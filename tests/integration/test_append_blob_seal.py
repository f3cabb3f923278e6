"""Append Blob Seal."""

from __future__ import annotations

import uuid

import pytest

from azure_client import expect, expect_error
from blob_client import BlobClient

POSITION = "x-ms-blob-condition-appendpos"
PAST = "Wed, 01 Jan 2003 00:00:00 GMT"
FUTURE = "Wed, 01 Jan 2998 00:00:00 GMT"


@pytest.fixture
def blob(client: BlobClient, container: str) -> str:
    expect(client.put_append_blob(container, "b"), 201)
    expect(client.append_block(container, "b", b"content"), 201)
    return "b"


def test_nothing_is_appended_any_more(client: BlobClient, container: str, blob: str) -> None:
    before = expect(client.get_blob_properties(container, blob), 200)
    for _ in range(2):
        sealed = expect(client.seal_append_blob(container, blob), 200)
        assert sealed["x-ms-blob-sealed"] == "true" and sealed.body == b""
        assert (sealed["ETag"], sealed["Last-Modified"]) == (before["ETag"], before["Last-Modified"])
    expect_error(client.append_block(container, blob, b"x"), 409, "BlobIsSealed")
    for get in (client.get_blob, client.get_blob_properties):
        got = expect(get(container, blob), 200)
        assert (got["x-ms-blob-sealed"], got["ETag"]) == ("true", before["ETag"])
    page = expect(client.list_blobs(container), 200).xml()
    assert page.findtext("Blobs/Blob/Properties/Sealed") == "true"
    assert client.get_blob(container, blob).body == b"content"
    snapshot = expect(client.snapshot_blob(container, blob), 201)["x-ms-snapshot"] or ""
    assert client.get_blob_properties(container, blob, snapshot=snapshot)["x-ms-blob-sealed"] == "true"


def test_what_else_may_be_done_still_may(client: BlobClient, container: str, blob: str) -> None:
    expect(client.seal_append_blob(container, blob), 200)
    expect(client.set_blob_metadata(container, blob, {"x-ms-meta-a": "1"}), 200)
    got = expect(client.get_blob_properties(container, blob), 200)
    assert (got["x-ms-blob-sealed"], got.metadata()) == ("true", {"a": "1"})
    expect(client.put_append_blob(container, blob), 201)
    assert client.get_blob_properties(container, blob)["x-ms-blob-sealed"] is None
    expect(client.append_block(container, blob, b"anew"), 201)


def test_conditions(client: BlobClient, container: str, blob: str) -> None:
    etag = expect(client.get_blob_properties(container, blob), 200)["ETag"] or ""
    unmet = [
        ({"If-Match": '"0x1"'}, "ConditionNotMet"),
        ({"If-None-Match": etag}, "ConditionNotMet"),
        ({"If-Modified-Since": FUTURE}, "ConditionNotMet"),
        ({"If-Unmodified-Since": PAST}, "ConditionNotMet"),
        ({POSITION: "6"}, "AppendPositionConditionNotMet"),
        ({"x-ms-lease-id": str(uuid.uuid4())}, "LeaseNotPresentWithBlobOperation"),
    ]
    for headers, code in unmet:
        expect_error(client.seal_append_blob(container, blob, headers), 412, code)
    assert client.get_blob_properties(container, blob)["x-ms-blob-sealed"] is None
    lease = str(uuid.uuid4())
    expect(client.lease_blob(container, blob, "acquire", duration="-1", proposed=lease), 201)
    expect_error(client.seal_append_blob(container, blob), 412, "LeaseIdMissing")
    headers = {"If-Match": etag, POSITION: "7", "x-ms-lease-id": lease}
    for _ in range(2):
        expect(client.seal_append_blob(container, blob, headers), 200)


def test_errors(client: BlobClient, container: str, blob: str) -> None:
    expect_error(client.seal_append_blob(container, "none"), 404, "BlobNotFound")
    response = client.seal_append_blob(container, blob, {POSITION: "-1"})
    expect_error(response, 400, "InvalidHeaderValue")
    for name, value in (("x-ms-if-tags", "k='v'"), ("x-ms-blob-condition-maxsize", "9")):
        response = client.seal_append_blob(container, blob, {name: value})
        expect_error(response, 400, "UnsupportedHeader")
        assert response.error_field("HeaderName") == name


def test_versions_before_2019_12_12_know_no_seal(
    client: BlobClient, container: str, blob: str
) -> None:
    expect(client.seal_append_blob(container, blob), 200)
    client.version = "2019-07-07"
    expect_error(client.seal_append_blob(container, blob), 400, "InvalidQueryParameterValue")
    assert client.get_blob_properties(container, blob)["x-ms-blob-sealed"] is None
    page = expect(client.list_blobs(container), 200).xml()
    assert page.find("Blobs/Blob/Properties/Sealed") is None
    expect_error(client.append_block(container, blob, b"x"), 409, "BlobIsSealed")
