"""rclone as Debian ships it, configured by its environment: with a key and with SAS."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import time
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from azure_client import Response, encode_query, expect
from blob_client import BlobClient
from host_names import DOMAIN, hosts_file, with_hosts
from lapis_server import LapisServer
from sas import account_sas, service_sas
from signing import DEVELOPMENT_ACCOUNT
from trees import make_tree, tree

MIB = 1 << 20
Done = subprocess.CompletedProcess[bytes]


@dataclass
class Rclone:
    """Runs rclone with the remote "lapis:", which `settings` describe."""

    program: str
    directory: Path
    settings: dict[str, str]
    variables: dict[str, str] = field(default_factory=dict)
    hosts: Path | None = None  # stands in for /etc/hosts

    def start(self, *arguments: str | Path, given: bytes = b"") -> Done:
        """Once and without retries: a failure is to be seen as it is."""
        options = ["--retries", "1", "--low-level-retries", "1", "--stats", "0"]
        command = [self.program, *map(str, arguments), *options]
        environment = os.environ | self.variables
        environment |= {f"RCLONE_CONFIG_LAPIS_{k}": v for k, v in self.settings.items()}
        environment |= {"RCLONE_CONFIG": "/dev/null", "HOME": str(self.directory)}
        return subprocess.run(
            with_hosts(self.hosts, command) if self.hosts else command,
            env=environment, input=given, capture_output=True, timeout=120, check=False,
        )  # fmt: skip

    def run(self, *arguments: str | Path, given: bytes = b"") -> bytes:
        done = self.start(*arguments, given=given)
        assert done.returncode == 0, f"rclone {arguments[0]}:\n{done.stderr.decode()[-4000:]}"
        return done.stdout

    def lines(self, *arguments: str | Path) -> list[str]:
        return self.run(*arguments).decode().splitlines()

    def fails(self, *arguments: str | Path) -> str:
        """What it says."""
        done = self.start(*arguments)
        assert done.returncode != 0, f"rclone {arguments[0]} succeeded:\n{done.stdout.decode()}"
        return done.stderr.decode()


def program() -> str:
    found = shutil.which("rclone")
    if found is None:
        pytest.skip("rclone is not installed (scripts/setup)")
    return found


def with_key(endpoint: str, directory: Path) -> Rclone:
    """The development account's, which it knows by itself with USE_EMULATOR."""
    settings = {
        "TYPE": "azureblob",
        "ACCOUNT": DEVELOPMENT_ACCOUNT.name,
        "KEY": DEVELOPMENT_ACCOUNT.key,
        "USE_EMULATOR": "true",  # a whole URL is taken for the endpoint only with this
        "ENDPOINT": f"{endpoint}/{DEVELOPMENT_ACCOUNT.name}",
    }
    return Rclone(program(), directory, settings)


def with_sas(url: str, directory: Path) -> Rclone:
    return Rclone(program(), directory, {"TYPE": "azureblob", "SAS_URL": url})


@pytest.fixture
def rclone(endpoint: str, tmp_path: Path) -> Rclone:
    return with_key(endpoint, tmp_path)


@pytest.fixture
def remote(container: str) -> str:
    return f"lapis:{container}"


THEN = datetime.fromtimestamp(1_600_000_000, timezone.utc)


def modified(answer: Response) -> datetime:
    """The time that rclone keeps in the metadata."""
    (text,) = (value for name, value in answer.metadata().items() if name.lower() == "mtime")
    return datetime.fromisoformat(text.split(".")[0].rstrip("Z") + "+00:00")


@pytest.fixture
def source(tmp_path: Path) -> Path:
    make_tree(tmp_path / "source", 40)
    return tmp_path / "source"


def round_trip(rclone: Rclone, remote: str, source: Path, copy: Path) -> None:
    rclone.run("copy", source, f"{remote}/tree")
    rclone.run("check", source, f"{remote}/tree")
    rclone.run("copy", f"{remote}/tree", copy)
    assert tree(copy) == tree(source)
    rclone.run("delete", f"{remote}/tree")
    assert rclone.lines("lsf", "-R", "--files-only", remote) == []


