"""What the tests of copies share: URLs of sources in the store, daemons that may read elsewhere, and
copies that are pending."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from azure_client import Response, encode_query, expect
from blob_client import BlobClient
from configuration import flash, write_config
from lapis_server import LapisServer
from sas import Token, service_sas
from signing import DEVELOPMENT_ACCOUNT, Account

# May read from loopback addresses, on every port.
FROM_LOOPBACK = '[copy_sources]\nnetworks = ["127.0.0.0/8", "::1"]\nports = []\n'

# A second account of the server: what is copied from it is read, as from anywhere else.
OTHER = Account("other", DEVELOPMENT_ACCOUNT.key)
WITH_OTHER = f'{FROM_LOOPBACK}[[account]]\nname = "{OTHER.name}"\nkeys = ["{OTHER.key}"]\n'


def other_client(endpoint: str) -> BlobClient:
    return BlobClient(endpoint, OTHER.name, account=OTHER)


def other_url(client: BlobClient, container: str, blob: str, **fields: str) -> str:
    """Of a blob of that account, with a token that allows reading it."""
    token = service_sas(OTHER, f"/{container}/{blob}", "r", **fields)
    return source_url(client, container, blob, token)


def source_url(
    client: BlobClient, container: str, blob: str, token: Token | None = None, permissions: str = "r"
) -> str:
    """Of a blob in the store, with a token that allows reading it unless another is given."""
    if token is None:
        token = service_sas(DEVELOPMENT_ACCOUNT, f"/{container}/{blob}", permissions)
    return f"{bare_url(client, container, blob)}?{encode_query(list(token.items()))}"


def bare_url(client: BlobClient, container: str, blob: str) -> str:
    return client.endpoint + client.path(container, blob)


def copying_server(
    new_server: Callable[..., LapisServer],
    tmp_path: Path,
    name: str = "copying",
    copy_sources: str = FROM_LOOPBACK,
    top: str = "",
    limits: Iterable[str] = (),
    listen: Iterable[str] = ("127.0.0.1:0",),
) -> LapisServer:
    """A daemon of its own with these [copy_sources]; not started."""
    data = tmp_path / name / "data"
    more = copy_sources + "".join(["[limits]\n", *(f"{line}\n" for line in limits)])
    config = write_config(
        tmp_path / f"{name}.toml", data / "meta", [flash(data / "flash")],
        listen=list(listen), top=top, more=more,
    )  # fmt: skip
    return new_server(name, config=config, shared_data=data)


def observed_server(
    new_server: Callable[..., LapisServer], tmp_path: Path
) -> tuple[LapisServer, BlobClient]:
    """A copying_server whose metrics can be read, and a client of it, where there is a container."""
    server = copying_server(new_server, tmp_path)
    server.admin = "127.0.0.1:0"
    client = client_of(server.start())
    expect(client.create_container("box"), 201)
    return server, client


def client_of(server: LapisServer) -> BlobClient:
    return BlobClient(server.endpoint, DEVELOPMENT_ACCOUNT.name, account=DEVELOPMENT_ACCOUNT)


def daemon_of(tmp_path_factory: pytest.TempPathFactory, **options: Any) -> Iterator[BlobClient]:
    """A client of a copying_server with these options, where there is a container."""
    servers: list[LapisServer] = []

    def make(name: str, **fields: object) -> LapisServer:
        servers.append(LapisServer(tmp_path_factory.mktemp(name), **fields))  # type: ignore[arg-type]
        return servers[-1]

    server = copying_server(make, tmp_path_factory.mktemp("data"), **options).start()
    client = client_of(server)
    expect(client.create_container("box"), 201)
    yield client
    client.close()
    assert server.stop() == 0, server.log()[-4000:]


def copied(shown: Response) -> int:
    """How many bytes the properties of a copy tell of."""
    return int((shown["x-ms-copy-progress"] or "").partition("/")[0])


def ended(
    client: BlobClient, container: str, blob: str, status: str = "success", seconds: float = 30.0
) -> Response:
    """The properties of a copy once it is no longer pending, but of this status."""
    end = time.monotonic() + seconds
    while True:
        shown = expect(client.get_blob_properties(container, blob), 200)
        if shown["x-ms-copy-status"] != "pending":
            break
        assert time.monotonic() < end, f"still pending: {shown}"
        time.sleep(0.02)
    assert shown["x-ms-copy-status"] == status, shown
    return shown
