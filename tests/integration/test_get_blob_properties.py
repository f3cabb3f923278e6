"""Get Blob Properties (HEAD)."""

from __future__ import annotations

import uuid

from azure_client import expect, expect_error, md5_header
from blob_client import BlobClient, block_id

# Of GET and HEAD alike.
COMMON = [
    "ETag", "Last-Modified", "Content-Length", "Content-Type", "Content-MD5", "Content-Encoding",
    "Content-Language", "Content-Disposition", "Cache-Control", "Accept-Ranges", "x-ms-blob-type",
    "x-ms-creation-time", "x-ms-lease-state", "x-ms-lease-status", "x-ms-server-encrypted",
    "x-ms-meta-colour",
]  # fmt: skip


def test_it_shows_what_get_shows(client: BlobClient, container: str) -> None:
    headers = {"x-ms-blob-content-language": "la", "x-ms-meta-colour": "blue"}
    expect(client.put_blob(container, "b", b"content", headers), 201)
    got = expect(client.get_blob(container, "b"), 200)
    head = expect(client.get_blob_properties(container, "b"), 200)
    assert head.body == b""
    assert {name: head[name] for name in COMMON} == {name: got[name] for name in COMMON}
    assert head["Content-MD5"] == md5_header(b"content")


def test_the_tier_is_inferred_until_set(client: BlobClient, container: str) -> None:
    expect(client.put_blob(container, "b", b"content"), 201)
    head = expect(client.get_blob_properties(container, "b"), 200)
    assert (head["x-ms-access-tier"], head["x-ms-access-tier-inferred"]) == ("Hot", "true")
    assert head["x-ms-access-tier-change-time"] is None


def test_a_range_is_ignored(client: BlobClient, container: str) -> None:
    expect(client.put_blob(container, "b", b"content"), 201)
    head = expect(client.get_blob_properties(container, "b", {"Range": "bytes=0-1"}), 200)
    assert head["Content-Length"] == "7"


def test_a_response_keeps_the_connection_in_step(client: BlobClient, container: str) -> None:
    """A HEAD announces a length and sends no body; the next answer is read where it begins."""
    expect(client.put_blob(container, "b", b"content"), 201)
    for _ in range(3):
        assert expect(client.get_blob_properties(container, "b"), 200)["Content-Length"] == "7"
        expect_error(client.get_blob_properties(container, "absent"), 404, "BlobNotFound")
        assert expect(client.get_blob(container, "b"), 200).body == b"content"


def test_creation_time_outlives_a_commit(client: BlobClient, container: str) -> None:
    expect(client.put_blob(container, "b", b"content"), 201)
    before = client.get_blob_properties(container, "b")["x-ms-creation-time"]
    expect(client.put_block(container, "b", block_id(1), b"x"), 201)
    expect(client.put_block_list(container, "b", [block_id(1)]), 201)
    assert client.get_blob_properties(container, "b")["x-ms-creation-time"] == before


def test_errors_have_no_body(client: BlobClient, container: str) -> None:
    response = client.get_blob_properties(container, "absent")
    expect_error(response, 404, "BlobNotFound")
    assert response.body == b""
    expect(client.put_blob(container, "b", b"x"), 201)
    headers = {"x-ms-lease-id": str(uuid.uuid4())}
    response = client.get_blob_properties(container, "b", headers)
    expect_error(response, 412, "LeaseNotPresentWithBlobOperation")
