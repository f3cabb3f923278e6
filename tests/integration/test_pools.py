"""Several pools and paths: where bytes go, a path that is missing at the start and comes back without a
restart, a disk that is not the one, and flash that is full."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from azure_client import expect, expect_error
from blob_client import BlobClient
from configuration import disks, flash, write_config
from lapis_command import lapis
from lapis_server import LapisServer, StartFailed
from observing import eventually, fetch, metrics
from signing import DEVELOPMENT_ACCOUNT

MIB = 1 << 20
BLOBS = 40


def config_in(directory: Path) -> Path:
    pools = [flash(directory / "flash1", directory / "flash2"), disks(directory / "disk1")]
    return write_config(directory / "lapis.toml", directory / "meta", pools)


@pytest.fixture
def server(new_server: Callable[..., LapisServer], tmp_path: Path) -> LapisServer:
    return new_server(config=config_in(tmp_path), admin="127.0.0.1:0").start()


@pytest.fixture
def owner(server: LapisServer) -> Iterator[BlobClient]:
    client = BlobClient(server.endpoint, DEVELOPMENT_ACCOUNT.name, DEVELOPMENT_ACCOUNT)
    expect(client.create_container("pools"), 201)
    yield client
    client.close()


def start(server: LapisServer, owner: BlobClient) -> None:
    server.start()
    owner.close()
    owner.endpoint = server.endpoint


def put_all(owner: BlobClient) -> dict[str, bytes]:
    bodies = {f"b{number}": os.urandom(64 << 10) for number in range(BLOBS)}
    for name, body in bodies.items():
        expect(owner.put_blob("pools", name, body), 201)
    return bodies


def state(server: LapisServer, name: str) -> str:
    """Of the path whose directory has this name."""
    samples = metrics(server).samples
    return "".join(
        labels["state"]
        for metric, labels, value in samples
        if metric == "lapis_pool_path_state" and labels["path"].endswith("/" + name) and value == 1
    )


def served(owner: BlobClient, bodies: dict[str, bytes]) -> set[str]:
    """The names of the blobs that are read whole; all others must answer 503 and nothing else."""
    names = set()
    for name, body in bodies.items():
        answer = owner.get_blob("pools", name)
        if answer.status == 200:
            assert answer.body == body
            names.add(name)
        else:
            expect_error(answer, 503, "ServerBusy")
            assert answer.headers["Retry-After"]
    return names


def test_a_missing_path_comes_back_without_a_restart(
    server: LapisServer, owner: BlobClient, tmp_path: Path
) -> None:
    bodies = put_all(owner)
    assert server.stop() == 0
    (tmp_path / "flash2").rename(tmp_path / "elsewhere")
    start(server, owner)
    here = served(owner, bodies)
    away = set(bodies) - here
    assert here and away, "the blobs should lie on both paths"
    assert (state(server, "flash1"), state(server, "flash2")) == ("online", "missing")
    assert fetch(server.admin_endpoint + "/readyz").status == 200
    assert "pool path is missing" in server.log()
    assert not (tmp_path / "flash2").exists(), "something was written into the bare mount point"

    # Names and properties are there; what is replaced and deleted is.
    replaced, deleted, *_ = sorted(away)
    expect(owner.get_blob_properties("pools", replaced), 200)
    bodies[replaced] = os.urandom(100_000)
    expect(owner.put_blob("pools", replaced, bodies[replaced]), 201)
    assert expect(owner.get_blob("pools", replaced), 200).body == bodies[replaced]
    expect(owner.delete_blob("pools", deleted), 202)
    del bodies[deleted]

    (tmp_path / "elsewhere").rename(tmp_path / "flash2")
    assert eventually(lambda: state(server, "flash2") == "online", 20)
    assert served(owner, bodies) == set(bodies)
    expect_error(owner.get_blob("pools", deleted), 404, "BlobNotFound")
    assert server.stop() == 0
    start(server, owner)
    assert served(owner, bodies) == set(bodies)


def test_a_foreign_disk_is_refused_and_the_rest_goes_on(
    server: LapisServer,
    owner: BlobClient,
    new_server: Callable[..., LapisServer],
    tmp_path: Path,
) -> None:
    other = new_server("other", config=config_in(tmp_path / "other")).start()
    assert other.stop() == 0
    bodies = put_all(owner)
    assert server.stop() == 0
    ours, place = tmp_path / "ours", tmp_path / "flash2"
    place.rename(ours)
    shutil.copytree(tmp_path / "other" / "flash2", place)
    with pytest.raises(StartFailed) as failure:  # at a start
        server.start()
    assert "belongs to another store" in failure.value.log

    shutil.rmtree(place)
    start(server, owner)
    here = served(owner, bodies)
    assert len(here) < BLOBS
    shutil.copytree(tmp_path / "other" / "flash2", place)  # while it runs
    superblock = (place / "lapis.pool").read_bytes()
    assert eventually(lambda: server.log().count("belongs to another store") >= 2, 20)
    assert state(server, "flash2") == "missing"
    assert served(owner, bodies) == here
    assert (place / "lapis.pool").read_bytes() == superblock
    assert owner.put_blob("pools", "more", bytes(100_000)).status == 201
    shutil.rmtree(place)
    ours.rename(place)
    assert eventually(lambda: state(server, "flash2") == "online", 20)
    assert served(owner, bodies) == set(bodies)


def test_an_older_copy_of_a_disk_is_refused(
    server: LapisServer, owner: BlobClient, tmp_path: Path
) -> None:
    bodies = put_all(owner)
    assert server.stop() == 0
    place, copy, ours = tmp_path / "flash2", tmp_path / "copy", tmp_path / "ours"
    shutil.copytree(place, copy)
    start(server, owner)
    assert server.stop() == 0
    place.rename(ours)
    start(server, owner)
    shutil.copytree(copy, place)
    assert eventually(lambda: "it is an older copy" in server.log(), 20)
    assert state(server, "flash2") == "missing"
    shutil.rmtree(place)
    ours.rename(place)
    assert eventually(lambda: state(server, "flash2") == "online", 20)
    assert served(owner, bodies) == set(bodies)


def test_without_a_writable_path_the_daemon_is_not_ready(
    server: LapisServer, owner: BlobClient, tmp_path: Path
) -> None:
    assert server.stop() == 0
    for name in ("flash1", "flash2", "disk1"):
        (tmp_path / name).rename(tmp_path / (name + ".away"))
    start(server, owner)
    page = fetch(server.admin_endpoint + "/readyz")
    assert page.status == 503
    assert f"path {tmp_path}/disk1 is missing" in page.text
    expect(owner.put_blob("pools", "small", b"needs no path"), 201)
    expect_error(owner.put_blob("pools", "large", bytes(MIB)), 503, "ServerBusy")
    (tmp_path / "disk1.away").rename(tmp_path / "disk1")
    assert eventually(lambda: fetch(server.admin_endpoint + "/readyz").status == 200, 20)
    expect(owner.put_blob("pools", "large", bytes(MIB)), 201)


def test_a_path_is_drained_retired_pulled_and_added_anew(
    server: LapisServer, owner: BlobClient, tmp_path: Path
) -> None:
    bodies = put_all(owner)
    place, config = tmp_path / "flash2", tmp_path / "lapis.toml"

    def change(verb: str, *arguments: object) -> bool:
        return lapis("pool", verb, *arguments, "--config", config).code == 0

    assert not change("retire", place)
    assert change("drain", place)
    assert state(server, "flash2") == "draining"
    more = {f"m{number}": os.urandom(64 << 10) for number in range(20)}
    for name, body in more.items():
        expect(owner.put_blob("pools", name, body), 201)
    bodies |= more
    assert eventually(lambda: change("retire", place), 60)
    assert state(server, "flash2") == "retired"
    place.rename(tmp_path / "pulled")
    assert served(owner, bodies) == set(bodies)

    assert server.stop() == 0
    start(server, owner)  # the configuration names it still
    assert served(owner, bodies) == set(bodies)
    assert state(server, "flash2") == ""
    assert not place.exists()
    assert change("add", "flash", place)
    assert state(server, "flash2") == "online"
    put_all(owner)
    assert server.stop() == 0
    start(server, owner)
    assert state(server, "flash2") == "online"


def test_full_flash_falls_back_to_disks(
    new_server: Callable[..., LapisServer], tmp_path: Path
) -> None:
    if os.geteuid() != 0:
        pytest.skip("needs root to mount small file systems")
    mounted = []
    try:
        for name in ("flash1", "flash2"):
            (tmp_path / name).mkdir()
            options = ["-t", "tmpfs", "-o", "size=48m", "none", str(tmp_path / name)]
            if subprocess.run(["mount", *options], check=False).returncode != 0:
                pytest.skip("tmpfs cannot be mounted here")
            mounted.append(tmp_path / name)
        check_fallback(new_server(config=config_in(tmp_path), admin="127.0.0.1:0").start())
    finally:
        for mount in mounted:
            subprocess.run(["umount", "-l", str(mount)], check=True)


def check_fallback(server: LapisServer) -> None:
    owner = BlobClient(server.endpoint, DEVELOPMENT_ACCOUNT.name, DEVELOPMENT_ACCOUNT)
    expect(owner.create_container("pools"), 201)
    live = lambda pool: metrics(server).total("lapis_pool_extent_bytes", pool=pool, state="live")
    bodies = {f"b{number}": os.urandom(3 * MIB) for number in range(48)}
    expect(owner.put_blob("pools", "b0", bodies["b0"]), 201)
    assert (live("flash") > 0, live("disks")) == (True, 0)
    for name, body in bodies.items():
        expect(owner.put_blob("pools", name, body), 201)
    assert live("flash") > 10 * MIB
    assert live("disks") > 20 * MIB
    assert served(owner, bodies) == set(bodies)
    owner.close()
    assert server.stop() == 0
