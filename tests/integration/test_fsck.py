"""lapis fsck: a sound store is clean, beside writers and after a kill; what is broken is found and
named."""

from __future__ import annotations

import itertools
import os
import random
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from azure_client import expect
from blob_client import BlobClient, block_id
from configuration import disks, flash, write_config
from lapis_command import Ran, lapis
from lapis_server import LapisServer
from observing import eventually
from signing import DEVELOPMENT_ACCOUNT

KIB = 1 << 10
MIB = 1 << 20

# Nearly all that is written goes down at once.
POLICY = """\
capacity = "100MiB"
high_watermark = 20
low_watermark = 2
"""


def client_of(server: LapisServer) -> BlobClient:
    return BlobClient(server.endpoint, DEVELOPMENT_ACCOUNT.name, DEVELOPMENT_ACCOUNT)


@pytest.fixture
def server(
    request: pytest.FixtureRequest, new_server: Callable[..., LapisServer], tmp_path: Path
) -> LapisServer:
    """With a slower pool behind flash where a test asks for "tiered"."""
    data = tmp_path / "data"
    pools = [flash(data / "flash")]
    if getattr(request, "param", "") == "tiered":
        pools = [flash(data / "flash", settings=POLICY), disks(data / "disks")]
    config = write_config(tmp_path / "lapis.toml", data / "meta", pools)
    return new_server(config=config, shared_data=data).start()


@pytest.fixture
def owner(server: LapisServer) -> Iterator[BlobClient]:
    client = client_of(server)
    expect(client.create_container("data"), 201)
    yield client
    client.close()


def fsck(server: LapisServer, *flags: str) -> Ran:
    return lapis("fsck", "--config", server.config, *flags)


def fill(owner: BlobClient) -> None:
    """Blobs of every shape; ten of one chunk each, "b0" to "b9"."""
    for number in range(10):
        expect(owner.put_blob("data", f"b{number}", random.Random(number).randbytes(300 * KIB)), 201)
    expect(owner.put_blob("data", "inline", b"x" * 1000), 201)
    for number in range(50):
        size = 6000 if number % 2 else 500
        expect(owner.put_block("data", "blocks", block_id(number), os.urandom(size)), 201)
    expect(owner.put_block_list("data", "blocks", map(block_id, range(50))), 201)
    expect(owner.put_block("data", "staged", block_id(1), os.urandom(20 * KIB)), 201)


def extents(server: LapisServer) -> list[Path]:
    return sorted((server.data_dir / "flash" / "extents").iterdir())


def extent_holding(server: LapisServer, content: bytes) -> tuple[Path, int]:
    """The extent that holds these bytes, and where in it."""
    for path in extents(server):
        at = path.read_bytes().find(content)
        if at >= 0:
            return path, at
    raise AssertionError("no extent holds them")


def findings(report: dict) -> set[tuple[str, str]]:
    return {(finding["kind"], finding["what"]) for finding in report["findings"]}


def affected(report: dict) -> set[str]:
    return {user["container"] + "/" + user["blob"] for user in report["affected"]}


def test_a_sound_store_is_clean(server: LapisServer, owner: BlobClient):
    fill(owner)
    online = fsck(server, "--deep", "--json")
    assert online.code == 0, online
    report = online.json
    assert report["clean"] is True and report["findings"] == []
    assert report["checked"]["blobs"] == 12
    assert report["checked"]["verified_bytes"] > 10 * 300 * KIB
    assert server.stop() == 0
    before = {path: path.stat().st_mtime_ns for path in server.data_dir.rglob("*")}
    offline = fsck(server, "--offline", "--deep", "--json")
    assert offline.code == 0, offline
    for key in ("blobs", "chunks", "verified_bytes"):
        assert offline.json["checked"][key] == report["checked"][key]
    assert {path: path.stat().st_mtime_ns for path in server.data_dir.rglob("*")} == before
    text = fsck(server, "--offline")
    assert text.code == 0 and text.out.startswith("clean, lost 0, leaked 0")


