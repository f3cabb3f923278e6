"""The service's limits, reached: 50,000 blocks and appends, a block of 4000 MiB, listings of 200,000
blobs, searches by tags among 50,000, or as many as LAPIS_TAGGED_BLOBS says."""

from __future__ import annotations

import io
import os
import random
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from xml.etree.ElementTree import Element

import pytest

from azure_client import expect, expect_error
from blob_client import BlobClient, block_id
from configuration import flash, write_config
from filler import fill_blobs, fill_blocks, fill_tagged_blobs
from lapis_command import lapis
from lapis_server import LapisServer
from sas import account_sas
from signing import DEVELOPMENT_ACCOUNT

pytestmark = pytest.mark.slow

MIB = 1 << 20


@pytest.fixture
def server(new_server: Callable[..., LapisServer]) -> LapisServer:
    return new_server().start()


@pytest.fixture
def owner(server: LapisServer) -> BlobClient:
    client = BlobClient(server.endpoint, DEVELOPMENT_ACCOUNT.name, DEVELOPMENT_ACCOUNT, timeout=600)
    expect(client.create_container("scale"), 201)
    return client


def test_50000_blocks(server: LapisServer, owner: BlobClient) -> None:
    content = random.Random(1).randbytes(50_000 * 1024)
    blocks = [(block_id(n), content[n * 1024 : (n + 1) * 1024]) for n in range(50_000)]
    fill_blocks(server.endpoint, "scale", "b", blocks)
    document = expect(owner.get_block_list("scale", "b", "uncommitted"), 200).xml()
    assert len(document.findall("UncommittedBlocks/Block")) == 50_000
    expect(owner.put_block_list("scale", "b", [name for name, _ in blocks]), 201)

    assert expect(owner.get_blob("scale", "b"), 200).body == content
    rng = random.Random(2)
    for _ in range(200):
        first = rng.randrange(len(content))
        last = min(first + rng.choice([0, 10, 1023, 5000, 100_000]), len(content) - 1)
        response = owner.get_blob("scale", "b", {"x-ms-range": f"bytes={first}-{last}"})
        assert expect(response, 206).body == content[first : last + 1], (first, last)
    document = expect(owner.get_block_list("scale", "b"), 200).xml()
    listed = [node.text for node in document.findall("CommittedBlocks/Block/Name")]
    assert listed == [name for name, _ in blocks]

    server.restart()
    owner.close()
    owner.endpoint = server.endpoint
    assert expect(owner.get_blob("scale", "b"), 200).body == content
    expect(owner.put_block_list("scale", "b", [name for name, _ in reversed(blocks)]), 201)
    reversed_content = b"".join(body for _, body in reversed(blocks))
    assert expect(owner.get_blob("scale", "b"), 200).body == reversed_content
    expect(owner.delete_blob("scale", "b"), 202)


def test_50000_blocks_over_a_snapshot(
    new_server: Callable[..., LapisServer], tmp_path: Path
) -> None:
    """Blocks that both hold have two owners each, and go with the last one: fsck counts them."""
    data = tmp_path / "data"
    config = write_config(tmp_path / "lapis.toml", data / "meta", [flash(data / "flash")])
    server = new_server(config=config, shared_data=data).start()
    owner = BlobClient(server.endpoint, DEVELOPMENT_ACCOUNT.name, DEVELOPMENT_ACCOUNT, timeout=600)
    expect(owner.create_container("scale"), 201)
    blocks = [(block_id(n), b"%08d" % n) for n in range(50_000)]
    names = [name for name, _ in blocks]
    content = b"".join(body for _, body in blocks)

    def is_sound() -> None:
        checked = lapis("fsck", "--config", config, "--deep", "--json")
        assert checked.code == 0, checked
        assert checked.json["clean"] is True

    fill_blocks(server.endpoint, "scale", "b", blocks)
    expect(owner.put_block_list("scale", "b", names), 201)
    taken = expect(owner.snapshot_blob("scale", "b"), 201)["x-ms-snapshot"] or ""
    expect(owner.put_block_list("scale", "b", names[1:]), 201)
    assert expect(owner.get_blob("scale", "b"), 200).body == content[8:]
    assert expect(owner.get_blob("scale", "b", snapshot=taken), 200).body == content
    is_sound()
    expect(owner.delete_blob("scale", "b", {"x-ms-delete-snapshots": "only"}), 202)
    expect(owner.put_block_list("scale", "b", names[2:]), 201)
    is_sound()
    assert expect(owner.get_blob("scale", "b"), 200).body == content[16:]
    expect(owner.delete_blob("scale", "b"), 202)
    is_sound()
    owner.close()


