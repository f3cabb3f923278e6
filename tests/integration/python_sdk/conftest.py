"""Microsoft's SDK for Python as Debian ships it, with the emulator's connection string."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest

from signing import DEVELOPMENT_ACCOUNT

blob_sdk = pytest.importorskip(
    "azure.storage.blob", reason="python3-azure-storage is not installed"
)


@pytest.fixture
def connection_string(endpoint: str) -> str:
    """As UseDevelopmentStorage=true, with the port where the daemon is."""
    return (
        f"DefaultEndpointsProtocol=http;AccountName={DEVELOPMENT_ACCOUNT.name};"
        f"AccountKey={DEVELOPMENT_ACCOUNT.key};BlobEndpoint={endpoint}/{DEVELOPMENT_ACCOUNT.name};"
    )


@pytest.fixture
def service(connection_string: str) -> "blob_sdk.BlobServiceClient":
    """Without retries, which would hide what was answered."""
    return blob_sdk.BlobServiceClient.from_connection_string(connection_string, retry_total=0)


@pytest.fixture
def sdk_container(service: "blob_sdk.BlobServiceClient") -> Iterator["blob_sdk.ContainerClient"]:
    container = service.get_container_client(f"sdk-{uuid.uuid4().hex[:12]}")
    container.create_container(metadata={"owner": "tests"})
    yield container
    if container.exists():
        container.delete_container()
