"""Fixtures: a daemon shared by the session, and a fresh container for each test.

LAPIS_ENDPOINT=http://127.0.0.1:10000 runs the tests against a server that is already there; those
that need a daemon of their own are then skipped.
"""

from __future__ import annotations

import itertools
import os
import random
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from azure_client import expect
from blob_client import BlobClient, block_id
from configuration import flash, write_config
from held_source import HeldSource
from lapis_server import LapisServer, binary
from observing import eventually
from signing import DEVELOPMENT_ACCOUNT

_container_numbers = itertools.count(1)


def _require_daemon() -> None:
    if os.environ.get("LAPIS_ENDPOINT"):
        pytest.skip("needs a daemon of its own, and LAPIS_ENDPOINT names one that is running")
    if not binary().exists():
        pytest.fail(f"{binary()} is not built: scripts/build, or name it in LAPIS_BIN")


@pytest.fixture(scope="session")
def shared_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LapisServer]:
    """The daemon that most tests share. It must not be stopped or filled."""
    _require_daemon()
    server = LapisServer(tmp_path_factory.mktemp("lapis")).start()
    yield server
    running = server.running()
    code = server.stop()
    shutil.rmtree(server.data_dir, ignore_errors=True)
    assert running, f"the daemon died during the session\n{server.log()[-4000:]}"
    assert code == 0, server.log()[-4000:]


@pytest.fixture(scope="session")
def endpoint(request: pytest.FixtureRequest) -> str:
    return os.environ.get("LAPIS_ENDPOINT") or request.getfixturevalue("shared_server").endpoint


@pytest.fixture
def new_server(tmp_path: Path) -> Iterator[Callable[..., LapisServer]]:
    """Makes daemons (not started) that end with the test, and their data with them: an extent takes
    its room at once."""
    _require_daemon()
    servers: list[LapisServer] = []

    def make(name: str = "lapis", **fields: object) -> LapisServer:
        servers.append(LapisServer(tmp_path / name, **fields))  # type: ignore[arg-type]
        return servers[-1]

    yield make
    for server in servers:
        server.kill()
    for data in {server.data_dir for server in servers} | {tmp_path / "data"}:
        shutil.rmtree(data, ignore_errors=True)


@pytest.fixture
def new_client(endpoint: str) -> Iterator[Callable[..., BlobClient]]:
    """Makes clients of the shared server. Without arguments it is the account's owner."""
    clients: list[BlobClient] = []

    def make(**fields: object) -> BlobClient:
        credential = {} if {"sas", "account"} & fields.keys() else {"account": DEVELOPMENT_ACCOUNT}
        settings = {"endpoint": endpoint, "account_name": DEVELOPMENT_ACCOUNT.name}
        clients.append(BlobClient(**settings | credential | fields))  # type: ignore[arg-type]
        return clients[-1]

    yield make
    for client in clients:
        client.close()


@pytest.fixture
def client(new_client: Callable[..., BlobClient]) -> BlobClient:
    return new_client()


@pytest.fixture
def anonymous(new_client: Callable[..., BlobClient]) -> BlobClient:
    return new_client(account=None)


@pytest.fixture
def container(client: BlobClient) -> Iterator[str]:
    """A container of this test's own."""
    name = f"test-{os.getpid()}-{next(_container_numbers)}"
    response = client.create_container(name)
    assert response.status == 201, response
    yield name
    client.delete_container(name)


@pytest.fixture(params=["extent", "inline", "blocks"])
def stored(request: pytest.FixtureRequest, client: BlobClient, container: str) -> bytes:
    """The blob "b", stored in each of the ways there are; its content."""
    content = random.Random(7).randbytes(300_007)
    if request.param == "blocks":
        pieces = [content[:1], content[1:65_537], content[65_537:200_000], content[200_000:]]
        for number, piece in enumerate(pieces):
            expect(client.put_block(container, "b", block_id(number), piece), 201)
        expect(client.put_block_list(container, "b", map(block_id, range(len(pieces)))), 201)
        return content
    if request.param == "inline":
        content = content[:1000]
    expect(client.put_blob(container, "b", content), 201)
    return content


@pytest.fixture
def held() -> Iterator[HeldSource]:
    """A long source elsewhere, of which nothing goes yet."""
    source = HeldSource().start()
    yield source
    source.let_all()
    eventually(lambda: source.going == 0)
    source.server.stop()


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A self-signed certificate for localhost, 127.0.0.1 and *.blob.lapis.test, and its key."""
    directory = tmp_path_factory.mktemp("tls")
    names = "subjectAltName=DNS:localhost,DNS:*.blob.lapis.test,IP:127.0.0.1"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    command += ["-subj", "/CN=localhost", "-addext", names]
    command += ["-keyout", str(directory / "key.pem"), "-out", str(directory / "cert.pem")]
    subprocess.run(command, check=True, capture_output=True)
    return directory / "cert.pem", directory / "key.pem"


@pytest.fixture
def tls_server(
    new_server: Callable[..., LapisServer], tmp_path: Path, certificate: tuple[Path, Path]
) -> LapisServer:
    """Serves over TLS, with the certificate above, and without."""
    data = tmp_path / "data"
    tls = f'[tls]\ncertificate = "{certificate[0]}"\nprivate_key = "{certificate[1]}"'
    config = write_config(
        tmp_path / "lapis.toml",
        data / "meta",
        [flash(data / "flash")],
        listen=["https://127.0.0.1:0", "127.0.0.1:0"],
        more=tls,
    )
    return new_server(config=config).start(expected_addresses=2)
