"""The SDK for Python: copies that are pending when they are answered."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from azure.storage.blob import BlobClient, BlobProperties, ContainerClient

from copying import daemon_of
from held_source import LONG, MIB, HeldSource
from observing import eventually
from sdk_errors import fails
from source_server import answer


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Of a daemon that may read from loopback addresses."""
    for client in daemon_of(tmp_path_factory):
        yield client.endpoint


@pytest.fixture
def copy(sdk_container: ContainerClient) -> BlobClient:
    return sdk_container.get_blob_client("copy")


def ended(copy: BlobClient) -> BlobProperties:
    """As the SDK's documentation polls."""
    for _ in range(600):
        properties = copy.get_blob_properties()
        if properties.copy.status != "pending":
            return properties
        time.sleep(0.05)
    raise AssertionError("still pending")


def done(copy: BlobClient) -> int:
    return int(copy.get_blob_properties().copy.progress.partition("/")[0])


def test_a_copy(sdk_container: ContainerClient, copy: BlobClient, held: HeldSource) -> None:
    started = copy.start_copy_from_url(held.url, metadata={"k": "v"})
    assert started["copy_status"] == "pending"
    held.let(10 * MIB)
    assert eventually(lambda: done(copy) > 0)
    properties = copy.get_blob_properties()
    assert (properties.copy.id, properties.copy.status) == (started["copy_id"], "pending")
    assert properties.copy.source == held.url
    assert (properties.size, properties.metadata) == (0, {"k": "v"})
    (listed,) = sdk_container.list_blobs(include=["copy"])
    assert (listed.copy.id, listed.copy.status) == (started["copy_id"], "pending")
    assert listed.copy.completion_time is None
    with fails(409, "PendingCopyOperation"):
        copy.upload_blob(b"x", overwrite=True)
    with fails(409, "PendingCopyOperation"):
        copy.delete_blob()
    held.let_all()
    properties = ended(copy)
    assert (properties.copy.id, properties.copy.status) == (started["copy_id"], "success")
    assert properties.copy.progress == f"{len(LONG)}/{len(LONG)}"
    (listed,) = sdk_container.list_blobs(include=["copy"])
    assert (listed.copy.status, listed.size) == ("success", len(LONG))
    assert listed.copy.completion_time is not None
    assert copy.download_blob().readall() == LONG


def test_abort(copy: BlobClient, held: HeldSource) -> None:
    copy_id = copy.start_copy_from_url(held.url, metadata={"k": "v"})["copy_id"]
    with fails(409, "CopyIdMismatch"):
        copy.abort_copy("8f4ab5f4-4d4e-4a6e-8a6a-7d0f7ad6d6b5")
    copy.abort_copy(copy_id)
    properties = copy.get_blob_properties()
    assert (properties.copy.id, properties.copy.status) == (copy_id, "aborted")
    assert (properties.size, properties.metadata) == (0, {"k": "v"})
    with fails(409, "NoPendingCopyOperation"):
        copy.abort_copy(copy_id)
    copy.upload_blob(b"x", overwrite=True)
    assert copy.download_blob().readall() == b"x"


def test_abort_of_the_properties_copy(copy: BlobClient, held: HeldSource) -> None:
    """What is handed over need not be an id."""
    copy.start_copy_from_url(held.url)
    copy.abort_copy(copy.get_blob_properties())
    assert copy.get_blob_properties().copy.status == "aborted"


def test_a_source_that_goes_away(copy: BlobClient, held: HeldSource) -> None:
    copy.start_copy_from_url(held.url)
    assert eventually(lambda: held.going == 1)
    held.instead = [answer(404)] * 2
    held.cut()
    properties = ended(copy)
    assert properties.copy.status == "failed"
    assert properties.copy.status_description.startswith("404 ")
