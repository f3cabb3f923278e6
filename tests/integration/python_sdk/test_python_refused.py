"""The SDK for Python: what is not built answers at once, with a code, and changes nothing."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone

import pytest
from azure.storage.blob import (
    BlobClient,
    BlobServiceClient,
    ContainerClient,
    ImmutabilityPolicy,
)

from sdk_errors import refused

SNAPSHOT = "2021-06-28T05:51:11.5743121Z"
SOON = datetime.now(timezone.utc) + timedelta(hours=1)

UNBUILT: dict[str, Callable[[BlobClient], object]] = {
    "query": lambda blob: blob.query_blob("select * from BlobStorage").readall(),
}

# Where the account has no version-level immutability.
SWITCHED_OFF: dict[str, Callable[[BlobClient], object]] = {
    "immutability policy": lambda blob: blob.set_immutability_policy(
        ImmutabilityPolicy(expiry_time=SOON, policy_mode="Unlocked")
    ),
    "no immutability policy": lambda blob: blob.delete_immutability_policy(),
    "legal hold": lambda blob: blob.set_legal_hold(True),
}


@pytest.fixture
def blob(sdk_container: ContainerClient) -> Iterator[BlobClient]:
    """Must be afterwards as it was before."""
    blob = sdk_container.upload_blob("b", b"content")
    etag = blob.get_blob_properties().etag
    yield blob
    assert blob.get_blob_properties().etag == etag
    assert blob.download_blob().readall() == b"content"
    assert [item.name for item in sdk_container.list_blobs()] == ["b"]


@pytest.mark.parametrize("operation", UNBUILT)
def test_operations_on_a_blob(blob: BlobClient, operation: str) -> None:
    with refused():
        UNBUILT[operation](blob)


@pytest.mark.parametrize("operation", SWITCHED_OFF)
def test_what_the_account_has_not(blob: BlobClient, operation: str) -> None:
    with refused("BlobOperationNotSupported"):
        SWITCHED_OFF[operation](blob)


def test_headers_that_promise_something(blob: BlobClient, sdk_container: ContainerClient) -> None:
    other = sdk_container.get_blob_client("other")
    policy = ImmutabilityPolicy(expiry_time=SOON, policy_mode="Unlocked")
    for code, options in (
        ("UnsupportedHeader", {"encryption_scope": "scope"}),
        ("BlobOperationNotSupported", {"legal_hold": True}),
        ("BlobOperationNotSupported", {"immutability_policy": policy}),
    ):
        with refused(code):
            other.upload_blob(b"x", **options)


def test_operations_on_the_account(service: BlobServiceClient) -> None:
    with refused():
        service.get_user_delegation_key(datetime.now(timezone.utc), SOON)
    with refused("PublicAccessNotPermitted"):
        service.create_container(f"public-{uuid.uuid4().hex}", public_access="container")
