"""The SDK for Python: soft delete and versions, on a server that keeps versions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
from azure.storage.blob import BlobServiceClient, ContainerClient, RetentionPolicy

from lapis_server import LapisServer
from past_states import config
from signing import DEVELOPMENT_ACCOUNT


@pytest.fixture
def keeping(new_server: Callable[..., LapisServer], tmp_path: Path) -> BlobServiceClient:
    server = new_server(config=config(tmp_path, versioning=True)).start()
    return BlobServiceClient(
        f"{server.endpoint}/{DEVELOPMENT_ACCOUNT.name}",
        credential={"account_name": DEVELOPMENT_ACCOUNT.name, "account_key": DEVELOPMENT_ACCOUNT.key},
        retry_total=0,
    )


@pytest.fixture
def box(keeping: BlobServiceClient) -> Iterator[ContainerClient]:
    yield keeping.create_container("box")


def test_versions(box: ContainerClient) -> None:
    blob = box.get_blob_client("b")
    first = blob.upload_blob(b"one")["version_id"]
    second = blob.upload_blob(b"two", overwrite=True)["version_id"]
    assert first < second
    assert blob.download_blob(version_id=first).readall() == b"one"
    found = blob.get_blob_properties(version_id=first)
    assert (found.version_id, found.is_current_version) == (first, None)
    assert blob.get_blob_properties().is_current_version is True
    listed = list(box.list_blobs(include=["versions"]))
    assert [(item.version_id, item.is_current_version) for item in listed] == [
        (first, None),
        (second, True),
    ]
    with pytest.raises(HttpResponseError) as error:
        blob.delete_blob(version_id=second)
    assert error.value.error_code == "OperationNotAllowedOnRootBlob"
    blob.delete_blob()
    listed = list(box.list_blobs(include=["deletedwithversions"]))
    assert [(item.name, item.has_versions_only) for item in listed] == [("b", True)]
    blob.start_copy_from_url(f"{blob.url}?versionid={first}")
    assert blob.download_blob().readall() == b"one"


def test_soft_delete(keeping: BlobServiceClient, box: ContainerClient) -> None:
    keeping.set_service_properties(delete_retention_policy=RetentionPolicy(True, 5))
    policy = keeping.get_service_properties()["delete_retention_policy"]
    assert (policy.enabled, policy.days) == (True, 5)
    blob = box.upload_blob("b", b"one")
    version = blob.get_blob_properties().version_id
    blob.upload_blob(b"two", overwrite=True)
    blob.delete_blob(version_id=version)
    with pytest.raises(ResourceNotFoundError):
        blob.download_blob(version_id=version)
    [deleted] = [item for item in box.list_blobs(include=["versions", "deleted"]) if item.deleted]
    assert (deleted.version_id, deleted.remaining_retention_days) == (version, 5)
    assert deleted.deleted_time is not None
    blob.undelete_blob()
    assert blob.download_blob(version_id=version).readall() == b"one"
