"""The SDK for Python: the account and its containers."""

from __future__ import annotations

import base64
import uuid
from datetime import timedelta

import pytest
from azure.core.exceptions import ResourceExistsError, ResourceNotFoundError
from azure.storage.blob import BlobServiceClient, ContainerClient

from sdk_errors import fails


def unused(service: BlobServiceClient) -> ContainerClient:
    return service.get_container_client(f"sdk-{uuid.uuid4().hex[:12]}")


def test_account_information(service: BlobServiceClient, sdk_container: ContainerClient) -> None:
    blob = sdk_container.get_blob_client("b")
    for client in (service, sdk_container, blob):
        found = client.get_account_information()
        assert found["account_kind"] == "StorageV2"
        assert found["sku_name"].startswith("Standard_")


def test_a_container_is_created_described_and_deleted(service: BlobServiceClient) -> None:
    container = unused(service)
    assert not container.exists()
    created = container.create_container(metadata={"owner": "tests"})
    assert container.exists()
    properties = container.get_container_properties()
    assert properties.metadata == {"owner": "tests"}
    assert properties.etag == created["etag"]
    assert (properties.lease.state, properties.lease.status) == ("available", "unlocked")
    assert not properties.has_immutability_policy and not properties.has_legal_hold
    assert properties.public_access is None
    with fails(409, "ContainerAlreadyExists", ResourceExistsError):
        container.create_container()
    container.delete_container()
    assert not container.exists()
    with pytest.raises(ResourceNotFoundError):
        container.delete_container()
    with fails(404, "ContainerNotFound"):
        container.get_container_properties()


def test_conditions_of_delete_container(service: BlobServiceClient) -> None:
    container = unused(service)
    modified = container.create_container()["last_modified"]
    with fails(412, "ConditionNotMet"):
        container.delete_container(if_unmodified_since=modified - timedelta(minutes=1))
    with fails(412, "ConditionNotMet"):
        container.delete_container(if_modified_since=modified + timedelta(minutes=1))
    with fails(412, "LeaseNotPresentWithContainerOperation"):
        container.delete_container(lease=str(uuid.uuid4()))
    container.delete_container(if_unmodified_since=modified + timedelta(minutes=1))


def test_illegal_names(service: BlobServiceClient) -> None:
    for name in ("Upper", "a b", "-a-", "a--b", "a_b"):
        with fails(400, "InvalidResourceName"):
            service.create_container(name)
    for name in ("ab", "a" * 64):
        with fails(400, "OutOfRangeInput"):
            service.create_container(name)


def test_listing_containers(service: BlobServiceClient) -> None:
    prefix = f"sdk-list-{uuid.uuid4().hex[:8]}-"
    names = [f"{prefix}{number}" for number in range(7)]
    for name in names:
        service.create_container(name, metadata={"n": name[-1]})
    try:
        found = list(service.list_containers(name_starts_with=prefix, include_metadata=True))
        assert [item.name for item in found] == names
        assert [item.metadata for item in found] == [{"n": str(n)} for n in range(7)]
        assert [item.metadata for item in service.list_containers(prefix)] == [None] * 7
        pages = service.list_containers(prefix, results_per_page=3).by_page()
        assert [len(list(page)) for page in pages] == [3, 3, 1]
        pages = service.list_containers(prefix, results_per_page=3).by_page()
        first = [item.name for item in next(pages)]
        rest = service.list_containers(prefix).by_page(pages.continuation_token)
        assert first + [item.name for page in rest for item in page] == names
    finally:
        for name in names:
            service.delete_container(name)
    assert list(service.list_containers(prefix)) == []


def test_in_a_container_that_is_not_there(service: BlobServiceClient) -> None:
    container = unused(service)
    blob = container.get_blob_client("b")
    for call in (
        lambda: blob.upload_blob(b"x"),
        lambda: blob.stage_block("1", b"x"),
        lambda: blob.download_blob(),
        lambda: list(container.list_blobs()),
    ):
        with fails(404, "ContainerNotFound"):
            call()
    assert not blob.exists()


def test_a_wrong_key(service: BlobServiceClient) -> None:
    wrong = {
        "account_name": service.account_name,
        "account_key": base64.b64encode(b"wrong" * 12).decode(),
    }
    stranger = BlobServiceClient(service.url, credential=wrong, retry_total=0)
    with fails(403, "AuthenticationFailed"):
        list(stranger.list_containers())
