"""The SDK for Python: snapshots."""

from __future__ import annotations

import pytest
from azure.core import MatchConditions
from azure.core.exceptions import ResourceExistsError, ResourceNotFoundError
from azure.storage.blob import BlobClient, ContainerClient, StandardBlobTier


@pytest.fixture
def blob(sdk_container: ContainerClient) -> BlobClient:
    return sdk_container.upload_blob("b", b"before", metadata={"of": "blob"})


def of(container: ContainerClient, snapshot: str) -> BlobClient:
    return container.get_blob_client("b", snapshot=snapshot)


def test_reads(blob: BlobClient, sdk_container: ContainerClient) -> None:
    before = blob.get_blob_properties()
    taken = blob.create_snapshot(etag=before.etag, match_condition=MatchConditions.IfNotModified)
    blob.upload_blob(b"after it", overwrite=True)
    snapshot = of(sdk_container, taken["snapshot"])
    assert snapshot.download_blob().readall() == b"before"
    found = snapshot.get_blob_properties()
    assert (found.etag, found.metadata) == (before.etag, {"of": "blob"})
    assert blob.download_blob().readall() == b"after it"
    snapshot.set_standard_blob_tier(StandardBlobTier.COOL)
    assert snapshot.get_blob_properties().blob_tier == "Cool"
    assert blob.get_blob_properties().blob_tier == "Hot"


def test_lists(blob: BlobClient, sdk_container: ContainerClient) -> None:
    taken = [blob.create_snapshot(metadata={"n": str(n)})["snapshot"] for n in range(3)]
    listed = list(sdk_container.list_blobs(include=["snapshots", "metadata"]))
    assert [item.snapshot for item in listed] == [*taken, None]
    assert [item.metadata.get("n") for item in listed] == ["0", "1", "2", None]


def test_deletes(blob: BlobClient, sdk_container: ContainerClient) -> None:
    taken = blob.create_snapshot()["snapshot"]
    with pytest.raises(ResourceExistsError) as error:
        blob.delete_blob()
    assert error.value.error_code == "SnapshotsPresent"
    of(sdk_container, taken).delete_blob()
    with pytest.raises(ResourceNotFoundError):
        of(sdk_container, taken).download_blob()
    blob.create_snapshot()
    blob.delete_blob(delete_snapshots="only")
    assert [item.snapshot for item in sdk_container.list_blobs(include=["snapshots"])] == [None]
    blob.create_snapshot()
    blob.delete_blob(delete_snapshots="include")
    assert not blob.exists()
