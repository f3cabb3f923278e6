"""azcopy: the options beside plain copies and syncs, and what it is refused."""

from __future__ import annotations

import json
import os
import random
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from azcopy_client import DOWN, UP, Azcopy, azcopy_binary, final_status
from azure_client import encode_query, expect, md5_header
from blob_client import BlobClient
from host_names import HOST, hosts_file
from sas import service_sas
from signing import DEVELOPMENT_ACCOUNT
from trees import tree

MIB = 1 << 20


@pytest.fixture
def azcopy(endpoint: str, tmp_path: Path) -> Azcopy:
    return Azcopy(azcopy_binary(), endpoint, tmp_path / "azcopy")


@pytest.fixture
def source(tmp_path: Path) -> Path:
    root = tmp_path / "source"
    for name in ("a.txt", "b.log", "d/c.txt", "d/e/f.log", "d/e/g.txt"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(f"content of {name}")
    return root


def listed(output: str) -> list[dict[str, str]]:
    """The entries that `azcopy list` names."""
    messages = (json.loads(line) for line in output.splitlines() if line.startswith("{"))
    return [
        json.loads(message["MessageContent"])
        for message in messages
        if message["MessageType"] == "ListObject"
    ]


def test_list_with_properties(azcopy: Azcopy, client: BlobClient, container: str) -> None:
    headers = {"x-ms-blob-content-type": "text/x", "x-ms-access-tier": "Cool"}
    expect(client.put_blob(container, "d/b", b"12345", headers), 201)
    wanted = (
        "LastModifiedTime;BlobType;BlobAccessTier;ContentType;ContentMD5;LeaseState;LeaseStatus"
    )
    (entry,) = listed(
        azcopy.run("list", azcopy.url(container), "--location", "Blob", "--properties", wanted,
                   "--machine-readable")
    )  # fmt: skip
    assert (entry["Path"], entry["ContentLength"]) == ("d/b", "5")
    assert (entry["BlobType"], entry["BlobAccessTier"]) == ("BlockBlob", "Cool")
    assert (entry["ContentType"], entry["LeaseState"]) == ("text/x", "available")
    assert entry["ContentMD5"] == md5_header(b"12345")
    summary = azcopy.run("list", azcopy.url(container), "--location", "Blob", "--running-tally")
    assert '\\"FileCount\\":\\"1\\"' in summary


def test_patterns(azcopy: Azcopy, client: BlobClient, container: str, source: Path) -> None:
    azcopy.run("copy", f"{source}/*", azcopy.url(container), *UP, "--exclude-pattern", "g.*")
    assert client.names(container) == ["a.txt", "b.log", "d/c.txt", "d/e/f.log"]
    trash = ("--recursive", "--from-to", "BlobTrash")
    azcopy.run("remove", azcopy.url(container), *trash, "--include-pattern", "*.log")
    assert client.names(container) == ["a.txt", "d/c.txt"]
    azcopy.run("remove", azcopy.url(container), *trash, "--exclude-path", "d")
    assert client.names(container) == ["d/c.txt"]
    azcopy.run("remove", azcopy.url(f"{container}/d/c.txt"), "--from-to", "BlobTrash")
    assert client.names(container) == []


def test_a_list_of_files(
    azcopy: Azcopy, client: BlobClient, container: str, source: Path, tmp_path: Path
) -> None:
    azcopy.run("copy", f"{source}/*", azcopy.url(container), *UP)
    (tmp_path / "list").write_text("a.txt\nd/e\n")
    options = ["--list-of-files", tmp_path / "list"]
    azcopy.run("copy", azcopy.url(container), tmp_path / "copy", *DOWN, *options)
    assert tree(tmp_path / "copy").keys() == {
        f"{container}/{name}" for name in ("a.txt", "d/e/f.log", "d/e/g.txt")
    }
    azcopy.run("remove", azcopy.url(container), "--recursive", "--from-to", "BlobTrash", *options)
    assert client.names(container) == ["b.log", "d/c.txt"]


def test_pipes(azcopy: Azcopy, client: BlobClient, container: str) -> None:
    content = random.Random(1).randbytes(3 * MIB + 5)
    url = azcopy.url(f"{container}/piped")
    azcopy.pipe("copy", url, "--from-to", "PipeBlob", "--block-size-mb", "1", given=content)
    assert expect(client.get_blob(container, "piped"), 200).body == content
    assert azcopy.pipe("copy", url, "--from-to", "BlobPipe").startswith(content[:1000])


@pytest.mark.parametrize("option", ["--block-size-mb=1", "--put-blob-size-mb=8"])
def test_block_sizes(
    azcopy: Azcopy, client: BlobClient, container: str, tmp_path: Path, option: str
) -> None:
    content = random.Random(2).randbytes(5 * MIB + 1)
    (tmp_path / "file").write_bytes(content)
    url = azcopy.url(f"{container}/file")
    azcopy.run("copy", tmp_path / "file", url, "--from-to", "LocalBlob", "--put-md5", option)
    document = expect(client.get_block_list(container, "file"), 200).xml()
    assert len(document.findall("CommittedBlocks/Block")) == (6 if "block" in option[:8] else 0)
    azcopy.run("copy", url, tmp_path / "copy", "--from-to", "BlobLocal", "--block-size-mb", "0.25",
               "--check-md5", "FailIfDifferentOrMissing", "--check-length=true")  # fmt: skip
    assert (tmp_path / "copy").read_bytes() == content


def test_a_wrong_md5_is_noticed(
    azcopy: Azcopy, client: BlobClient, container: str, tmp_path: Path
) -> None:
    expect(client.put_block(container, "b", "AAAA", b"content"), 201)
    wrong = {"x-ms-blob-content-md5": md5_header(b"other")}
    expect(client.put_block_list(container, "b", ["AAAA"], wrong), 201)
    url = azcopy.url(f"{container}/b")
    options = ["--from-to", "BlobLocal", "--check-md5", "FailIfDifferent"]
    assert "MD5" in azcopy.fails("copy", url, tmp_path / "copy", *options)


def test_overwriting(azcopy: Azcopy, client: BlobClient, container: str, source: Path) -> None:
    for path in tree(source):  # blobs have whole seconds
        os.utime(source / path, (time.time() - 60, time.time() - 60))
    azcopy.run("copy", f"{source}/*", azcopy.url(container), *UP)
    (source / "a.txt").write_text("second")
    status = final_status(
        azcopy.run("copy", f"{source}/*", azcopy.url(container), *UP, "--overwrite", "false")
    )
    assert (status["TransfersCompleted"], status["TransfersSkipped"]) == ("0", "5")
    os.utime(source / "a.txt", (time.time() + 60, time.time() + 60))
    newer = ["--overwrite", "ifSourceNewer"]
    status = final_status(azcopy.run("copy", f"{source}/*", azcopy.url(container), *UP, *newer))
    assert (status["TransfersCompleted"], status["TransfersSkipped"]) == ("1", "4")
    assert expect(client.get_blob(container, "a.txt"), 200).body == b"second"


def test_sync_by_hash(azcopy: Azcopy, client: BlobClient, container: str, source: Path) -> None:
    """Times say nothing then: only what differs is sent."""
    by_hash = ["--compare-hash", "MD5", "--put-md5"]
    url = azcopy.url(container)
    azcopy.run("copy", f"{source}/*", url, *UP, "--put-md5")
    (source / "a.txt").write_text("CONTENT OF a.txt")
    os.utime(source / "b.log", (time.time() + 60, time.time() + 60))
    status = final_status(azcopy.run("sync", source, url, "--from-to", "LocalBlob", *by_hash))
    assert status["TransfersCompleted"] == "1"
    assert expect(client.get_blob(container, "a.txt"), 200).body == b"CONTENT OF a.txt"


def test_a_dry_run_changes_nothing(
    azcopy: Azcopy, client: BlobClient, container: str, source: Path
) -> None:
    assert "d/e/g.txt" in azcopy.run("copy", f"{source}/*", azcopy.url(container), *UP, "--dry-run")
    assert client.names(container) == []


def test_posix_properties(
    azcopy: Azcopy, client: BlobClient, container: str, source: Path, tmp_path: Path
) -> None:
    """In metadata, of which it reads what a listing says."""
    (source / "a.txt").chmod(0o640)
    os.utime(source / "a.txt", (1_600_000_000, 1_600_000_000))
    keep = ["--preserve-posix-properties"]
    azcopy.run("copy", source, azcopy.url(container), *UP, *keep)
    metadata = client.get_blob_properties(container, "source/a.txt").metadata()
    assert int(metadata["modtime"]) == 1_600_000_000 * 10**9
    azcopy.run("copy", azcopy.url(f"{container}/source"), tmp_path / "copy", *DOWN, *keep)
    found = (tmp_path / "copy/source/a.txt").stat()
    assert (found.st_mtime, found.st_mode & 0o777) == (1_600_000_000, 0o640)


def test_with_a_container_sas(
    azcopy: Azcopy, client: BlobClient, container: str, source: Path, tmp_path: Path
) -> None:
    token = service_sas(DEVELOPMENT_ACCOUNT, f"/{container}", "rcwdl")
    azcopy.sas = encode_query(list(token.items()))
    azcopy.run("copy", f"{source}/*", azcopy.url(container), *UP)
    azcopy.run("copy", azcopy.url(f"{container}/d"), tmp_path / "copy", *DOWN)
    assert tree(tmp_path / "copy/d") == tree(source / "d")
    azcopy.sas = encode_query(list(service_sas(DEVELOPMENT_ACCOUNT, f"/{container}", "rl").items()))
    assert "AuthorizationPermissionMismatch" in azcopy.fails(
        "copy", source / "a.txt", azcopy.url(f"{container}/x"), "--from-to", "LocalBlob"
    )


def test_benchmarks(endpoint: str, client: BlobClient, container: str, tmp_path: Path) -> None:
    """Host style alone: it has no word for what an IP address is."""
    host = f"http://{HOST}:{urlsplit(endpoint).port}"
    azcopy = Azcopy(azcopy_binary(), host, tmp_path / "azcopy", hosts_file(tmp_path))
    size = ["--file-count", "8", "--size-per-file", "1M"]
    output = azcopy.run("bench", azcopy.url(container), *size, "--delete-test-data=false")
    assert final_status(output)["TransfersCompleted"] == "8"
    assert len(client.names(container)) == 8
    output = azcopy.run("bench", azcopy.url(container), "--mode", "Download")
    assert final_status(output)["TransfersCompleted"] == "8"


def test_tags(azcopy: Azcopy, client: BlobClient, container: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x" * 512)
    azcopy.sas = encode_query(
        list(service_sas(DEVELOPMENT_ACCOUNT, f"/{container}", "rwt").items())
    )
    url = azcopy.url(f"{container}/b")
    azcopy.run(
        "copy", tmp_path / "file", url, "--from-to", "LocalBlob", "--blob-tags", "a=b&c%20d=1"
    )
    assert b"<Key>c d</Key><Value>1</Value>" in client.get_blob_tags(container, "b").body


def test_a_page_blob(azcopy: Azcopy, client: BlobClient, container: str, tmp_path: Path) -> None:
    body = random.Random(9).randbytes(5 * MIB) + bytes(9 * MIB) + b"x" * 512
    (tmp_path / "file").write_bytes(body)
    url = azcopy.url(f"{container}/b")
    options = ("--from-to", "LocalBlob", "--blob-type", "PageBlob")
    azcopy.run("copy", tmp_path / "file", url, *options)
    got = expect(client.get_blob(container, "b"), 200)
    assert got["x-ms-blob-type"] == "PageBlob" and got.body == body
    azcopy.run("copy", url, azcopy.url(f"{container}/copy"), "--from-to", "BlobBlob")
    got = expect(client.get_blob(container, "copy"), 200)
    assert got["x-ms-blob-type"] == "PageBlob" and got.body == body
    azcopy.run("copy", url, tmp_path / "back", "--from-to", "BlobLocal")
    assert (tmp_path / "back").read_bytes() == body


def test_an_append_blob(azcopy: Azcopy, client: BlobClient, container: str, tmp_path: Path) -> None:
    body = random.Random(9).randbytes(9 * MIB + 5)
    (tmp_path / "file").write_bytes(body)
    url = azcopy.url(f"{container}/b")
    options = ("--from-to", "LocalBlob", "--blob-type", "AppendBlob")
    azcopy.run("copy", tmp_path / "file", url, *options)
    got = expect(client.get_blob(container, "b"), 200)
    assert got["x-ms-blob-type"] == "AppendBlob" and got.body == body


def test_copies_between_services(azcopy: Azcopy, client: BlobClient, container: str) -> None:
    """Within one store: Put Blob From URL, and Put Block From URL where blocks are asked for."""
    body = random.Random(9).randbytes(9 * MIB)
    expect(client.put_blob(container, "small", b"x"), 201)
    expect(client.put_blob(container, "large", body), 201)
    for name, options in (("small", []), ("large", ["--block-size-mb", "1"])):
        url = azcopy.url(f"{container}/{name}")
        copy = azcopy.url(f"{container}/copy-{name}")
        azcopy.run("copy", url, copy, "--from-to", "BlobBlob", *options)
    assert client.names(container, include="uncommittedblobs") == [
        "copy-large",
        "copy-small",
        "large",
        "small",
    ]
    assert expect(client.get_blob(container, "copy-small"), 200).body == b"x"
    assert expect(client.get_blob(container, "copy-large"), 200).body == body


def test_setting_properties(
    azcopy: Azcopy, client: BlobClient, container: str, source: Path
) -> None:
    azcopy.run("copy", f"{source}/*", azcopy.url(container), *UP)
    every = ["--from-to", "BlobNone", "--recursive"]
    azcopy.run("set-properties", azcopy.url(container), *every, "--block-blob-tier", "cool",
               "--include-pattern", "*.txt")  # fmt: skip
    tiers = {
        n: client.get_blob_properties(container, n)["x-ms-access-tier"]
        for n in client.names(container)
    }
    assert tiers == {name: "Cool" if name.endswith("txt") else "Hot" for name in tiers}
    url = azcopy.url(f"{container}/a.txt")
    azcopy.run("set-properties", url, "--from-to", "BlobNone", "--metadata", "one=1;two=zwei")
    metadata = client.get_blob_properties(container, "a.txt").metadata()
    assert {name.lower(): value for name, value in metadata.items()} == {"one": "1", "two": "zwei"}
    azcopy.run("set-properties", url, "--from-to", "BlobNone", "--block-blob-tier", "archive")
    assert client.get_blob(container, "a.txt").error_code == "BlobArchived"
    azcopy.run("set-properties", url, "--from-to", "BlobNone", "--block-blob-tier", "hot",
               "--rehydrate-priority", "high")  # fmt: skip
    expect(client.get_blob(container, "a.txt"), 200)
