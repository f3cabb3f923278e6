"""What the tests of copies share: URLs of sources in the store, and daemons that may read elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from azure_client import encode_query
from blob_client import BlobClient
from configuration import flash, write_config
from lapis_server import LapisServer
from sas import Token, service_sas
from signing import DEVELOPMENT_ACCOUNT

# May read from loopback addresses, on every port.
FROM_LOOPBACK = '[copy_sources]\nnetworks = ["127.0.0.0/8", "::1"]\nports = []\n'


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


def client_of(server: LapisServer) -> BlobClient:
    return BlobClient(server.endpoint, DEVELOPMENT_ACCOUNT.name, account=DEVELOPMENT_ACCOUNT)
