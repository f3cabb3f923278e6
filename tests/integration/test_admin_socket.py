"""The admin socket, and the commands of lapis(1) over it."""

from __future__ import annotations

import json
import os
import socket
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from azure_client import expect
from blob_client import BlobClient
from configuration import flash, write_config
from lapis_command import lapis
from lapis_server import LapisServer, StartFailed
from observing import eventually
from signing import DEVELOPMENT_ACCOUNT

MIB = 1 << 20


@pytest.fixture
def server(new_server: Callable[..., LapisServer]) -> LapisServer:
    return new_server().start()


def socket_of(server: LapisServer) -> Path:
    return server.data_dir / "meta" / "admin.sock"


def exchange(path: Path, *lines: bytes) -> list[dict]:
    """The answers to lines over one connection. The name may be too long for an address."""
    directory = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(30)
            connection.connect(f"/proc/self/fd/{directory}/{path.name}")
            stream = connection.makefile("rwb")
            answers = []
            for line in lines:
                stream.write(line + b"\n")
                stream.flush()
                answers.append(json.loads(stream.readline()))
            return answers
    finally:
        os.close(directory)


def test_status_shows_the_daemon(server: LapisServer):
    owner = BlobClient(server.endpoint, DEVELOPMENT_ACCOUNT.name, DEVELOPMENT_ACCOUNT)
    expect(owner.create_container("data"), 201)
    expect(owner.put_blob("data", "b", os.urandom(2 * MIB)), 201)
    status = lapis("status", "--data-dir", server.data_dir, "--json")
    assert status.code == 0, status
    shown = status.json
    assert shown["pid"] == server.pid
    assert shown["ready"] is True and shown["problems"] == []
    assert shown["listening"] == server.endpoints
    assert shown["metadata"]["state"] == "online"
    assert shown["metadata"]["path"] == str(server.data_dir / "meta")
    [path] = shown["pools"][0]["paths"]
    assert path["path"] == str(server.data_dir / "flash")
    assert path["state"] == "online"
    assert 2 * MIB <= path["live_bytes"] < 3 * MIB
    assert 0 < path["available_bytes"] < path["capacity_bytes"]

    text = lapis("status", "--socket", socket_of(server))
    assert text.code == 0, text
    assert f"process {server.pid}" in text.out and "ready" in text.out
    assert str(server.data_dir / "flash") in text.out


def two_paths(directory: Path, socket: Path) -> Path:
    data = directory / "data"
    return write_config(
        directory / "lapis.toml",
        data / "meta",
        [flash(data / "flash", data / "more")],
        more=f'[admin]\nsocket = "{socket}"',
    )


def test_pool_status_shows_every_path(new_server: Callable[..., LapisServer], tmp_path: Path):
    config = two_paths(tmp_path, tmp_path / "admin")
    server = new_server(config=config, shared_data=tmp_path / "data").start()
    owner = BlobClient(server.endpoint, DEVELOPMENT_ACCOUNT.name, DEVELOPMENT_ACCOUNT)
    expect(owner.create_container("data"), 201)
    expect(owner.put_blob("data", "kept", os.urandom(MIB)), 201)
    expect(owner.put_blob("data", "b", os.urandom(6 * MIB)), 201)
    expect(owner.delete_blob("data", "b"), 202)

    def pool() -> dict:
        answer = lapis("pool", "status", "--config", config, "--json")
        assert answer.code == 0, answer
        [only] = answer.json["pools"]
        return only

    assert {path["path"] for path in pool()["paths"]} == {
        str(tmp_path / "data/flash"), str(tmp_path / "data/more")}
    # What was deleted is dead, or free again.
    assert eventually(lambda: MIB <= pool()["live_bytes"] < 2 * MIB)
    text = lapis("pool", "status", "--config", config)
    assert text.out.splitlines()[0].split() == [
        "POOL", "CLASS", "PATH", "STATE", "SIZE", "AVAILABLE", "LIVE", "DEAD", "FREE"]
    assert "online" in text.out and "(all)" in text.out


def test_tier_status_shows_every_pool(server: LapisServer):
    ran = lapis("tier", "status", "--data-dir", server.data_dir, "--json")
    assert ran.code == 0, ran
    assert [pool["name"] for pool in ran.json["pools"]] == ["flash"]
    text = lapis("tier", "status", "--data-dir", server.data_dir)
    assert text.code == 0 and text.out.startswith("POOL") and "moving 0 B/s" in text.out


