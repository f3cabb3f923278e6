"""Microsoft's SDK for Python as Debian ships it, with the emulator's connection string."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone

import pytest

from signing import DEVELOPMENT_ACCOUNT

blob_sdk = pytest.importorskip(
    "azure.storage.blob", reason="python3-azure-storage is not installed"
)
core = pytest.importorskip("azure.core")
errors = pytest.importorskip("azure.core.exceptions")


@pytest.fixture
def service(endpoint: str) -> "blob_sdk.BlobServiceClient":
    """As UseDevelopmentStorage=true, with the port where the daemon is."""
    text = (
        f"DefaultEndpointsProtocol=http;AccountName={DEVELOPMENT_ACCOUNT.name};"
        f"AccountKey={DEVELOPMENT_ACCOUNT.key};BlobEndpoint={endpoint}/{DEVELOPMENT_ACCOUNT.name};"
    )
    return blob_sdk.BlobServiceClient.from_connection_string(text, retry_total=0)


@pytest.fixture
def sdk_container(service: "blob_sdk.BlobServiceClient") -> Iterator["blob_sdk.ContainerClient"]:
    container = service.get_container_client(f"sdk-{uuid.uuid4().hex[:12]}")
    container.create_container(metadata={"owner": "tests"})
    yield container
    container.delete_container()


def test_containers(
    service: "blob_sdk.BlobServiceClient", sdk_container: "blob_sdk.ContainerClient"
) -> None:
    name = sdk_container.container_name
    assert [c.name for c in service.list_containers(name_starts_with=name)] == [name]
    properties = sdk_container.get_container_properties()
    assert properties.metadata == {"owner": "tests"}
    assert sdk_container.exists()
    with pytest.raises(errors.ResourceExistsError):
        sdk_container.create_container()


@pytest.mark.parametrize("size", [0, 10, 5 << 20, 70 << 20])
def test_upload_and_download(sdk_container: "blob_sdk.ContainerClient", size: int) -> None:
    """Beyond 64 MiB the SDK uploads blocks, several at a time."""
    content = random.Random(size).randbytes(size)
    blob = sdk_container.upload_blob("b", content, max_concurrency=4)
    assert blob.get_blob_properties().size == size
    assert blob.download_blob(max_concurrency=4).readall() == content
    part = blob.download_blob(offset=size // 3, length=1000).readall() if size else b""
    assert part == content[size // 3 : size // 3 + 1000]


def test_validated_uploads(sdk_container: "blob_sdk.ContainerClient") -> None:
    content = random.Random(1).randbytes(300_000)
    blob = sdk_container.upload_blob("b", content, validate_content=True)
    assert blob.download_blob().readall() == content


def test_properties(sdk_container: "blob_sdk.ContainerClient") -> None:
    settings = blob_sdk.ContentSettings(
        content_type="text/x", content_language="la", cache_control="c"
    )
    blob = sdk_container.upload_blob(
        "b", b"content", metadata={"a": "1"}, content_settings=settings
    )
    properties = blob.get_blob_properties()
    assert properties.content_settings.content_type == "text/x"
    assert properties.content_settings.content_language == "la"
    assert properties.metadata == {"a": "1"}
    assert properties.blob_tier == "Hot" and properties.blob_tier_inferred


def test_listing(sdk_container: "blob_sdk.ContainerClient") -> None:
    names = ["a/1", "a/2", "b", "c/d/e", "ü/ö ä"]
    for name in names:
        sdk_container.upload_blob(name, b"x", metadata={"n": "1"})
    assert [blob.name for blob in sdk_container.list_blobs()] == names
    assert [blob.name for blob in sdk_container.list_blobs(results_per_page=2)] == names
    assert [blob.metadata for blob in sdk_container.list_blobs(include=["metadata"])] == [
        {"n": "1"}
    ] * 5
    assert sorted(item.name for item in sdk_container.walk_blobs()) == ["a/", "b", "c/", "ü/"]
    assert [item.name for item in sdk_container.walk_blobs(name_starts_with="a/")] == ["a/1", "a/2"]


def test_blocks(sdk_container: "blob_sdk.ContainerClient") -> None:
    blob = sdk_container.get_blob_client("b")
    blob.stage_block("1", b"first ")
    blob.stage_block("2", b"second")
    assert [block.size for block in blob.get_block_list("all")[1]] == [6, 6]
    blob.commit_block_list([blob_sdk.BlobBlock("1"), blob_sdk.BlobBlock("2")])
    assert blob.download_blob().readall() == b"first second"


def test_conditions(sdk_container: "blob_sdk.ContainerClient") -> None:
    blob = sdk_container.upload_blob("b", b"1")
    with pytest.raises(errors.ResourceExistsError):
        sdk_container.upload_blob("b", b"2")
    etag = blob.get_blob_properties().etag
    blob.upload_blob(b"3", overwrite=True)
    with pytest.raises(errors.ResourceModifiedError):
        blob.download_blob(etag=etag, match_condition=core.MatchConditions.IfNotModified)


def test_delete(sdk_container: "blob_sdk.ContainerClient") -> None:
    blob = sdk_container.upload_blob("b", b"1")
    blob.delete_blob(delete_snapshots="include")
    assert not blob.exists()
    with pytest.raises(errors.ResourceNotFoundError):
        blob.download_blob()


def test_its_own_sas(endpoint: str, sdk_container: "blob_sdk.ContainerClient") -> None:
    sdk_container.upload_blob("b", b"content")
    token = blob_sdk.generate_blob_sas(
        DEVELOPMENT_ACCOUNT.name, sdk_container.container_name, "b", account_key=DEVELOPMENT_ACCOUNT.key,
        permission=blob_sdk.BlobSasPermissions(read=True),
        expiry=datetime.now(timezone.utc) + timedelta(hours=1),
    )  # fmt: skip
    url = f"{endpoint}/{DEVELOPMENT_ACCOUNT.name}/{sdk_container.container_name}/b?{token}"
    reader = blob_sdk.BlobClient.from_blob_url(url)
    assert reader.download_blob().readall() == b"content"
    with pytest.raises(errors.HttpResponseError):
        reader.delete_blob()
