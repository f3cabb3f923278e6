"""The SDK for Python: its asynchronous half."""

from __future__ import annotations

import asyncio
import random
import uuid
from collections.abc import Awaitable, Callable

import pytest
from azure.core import MatchConditions
from azure.core.exceptions import ResourceModifiedError
from azure.storage.blob import BlobBlock

from sdk_errors import fails

pytest.importorskip("aiohttp", reason="python3-aiohttp is not installed")
aio = pytest.importorskip("azure.storage.blob.aio")

MIB = 1 << 20
Body = Callable[["aio.ContainerClient"], Awaitable[None]]


@pytest.fixture
def run(connection_string: str) -> Callable[[Body], None]:
    """Runs a coroutine with a container of its own."""

    async def with_container(body: Body) -> None:
        options = {"retry_total": 0, "max_single_put_size": MIB, "max_block_size": MIB // 4,
                   "max_single_get_size": MIB, "max_chunk_get_size": MIB // 4}  # fmt: skip
        service = aio.BlobServiceClient.from_connection_string(connection_string, **options)
        async with service:
            container = service.get_container_client(f"sdk-{uuid.uuid4().hex[:12]}")
            await container.create_container()
            try:
                await body(container)
            finally:
                await container.delete_container()

    return lambda body: asyncio.run(with_container(body))


def test_many_transfers_at_once(run: Callable[[Body], None]) -> None:
    async def body(container: "aio.ContainerClient") -> None:
        contents = {f"d/{n}": random.Random(n).randbytes(n * 150_001) for n in range(16)}
        uploads = (
            container.upload_blob(name, content, max_concurrency=4, validate_content=True)
            for name, content in contents.items()
        )
        await asyncio.gather(*uploads)

        async def read(name: str) -> bytes:
            return await (await container.download_blob(name, max_concurrency=4)).readall()

        assert await asyncio.gather(*map(read, contents)) == list(contents.values())
        names = [blob.name async for blob in container.list_blobs(results_per_page=5)]
        assert names == sorted(contents)
        prefixes = [item.name async for item in container.walk_blobs()]
        assert prefixes == ["d/"]
        await asyncio.gather(*(container.delete_blob(name) for name in contents))
        assert [blob async for blob in container.list_blobs()] == []

    run(body)


def test_streams(run: Callable[[Body], None]) -> None:
    async def body(container: "aio.ContainerClient") -> None:
        content = random.Random(1).randbytes(2 * MIB + 7)

        async def pieces():
            for at in range(0, len(content), 77_777):
                yield content[at : at + 77_777]

        blob = await container.upload_blob("b", pieces())
        stream = await blob.download_blob()
        assert b"".join([chunk async for chunk in stream.chunks()]) == content
        part = await (await blob.download_blob(offset=MIB - 1, length=MIB)).readall()
        assert part == content[MIB - 1 : 2 * MIB - 1]

    run(body)


def test_blocks_and_conditions(run: Callable[[Body], None]) -> None:
    async def body(container: "aio.ContainerClient") -> None:
        blob = container.get_blob_client("b")
        staged = (blob.stage_block(str(number), b"%d" % number) for number in range(9))
        await asyncio.gather(*staged)
        answer = await blob.commit_block_list([BlobBlock(str(number)) for number in range(9)])
        same = {"etag": answer["etag"], "match_condition": MatchConditions.IfNotModified}
        assert await (await blob.download_blob(**same)).readall() == b"012345678"
        with fails(409, "BlobAlreadyExists"):
            await blob.upload_blob(b"x")
        await blob.upload_blob(b"x", overwrite=True, **same)
        with pytest.raises(ResourceModifiedError):
            await blob.delete_blob(**same)
        assert (await blob.get_blob_properties()).size == 1
        with fails(404, "BlobNotFound"):
            await container.get_blob_client("absent").get_blob_properties()

    run(body)