def test_with_a_key(rclone: Rclone, remote: str, source: Path, tmp_path: Path) -> None:
    round_trip(rclone, remote, source, tmp_path / "copy")


def test_with_an_account_sas(endpoint: str, remote: str, source: Path, tmp_path: Path) -> None:
    token = encode_query(list(account_sas(DEVELOPMENT_ACCOUNT).items()))
    rclone = with_sas(f"{endpoint}/{DEVELOPMENT_ACCOUNT.name}?{token}", tmp_path)
    round_trip(rclone, remote, source, tmp_path / "copy")
    assert any(line.endswith(remote.split(":")[1]) for line in rclone.lines("lsd", "lapis:"))


def test_with_a_container_sas(endpoint: str, container: str, source: Path, tmp_path: Path) -> None:
    token = encode_query(list(service_sas(DEVELOPMENT_ACCOUNT, f"/{container}", "rwdl").items()))
    url = f"{endpoint}/{DEVELOPMENT_ACCOUNT.name}/{container}?{token}"
    round_trip(with_sas(url, tmp_path), f"lapis:{container}", source, tmp_path / "copy")
    other = with_sas(url, tmp_path)
    assert "do not match" in other.fails("lsf", "lapis:another")


def test_host_style_over_tls(
    tls_server: LapisServer, certificate: tuple[Path, Path], source: Path, tmp_path: Path
) -> None:
    """An account and an endpoint make https://ACCOUNT.ENDPOINT, whose certificate it must trust."""
    secure = next(e for e in tls_server.endpoints if e.startswith("https://"))
    settings = {
        "TYPE": "azureblob",
        "ACCOUNT": DEVELOPMENT_ACCOUNT.name,
        "KEY": DEVELOPMENT_ACCOUNT.key,
        "ENDPOINT": f"{DOMAIN}:{urlsplit(secure).port}",
    }
    trust = {"SSL_CERT_FILE": str(certificate[0])}
    rclone = Rclone(program(), tmp_path, settings, trust, hosts_file(tmp_path))
    rclone.run("mkdir", "lapis:over-tls")
    round_trip(rclone, "lapis:over-tls", source, tmp_path / "copy")


def test_containers(rclone: Rclone) -> None:
    name = f"rclone-{os.getpid()}-{time.monotonic_ns()}"
    rclone.run("mkdir", f"lapis:{name}")
    rclone.run("mkdir", f"lapis:{name}")
    assert any(line.endswith(f" {name}") for line in rclone.lines("lsd", "lapis:"))
    rclone.run("rcat", f"lapis:{name}/a", given=b"x")
    assert "not empty" in rclone.fails("rmdir", f"lapis:{name}")
    rclone.run("deletefile", f"lapis:{name}/a")
    rclone.run("rmdir", f"lapis:{name}")
    assert "not found" in rclone.fails("lsf", f"lapis:{name}")
    rclone.run("mkdir", f"lapis:{name}")
    rclone.run("rcat", f"lapis:{name}/d/a", given=b"x")
    rclone.run("purge", f"lapis:{name}")
    assert "not found" in rclone.fails("lsf", f"lapis:{name}")


