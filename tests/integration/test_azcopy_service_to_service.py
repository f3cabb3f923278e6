"""azcopy from one server to another, service to service: what is copied never passes through azcopy."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

from azcopy_client import Azcopy, azcopy_binary, final_status
from azure_client import expect
from blob_client import BlobClient, block_id
from copying import client_of, copying_server
from lapis_server import LapisServer

MIB = 1 << 20
BETWEEN = ("--recursive", "--from-to", "BlobBlob")
LARGE = 257 * MIB  # more than one Put Blob From URL of azcopy's: blocks


def contents() -> dict[str, bytes]:
    """Files of every size class: empty, one byte, kept in the record, of an extent."""
    rng = random.Random(5)
    sizes = [0, 1, 100, 4096, 4097, 70_000, 4 * MIB, 9 * MIB + 3]
    return {f"d{size % 3}/ä b+{size}": rng.randbytes(size) for size in sizes}


def put_large(client: BlobClient, container: str, blob: str) -> bytes:
    content = random.Random(6).randbytes(MIB) * (LARGE // MIB)
    blocks = [block_id(number) for number in range(5)]
    for number, block in enumerate(blocks):
        part = content[number * 64 * MIB : (number + 1) * 64 * MIB]
        expect(client.put_block(container, blob, block, part), 201)
    expect(client.put_block_list(container, blob, blocks), 201)
    return content


def test_a_container_is_copied_whole(new_server: Callable[..., LapisServer], tmp_path: Path) -> None:
    there = new_server("there").start()
    here = copying_server(new_server, tmp_path, "here").start()
    source, copy = client_of(there), client_of(here)
    expect(source.create_container("box"), 201)
    wanted = contents()
    for name, content in wanted.items():
        sent = {"x-ms-blob-content-type": "text/x-test", "x-ms-meta-length": str(len(content))}
        expect(source.put_blob("box", name, content, sent), 201)
    wanted["large"] = put_large(source, "box", "large")
    expect(copy.create_container("copy"), 201)

    binary = azcopy_binary()
    from_there = Azcopy(binary, there.endpoint, tmp_path / "azcopy")
    to_here = Azcopy(binary, here.endpoint, tmp_path / "azcopy")
    output = from_there.run("copy", from_there.url("box/*"), to_here.url("copy"), *BETWEEN)
    status = final_status(output)
    assert (status["TransfersCompleted"], status["TransfersFailed"]) == (str(len(wanted)), "0")

    assert copy.names("copy") == source.names("box") == sorted(wanted, key=str.encode)
    for name, content in wanted.items():
        got = expect(copy.get_blob("copy", name), 200)
        assert got.body == content, name
        if name != "large":
            assert (got["Content-Type"], got.metadata()) == (
                "text/x-test",
                {"length": str(len(content))},
            )
    assert here.running() and there.running()
    source.close()
    copy.close()
