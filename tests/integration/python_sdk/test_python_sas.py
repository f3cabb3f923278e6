"""The SDK for Python: shared access signatures that it makes itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone

import pytest
from azure.storage.blob import (
    AccountSasPermissions,
    BlobClient,
    BlobSasPermissions,
    BlobServiceClient,
    ContainerClient,
    ContainerSasPermissions,
    ResourceTypes,
    generate_account_sas,
    generate_blob_sas,
    generate_container_sas,
)

from sdk_errors import fails
from signing import DEVELOPMENT_ACCOUNT

MakeBlob = Callable[..., BlobClient]


def in_hours(hours: float) -> datetime:
    return datetime.now(timezone.utc) + timedelta(hours=hours)


@pytest.fixture
def with_sas(sdk_container: ContainerClient) -> MakeBlob:
    """A client of "b" whose SAS has these letters and fields."""
    sdk_container.upload_blob("b", b"content")

    def make(letters: str, **fields: object) -> BlobClient:
        values = {"expiry": in_hours(1), "permission": letters} | fields
        token = generate_blob_sas(
            DEVELOPMENT_ACCOUNT.name, sdk_container.container_name, "b",
            account_key=DEVELOPMENT_ACCOUNT.key, **values,
        )  # fmt: skip
        return BlobClient.from_blob_url(f"{sdk_container.url}/b?{token}", retry_total=0)

    return make


def test_letters(with_sas: MakeBlob) -> None:
    reader = with_sas(str(BlobSasPermissions(read=True)))
    assert reader.download_blob().readall() == b"content"
    for call in (lambda: reader.upload_blob(b"x", overwrite=True), reader.delete_blob):
        with fails(403, "AuthorizationPermissionMismatch"):
            call()
    writer = with_sas("cw")
    writer.upload_blob(b"written", overwrite=True)
    with fails(403, "AuthorizationPermissionMismatch"):
        writer.download_blob()
    with fails(403, "UnauthorizedBlobOverwrite"):
        with_sas("c").upload_blob(b"x", overwrite=True)
    with_sas("d").delete_blob()


def test_times(with_sas: MakeBlob) -> None:
    for times in ({"expiry": in_hours(-1)}, {"start": in_hours(1), "expiry": in_hours(2)}):
        with fails(403, "AuthenticationFailed"):
            with_sas("r", **times).download_blob()
    with_sas("r", start=in_hours(-1)).download_blob()


def test_addresses_and_protocols(with_sas: MakeBlob) -> None:
    with_sas("r", ip="127.0.0.0-127.0.0.255", protocol="https,http").download_blob()
    with fails(403, "AuthorizationSourceIPMismatch"):
        with_sas("r", ip="10.0.0.1").download_blob()
    with fails(403, "AuthorizationProtocolMismatch"):
        with_sas("r", protocol="https").download_blob()


def test_headers_of_the_answer(with_sas: MakeBlob) -> None:
    found = with_sas(
        "r", cache_control="private", content_disposition="inline", content_encoding="identity",
        content_language="de", content_type="text/other",
    ).get_blob_properties()  # fmt: skip
    settings = found.content_settings
    assert (settings.cache_control, settings.content_disposition) == ("private", "inline")
    assert (settings.content_encoding, settings.content_language) == ("identity", "de")
    assert settings.content_type == "text/other"


def test_of_a_container(sdk_container: ContainerClient) -> None:
    sdk_container.upload_blob("a/b", b"content")
    token = generate_container_sas(
        DEVELOPMENT_ACCOUNT.name, sdk_container.container_name,
        account_key=DEVELOPMENT_ACCOUNT.key, expiry=in_hours(1),
        permission=ContainerSasPermissions(read=True, list=True),
    )  # fmt: skip
    url = f"{sdk_container.url}?{token}"
    theirs = ContainerClient.from_container_url(url, retry_total=0)
    assert [blob.name for blob in theirs.list_blobs()] == ["a/b"]
    assert theirs.download_blob("a/b").readall() == b"content"
    with fails(403, "AuthorizationPermissionMismatch"):
        theirs.upload_blob("c", b"x")
    for call in (theirs.get_container_properties, theirs.delete_container):
        with fails(403, "AuthorizationFailure"):
            call()


def test_of_the_account(service: BlobServiceClient, sdk_container: ContainerClient) -> None:
    def make(letters: str, types: str) -> BlobServiceClient:
        token = generate_account_sas(
            DEVELOPMENT_ACCOUNT.name, DEVELOPMENT_ACCOUNT.key, ResourceTypes.from_string(types),
            AccountSasPermissions.from_string(letters), in_hours(1),
        )  # fmt: skip
        return BlobServiceClient(service.url, credential=token, retry_total=0)

    theirs = make("rwdlac", "sco").get_container_client(sdk_container.container_name)
    theirs.upload_blob("b", b"content")
    assert [blob.name for blob in theirs.list_blobs()] == ["b"]
    assert sdk_container.container_name in [c.name for c in make("l", "s").list_containers()]
    with fails(403, "AuthorizationResourceTypeMismatch"):
        list(make("rl", "o").list_containers())
    with fails(403, "AuthorizationPermissionMismatch"):
        make("r", "sco").get_container_client(sdk_container.container_name).upload_blob("c", b"x")


def test_without_a_credential(sdk_container: ContainerClient) -> None:
    sdk_container.upload_blob("b", b"content")
    anonymous = BlobClient.from_blob_url(f"{sdk_container.url}/b", retry_total=0)
    with fails(409, "PublicAccessNotPermitted"):
        anonymous.download_blob()
    with fails(401, "NoAuthenticationInformation"):
        anonymous.delete_blob()
