"""The SDK for Python: leases of blobs and containers."""

from __future__ import annotations

import uuid

import pytest
from azure.storage.blob import BlobClient, BlobLeaseClient, ContainerClient

from sdk_errors import fails


@pytest.fixture
def blob(sdk_container: ContainerClient) -> BlobClient:
    return sdk_container.upload_blob("b", b"content")


def test_a_life_of_a_lease(blob: BlobClient) -> None:
    before = blob.get_blob_properties()
    lease = blob.acquire_lease(15)
    assert uuid.UUID(lease.id) and lease.etag == before.etag
    assert lease.last_modified == before.last_modified
    shown = blob.get_blob_properties().lease
    assert (shown.status, shown.state, shown.duration) == ("locked", "leased", "fixed")
    lease.renew()
    proposed = str(uuid.uuid4())
    lease.change(proposed)
    assert lease.id == proposed
    assert lease.break_lease(lease_break_period=10) == 10
    assert blob.get_blob_properties().lease.state == "breaking"
    lease.release()
    assert blob.get_blob_properties().lease.state == "available"


def test_what_a_lease_keeps_others_from(blob: BlobClient) -> None:
    lease = BlobLeaseClient(blob)
    lease.acquire()  # without end
    with fails(409, "LeaseAlreadyPresent"):
        BlobLeaseClient(blob).acquire(lease_duration=15)
    other = {"lease": str(uuid.uuid4())}
    for write in (
        lambda **given: blob.upload_blob(b"new", overwrite=True, **given),
        lambda **given: blob.stage_block("1", b"x", **given),
        lambda **given: blob.set_blob_metadata({"a": "1"}, **given),
        lambda **given: blob.set_standard_blob_tier("Cool", **given),
        lambda **given: blob.delete_blob(**given),
    ):
        with fails(412, "LeaseIdMissing"):
            write()
        with fails(412, "LeaseIdMismatchWithBlobOperation"):
            write(**other)
        write(lease=lease)


def test_a_leased_container(sdk_container: ContainerClient) -> None:
    lease = sdk_container.acquire_lease(lease_duration=-1)
    shown = sdk_container.get_container_properties().lease
    assert (shown.status, shown.state, shown.duration) == ("locked", "leased", "infinite")
    sdk_container.upload_blob("b", b"content")
    with fails(412, "LeaseIdMissing"):
        sdk_container.delete_container()
    with fails(412, "LeaseIdMismatchWithContainerOperation"):
        sdk_container.set_container_metadata({"a": "1"}, lease=str(uuid.uuid4()))
    sdk_container.delete_container(lease=lease)
