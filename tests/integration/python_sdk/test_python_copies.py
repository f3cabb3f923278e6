"""The SDK for Python: copies from URLs."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from azure.core.exceptions import HttpResponseError
from azure.storage.blob import (
    BlobClient,
    BlobSasPermissions,
    ContainerClient,
    ContentSettings,
    generate_blob_sas,
)

from signing import DEVELOPMENT_ACCOUNT


@pytest.fixture
def source(sdk_container: ContainerClient) -> BlobClient:
    settings = ContentSettings(content_type="a/b")
    return sdk_container.upload_blob(
        "source", b"content" * 1000, content_settings=settings, metadata={"k": "v"}
    )


def signed(source: BlobClient, permission: BlobSasPermissions) -> str:
    token = generate_blob_sas(
        DEVELOPMENT_ACCOUNT.name, source.container_name, source.blob_name,
        account_key=DEVELOPMENT_ACCOUNT.key, permission=permission,
        expiry=datetime.now(timezone.utc) + timedelta(hours=1),
    )  # fmt: skip
    return f"{source.url}?{token}"


@pytest.fixture
def url(source: BlobClient) -> str:
    return signed(source, BlobSasPermissions(read=True))


def refusal(call: object) -> tuple[int | None, str | None]:
    with pytest.raises(HttpResponseError) as failure:
        call()  # type: ignore[operator]
    error = failure.value
    return error.status_code, getattr(error, "error_code", None)


def test_a_block(sdk_container: ContainerClient, source: BlobClient, url: str) -> None:
    copy = sdk_container.get_blob_client("copy")
    copy.stage_block_from_url("1", url)
    copy.stage_block_from_url("2", url, source_offset=3, source_length=4)
    copy.commit_block_list(["1", "2"])
    assert copy.download_blob().readall() == b"content" * 1000 + b"tent"
    status, code = refusal(lambda: copy.stage_block_from_url("3", source.url))
    assert (status, code) == (409, "CannotVerifyCopySource")


def test_a_blob(sdk_container: ContainerClient, source: BlobClient, url: str) -> None:
    copy = sdk_container.get_blob_client("copy")
    copy.upload_blob_from_url(url)
    properties = copy.get_blob_properties()
    assert (properties.content_settings.content_type, properties.metadata) == ("a/b", {"k": "v"})
    assert copy.download_blob().readall() == b"content" * 1000
    assert refusal(lambda: copy.upload_blob_from_url(url)) == (409, "BlobAlreadyExists")
    copy.upload_blob_from_url(url, overwrite=True, include_source_blob_properties=False)
    assert copy.get_blob_properties().content_settings.content_type == "application/octet-stream"


def test_a_copy_that_is_done_when_answered(
    sdk_container: ContainerClient, source: BlobClient, url: str
) -> None:
    copy = sdk_container.get_blob_client("copy")
    copied = copy.start_copy_from_url(url, requires_sync=True)
    assert copied["copy_status"] == "success"
    properties = copy.get_blob_properties()
    assert (properties.copy.id, properties.copy.status) == (copied["copy_id"], "success")
    assert (properties.copy.source, properties.copy.progress) == (source.url, "7000/7000")
    listed = next(iter(sdk_container.list_blobs(name_starts_with="copy", include=["copy"])))
    assert listed.copy.id == copied["copy_id"]
    assert refusal(lambda: copy.start_copy_from_url(url + "x", requires_sync=True))[0] == 403


def test_a_copy(sdk_container: ContainerClient, source: BlobClient) -> None:
    """The account's key covers a source in the account."""
    copy = sdk_container.get_blob_client("copy")
    copied = copy.start_copy_from_url(source.url)
    assert copied["copy_status"] == "success"
    refused = refusal(lambda: copy.abort_copy(copied["copy_id"]))
    assert refused == (409, "NoPendingCopyOperation")
    assert refusal(lambda: copy.abort_copy("x")) == (400, "InvalidQueryParameterValue")
    assert copy.download_blob().readall() == b"content" * 1000
    assert copy.get_blob_properties().copy.source == source.url
    missing = sdk_container.get_blob_client("missing")
    assert refusal(lambda: copy.start_copy_from_url(missing.url)) == (404, "BlobNotFound")


def test_tags_of_the_source(sdk_container: ContainerClient, source: BlobClient, url: str) -> None:
    source.set_blob_tags({"of": "source", "a b": "+"})
    tagged = signed(source, BlobSasPermissions(read=True, tag=True))
    copy = sdk_container.get_blob_client("copy")
    copy.start_copy_from_url(tagged, requires_sync=True, tags="COPY")
    assert copy.get_blob_tags() == {"of": "source", "a b": "+"}
    copy.start_copy_from_url(tagged, requires_sync=True, tags={"of": "request"})
    assert copy.get_blob_tags() == {"of": "request"}
    refused = refusal(lambda: copy.start_copy_from_url(url, requires_sync=True, tags="COPY"))
    assert refused == (403, "CannotVerifyCopySource")
