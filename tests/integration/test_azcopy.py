"""azcopy as Microsoft publishes it: trees up and down, sync, large files, cancel and resume.

It is told what it talks to on an IP address (path style); host style needs names of its own, from
an /etc/hosts in a mount namespace.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from azcopy_client import DOWN, UP, Azcopy, azcopy_binary, final_status
from azure_client import expect
from blob_client import BlobClient
from host_names import HOST, hosts_file
from lapis_server import LapisServer
from signing import DEVELOPMENT_ACCOUNT
from trees import make_tree, tree

MIB = 1 << 20


@pytest.fixture
def hosts(tmp_path: Path) -> Path:
    return hosts_file(tmp_path)


@pytest.fixture(params=["path-style", "host-style"])
def azcopy(request: pytest.FixtureRequest, endpoint: str, tmp_path: Path) -> Azcopy:
    if request.param == "path-style":
        return Azcopy(azcopy_binary(), endpoint, tmp_path / "azcopy")
    port = urlsplit(endpoint).port
    host_endpoint = f"http://{HOST}:{port}"
    return Azcopy(
        azcopy_binary(), host_endpoint, tmp_path / "azcopy", request.getfixturevalue("hosts")
    )


@pytest.fixture
def path_style(endpoint: str, tmp_path: Path) -> Azcopy:
    return Azcopy(azcopy_binary(), endpoint, tmp_path / "azcopy")


def round_trip(azcopy: Azcopy, client: BlobClient, container: str, root: Path, files: int) -> None:
    source, copy = root / "source", root / "copy"
    make_tree(source, files)
    status = final_status(azcopy.run("copy", source, azcopy.url(container), *UP, "--put-md5"))
    assert (status["TransfersCompleted"], status["TransfersFailed"]) == (str(files), "0")
    assert len(client.names(container)) == files

    listing = azcopy.run("list", azcopy.url(container), "--location", "Blob", "--machine-readable")
    assert listing.count("Content Length") + listing.count("ContentLength") >= files

    azcopy.run(
        "copy",
        azcopy.url(f"{container}/source"),
        copy,
        *DOWN,
        "--check-md5",
        "FailIfDifferentOrMissing",
    )
    assert tree(copy / "source") == tree(source)

    victim = next(path for path in sorted(source.rglob("*")) if path.is_file())
    victim.unlink()
    time.sleep(1.1)  # sync compares whole seconds
    changed = source / "d1" / "changed"
    changed.parent.mkdir(exist_ok=True)
    changed.write_bytes(b"changed")
    azcopy.run(
        "sync", source, azcopy.url(f"{container}/source"), *UP, "--delete-destination", "true"
    )
    names = {name.removeprefix("source/") for name in client.names(container)}
    assert names == set(tree(source))
    assert expect(client.get_blob(container, "source/d1/changed"), 200).body == b"changed"

    azcopy.run(
        "sync",
        azcopy.url(f"{container}/source"),
        copy / "source",
        *DOWN,
        "--delete-destination",
        "true",
    )
    assert tree(copy / "source") == tree(source)

    azcopy.run("remove", azcopy.url(f"{container}/source"), "--recursive", "--from-to", "BlobTrash")
    assert client.names(container) == []


def test_a_small_tree(azcopy: Azcopy, client: BlobClient, container: str, tmp_path: Path) -> None:
    round_trip(azcopy, client, container, tmp_path, 60)


@pytest.mark.slow
def test_a_tree_of_2000_files(
    azcopy: Azcopy, client: BlobClient, container: str, tmp_path: Path
) -> None:
    round_trip(azcopy, client, container, tmp_path, 2000)


def test_containers_by_name(endpoint: str, client: BlobClient, hosts: Path, tmp_path: Path) -> None:
    """`make` and the listing of an account work host style only."""
    azcopy = Azcopy(azcopy_binary(), f"http://{HOST}:{urlsplit(endpoint).port}", tmp_path, hosts)
    name = f"made-{os.getpid()}"
    azcopy.run("make", azcopy.url(name))
    expect(client.put_blob(name, "b", b"x"), 201)
    assert f"{name}/b" in azcopy.run("list", azcopy.url())
    azcopy.run("remove", azcopy.url(name), "--recursive")
    assert client.names(name) == []
    expect(client.delete_container(name), 202)


def test_properties_given_on_upload(
    path_style: Azcopy, client: BlobClient, container: str, tmp_path: Path
) -> None:
    (tmp_path / "file.html").write_bytes(b"<p>")
    options = ["--content-type", "text/x", "--cache-control", "no-store", "--metadata", "a=1;b=2"]
    options += ["--block-blob-tier", "Cool", "--from-to", "LocalBlob"]
    path_style.run("copy", tmp_path / "file.html", path_style.url(f"{container}/f"), *options)
    head = expect(client.get_blob_properties(container, "f"), 200)
    assert (head["Content-Type"], head["Cache-Control"]) == ("text/x", "no-store")
    assert head["x-ms-access-tier"] == "Cool"
    assert {n.lower(): v for n, v in head.metadata().items()} == {"a": "1", "b": "2"}


@pytest.fixture(scope="session")
def large_file(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """2 GiB, each MiB different."""
    path = tmp_path_factory.mktemp("large") / "large.bin"
    pattern = random.Random(5).randbytes(MIB - 8)
    with path.open("wb") as file:
        for number in range(2048):
            file.write(number.to_bytes(8, "little") + pattern)
    yield path
    path.unlink()


@pytest.fixture
def big_server(new_server: Callable[..., LapisServer]) -> LapisServer:
    return new_server().start()


@pytest.mark.slow
@pytest.mark.parametrize("block_mib", [8, 100])
def test_2_gib(big_server: LapisServer, large_file: Path, tmp_path: Path, block_mib: int) -> None:
    azcopy = Azcopy(azcopy_binary(), big_server.endpoint, tmp_path / "azcopy")
    client = BlobClient(big_server.endpoint, DEVELOPMENT_ACCOUNT.name, DEVELOPMENT_ACCOUNT)
    expect(client.create_container("large"), 201)
    url, copy = azcopy.url("large/f"), tmp_path / "copy.bin"
    azcopy.run(
        "copy",
        large_file,
        url,
        "--from-to",
        "LocalBlob",
        "--put-md5",
        f"--block-size-mb={block_mib}",
    )
    blocks = expect(client.get_block_list("large", "f"), 200).xml().findall("CommittedBlocks/Block")
    assert len(blocks) == -(-2048 // block_mib)
    azcopy.run(
        "copy", url, copy, "--from-to", "BlobLocal", "--check-md5", "FailIfDifferentOrMissing"
    )
    subprocess.run(["cmp", str(large_file), str(copy)], check=True)
    copy.unlink()
    assert big_server.stayed_below(512 * MIB)


@pytest.mark.slow
def test_cancel_and_resume(big_server: LapisServer, large_file: Path, tmp_path: Path) -> None:
    """azcopy asks for the uncommitted blocks and goes on; whatever it had sent is still there."""
    azcopy = Azcopy(azcopy_binary(), big_server.endpoint, tmp_path / "azcopy")
    client = BlobClient(big_server.endpoint, DEVELOPMENT_ACCOUNT.name, DEVELOPMENT_ACCOUNT)
    expect(client.create_container("large"), 201)
    upload = azcopy.start(
        "copy",
        large_file,
        azcopy.url("large/f"),
        "--from-to",
        "LocalBlob",
        "--cap-mbps",
        "1500",
        "--put-md5",
    )
    limit = time.monotonic() + 60
    while client.get_block_list("large", "f", "uncommitted").body.count(b"<Block>") < 16:
        assert upload.poll() is None and time.monotonic() < limit, "no blocks were staged"
        time.sleep(0.02)
    upload.send_signal(signal.SIGINT)
    output, _ = upload.communicate(timeout=120)
    assert client.get_blob_properties("large", "f").status == 404
    job = next(json.loads(json.loads(line)["MessageContent"])["JobID"] for line in output.splitlines()
               if '"MessageType":"Init"' in line)  # fmt: skip
    big_server.listen = [urlsplit(big_server.endpoint).netloc]  # the job has the port in its plan
    big_server.restart()
    azcopy.run("jobs", "resume", job, f"--destination-sas={azcopy.sas}")
    copy = tmp_path / "copy.bin"
    azcopy.run(
        "copy",
        azcopy.url("large/f"),
        copy,
        "--from-to",
        "BlobLocal",
        "--check-md5",
        "FailIfDifferent",
    )
    subprocess.run(["cmp", str(large_file), str(copy)], check=True)
