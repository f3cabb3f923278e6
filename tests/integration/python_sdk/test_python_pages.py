"""The SDK for Python: page blobs."""

from __future__ import annotations

import random

import pytest
from azure.core import MatchConditions
from azure.core.exceptions import HttpResponseError
from azure.core.pipeline.transport import RequestsTransport
from azure.storage.blob import BlobClient, ContainerClient, SequenceNumberAction

from sdk_errors import fails

PAGE = 512
MIB = 1 << 20


def content(pages: int, seed: int) -> bytes:
    return random.Random(seed).randbytes(pages * PAGE)


@pytest.fixture
def disk(sdk_container: ContainerClient) -> BlobClient:
    blob = sdk_container.get_blob_client("d")
    blob.create_page_blob(4 * MIB, sequence_number="7")
    return blob


def test_properties(disk: BlobClient, sdk_container: ContainerClient) -> None:
    found = disk.get_blob_properties()
    assert (found.blob_type, found.size) == ("PageBlob", 4 * MIB)
    assert found.page_blob_sequence_number == 7
    assert [item.blob_type for item in sdk_container.list_blobs()] == ["PageBlob"]


@pytest.mark.parametrize("validate", [False, True])
def test_pages(disk: BlobClient, validate: bool) -> None:
    data = content(1000, 1)
    answer = disk.upload_page(data, 3 * PAGE, len(data), validate_content=validate)
    assert answer["blob_sequence_number"] == 7
    assert disk.download_blob(3 * PAGE, len(data), validate_content=validate).readall() == data
    disk.clear_page(4 * PAGE, PAGE)
    found = [(item.start, item.end) for item in disk.list_page_ranges()]
    assert found == [(3 * PAGE, 4 * PAGE - 1), (5 * PAGE, 1003 * PAGE - 1)]
    with pytest.raises(HttpResponseError) as refused:
        disk.upload_page(data, 0, len(data), if_sequence_number_lt=7)
    assert refused.value.error_code == "SequenceNumberConditionNotMet"


def test_a_whole_page_blob_is_uploaded(sdk_container: ContainerClient) -> None:
    data = content(3000, 2) + b"\0" * 20_000 * PAGE + content(1, 3)
    blob = sdk_container.upload_blob("image", data, blob_type="PageBlob")
    assert blob.download_blob().readall() == data
    assert len(list(blob.list_page_ranges())) == 2


def test_differences(disk: BlobClient) -> None:
    disk.upload_page(content(4, 1), 0, 4 * PAGE)
    taken = disk.create_snapshot()["snapshot"]
    disk.upload_page(content(1, 2), 8 * PAGE, PAGE)
    disk.clear_page(0, PAGE)
    found = [
        (item.start, item.end, item.cleared)
        for item in disk.list_page_ranges(previous_snapshot=taken)
    ]
    assert found == [(8 * PAGE, 9 * PAGE - 1, False), (0, PAGE - 1, True)] or found == [
        (0, PAGE - 1, True),
        (8 * PAGE, 9 * PAGE - 1, False),
    ]


def test_resize_and_numbers(disk: BlobClient) -> None:
    disk.resize_blob(2 * PAGE)
    assert disk.get_blob_properties().size == 2 * PAGE
    disk.set_sequence_number(SequenceNumberAction.Increment)
    assert disk.get_blob_properties().page_blob_sequence_number == 8
    disk.set_sequence_number(SequenceNumberAction.Max, "3")
    assert disk.get_blob_properties().page_blob_sequence_number == 8


class Transport(RequestsTransport):
    """Without options of incremental copies that the SDK (12.15) hands on and requests refuses."""

    def send(self, request: object, **options: object) -> object:
        for name in ("seal_blob", "blob_tags_string"):
            options.pop(name, None)
        return super().send(request, **options)


@pytest.fixture
def backup(connection_string: str, sdk_container: ContainerClient) -> BlobClient:
    return BlobClient.from_connection_string(
        connection_string, sdk_container.container_name, "backup", retry_total=0,
        transport=Transport(),
    )  # fmt: skip


def snapshot_url(disk: BlobClient) -> str:
    return f"{disk.url}?snapshot={disk.create_snapshot()['snapshot']}"


def test_incremental_copies(
    disk: BlobClient, backup: BlobClient, sdk_container: ContainerClient
) -> None:
    taken = []
    for number in range(2):
        disk.upload_page(content(8, number), 16 * number * PAGE, 8 * PAGE)
        started = backup.start_copy_from_url(snapshot_url(disk), incremental_copy=True)
        assert started["copy_status"] == "success"
        properties = backup.get_blob_properties()
        assert (properties.copy.id, properties.copy.status) == (started["copy_id"], "success")
        assert properties.copy.incremental_copy
        taken.append(properties.copy.destination_snapshot)
    disk.clear_page(0, 8 * PAGE)
    first, second = [sdk_container.get_blob_client("backup", snapshot=time) for time in taken]
    assert second.download_blob(0, 8 * PAGE).readall() == content(8, 0)
    assert first.download_blob(16 * PAGE, PAGE).readall() == b"\0" * PAGE
    found = [(item.start, item.end) for item in second.list_page_ranges(previous_snapshot=taken[0])]
    assert found == [(16 * PAGE, 24 * PAGE - 1)]
    listed = sdk_container.list_blobs(name_starts_with="backup", include=["snapshots", "copy"])
    assert [(item.snapshot, item.copy.incremental_copy) for item in listed] == [
        (taken[0], True), (taken[1], True), (None, True),
    ]  # fmt: skip


def test_refused_incremental_copies(disk: BlobClient, backup: BlobClient) -> None:
    def copy(url: str, **options: object) -> None:
        backup.start_copy_from_url(url, incremental_copy=True, **options)

    with fails(409, "IncrementalCopySourceMustBeSnapshot"):
        copy(disk.url)
    url = snapshot_url(disk)
    with fails(404, "BlobNotFound"):
        copy(url.replace("/d?", "/missing?"))
    copy(url)
    with fails(409, "IncrementalCopyOfEarlierVersionSnapshotNotAllowed"):
        copy(url)
    with fails(412, "TargetConditionNotMet"):
        other = {"etag": "0x8D0000000000000", "match_condition": MatchConditions.IfNotModified}
        copy(snapshot_url(disk), **other)
    with fails(409, "OperationNotAllowedOnIncrementalCopyBlob"):
        backup.download_blob()
    with fails(409, "OperationNotAllowedOnIncrementalCopyBlob"):
        backup.upload_page(content(1, 1), 0, PAGE)
    disk.create_page_blob(4 * MIB)
    with fails(409, "BlobOverwritten"):
        copy(snapshot_url(disk))
    backup.delete_blob(delete_snapshots="include")