@pytest.mark.parametrize("server", ["flash", "tiered"], indirect=True)
def test_a_store_is_clean_while_it_is_written_to(server: LapisServer, owner: BlobClient):
    stop = threading.Event()
    failures: list[BaseException] = []

    def write(seed: int) -> None:
        chance = random.Random(seed)
        client = client_of(server)
        try:
            while not stop.is_set():
                name = f"w{seed}-{chance.randrange(6)}"
                action = chance.randrange(4)
                if action == 0:
                    expect(client.put_blob("data", name, os.urandom(chance.randrange(1, 900_000))),
                           201)
                elif action == 1:
                    count = chance.randrange(1, 45)
                    for number in range(count):
                        size = chance.choice([100, 5_000, 70_000])
                        expect(client.put_block("data", name, block_id(number), os.urandom(size)),
                               201)
                    expect(client.put_block_list("data", name, map(block_id, range(count))), 201)
                elif action == 2:
                    expect(client.put_block("data", name, block_id(7), os.urandom(9_000)), 201)
                elif client.get_blob("data", name).status == 200:
                    expect(client.delete_blob("data", name), 202)
        except BaseException as failure:
            failures.append(failure)
        finally:
            client.close()

    writers = [threading.Thread(target=write, args=(seed,)) for seed in range(3)]
    for writer in writers:
        writer.start()
    try:
        deadline = time.monotonic() + 6
        for turn in itertools.count():
            ran = fsck(server, "--json", *(["--deep"] if turn % 2 else []))
            assert ran.code == 0, ran
            if time.monotonic() > deadline:
                break
    finally:
        stop.set()
        for writer in writers:
            writer.join()
    assert not failures, failures
    disks = lapis("pool", "status", "--config", server.config, "--json").json["pools"][1:]
    assert all(pool["live_bytes"] + pool["dead_bytes"] > 0 for pool in disks), "nothing has moved"
    # Killed at any moment it is clean as it lies there, and when it has been started again.
    server.kill()
    ran = fsck(server, "--offline", "--deep", "--json")
    assert ran.code == 0, ran
    server.start()
    ran = fsck(server, "--deep", "--json")
    assert ran.code == 0, ran


def test_it_does_not_run_where_it_cannot(server: LapisServer):
    in_use = fsck(server, "--offline")
    assert in_use.code == 2 and "in use by another process" in in_use.err
    assert server.stop() == 0
    gone = fsck(server)
    assert gone.code == 2 and "lapisd does not run" in gone.err and "--offline" in gone.err
    assert lapis("fsck", "--offline", "--socket", "/x").code == 2
    assert lapis("fsck", "--offline", "--data-dir", server.directory / "nothing").code == 2


def test_a_deleted_extent_is_found(server: LapisServer, owner: BlobClient):
    fill(owner)
    path, _ = extent_holding(server, random.Random(3).randbytes(300 * KIB)[:4096])
    assert server.stop() == 0
    path.unlink()
    ran = fsck(server, "--offline", "--json")
    assert ran.code == 1, ran
    report = ran.json
    assert findings(report) == {("lost", "extent_file")}
    assert str(path) in {finding["file"] for finding in report["findings"]}
    assert f"{DEVELOPMENT_ACCOUNT.name}/data/b3" in affected(report)
    text = fsck(server, "--offline")
    assert "lost extent_file" in text.out and "NOT CLEAN" in text.out and "data/b3" in text.out


