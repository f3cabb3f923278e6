"""The SDK for Python: uploads and downloads of every size and kind."""

from __future__ import annotations

import io
import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from azure.core import MatchConditions
from azure.core.exceptions import ResourceModifiedError
from azure.storage.blob import (
    BlobBlock,
    BlobServiceClient,
    BlobType,
    ContainerClient,
    ContentSettings,
    StandardBlobTier,
)

from sdk_errors import fails

MIB = 1 << 20


@pytest.fixture
def in_parts(connection_string: str, sdk_container: ContainerClient) -> ContainerClient:
    """The container, by a client whose thresholds are low: every path is taken with little data."""
    service = BlobServiceClient.from_connection_string(
        connection_string,
        retry_total=0,
        max_single_put_size=MIB,
        max_block_size=256 * 1024,
        min_large_block_upload_threshold=128 * 1024,
        max_single_get_size=MIB,
        max_chunk_get_size=100_000,
    )
    return service.get_container_client(sdk_container.container_name)


@pytest.mark.parametrize(
    "size", [0, 10, 4096, 4097, 5 * MIB, 64 * MIB, 64 * MIB + 1], ids=lambda size: f"{size} bytes"
)
def test_upload_and_download(sdk_container: ContainerClient, size: int) -> None:
    """Up to 64 MiB is one request; beyond, the SDK uploads blocks, several at a time."""
    content = random.Random(size).randbytes(size)
    blob = sdk_container.upload_blob("b", content, max_concurrency=4)
    assert blob.get_blob_properties().size == size
    assert len(blob.get_block_list("committed")[0]) == (17 if size > 64 * MIB else 0)
    assert blob.download_blob(max_concurrency=4).readall() == content
    part = blob.download_blob(offset=size // 3, length=1000).readall() if size else b""
    assert part == content[size // 3 : size // 3 + 1000]


SIZES = [MIB - 1, MIB, MIB + 1, 3 * MIB + 12_345]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("concurrency", [1, 5])
def test_thresholds(in_parts: ContainerClient, size: int, concurrency: int) -> None:
    content = random.Random(size).randbytes(size)
    blob = in_parts.upload_blob("b", content, max_concurrency=concurrency)
    assert blob.download_blob(max_concurrency=concurrency).readall() == content
    target = io.BytesIO()
    assert blob.download_blob(max_concurrency=concurrency).readinto(target) == size
    assert target.getvalue() == content
    assert b"".join(blob.download_blob().chunks()) == content


@pytest.mark.parametrize("size", [100, MIB + 1, 3 * MIB])
def test_sources_of_every_kind(in_parts: ContainerClient, tmp_path: Path, size: int) -> None:
    content = random.Random(size).randbytes(size)
    (tmp_path / "file").write_bytes(content)

    class Unseekable(io.BytesIO):
        def seekable(self) -> bool:
            return False

    def generator() -> Iterator[bytes]:
        for at in range(0, size, 33_333):
            yield content[at : at + 33_333]

    sources: dict[str, Callable[[], object]] = {
        "a stream": lambda: io.BytesIO(content),
        "a stream that cannot seek": lambda: Unseekable(content),
        "a generator": generator,
        "a file": lambda: (tmp_path / "file").open("rb"),
    }
    for kind, make in sources.items():
        blob = in_parts.upload_blob("b", make(), overwrite=True, max_concurrency=3)
        assert blob.download_blob().readall() == content, kind
    text = "ä" * 100
    in_parts.upload_blob("text", text, encoding="utf-8")
    assert in_parts.download_blob("text", encoding="utf-8").readall() == text


@pytest.mark.parametrize("size", [300_000, 3 * MIB + 1])
def test_validated_uploads(in_parts: ContainerClient, size: int) -> None:
    """An MD5 goes with each request."""
    content = random.Random(1).randbytes(size)
    blob = in_parts.upload_blob("b", content, validate_content=True, max_concurrency=3)
    assert blob.download_blob().readall() == content
    blob.stage_block("1", content[:1000], validate_content=True)
    blob.commit_block_list([BlobBlock("1")], validate_content=True)
    assert blob.download_blob().readall() == content[:1000]


def test_a_download_notices_an_overwrite(in_parts: ContainerClient) -> None:
    """All requests after the first are made with If-Match."""
    blob = in_parts.upload_blob("b", b"o" * (3 * MIB))
    chunks = blob.download_blob().chunks()
    assert next(iter(chunks)).startswith(b"o")
    blob.upload_blob(b"n" * (3 * MIB), overwrite=True)
    with fails(412, "ConditionNotMet", ResourceModifiedError):
        list(chunks)


def test_a_read_in_pieces(in_parts: ContainerClient) -> None:
    content = random.Random(3).randbytes(2 * MIB)
    blob = in_parts.upload_blob("b", content)
    download = blob.download_blob()
    pieces = [download.read(n) for n in (1, 0, 4095, 100_000, MIB)]
    assert b"".join(pieces) + download.read() == content
    assert download.properties.size == len(content)


def test_ranges(sdk_container: ContainerClient) -> None:
    content = random.Random(2).randbytes(100_000)
    blob = sdk_container.upload_blob("b", content)
    for offset, length in [(0, 1), (0, 100_000), (99_999, 1), (17, None), (99_000, 5000)]:
        found = blob.download_blob(offset=offset, length=length).readall()
        assert found == content[offset : None if length is None else offset + length]
    with fails(416, "InvalidRange"):
        blob.download_blob(offset=100_000, length=1)


def test_progress(in_parts: ContainerClient) -> None:
    content = random.Random(4).randbytes(2 * MIB)
    seen: list[tuple[int, int | None]] = []
    blob = in_parts.upload_blob("b", content, progress_hook=lambda now, of: seen.append((now, of)))
    assert seen[-1] == (len(content), len(content)) and len(seen) > 3
    seen.clear()
    blob.download_blob(progress_hook=lambda now, of: seen.append((now, of))).readall()
    assert seen[-1] == (len(content), len(content)) and len(seen) > 3


def test_blocks(sdk_container: ContainerClient) -> None:
    blob = sdk_container.get_blob_client("b")
    blob.stage_block("1", b"first ")
    blob.stage_block("2", io.BytesIO(b"second"), length=6)
    assert [block.size for block in blob.get_block_list("all")[1]] == [6, 6]
    assert not blob.exists()
    blob.commit_block_list([BlobBlock("2"), BlobBlock("1")], metadata={"a": "1"})
    committed, uncommitted = blob.get_block_list("all")
    assert [block.id for block in committed] == ["2", "1"] and uncommitted == []
    assert blob.download_blob().readall() == b"secondfirst "
    with fails(400, "InvalidBlockList"):
        blob.commit_block_list([BlobBlock("3")])
    with fails(400, "InvalidHeaderValue"):
        blob.stage_block("1", b"")
    blob.stage_block("1", b"x")
    with fails(400, "InvalidBlobOrBlock"):
        blob.stage_block("longer", b"x")
    with fails(404, "BlobNotFound"):
        sdk_container.get_blob_client("absent").get_block_list("all")


def test_properties_given_on_upload(in_parts: ContainerClient) -> None:
    settings = ContentSettings(
        content_type="text/x",
        content_encoding="identity",
        content_language="la",
        content_disposition="inline",
        cache_control="no-store",
    )
    for size in (10, 2 * MIB):
        blob = in_parts.upload_blob(
            "b", b"x" * size, overwrite=True, metadata={"a": "1", "b": "zwei"},
            content_settings=settings, standard_blob_tier=StandardBlobTier.COOL,
        )  # fmt: skip
        found = blob.get_blob_properties()
        for name in ("content_type", "content_encoding", "content_language", "cache_control",
                     "content_disposition"):  # fmt: skip
            assert found.content_settings[name] == settings[name], name
        assert found.metadata == {"a": "1", "b": "zwei"}
        assert found.blob_tier == "Cool" and not found.blob_tier_inferred
        assert found.blob_type == BlobType.BLOCKBLOB
        assert found.creation_time and found.last_modified
        assert blob.download_blob().properties.metadata == found.metadata
    with fails(400, "InvalidMetadata"):
        in_parts.upload_blob("c", b"x", metadata={"a-b": "1"})
    with fails(400, "MetadataTooLarge"):
        in_parts.upload_blob("c", b"x", metadata={"a": "x" * 9000})


def test_a_second_client_may_not_overwrite(sdk_container: ContainerClient) -> None:
    blob = sdk_container.upload_blob("b", b"1")
    etag = blob.get_blob_properties().etag
    condition = {"etag": etag, "match_condition": MatchConditions.IfNotModified}
    blob.upload_blob(b"2", overwrite=True, **condition)
    with pytest.raises(ResourceModifiedError):
        blob.upload_blob(b"3", overwrite=True, **condition)
    assert blob.download_blob().readall() == b"2"
