"""A full disk: writes are refused with a code that no client retries for hours, nothing is lost, and
writes resume by themselves when there is room. Needs root, for a small file system."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from azure_client import expect, expect_error
from blob_client import BlobClient, block_id
from configuration import flash, write_config
from lapis_server import LapisServer
from signing import DEVELOPMENT_ACCOUNT
from test_space import settled

MIB = 1 << 20


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """128 MiB of disk."""
    if os.geteuid() != 0:
        pytest.skip("needs root to mount a small file system")
    image, mount = tmp_path / "image", tmp_path / "disk"
    mount.mkdir()
    with image.open("wb") as file:
        file.truncate(128 * MIB)
    subprocess.run(["mkfs.ext4", "-q", "-m", "0", str(image)], check=True)
    mounted = subprocess.run(["mount", "-o", "loop", str(image), str(mount)], check=False)
    if mounted.returncode != 0:
        pytest.skip("loop devices cannot be mounted here")
    yield mount
    subprocess.run(["umount", "-l", str(mount)], check=True)


def config_over(directory: Path, metadata: Path, pool: Path) -> Path:
    min_free = 'min_free = "64MiB"'
    return write_config(
        directory / "lapis.toml", metadata, [flash(pool)], metadata_settings=min_free
    )


@pytest.fixture
def server(
    disk: Path, new_server: Callable[..., LapisServer], tmp_path: Path
) -> Iterator[LapisServer]:
    server = new_server(config=config_over(tmp_path, tmp_path / "meta", disk / "flash")).start()
    yield server
    server.kill()


@pytest.fixture
def owner(server: LapisServer) -> Iterator[BlobClient]:
    client = BlobClient(server.endpoint, DEVELOPMENT_ACCOUNT.name, DEVELOPMENT_ACCOUNT)
    expect(client.create_container("full"), 201)
    yield client
    client.close()


def fill(owner: BlobClient) -> dict[str, bytes]:
    """Writes until the store refuses; returns what it took."""
    written: dict[str, bytes] = {}
    for number in range(100):
        body = os.urandom(3 * MIB)
        answer = owner.put_blob("full", f"b{number}", body)
        if answer.status != 201:
            expect_error(answer, 507, "InsufficientStorage")
            return written
        written[f"b{number}"] = body
    raise AssertionError("100 blobs of 3 MiB went onto a disk of 128 MiB")


def test_a_full_disk_refuses_keeps_and_recovers(server: LapisServer, owner: BlobClient):
    written = fill(owner)
    assert len(written) >= 15
    expect_error(owner.put_block("full", "x", block_id(0), bytes(3 * MIB)), 507, "InsufficientStorage")
    for name, body in written.items():
        assert expect(owner.get_blob("full", name), 200).body == body
    # Small bodies need no extent.
    expect(owner.put_blob("full", "small", b"still taken"), 201)
    for name in list(written)[::2]:
        expect(owner.delete_blob("full", name), 202)
        del written[name]
    for name in list(written)[:-2]:
        expect(owner.delete_blob("full", name), 202)
        del written[name]
    body = os.urandom(3 * MIB)
    assert settled(lambda: owner.put_blob("full", "again", body).status == 201)
    written["again"] = body
    for name, content in written.items():
        assert expect(owner.get_blob("full", name), 200).body == content


def test_a_full_disk_recovers_from_what_dies_in_part(server: LapisServer, owner: BlobClient):
    """No extent is wholly dead: what lives in them is brought together first."""
    written = fill(owner)
    for name in list(written)[::2]:
        expect(owner.delete_blob("full", name), 202)
        del written[name]
    for number in range(4):
        body = os.urandom(3 * MIB)
        name = f"again{number}"
        assert settled(lambda: owner.put_blob("full", name, body).status == 201, 20)
        written[name] = body
    for name, content in written.items():
        assert expect(owner.get_blob("full", name), 200).body == content


def test_a_full_disk_survives_a_kill(server: LapisServer, owner: BlobClient):
    written = fill(owner)
    server.kill()
    server.start()
    owner.close()
    owner.endpoint = server.endpoint
    for name, body in written.items():
        assert expect(owner.get_blob("full", name), 200).body == body
    assert owner.put_blob("full", "more", bytes(3 * MIB)).status in (201, 507)


def test_full_metadata_refuses_writes_and_takes_deletes(
    disk: Path, new_server: Callable[..., LapisServer], tmp_path: Path
):
    server = new_server(config=config_over(tmp_path, disk / "meta", tmp_path / "flash")).start()
    owner = BlobClient(server.endpoint, DEVELOPMENT_ACCOUNT.name, DEVELOPMENT_ACCOUNT)
    expect(owner.create_container("full"), 201)
    expect(owner.put_blob("full", "a", b"first"), 201)
    ballast = disk / "ballast"
    subprocess.run(["fallocate", "-l", "80M", str(ballast)], check=True)
    refused = lambda: owner.put_blob("full", "b", bytes(4000)).status == 507
    assert settled(refused, 5)
    assert expect(owner.get_blob("full", "a"), 200).body == b"first"
    expect(owner.delete_blob("full", "a"), 202)
    ballast.unlink()
    assert settled(lambda: owner.put_blob("full", "b", bytes(4000)).status == 201, 10)
    owner.close()
    server.stop()