class Generated(io.RawIOBase):
    """A stream of `size` bytes that are never all in memory; each MiB is different."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.position = 0
        self.pattern = random.Random(3).randbytes(MIB - 8)

    def readable(self) -> bool:
        return True

    def mebibyte(self, number: int) -> bytes:
        return number.to_bytes(8, "little") + self.pattern

    def read(self, size: int = -1) -> bytes:
        if self.position >= self.size:
            return b""
        assert size >= MIB, "read in whole MiB"
        data = self.mebibyte(self.position // MIB)
        self.position += len(data)
        return data


def test_50000_appends(server: LapisServer, owner: BlobClient) -> None:
    """Lines of eight writers: each writer's are all there, in its order."""
    writers, lines = 8, 6_250
    expect(owner.put_append_blob("scale", "log"), 201)
    token = account_sas(DEVELOPMENT_ACCOUNT, se="2999-01-01")

    def line(writer: int, number: int) -> bytes:
        return f"{writer} {number:06d} {'x' * (number % 150)}\n".encode()

    def write(writer: int) -> None:
        client = BlobClient(server.endpoint, DEVELOPMENT_ACCOUNT.name, sas=token)
        for number in range(lines):
            expect(client.append_block("scale", "log", line(writer, number)), 201)
        client.close()

    with ThreadPoolExecutor(writers) as pool:
        list(pool.map(write, range(writers)))
    expect_error(owner.append_block("scale", "log", b"more"), 409, "BlockCountExceedsLimit")
    body = expect(owner.get_blob("scale", "log"), 200).body
    found = body.splitlines(keepends=True)
    for writer in range(writers):
        own = [one for one in found if one.startswith(str(writer).encode())]
        assert own == [line(writer, number) for number in range(lines)]
    server.restart()
    owner.close()
    owner.endpoint = server.endpoint
    assert expect(owner.get_blob("scale", "log"), 200).body == body