@pytest.mark.parametrize("online", [True, False], ids=["online", "offline"])
def test_a_flipped_payload_byte_is_found_by_a_deep_check(
    server: LapisServer, owner: BlobClient, online: bool
):
    fill(owner)
    path, at = extent_holding(server, random.Random(5).randbytes(300 * KIB)[:4096])
    if not online:
        assert server.stop() == 0
    with path.open("r+b") as extent:
        extent.seek(at + 100 * KIB)
        byte = extent.read(1)
        extent.seek(at + 100 * KIB)
        extent.write(bytes([byte[0] ^ 1]))
    flags = [] if online else ["--offline"]
    assert fsck(server, *flags).code == 0
    ran = fsck(server, "--deep", "--json", *flags)
    assert ran.code == 1, ran
    [finding] = ran.json["findings"]
    assert (finding["kind"], finding["what"]) == ("lost", "payload")
    assert finding["file"] == str(path)
    assert finding["damaged_at"] == 100 * KIB // (16 * KIB) * (16 * KIB)
    assert [user["blob"] for user in ran.json["affected"]] == ["b5"]


def test_damage_that_scrub_found_is_told_by_both(server: LapisServer, owner: BlobClient):
    fill(owner)
    path, at = extent_holding(server, random.Random(5).randbytes(300 * KIB)[:4096])
    with path.open("r+b") as extent:
        extent.seek(at + 100 * KIB)
        extent.write(b"damaged!")
    where = ("--config", server.config, "--json")
    assert lapis("scrub", "start", *where).code == 0
    assert eventually(lambda: lapis("scrub", "status", *where).json["damaged_chunks"] == 1)
    status = lapis("scrub", "status", *where).json
    [affected_range] = status["affected"]
    assert (affected_range["container"], affected_range["blob"]) == ("data", "b5")
    assert affected_range["offset"] <= 100 * KIB < affected_range["offset"] + affected_range["length"]
    text = lapis("scrub", "status", "--config", server.config)
    assert text.code == 0 and f"affected {DEVELOPMENT_ACCOUNT.name}/data/b5" in text.out
    ran = fsck(server, "--json")
    assert ran.code == 1, ran
    assert findings(ran.json) == {("lost", "known_damage")}
    assert [user["blob"] for user in ran.json["affected"]] == ["b5"]


def test_swapped_extents_are_found(server: LapisServer, owner: BlobClient):
    for number in range(10):
        expect(owner.put_blob("data", f"b{number}", random.Random(number).randbytes(MIB)), 201)
    one, _ = extent_holding(server, random.Random(0).randbytes(MIB)[:4096])
    two, _ = extent_holding(server, random.Random(9).randbytes(MIB)[:4096])
    assert one != two
    assert server.stop() == 0
    spare = one.with_name("spare")
    one.rename(spare)
    two.rename(one)
    spare.rename(two)
    ran = fsck(server, "--offline", "--json")
    assert ran.code == 1, ran
    assert {("wrong", "extent_header"), ("lost", "no_frame")} <= findings(ran.json)
    assert {finding["file"] for finding in ran.json["findings"]} == {str(one), str(two)}
    assert {"b0", "b9"} <= {user["blob"] for user in ran.json["affected"]}


def test_a_chunk_row_that_is_gone_is_found(server: LapisServer, owner: BlobClient):
    content = random.Random(1).randbytes(300 * KIB)
    expect(owner.put_blob("data", "b", content), 201)
    path, at = extent_holding(server, content[:4096])
    assert server.stop() == 0
    with path.open("rb") as extent:
        extent.seek(at - 128 + 8)  # the frame's header, where the chunk's id is
        chunk = int.from_bytes(extent.read(8), "little")
    database = server.data_dir / "meta" / "db"
    key = f"0x10{chunk:016X}"
    # The options that the database was made with refuse one that exists.
    subprocess.run(["ldb", f"--db={database}", "--try_load_options=false", "--hex", "delete", key],
                   check=True, capture_output=True)
    ran = fsck(server, "--offline", "--json")
    assert ran.code == 1, ran
    assert findings(ran.json) == {("lost", "chunk_row"), ("leaked", "heat_row")}
    assert {finding["chunk"] for finding in ran.json["findings"]} == {chunk}
    assert [user["blob"] for user in ran.json["affected"]] == ["b"]
    server.start()
    assert fsck(server).code == 1
