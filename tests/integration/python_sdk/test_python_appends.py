"""The SDK for Python: append blobs."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from azure.core import MatchConditions
from azure.storage.blob import BlobClient, BlobType, ContainerClient, ContentSettings

from sdk_errors import fails


@pytest.fixture
def blob(sdk_container: ContainerClient) -> BlobClient:
    blob = sdk_container.get_blob_client("log")
    blob.create_append_blob(ContentSettings(content_type="text/log"), metadata={"k": "v"})
    return blob


def test_append_block(blob: BlobClient, sdk_container: ContainerClient) -> None:
    whole = b""
    for number, size in enumerate([5, 5_000, 300_000, 1]):
        part = random.Random(size).randbytes(size)
        appended = blob.append_block(part, validate_content=number % 2 == 0)
        assert appended["blob_append_offset"] == str(len(whole))
        assert appended["blob_committed_block_count"] == number + 1
        whole += part
    assert blob.download_blob().readall() == whole
    found = blob.get_blob_properties()
    assert (found.blob_type, found.size, found.append_blob_committed_block_count) == (
        BlobType.AppendBlob, len(whole), 4,
    )  # fmt: skip
    assert (found.content_settings.content_type, found.metadata) == ("text/log", {"k": "v"})
    (listed,) = sdk_container.list_blobs()
    assert (listed.blob_type, listed.blob_tier) == (BlobType.AppendBlob, None)


def test_upload_blob(sdk_container: ContainerClient) -> None:
    """Appends where the blob is there; `overwrite` makes it anew."""
    blob = sdk_container.get_blob_client("log")
    first = random.Random(1).randbytes(9 << 20)
    blob.upload_blob(first, blob_type=BlobType.AppendBlob)
    blob.upload_blob(b"second", blob_type=BlobType.AppendBlob)
    assert blob.download_blob().readall() == first + b"second"

    def parts() -> Iterator[bytes]:
        yield from (bytes([number]) * 1_000 for number in range(50))

    blob.upload_blob(parts(), blob_type=BlobType.AppendBlob, overwrite=True)
    assert blob.download_blob().readall() == b"".join(parts())
    with fails(412, "MaxBlobSizeConditionNotMet"):
        blob.upload_blob(b"x" * 100, blob_type=BlobType.AppendBlob, maxsize_condition=50_050)
    with fails(409, "InvalidBlobType"):
        blob.stage_block("AAAA", b"x")


def test_conditions(blob: BlobClient) -> None:
    blob.append_block(b"12345", appendpos_condition=0)
    with fails(412, "AppendPositionConditionNotMet"):
        blob.append_block(b"x", appendpos_condition=0)
    with fails(412, "MaxBlobSizeConditionNotMet"):
        blob.append_block(b"x", maxsize_condition=5)
    etag = blob.get_blob_properties().etag
    blob.append_block(b"6", etag=etag, match_condition=MatchConditions.IfNotModified)
    with fails(412, "ConditionNotMet"):
        blob.append_block(b"x", etag=etag, match_condition=MatchConditions.IfNotModified)
    lease = blob.acquire_lease()
    with fails(412, "LeaseIdMissing"):
        blob.append_block(b"x")
    blob.append_block(b"7", lease=lease)
    assert blob.download_blob().readall() == b"1234567"


def test_seal(blob: BlobClient, sdk_container: ContainerClient) -> None:
    blob.append_block(b"last")
    for _ in range(2):
        assert blob.seal_append_blob(appendpos_condition=4)["blob_sealed"] is True
    with fails(409, "BlobIsSealed"):
        blob.append_block(b"x")
    assert blob.get_blob_properties()["is_append_blob_sealed"] is True
    copy = sdk_container.get_blob_client("copy")
    copy.start_copy_from_url(blob.url, seal_destination_blob=True)
    with fails(409, "BlobIsSealed"):
        copy.append_block(b"x")
    assert copy.download_blob().readall() == b"last"


def test_append_block_from_url(blob: BlobClient, sdk_container: ContainerClient) -> None:
    source = sdk_container.upload_blob("source", bytes(range(256)) * 40)
    with fails(409, "CannotVerifyCopySource"):
        blob.append_block_from_url(source.url)
    assert blob.get_blob_properties().size == 0