def test_listings(rclone: Rclone, remote: str, client: BlobClient, container: str) -> None:
    contents = {"a": b"1", "d/b": b"22", "d/e/c": b"333", "empty": b""}
    for name, content in contents.items():
        expect(client.put_blob(container, name, content), 201)
    assert sorted(rclone.lines("lsf", remote)) == ["a", "d/", "empty"]
    assert sorted(rclone.lines("lsf", "-R", "--files-only", remote)) == sorted(contents)
    assert sorted(line.split() for line in rclone.lines("ls", remote)) == [
        ["0", "empty"], ["1", "a"], ["2", "d/b"], ["3", "d/e/c"],
    ]  # fmt: skip
    assert [line.split()[-1] for line in rclone.lines("lsd", remote)] == ["d"]
    size = json.loads(rclone.run("size", "--json", remote))
    assert (size["count"], size["bytes"]) == (4, 6)
    entries = {e["Path"]: e for e in json.loads(rclone.run("lsjson", "-R", "--hash", remote))}
    assert entries["d/b"]["Size"] == 2
    assert entries["d/b"]["Hashes"]["md5"] == "b6d767d2f8ed5d21a44b0e5886680cb9"
    assert entries["d"]["IsDir"]
    sums = dict(reversed(line.split("  ")) for line in rclone.lines("md5sum", remote))
    assert sums["empty"] == "d41d8cd98f00b204e9800998ecf8427e"
    assert rclone.lines("lsf", "--include", "*/c", "-R", "--files-only", remote) == ["d/e/c"]
    small_pages = rclone.lines("lsf", "-R", "--azureblob-list-chunk", "1", remote)
    assert {name for name in small_pages if not name.endswith("/")} == contents.keys()


def test_cat(rclone: Rclone, remote: str, client: BlobClient, container: str) -> None:
    content = random.Random(1).randbytes(100_000)
    expect(client.put_blob(container, "b", content), 201)
    assert rclone.run("cat", f"{remote}/b") == content
    assert rclone.run("cat", "--head", "1000", f"{remote}/b") == content[:1000]
    assert rclone.run("cat", "--tail", "1000", f"{remote}/b") == content[-1000:]
    part = rclone.run("cat", "--offset", "70000", "--count", "123", f"{remote}/b")
    assert part == content[70_000:70_123]
    assert rclone.run("cat", f"{remote}/absent") == b""


def test_rcat(rclone: Rclone, remote: str, client: BlobClient, container: str) -> None:
    """Of unknown length: small input is one blob, larger input blocks."""
    for size in (0, 10, 5 * MIB + 3):
        content = random.Random(size).randbytes(size)
        rclone.run("rcat", "--azureblob-chunk-size", "1Mi", f"{remote}/b", given=content)
        assert expect(client.get_blob(container, "b"), 200).body == content


def test_large_files(
    rclone: Rclone, remote: str, client: BlobClient, container: str, tmp_path: Path
) -> None:
    content = random.Random(2).randbytes(40 * MIB + 17)
    (tmp_path / "large").write_bytes(content)
    for chunk, blocks in (("4Mi", 11), ("16Mi", 3), ("64Mi", 1)):
        options = ["--azureblob-chunk-size", chunk, "--azureblob-upload-concurrency", "4"]
        rclone.run("copyto", tmp_path / "large", f"{remote}/b", *options, "--ignore-times")
        document = expect(client.get_block_list(container, "b"), 200).xml()
        assert len(document.findall("CommittedBlocks/Block")) == blocks
    rclone.run("copyto", f"{remote}/b", tmp_path / "copy", "--multi-thread-streams", "4",
               "--multi-thread-cutoff", "8Mi")  # fmt: skip
    assert (tmp_path / "copy").read_bytes() == content
    assert (
        rclone.run("md5sum", f"{remote}/b").split()[0]
        == rclone.run("md5sum", tmp_path / "large").split()[0]
    )


def test_sync_in_both_directions(
    rclone: Rclone, remote: str, source: Path, tmp_path: Path, client: BlobClient, container: str
) -> None:
    rclone.run("sync", source, remote)
    victim = next(path for path in sorted(source.rglob("*")) if path.is_file())
    victim.unlink()
    (source / "new").write_bytes(b"new")
    changed = next(path for path in sorted(source.rglob("*")) if path.is_file())
    changed.write_bytes(b"changed, and of another length")
    rclone.run("sync", "--dry-run", source, remote)
    assert "new" not in client.names(container)
    rclone.run("sync", source, remote)
    assert set(client.names(container)) == tree(source).keys()
    rclone.run("check", source, remote)

    expect(client.delete_blob(container, "new"), 202)
    expect(client.put_blob(container, "d0/theirs", b"theirs"), 201)
    rclone.run("sync", remote, source)
    assert set(client.names(container)) == tree(source).keys()
    assert tree(source)["d0/theirs"] == b"theirs"