def test_paths_are_added_drained_and_retired(
    new_server: Callable[..., LapisServer], tmp_path: Path
):
    data = tmp_path / "data"
    config = two_paths(tmp_path, tmp_path / "s")
    server = new_server(config=config, shared_data=data).start()
    owner = BlobClient(server.endpoint, DEVELOPMENT_ACCOUNT.name, DEVELOPMENT_ACCOUNT)
    expect(owner.create_container("data"), 201)

    def pool(*arguments: object) -> dict[str, dict]:
        ran = lapis("pool", *arguments, "--config", config, "--json")
        assert ran.code == 0, ran
        return {Path(path["path"]).name: path
                for pool in ran.json["pools"] for path in pool["paths"]}

    def refused(*arguments: object) -> str:
        ran = lapis("pool", *arguments, "--config", config)
        assert ran.code == 1 and ran.out == "", ran
        return ran.err

    assert pool("add", "flash", data / "new")["new"]["state"] == "online"
    assert "is not empty" in refused("add", "flash", data)
    assert refused("add", "nowhere", data / "other")
    states = pool("drain", data / "flash")
    assert {name: path["state"] for name, path in states.items()} == {
        "flash": "draining", "more": "online", "new": "online"}
    assert pool("read-only", data / "more")["more"]["state"] == "read-only"
    assert refused("drain", data / "new")  # nothing would take writes
    assert refused("drain", data / "nothing")
    content = os.urandom(3 * MIB)
    expect(owner.put_blob("data", "b", content), 201)
    states = pool("status")
    assert states["new"]["live_bytes"] > 3 * MIB
    assert states["flash"]["live_bytes"] == states["more"]["live_bytes"] == 0
    assert pool("resume", data / "more")["more"]["state"] == "online"
    assert eventually(lambda: lapis("pool", "retire", data / "flash", "--config", config).code == 0)
    assert pool("status").get("flash", {"state": "retired"})["state"] == "retired"
    pool("drain", data / "new")  # the blob lies there, and moves off
    assert refused("retire", data / "more")  # which takes writes
    assert eventually(lambda: lapis("pool", "retire", data / "new", "--config", config).code == 0)
    assert expect(owner.get_blob("data", "b"), 200).body == content
    assert lapis("fsck", "--config", config, "--deep").code == 0
    owner.close()
    server.restart()
    assert "new" not in pool("status")


def test_the_socket_is_the_daemons_own(server: LapisServer):
    path = socket_of(server)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert server.stop() == 0
    assert not path.exists()


def test_a_daemon_that_was_killed_leaves_no_trouble(server: LapisServer):
    server.kill()
    assert socket_of(server).is_socket()
    gone = lapis("status", "--data-dir", server.data_dir)
    assert gone.code == 3 and "lapisd does not run" in gone.err and gone.out == ""
    server.start()
    assert lapis("status", "--data-dir", server.data_dir).code == 0


def test_another_daemons_socket_is_left_alone(
    server: LapisServer, new_server: Callable[..., LapisServer]
):
    second = new_server("second", arguments=["--admin-socket", str(socket_of(server))])
    with pytest.raises(StartFailed) as refused:
        second.start()
    assert "in use by another process" in refused.value.log
    assert lapis("status", "--data-dir", server.data_dir).code == 0


def test_a_directory_that_cannot_hold_a_socket_is_said(new_server: Callable[..., LapisServer]):
    with pytest.raises(StartFailed):
        new_server(arguments=["--admin-socket", "/nonexistent/admin.sock"]).start()


def test_without_a_socket_it_serves_all_the_same(new_server: Callable[..., LapisServer]):
    server = new_server(arguments=["--admin-socket", "off"]).start()
    assert not socket_of(server).exists()
    assert lapis("status", "--data-dir", server.data_dir).code == 3


def test_lines_are_answered_in_turn(server: LapisServer):
    answers = exchange(socket_of(server), b'{"command":"pool.status"}', b"nonsense",
                       b'{"command":"nothing"}', b'{"command":"status"}')
    assert [answer["ok"] for answer in answers] == [True, False, False, True]
    assert answers[1]["error"]["code"] == "InvalidInput"
    assert "pool.status" in answers[2]["error"]["message"]


def test_clients_that_say_nothing_do_not_stop_others(server: LapisServer):
    path = socket_of(server)
    directory = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    silent = [socket.socket(socket.AF_UNIX) for _ in range(5)]
    try:
        for connection in silent:
            connection.connect(f"/proc/self/fd/{directory}/{path.name}")
        silent[0].sendall(b'{"command":')
        assert exchange(path, b'{"command":"status"}')[0]["ok"] is True
    finally:
        for connection in silent:
            connection.close()
        os.close(directory)
    assert server.stop() == 0


def test_wrong_use_is_said(server: LapisServer):
    assert lapis("pool").code == 2
    assert lapis("status", "--nonsense").code == 2
    assert lapis("status", "--socket", "/x", "--config", "/y").code == 2
    missing = lapis("status", "--config", server.directory / "missing.toml")
    assert missing.code == 1 and "missing.toml" in missing.err
