"""The SDK for Python: batches. Its requests leave the account out of their paths."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from azure.core import MatchConditions
from azure.storage.blob import (
    BlobServiceClient,
    ContainerClient,
    ContainerSasPermissions,
    PartialBatchErrorException,
    StandardBlobTier,
    generate_container_sas,
)

from signing import DEVELOPMENT_ACCOUNT

NAMES = ["a", "dir/b c", "ü", "x&y=1"]


@pytest.fixture
def filled(sdk_container: ContainerClient) -> ContainerClient:
    for name in NAMES:
        sdk_container.upload_blob(name, b"content")
    return sdk_container


def test_delete_blobs(filled: ContainerClient) -> None:
    answers = list(filled.delete_blobs(*NAMES))
    assert [answer.status_code for answer in answers] == [202] * 4
    assert all(answer.headers["x-ms-delete-type-permanent"] == "true" for answer in answers)
    assert list(filled.list_blobs()) == []


def test_a_part_that_fails(filled: ContainerClient) -> None:
    with pytest.raises(PartialBatchErrorException) as caught:
        filled.delete_blobs("a", "none")
    assert [part.status_code for part in caught.value.parts] == [202, 404]
    answers = list(filled.delete_blobs("ü", "none", raise_on_any_failure=False))
    assert [answer.status_code for answer in answers] == [202, 404]
    assert answers[1].headers["x-ms-error-code"] == "BlobNotFound"


def test_conditions(filled: ContainerClient) -> None:
    etag = filled.get_blob_client("a").get_blob_properties().etag
    named = [
        {"name": name, "etag": etag, "match_condition": MatchConditions.IfNotModified}
        for name in ("a", "ü")
    ]
    answers = filled.delete_blobs(*named, raise_on_any_failure=False)
    assert [answer.status_code for answer in answers] == [202, 412]


def test_set_standard_blob_tier_blobs(filled: ContainerClient) -> None:
    answers = list(filled.set_standard_blob_tier_blobs(StandardBlobTier.COOL, *NAMES))
    assert [answer.status_code for answer in answers] == [200] * 4
    assert {blob.blob_tier for blob in filled.list_blobs()} == {"Cool"}


def test_a_signature_of_the_container(filled: ContainerClient) -> None:
    token = generate_container_sas(
        DEVELOPMENT_ACCOUNT.name,
        filled.container_name,
        DEVELOPMENT_ACCOUNT.key,
        permission=ContainerSasPermissions(delete=True),
        expiry=datetime.now(timezone.utc) + timedelta(hours=1),
    )
    signed = ContainerClient.from_container_url(f"{filled.url}?{token}", retry_total=0)
    assert [answer.status_code for answer in signed.delete_blobs(*NAMES)] == [202] * 4


def test_256_at_once(filled: ContainerClient, service: BlobServiceClient) -> None:
    names = [f"b{number}" for number in range(256)]
    for name in names:
        filled.upload_blob(name, b"x")
    answers = filled.delete_blobs(*names)
    assert [answer.status_code for answer in answers] == [202] * 256