def test_check_tells_what_differs(
    rclone: Rclone, remote: str, source: Path, client: BlobClient, container: str
) -> None:
    rclone.run("copy", source, remote)
    rclone.run("check", "--download", source, remote)
    names = client.names(container)
    expect(client.delete_blob(container, names[0]), 202)
    size = int(client.get_blob_properties(container, names[1])["Content-Length"] or 0)
    expect(client.put_blob(container, names[1], b"?" * max(size, 1)), 201)
    for option in ("--checksum", "--download"):
        said = rclone.fails("check", option, source, remote)
        assert "2 differences found" in said, said


def test_unchanged_files_are_not_sent_again(
    rclone: Rclone, remote: str, source: Path, client: BlobClient, container: str
) -> None:
    rclone.run("copy", source, remote)
    before = {
        name: client.get_blob_properties(container, name)["ETag"]
        for name in client.names(container)
    }
    rclone.run("copy", source, remote)
    rclone.run("copy", "--checksum", source, remote)
    after = {
        name: client.get_blob_properties(container, name)["ETag"]
        for name in client.names(container)
    }
    assert after == before


@pytest.mark.parametrize("options", [[], ["--disable", "copy"]], ids=["server", "carried"])
def test_copies_and_moves(
    rclone: Rclone, remote: str, client: BlobClient, container: str, options: list[str]
) -> None:
    """By Copy Blob; without leave to copy on the server, rclone carries the bytes."""
    expect(client.put_blob(container, "a", b"content"), 201)
    rclone.run("copyto", *options, f"{remote}/a", f"{remote}/b")
    assert client.names(container) == ["a", "b"]
    rclone.run("moveto", *options, f"{remote}/a", f"{remote}/d/c")
    assert client.names(container) == ["b", "d/c"]
    found = expect(client.get_blob(container, "d/c"), 200)
    assert found.body == b"content"
    assert (found["x-ms-copy-status"] == "success") == (options == [])


def test_a_long_copy_by_a_token(
    client: BlobClient, endpoint: str, container: str, remote: str, tmp_path: Path
) -> None:
    """Pending when it is answered: rclone waits for it."""
    content = random.Random(9).randbytes(9 * MIB)
    expect(client.put_blob(container, "a", content), 201)
    token = encode_query(list(account_sas(DEVELOPMENT_ACCOUNT).items()))
    rclone = with_sas(f"{endpoint}/{DEVELOPMENT_ACCOUNT.name}?{token}", tmp_path)
    rclone.run("copyto", f"{remote}/a", f"{remote}/b")
    found = expect(client.get_blob(container, "b"), 200)
    assert found.body == content and found["x-ms-copy-status"] == "success"


def test_properties_of_uploads(
    rclone: Rclone, remote: str, client: BlobClient, container: str, tmp_path: Path
) -> None:
    (tmp_path / "page.html").write_bytes(b"<p>")
    os.utime(tmp_path / "page.html", (THEN.timestamp(), THEN.timestamp()))
    rclone.run("copy", "--azureblob-access-tier", "Cool", tmp_path / "page.html", remote)
    head = expect(client.get_blob_properties(container, "page.html"), 200)
    assert head["x-ms-access-tier"] == "Cool"
    assert head["Content-Type"] == "text/html; charset=utf-8"
    assert head["Content-MD5"]
    assert modified(head) == THEN
    (entry,) = json.loads(rclone.run("lsjson", remote))
    assert (entry["ModTime"][:19], entry["Tier"]) == ("2020-09-13T12:26:40", "Cool")


def test_directory_markers(rclone: Rclone, remote: str, client: BlobClient, container: str) -> None:
    """Empty blobs that say they are folders are shown as such, and never as files."""
    expect(client.put_blob(container, "dir", b"", {"x-ms-meta-hdi_isfolder": "true"}), 201)
    expect(client.put_blob(container, "dir/file", b"x"), 201)
    assert rclone.lines("lsf", remote) == ["dir/"]
    assert rclone.lines("lsf", "-R", "--files-only", remote) == ["dir/file"]


