"""Starting, stopping, starting again; and data directories that are refused."""

from __future__ import annotations

import random
import shutil
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from azure_client import expect, expect_error
from blob_client import BlobClient, block_id
from crc64 import crc64
from lapis_server import LapisServer, StartFailed, binary
from signing import DEVELOPMENT_ACCOUNT
from structured import FORM, structured

BODIES = {
    f"b{size}": random.Random(size).randbytes(size)
    for size in (0, 100, 4096, 5000, 70_000, 9 << 20)
}

STRUCTURED = {"x-ms-structured-body": FORM}


def owner(server: LapisServer) -> BlobClient:
    return BlobClient(server.endpoint, DEVELOPMENT_ACCOUNT.name, DEVELOPMENT_ACCOUNT)


def fill(server: LapisServer) -> dict[str, str | None]:
    """Some of everything; the ETags of the blobs."""
    client = owner(server)
    expect(client.create_container("data", {"x-ms-meta-a": "1"}), 201)
    etags = {}
    for name, body in BODIES.items():
        etags[name] = expect(client.put_blob("data", name, body, {"x-ms-meta-n": name}), 201)[
            "ETag"
        ]
    expect(client.put_block("data", "staged", block_id(1), b"x" * 9000), 201)
    expect(client.put_blob("data", "deleted", b"x" * 9000), 201)
    expect(client.delete_blob("data", "deleted"), 202)
    client.close()
    return etags


def check(server: LapisServer, etags: dict[str, str | None]) -> None:
    client = owner(server)
    for name, body in BODIES.items():
        got = expect(client.get_blob("data", name), 200)
        assert (got.body, got["ETag"], got["x-ms-meta-n"]) == (body, etags[name], name)
    assert sorted(client.names("data")) == sorted(BODIES)
    assert "staged" in client.names("data", include="uncommittedblobs")
    expect_error(client.get_blob("data", "deleted"), 404, "BlobNotFound")
    expect(client.put_block_list("data", "staged", [block_id(1)]), 201)
    assert expect(client.get_blob("data", "staged"), 200).body == b"x" * 9000
    expect(client.delete_blob("data", "staged"), 202)
    expect(client.put_block("data", "staged", block_id(1), b"x" * 9000), 201)
    client.close()


def test_data_survives_stops_and_kills(new_server: Callable[..., LapisServer]) -> None:
    server = new_server().start()
    etags = fill(server)
    for _ in range(3):
        server.restart()
        check(server, etags)
        server.kill()
        server.start()
        check(server, etags)


def test_changed_properties_survive_a_kill(new_server: Callable[..., LapisServer]) -> None:
    server = new_server().start()
    fill(server)
    client = owner(server)
    for name in BODIES:
        expect(client.set_blob_metadata("data", name, {"x-ms-meta-new": name}), 200)
        expect(client.set_blob_properties("data", name, {"x-ms-blob-content-type": "a/b"}), 200)
        expect(client.set_blob_tier("data", name, "Archive"), 200)
        expect(client.set_blob_tier("data", name, "Cool"), 202)
    shown = ["ETag", "Last-Modified", "Content-Type", "x-ms-meta-new", "x-ms-meta-n"]
    shown += ["x-ms-access-tier", "x-ms-access-tier-inferred", "x-ms-access-tier-change-time"]
    heads = {name: client.get_blob_properties("data", name) for name in BODIES}
    for restart in (server.kill, server.stop):
        restart()
        server.start()
        client = owner(server)
        for name, body in BODIES.items():
            got = expect(client.get_blob("data", name), 200)
            assert (got.body, got["Content-Type"], got["x-ms-meta-new"]) == (body, "a/b", name)
            head = expect(client.get_blob_properties("data", name), 200)
            assert [head[field] for field in shown] == [heads[name][field] for field in shown]
        client.close()


def test_starting_is_quick_and_stopping_is_clean(new_server: Callable[..., LapisServer]) -> None:
    server = new_server().start()
    fill(server)
    server.restart()
    assert server.startup_seconds < 5
    began = time.monotonic()
    assert server.stop() == 0
    assert time.monotonic() - began < 10
    assert "stopped" in server.log()


def test_etags_are_not_repeated_after_a_kill(new_server: Callable[..., LapisServer]) -> None:
    server = new_server().start()
    seen = set()
    expect(owner(server).create_container("data"), 201)
    for _ in range(4):
        client = owner(server)
        for _ in range(20):
            seen.add(expect(client.put_blob("data", "b", b"x"), 201)["ETag"])
        server.kill()
        server.start()
    assert len(seen) == 80


def test_a_request_in_flight_is_finished_at_sigterm(new_server: Callable[..., LapisServer]) -> None:
    server = new_server().start()
    client = owner(server)
    expect(client.create_container("data"), 201)
    path = client.path("data", "b")
    target, headers = client.head("PUT", path, [], {"x-ms-blob-type": "BlockBlob"}, 100_000)
    connection = client.connection()
    connection.putrequest("PUT", target, skip_host=True, skip_accept_encoding=True)
    for name, value in headers.items():
        connection.putheader(name, value)
    connection.endheaders(b"x" * 50_000)
    time.sleep(0.2)
    stopping = threading.Thread(target=server.stop)
    stopping.start()
    time.sleep(0.5)
    connection.send(b"x" * 50_000)
    assert connection.getresponse().status == 201
    client.close()
    stopping.join()
    server.start()
    assert expect(owner(server).get_blob("data", "b"), 200).body == b"x" * 100_000


