"""Accounts that are served to some addresses only."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from azure_client import expect, expect_error
from blob_client import BlobClient
from configuration import flash, write_config
from lapis_server import LapisServer, StartFailed
from sas import account_sas
from signing import DEVELOPMENT_ACCOUNT

NAME = DEVELOPMENT_ACCOUNT.name


@pytest.fixture
def start(new_server: Callable[..., LapisServer], tmp_path: Path) -> Iterator[Callable[..., BlobClient]]:
    """A client of a daemon whose account has these networks."""
    clients: list[BlobClient] = []

    def make(networks: str, **credential: object) -> BlobClient:
        data = tmp_path / f"data{len(clients)}"
        file = tmp_path / f"{len(clients)}.toml"
        pools = [flash(data / "flash")]
        config = write_config(file, data / "meta", pools, more=f"networks = [{networks}]\n")
        server = new_server(config=config).start()
        who = credential or {"account": DEVELOPMENT_ACCOUNT}
        clients.append(BlobClient(server.endpoint, NAME, **who))  # type: ignore[arg-type]
        return clients[-1]

    yield make
    for client in clients:
        client.close()


@pytest.mark.parametrize("networks", ["", '"127.0.0.1"', '"10.0.0.0/8", "127.0.0.0/8"'])
def test_who_is_in_is_served(start: Callable[..., BlobClient], networks: str) -> None:
    client = start(networks)
    expect(client.create_container("box"), 201)
    expect(client.put_blob("box", "b", b"x"), 201)


@pytest.mark.parametrize("networks", ['"10.0.0.0/8"', '"127.0.0.2"', '"::1"'])
def test_who_is_not_is_refused_with_any_credential(start: Callable[..., BlobClient], networks: str) -> None:
    """And told nothing: not whether its signature is right, nor what there is."""
    client = start(networks)
    expect_error(client.create_container("box"), 403, "AuthorizationFailure")
    for credential in ({"sas": account_sas(DEVELOPMENT_ACCOUNT)}, {"sas": account_sas(DEVELOPMENT_ACCOUNT) | {"sig": "x"}}, {"account": None}):
        other = BlobClient(client.endpoint, NAME, **credential)  # type: ignore[arg-type]
        expect_error(other.get_blob("box", "b"), 403, "AuthorizationFailure")
        other.close()
    asks = {"Origin": "http://a", "Access-Control-Request-Method": "GET"}
    preflight = client.request("OPTIONS", client.path("box", "b"), headers=asks)
    expect_error(preflight, 403, "AuthorizationFailure")


@pytest.mark.parametrize("network", ["10.0.0.1/8", "example.test", "10.0.0.0/33"])
def test_a_network_that_is_none_is_no_configuration(start: Callable[..., BlobClient], network: str) -> None:
    with pytest.raises(StartFailed, match="is no network"):
        start(f'"{network}"')
