"""The SDK for Python: soft delete of containers, on a server that keeps them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from azure.core.exceptions import ResourceExistsError, ResourceNotFoundError
from azure.storage.blob import BlobServiceClient

from lapis_server import LapisServer
from past_states import config
from signing import DEVELOPMENT_ACCOUNT


@pytest.fixture
def keeping(new_server: Callable[..., LapisServer], tmp_path: Path) -> BlobServiceClient:
    server = new_server(config=config(tmp_path, versioning=False, container_days=30)).start()
    return BlobServiceClient(
        f"{server.endpoint}/{DEVELOPMENT_ACCOUNT.name}",
        credential={"account_name": DEVELOPMENT_ACCOUNT.name, "account_key": DEVELOPMENT_ACCOUNT.key},
        retry_total=0,
    )


def test_a_deleted_container_is_listed_and_restored(keeping: BlobServiceClient) -> None:
    box = keeping.create_container("box", metadata={"k": "v"})
    box.upload_blob("b", b"content")
    keeping.create_container("other")
    box.delete_container()
    assert [item.name for item in keeping.list_containers()] == ["other"]
    listed = list(keeping.list_containers(include_deleted=True, include_metadata=True))
    assert [(item.name, bool(item.deleted)) for item in listed] == [("box", True), ("other", False)]
    assert listed[0].metadata == {"k": "v"}
    with pytest.raises(ResourceNotFoundError):
        box.get_container_properties()
    restored = keeping.undelete_container("box", listed[0].version)
    assert restored.download_blob("b").readall() == b"content"
    assert restored.get_container_properties().metadata == {"k": "v"}
    assert not any(item.deleted for item in keeping.list_containers(include_deleted=True))


def test_restoring_where_a_container_is(keeping: BlobServiceClient) -> None:
    keeping.create_container("box").delete_container()
    keeping.create_container("box")
    [deleted] = [item for item in keeping.list_containers(include_deleted=True) if item.deleted]
    with pytest.raises(ResourceExistsError) as error:
        keeping.undelete_container("box", deleted.version)
    assert error.value.error_code == "ContainerAlreadyExists"


def test_pages_of_one(keeping: BlobServiceClient) -> None:
    for name in ("a-box", "a-box", "b-box"):
        keeping.create_container(name).delete_container()
    keeping.create_container("a-box")
    pages = list(keeping.list_containers(include_deleted=True, results_per_page=1).by_page())
    found = [[(item.name, bool(item.deleted)) for item in page] for page in pages]
    assert [one for page in found for one in page] == [
        ("a-box", True),
        ("a-box", True),
        ("a-box", False),
        ("b-box", True),
    ]