def refused(server: LapisServer) -> str:
    """The daemon's last words; it must not start, nor crash."""
    with pytest.raises(StartFailed) as caught:
        server.start()
    assert caught.value.code is not None and 0 < caught.value.code < 128, caught.value
    return caught.value.log


def snapshot(directory: Path) -> dict[str, bytes]:
    return {
        str(p.relative_to(directory)): p.read_bytes() for p in directory.rglob("*") if p.is_file()
    }


def test_a_directory_in_use_is_refused(new_server: Callable[..., LapisServer]) -> None:
    first = new_server("a").start()
    etags = fill(first)
    assert "in use" in refused(new_server("b", shared_data=first.data_dir))
    check(first, etags)


@pytest.mark.parametrize("part", ["flash", "meta"])
def test_a_foreign_directory_is_refused_and_left_alone(
    new_server: Callable[..., LapisServer], part: str
) -> None:
    server = new_server()
    foreign = server.data_dir / part
    foreign.mkdir(parents=True)
    (foreign / "holiday.jpg").write_bytes(b"not ours")
    assert str(foreign) in refused(server)
    assert snapshot(foreign) == {"holiday.jpg": b"not ours"}


def test_another_stores_extents_are_refused(new_server: Callable[..., LapisServer]) -> None:
    one, two = new_server("one").start(), new_server("two").start()
    fill(one)
    for server in (one, two):
        assert server.stop() == 0
    shutil.rmtree(two.data_dir / "flash")
    shutil.copytree(one.data_dir / "flash", two.data_dir / "flash")
    refused(two)
    one.start()


def test_extents_without_their_metadata_are_refused(new_server: Callable[..., LapisServer]) -> None:
    server = new_server().start()
    fill(server)
    assert server.stop() == 0
    shutil.rmtree(server.data_dir / "meta")
    before = snapshot(server.data_dir / "flash")
    refused(server)
    assert snapshot(server.data_dir / "flash") == before


def test_metadata_without_its_extents_serves_what_it_has(
    new_server: Callable[..., LapisServer],
) -> None:
    server = new_server().start()
    etags = fill(server)
    assert server.stop() == 0
    (server.data_dir / "flash").rename(server.data_dir / "unmounted")
    (server.data_dir / "flash").mkdir()
    server.start()
    client = owner(server)
    for name, body in BODIES.items():
        if len(body) <= 4096:
            assert expect(client.get_blob("data", name), 200).body == body
            framed = expect(client.get_blob("data", name, STRUCTURED), 200)
            assert framed.body == structured(body)
        else:
            for headers in ({}, {"Range": "bytes=70-99"}, STRUCTURED):
                expect_error(client.get_blob("data", name, headers), 503, "ServerBusy")
    assert server.stop() == 0
    (server.data_dir / "flash").rmdir()  # nothing was written into it
    (server.data_dir / "unmounted").rename(server.data_dir / "flash")
    server.start()
    check(server, etags)


def test_a_newer_format_is_refused(new_server: Callable[..., LapisServer]) -> None:
    server = new_server().start()
    etags = fill(server)
    assert server.stop() == 0
    superblock = server.data_dir / "flash/lapis.pool"
    original = superblock.read_text()
    assert "\nformat=1\n" in original
    lines = original[: original.rindex("crc64=")].replace("\nformat=1\n", "\nformat=99\n")
    superblock.write_text(f"{lines}crc64={crc64(lines.encode()):016x}\n")
    assert "newer" in refused(server)
    superblock.write_text(original)
    server.start()
    check(server, etags)


@pytest.mark.parametrize("damage", ["CURRENT", "MANIFEST"])
def test_corrupt_metadata_is_refused(new_server: Callable[..., LapisServer], damage: str) -> None:
    server = new_server().start()
    fill(server)
    assert server.stop() == 0
    victims = [path for path in (server.data_dir / "meta").rglob(f"{damage}*") if path.is_file()]
    assert victims
    for victim in victims:
        content = bytearray(victim.read_bytes())
        content[len(content) // 2] ^= 0xFF
        victim.write_bytes(content)
    refused(server)


def test_lost_metadata_files_are_noticed(new_server: Callable[..., LapisServer]) -> None:
    """A deleted write-ahead log must not look like an empty store."""
    server = new_server().start()
    fill(server)
    server.kill()
    logs = list((server.data_dir / "meta").rglob("*.log"))
    assert logs
    for log in logs:
        log.unlink()
    refused(server)


def test_flags() -> None:
    def lapisd(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [str(binary()), *arguments]
        return subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)

    assert lapisd("--version").stdout.startswith("lapisd ")
    assert lapisd("--no-such-flag").returncode != 0
    assert lapisd("--config", "/no/such/file").returncode != 0
    assert lapisd("--listen", "nowhere").returncode != 0


def test_a_configuration_is_checked_without_opening_anything(tmp_path: Path) -> None:
    config = tmp_path / "lapis.toml"
    text = (
        f'listen = ["127.0.0.1:0"]\n[metadata]\npath = "{tmp_path}/meta"\n'
        f'[[pool]]\nname = "flash"\nclass = "flash"\npaths = ["{tmp_path}/flash"]\n'
        f'[[account]]\nname = "one"\nkeys = ["{DEVELOPMENT_ACCOUNT.key}"]\n'
    )
    for content, code in ((text, 0), (text + "[limits]\nbuffer_memry = 1\n", 2), ("listen = [", 2)):
        config.write_text(content)
        command = [str(binary()), "--check-config", "--config", str(config)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
        assert done.returncode == code, done
        assert code == 0 or "lapis.toml" in done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["lapis.toml"]
