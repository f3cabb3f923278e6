"""The SDK for Python: who may use a container."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from azure.core.exceptions import ClientAuthenticationError
from azure.storage.blob import (
    AccessPolicy,
    BlobClient,
    ContainerClient,
    ContainerSasPermissions,
    PublicAccess,
    generate_container_sas,
)

from sdk_errors import fails
from signing import DEVELOPMENT_ACCOUNT

SOON = datetime.now(timezone.utc).replace(microsecond=0) + timedelta(hours=1)


@pytest.fixture
def blob(sdk_container: ContainerClient) -> BlobClient:
    return sdk_container.upload_blob("b", b"content")


def test_what_is_set_is_shown(sdk_container: ContainerClient) -> None:
    found = sdk_container.get_container_access_policy()
    assert (found["public_access"], found["signed_identifiers"]) == (None, [])
    read = AccessPolicy(ContainerSasPermissions(read=True), SOON, SOON - timedelta(days=1))
    answer = sdk_container.set_container_access_policy({"one": read, "two": AccessPolicy()})
    assert answer["etag"]
    one, two = sdk_container.get_container_access_policy()["signed_identifiers"]
    assert (one.id, one.access_policy.permission, two.id) == ("one", "r", "two")
    assert one.access_policy.expiry.startswith(SOON.strftime("%Y-%m-%dT%H:%M:%S"))
    sdk_container.set_container_access_policy({})
    assert sdk_container.get_container_access_policy()["signed_identifiers"] == []


def test_a_signature_by_a_policy(sdk_container: ContainerClient, blob: BlobClient) -> None:
    account = DEVELOPMENT_ACCOUNT
    token = generate_container_sas(
        account.name, sdk_container.container_name, account.key, policy_id="one"
    )
    signed = BlobClient.from_blob_url(f"{blob.url}?{token}", retry_total=0)
    with fails(403, "AuthenticationFailed", ClientAuthenticationError):
        signed.download_blob()
    policy = AccessPolicy(ContainerSasPermissions(read=True), SOON)
    sdk_container.set_container_access_policy({"one": policy})
    assert signed.download_blob().readall() == b"content"
    sdk_container.set_container_access_policy({})
    with fails(403, "AuthenticationFailed", ClientAuthenticationError):
        signed.download_blob()


def test_public_access_is_not_permitted(sdk_container: ContainerClient) -> None:
    with fails(409, "PublicAccessNotPermitted"):
        sdk_container.set_container_access_policy({}, public_access=PublicAccess.BLOB)