ODD_NAMES = [
    "a b", "a+b", "a%20b", "q?x=1&y", "#h", "<&>'", "ä", "😀", "עברית", "*[x]{y}", "a:b|c", "~", "=",
    "semi;colon", "comma,comma", "100%", "dollar$", "at@home", "bang!", "(round)", "^", "`",
]  # fmt: skip


def test_odd_names(
    rclone: Rclone, remote: str, client: BlobClient, container: str, tmp_path: Path
) -> None:
    source = tmp_path / "odd"
    for name in ODD_NAMES:
        (source / name / "below").mkdir(parents=True)
        (source / name / "below" / name).write_bytes(name.encode())
    rclone.run("copy", source, remote)
    assert set(client.names(container)) == {f"{name}/below/{name}" for name in ODD_NAMES}
    rclone.run("check", "--download", source, remote)
    rclone.run("copy", remote, tmp_path / "copy")
    assert tree(tmp_path / "copy") == tree(source)
    for name in ODD_NAMES:
        assert rclone.run("cat", f"{remote}/{name}/below/{name}") == name.encode()
    rclone.run("purge", f"{remote}/a b")
    assert len(client.names(container)) == len(ODD_NAMES) - 1


def test_what_it_cannot_do(rclone: Rclone, remote: str) -> None:
    assert "doesn't support cleanup" in rclone.fails("cleanup", remote)
    assert "doesn't support about" in rclone.fails("about", remote)


def test_a_wrong_signature(endpoint: str, remote: str, tmp_path: Path) -> None:
    token = account_sas(DEVELOPMENT_ACCOUNT) | {"sig": "AAAA"}
    url = f"{endpoint}/{DEVELOPMENT_ACCOUNT.name}?{encode_query(list(token.items()))}"
    assert "AuthenticationFailed" in with_sas(url, tmp_path).fails("lsf", remote)


def test_touch(rclone: Rclone, remote: str, client: BlobClient, container: str) -> None:
    """A time is metadata, and setting it is one request that sends no content."""
    rclone.run("touch", f"{remote}/new")
    assert expect(client.get_blob(container, "new"), 200).body == b""
    expect(client.put_blob(container, "b", b"content", {"x-ms-blob-content-type": "text/x"}), 201)
    rclone.run("touch", "--timestamp", "2020-09-13T12:26:40", f"{remote}/b")
    found = expect(client.get_blob(container, "b"), 200)
    assert (found.body, found["Content-Type"]) == (b"content", "text/x")
    assert modified(found) == THEN


def test_another_time_is_set_without_sending_the_file_again(
    rclone: Rclone, remote: str, client: BlobClient, container: str, tmp_path: Path
) -> None:
    (tmp_path / "file").write_bytes(b"content")
    rclone.run("copy", tmp_path / "file", remote)
    os.utime(tmp_path / "file", (THEN.timestamp(), THEN.timestamp()))
    rclone.run("copy", tmp_path / "file", remote)
    found = expect(client.get_blob_properties(container, "file"), 200)
    assert modified(found) == THEN
    assert len(expect(client.get_block_list(container, "file"), 200).xml().findall(".//Block")) == 1


def test_tiers(rclone: Rclone, remote: str, client: BlobClient, container: str) -> None:
    expect(client.put_blob(container, "b", b"content"), 201)
    for tier in ("Cool", "Hot"):
        rclone.run("settier", tier, f"{remote}/b")
        assert client.get_blob_properties(container, "b")["x-ms-access-tier"] == tier
        assert rclone.lines("lsf", "--format", "pT", remote) == [f"b;{tier}"]
    rclone.run("settier", "Archive", f"{remote}/b")
    assert "archive" in rclone.fails("cat", f"{remote}/b").lower()
    rclone.run("settier", "Hot", f"{remote}/b")
    assert rclone.run("cat", f"{remote}/b") == b"content"
