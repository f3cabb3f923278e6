"""The SDK for Python: conditions, with the codes that the service answers."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from azure.core import MatchConditions
from azure.core.exceptions import (
    HttpResponseError,
    ResourceExistsError,
    ResourceModifiedError,
    ResourceNotFoundError,
)
from azure.storage.blob import BlobBlock, BlobClient, ContainerClient

from sdk_errors import fails

OTHER = '"0x8D0000000000000"'
MINUTE = timedelta(minutes=1)
SAME, CHANGED = MatchConditions.IfNotModified, MatchConditions.IfModified
PRESENT, MISSING = MatchConditions.IfPresent, MatchConditions.IfMissing


@pytest.fixture
def blob(sdk_container: ContainerClient) -> BlobClient:
    return sdk_container.upload_blob("b", b"content")


def test_reads_that_meet_their_conditions(blob: BlobClient) -> None:
    known = blob.get_blob_properties()
    for condition in (
        {"etag": known.etag, "match_condition": SAME},
        {"etag": OTHER, "match_condition": CHANGED},
        {"match_condition": PRESENT},
        {"if_modified_since": known.last_modified - MINUTE},
        {"if_unmodified_since": known.last_modified},
        {"if_unmodified_since": known.last_modified + MINUTE},
    ):
        assert blob.download_blob(**condition).readall() == b"content"
        assert blob.get_blob_properties(**condition).etag == known.etag


def test_reads_that_do_not(blob: BlobClient) -> None:
    known = blob.get_blob_properties()
    for condition, status in (
        ({"etag": OTHER, "match_condition": SAME}, 412),
        ({"etag": known.etag, "match_condition": CHANGED}, 304),
        ({"if_modified_since": known.last_modified}, 304),
        ({"if_modified_since": known.last_modified + MINUTE}, 304),
        ({"if_unmodified_since": known.last_modified - MINUTE}, 412),
    ):
        with fails(status, "ConditionNotMet"):
            blob.download_blob(**condition)
        with fails(status, "ConditionNotMet"):
            blob.get_blob_properties(**condition)
    with fails(400, "UnsatisfiableCondition"):
        blob.download_blob(match_condition=MISSING)


def test_writes_that_do_not_meet_theirs_change_nothing(blob: BlobClient) -> None:
    known = blob.get_blob_properties()
    blob.stage_block("1", b"staged")
    for condition, status, code in (
        ({"match_condition": MISSING}, 409, "BlobAlreadyExists"),
        ({"etag": OTHER, "match_condition": SAME}, 412, "ConditionNotMet"),
        ({"etag": known.etag, "match_condition": CHANGED}, 412, "ConditionNotMet"),
        ({"if_modified_since": known.last_modified + MINUTE}, 412, "ConditionNotMet"),
        ({"if_unmodified_since": known.last_modified - MINUTE}, 412, "ConditionNotMet"),
    ):
        with fails(status, code):
            blob.upload_blob(b"changed", overwrite=True, **condition)
        with fails(status, code):
            blob.commit_block_list([BlobBlock("1")], **condition)
        with fails(412, "ConditionNotMet"):
            blob.delete_blob(**condition)
    assert blob.get_blob_properties().etag == known.etag
    assert blob.download_blob().readall() == b"content"


def test_writes_that_do(blob: BlobClient, sdk_container: ContainerClient) -> None:
    etag = blob.get_blob_properties().etag
    etag = blob.upload_blob(b"2", overwrite=True, etag=etag, match_condition=SAME)["etag"]
    blob.stage_block("1", b"3")
    etag = blob.commit_block_list([BlobBlock("1")], etag=etag, match_condition=SAME)["etag"]
    blob.upload_blob(b"4", overwrite=True, match_condition=PRESENT)
    with pytest.raises(ResourceModifiedError):
        blob.delete_blob(etag=etag, match_condition=SAME)
    fresh = sdk_container.get_blob_client("fresh")
    with fails(412, "ConditionNotMet"):
        fresh.upload_blob(b"x", overwrite=True, match_condition=PRESENT)
    fresh.upload_blob(b"x")
    with pytest.raises(ResourceExistsError):
        fresh.upload_blob(b"y")
    assert fresh.download_blob().readall() == b"x"


def test_a_lease_id_without_a_lease(blob: BlobClient) -> None:
    lease = {"lease": str(uuid.uuid4())}
    for call in (
        lambda: blob.download_blob(**lease),
        lambda: blob.get_blob_properties(**lease),
        lambda: blob.upload_blob(b"x", overwrite=True, **lease),
        lambda: blob.stage_block("1", b"x", **lease),
        lambda: blob.delete_blob(**lease),
    ):
        with fails(412, "LeaseNotPresentWithBlobOperation"):
            call()


def test_delete(blob: BlobClient, sdk_container: ContainerClient) -> None:
    blob.delete_blob(delete_snapshots="include")
    assert not blob.exists()
    for call in (blob.download_blob, blob.get_blob_properties, blob.delete_blob):
        with fails(404, "BlobNotFound", ResourceNotFoundError):
            call()
    blob.upload_blob(b"again")
    sdk_container.delete_blob("b")
    with pytest.raises(HttpResponseError):
        sdk_container.delete_blob("b")
