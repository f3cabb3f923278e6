"""What is not built says so: each operation by 501 and its name, each header and parameter that
would change what is stored, or who may read it, by 400 and its name."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from azure_client import expect, expect_error
from blob_client import CONTAINER, BlobClient, block_id
from signing import Query

LEASE = "8f4ab5f4-4d4e-4a6e-8a6a-7d0f7ad6d6b5"
DATE = "Wed, 01 Jan 2998 00:00:00 GMT"
KEY = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
SNAPSHOT = "2021-06-28T05:51:11.5743121Z"


@dataclass
class Sent:
    method: str
    query: Query
    headers: dict[str, str] = field(default_factory=dict)
    resource: str = "blob"


OPERATIONS = {
    "GetUserDelegationKey": Sent(
        "POST", [("restype", "service"), ("comp", "userdelegationkey")], resource="account"
    ),
    "RenameContainer": Sent(
        "PUT",
        [*CONTAINER, ("comp", "rename")],
        {"x-ms-source-container-name": "c", "x-ms-source-lease-id": LEASE},
        resource="container",
    ),
    "QueryBlobContents": Sent("POST", [("comp", "query")]),
    "SetBlobExpiry": Sent(
        "PUT",
        [("comp", "expiry")],
        {"x-ms-expiry-option": "Absolute", "x-ms-expiry-time": DATE},
    ),
}


@pytest.mark.parametrize("operation", OPERATIONS)
def test_an_operation_is_named(client: BlobClient, container: str, operation: str) -> None:
    """501, which no client retries; never a 5xx that they would repeat for minutes. Where the
    operation is built by now, take it out of the table, and say so in docs/api.md."""
    before = expect(client.put_blob(container, "b", b"content"), 201)["ETag"]
    sent = OPERATIONS[operation]
    paths = {"blob": client.path(container, "b"), "container": client.path(container)}
    path = paths.get(sent.resource) or client.path()
    response = client.request(sent.method, path, sent.query, sent.headers)
    expect_error(response, 501, "NotImplemented")
    assert response.error_field("OperationName") == operation
    left = expect(client.get_blob(container, "b"), 200)
    assert (left["ETag"], left.body) == (before, b"content")
    assert client.get_block_list(container, "b", "uncommitted").xml().findall(".//Block") == []


# Refused by the operations that there are, Put Blob for one.
HEADERS = {
    "x-ms-encryption-key": KEY,
    "x-ms-encryption-key-sha256": KEY,
    "x-ms-encryption-algorithm": "AES256",
    "x-ms-encryption-scope": "scope",
    "x-ms-encryption-context": "x",
    "x-ms-source-if-tags": "a='b'",
    "x-ms-rehydrate-priority": "High",
    "x-ms-seal-blob": "true",
    "x-ms-expiry-option": "Absolute",
    "x-ms-expiry-time": DATE,
    "x-ms-if-sequence-number-le": "1",
    "x-ms-if-sequence-number-lt": "1",
    "x-ms-if-sequence-number-eq": "1",
    "x-ms-blob-condition-appendpos": "0",
    "x-ms-blob-condition-maxsize": "1",
    "x-ms-blob-content-length": "512",
    "x-ms-blob-sequence-number": "1",
    "x-ms-access-tier-if-modified-since": DATE,
    "x-ms-access-tier-if-unmodified-since": DATE,
    "x-ms-rename-source": "/c/b",
    "x-ms-properties": "a=Yg==",
    "x-ms-umask": "0027",
    "x-ms-owner": "x",
    "x-ms-group": "x",
    "x-ms-permissions": "0700",
    "x-ms-acl": "user::rwx",
    "Content-Range": "bytes 5-9/10",
}


@pytest.mark.parametrize("name", HEADERS)
def test_a_header_is_named(client: BlobClient, container: str, name: str) -> None:
    response = client.put_blob(container, "b", b"x" * 44, {name: HEADERS[name]})
    expect_error(response, 400, "UnsupportedHeader")
    assert (response.error_field("HeaderName") or "").lower() == name.lower()
    expect_error(client.get_blob(container, "b"), 404, "BlobNotFound")


@pytest.mark.parametrize(
    "name", ["x-ms-default-encryption-scope", "x-ms-deny-encryption-scope-override"]
)
def test_a_container_has_no_encryption_scope(client: BlobClient, container: str, name: str) -> None:
    response = client.create_container(container + "-scoped", {name: "true"})
    expect_error(response, 400, "UnsupportedHeader")
    assert response.error_field("HeaderName") == name


