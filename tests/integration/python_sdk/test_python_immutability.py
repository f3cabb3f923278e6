"""The SDK for Python: immutability policies and legal holds, on a server whose account has them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from azure.storage.blob import BlobServiceClient, ContainerClient, ImmutabilityPolicy

from lapis_server import LapisServer
from past_states import config
from sdk_errors import refused
from signing import DEVELOPMENT_ACCOUNT

LATER = datetime.now(timezone.utc).replace(microsecond=0) + timedelta(hours=1)


@pytest.fixture
def box(new_server: Callable[..., LapisServer], tmp_path: Path) -> ContainerClient:
    server = new_server(config=config(tmp_path, versioning=True, immutable=True)).start()
    service = BlobServiceClient(
        f"{server.endpoint}/{DEVELOPMENT_ACCOUNT.name}",
        credential={"account_name": DEVELOPMENT_ACCOUNT.name, "account_key": DEVELOPMENT_ACCOUNT.key},
        retry_total=0,
    )
    return service.create_container("box")


def test_policies(box: ContainerClient) -> None:
    blob = box.upload_blob("b", b"content")
    blob.set_immutability_policy(ImmutabilityPolicy(expiry_time=LATER, policy_mode="Unlocked"))
    found = blob.get_blob_properties().immutability_policy
    assert (found.expiry_time, found.policy_mode) == (LATER, "unlocked")
    with refused("BlobImmutableDueToPolicy"):
        blob.set_blob_metadata({"k": "v"})
    blob.delete_immutability_policy()
    assert blob.get_blob_properties().immutability_policy.policy_mode is None
    blob.set_immutability_policy(ImmutabilityPolicy(expiry_time=LATER, policy_mode="Locked"))
    with refused("ImmutabilityPolicyDeleteOnLockedPolicy"):
        blob.delete_immutability_policy()


def test_holds(box: ContainerClient) -> None:
    blob = box.upload_blob("b", b"content")
    version = blob.get_blob_properties().version_id
    assert blob.set_legal_hold(True)["legal_hold"] is True
    blob.upload_blob(b"new", overwrite=True)
    with refused("BlobImmutableDueToLegalHold"):
        blob.delete_blob(version_id=version)
    assert blob.get_blob_properties(version_id=version).has_legal_hold is True
    assert not blob.get_blob_properties().has_legal_hold


def test_uploads(box: ContainerClient) -> None:
    policy = ImmutabilityPolicy(expiry_time=LATER, policy_mode="Locked")
    box.upload_blob("b", b"content", immutability_policy=policy, legal_hold=True)
    [listed] = box.list_blobs(include=["immutabilitypolicy", "legalhold"])
    assert listed.has_legal_hold is True
    assert listed.immutability_policy.policy_mode == "locked"
    with refused("ContainerImmutableStorageWithVersioningEnabled"):
        box.delete_container()
    assert box.get_container_properties().immutable_storage_with_versioning_enabled is True