def test_a_block_of_4000_mib(server: LapisServer, owner: BlobClient) -> None:
    """It passes through a memory that is bounded by far less."""
    size = 4000 * MIB
    source = Generated(size)
    expect(owner.put_block("scale", "b", block_id(1), source, length=size), 201)
    expect(owner.put_block_list("scale", "b", [block_id(1)]), 201)
    assert owner.get_blob_properties("scale", "b")["Content-Length"] == str(size)
    with owner.streamed("GET", owner.path("scale", "b"), [], {}) as answer:
        assert answer.status == 200
        for number in range(size // MIB):
            assert answer.read(MIB) == source.mebibyte(number), f"MiB {number} is wrong"
        assert answer.read(1) == b""
    assert server.stayed_below(512 * MIB)
    expect(owner.delete_blob("scale", "b"), 202)


# 200,000 names: 400 directories of 450 blobs, 20,000 blobs at the top, and between them.
DIRECTORIES = [f"dir-{n:03d}/" for n in range(400)]
NAMES = sorted(
    [f"{directory}{n:03d}" for directory in DIRECTORIES for n in range(450)]
    + [f"dir-{n:03d}" for n in range(0, 400, 2)]
    + [f"top-{n:05d}" for n in range(19_800)]
)


def entries(document: Element) -> list[tuple[str, str]]:
    blobs = document.find("Blobs")
    assert blobs is not None
    return [(node.tag, node.findtext("Name") or "") for node in blobs]


def listed(client: BlobClient, **query: str) -> list[tuple[str, str]]:
    """All pages, each of them full but the last."""
    found: list[tuple[str, str]] = []
    limit = int(query.get("maxresults", "5000"))
    pages = [entries(page.xml()) for page in client.list_pages("scale", **query)]
    for number, page in enumerate(pages):
        assert len(page) <= limit
        assert page or number == len(pages) - 1, "an empty page before the last"
        found += page
    return found


def test_200000_blobs_are_listed(server: LapisServer, owner: BlobClient) -> None:
    shuffled = NAMES[:]
    random.Random(4).shuffle(shuffled)
    fill_blobs(server.endpoint, "scale", shuffled)

    everything = [("Blob", name) for name in NAMES]
    for size in ("5000", "1013"):
        assert listed(owner, maxresults=size) == everything
    top = sorted(
        [("BlobPrefix", directory) for directory in DIRECTORIES]
        + [("Blob", name) for name in NAMES if "/" not in name],
        key=lambda entry: entry[1],
    )
    for size in ("5000", "997", "100"):
        assert listed(owner, maxresults=size, delimiter="/") == top
    for directory in (DIRECTORIES[0], DIRECTORIES[217], DIRECTORIES[-1]):
        inside = [("Blob", name) for name in NAMES if name.startswith(directory)]
        assert listed(owner, maxresults="7", prefix=directory, delimiter="/") == inside
    borders_at_every_name(owner)
    server.restart()
    owner.close()
    owner.endpoint = server.endpoint
    assert listed(owner) == everything
    assert server.stayed_below(512 * MIB)


def borders_at_every_name(owner: BlobClient) -> None:
    """Pages of one, two and three entries where blobs and prefixes alternate."""
    around = [name for name in NAMES if name.startswith("dir-00")]
    expected: list[tuple[str, str]] = []
    for name in around:
        cut = name.find("/")
        entry = ("Blob", name) if cut < 0 else ("BlobPrefix", name[: cut + 1])
        if entry not in expected:
            expected.append(entry)
    for size in ("1", "2", "3"):
        assert listed(owner, maxresults=size, prefix="dir-00", delimiter="/") == expected


TAGGED = int(os.environ.get("LAPIS_TAGGED_BLOBS", "50000"))
FILLED_AT_ONCE = 100_000  # so that the filler's memory is bounded
SEARCHES = 21  # of each query


def test_finds_among_many(server: LapisServer, owner: BlobClient) -> None:
    """What few blobs match is found without looking at the others: as fast as in a small store."""
    many = range(TAGGED)
    for first in range(0, TAGGED, FILLED_AT_ONCE):
        fill_tagged_blobs(
            server.endpoint, "scale",
            {f"b{n:07d}": f"same=x&tenth={n % 10}&n={n:07d}&rare={n % (TAGGED // 10)}"
             for n in many[first : first + FILLED_AT_ONCE]},
        )  # fmt: skip
    owner.close()  # what was idle for so long the server has ended
    step, middle = TAGGED // 10, TAGGED // 2
    last_ten = list(many[-10:])
    few = {
        "none = '1'": [],
        "rare = '5'": list(many[5::step]),
        "same = 'x' AND rare = '5'": list(many[5::step]),
        "same = 'x' AND tenth = '7' AND rare = '7'": list(many[7::step]),
        f"n >= '{TAGGED - 10:07d}'": last_ten,
        f"same = 'x' AND n >= '{TAGGED - 10:07d}'": last_ten,
        f"tenth = '4' AND n > '{middle:07d}' AND n < '{middle + 100:07d}'":
            list(many[middle + 4 : middle + 100 : 10]),
        f"rare = '5' AND n >= '{0:07d}'": list(many[5::step]),
    }  # fmt: skip
    for where, expected in few.items():
        for container in ("scale", None):
            names = [f"b{n:07d}" for n in expected]
            assert sum(owner.find_pages(where, container), []) == names, where
        check_time(owner, where, 0.25)
    for where, expected in {
        "tenth = '3'": many[3::10],
        "same = 'x' AND tenth = '3'": many[3::10],
        f"n >= '{middle:07d}'": many[middle:],
        f"tenth = '3' AND n >= '{middle:07d}'": [n for n in many[3::10] if n >= middle],
    }.items():
        found = sum(owner.find_pages(where, "scale"), [])
        assert found == [f"b{n:07d}" for n in expected], where
        check_time(owner, where, 2)
    assert server.stayed_below(512 * MIB)


def check_time(owner: BlobClient, where: str, limit: float) -> None:
    """Of the first page; printed."""
    taken = []
    for _ in range(SEARCHES):
        began = time.perf_counter()
        response = expect(owner.find_blobs(where, "scale"), 200)
        taken.append(time.perf_counter() - began)
    median = statistics.median(taken)
    count = response.body.count(b"<Blob>")
    print(f"{where}: {count} blobs, median {median * 1000:.2f} ms, most {max(taken) * 1000:.2f} ms")
    assert median < limit, f"{where} takes {median:.3f} s"
