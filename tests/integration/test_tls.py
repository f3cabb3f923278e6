"""HTTPS: the same service over TLS 1.2 and later."""

from __future__ import annotations

import socket
import ssl
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from azure_client import expect, expect_error
from blob_client import BlobClient
from lapis_server import LapisServer
from raw_http import connect
from sas import account_sas
from signing import DEVELOPMENT_ACCOUNT

@pytest.fixture
def server(tls_server: LapisServer) -> LapisServer:
    return tls_server


@pytest.fixture
def trusting(certificate: tuple[Path, Path]) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(certificate[0]))


def secure(server: LapisServer) -> str:
    return next(endpoint for endpoint in server.endpoints if endpoint.startswith("https://"))


def test_operations_over_tls(server: LapisServer, trusting: ssl.SSLContext) -> None:
    client = BlobClient(secure(server), DEVELOPMENT_ACCOUNT.name, DEVELOPMENT_ACCOUNT, tls=trusting)
    expect(client.create_container("tls"), 201)
    body = bytes(range(256)) * 40_000
    expect(client.put_blob("tls", "b", body), 201)
    assert expect(client.get_blob("tls", "b"), 200).body == body
    assert client.names("tls") == ["b"]


def test_a_sas_for_https_alone(server: LapisServer, trusting: ssl.SSLContext) -> None:
    plain = next(endpoint for endpoint in server.endpoints if endpoint.startswith("http://"))
    token = account_sas(DEVELOPMENT_ACCOUNT, spr="https")
    over_tls = BlobClient(secure(server), DEVELOPMENT_ACCOUNT.name, sas=token, tls=trusting)
    expect(over_tls.list_containers(), 200)
    over_http = BlobClient(plain, DEVELOPMENT_ACCOUNT.name, sas=token)
    expect_error(over_http.list_containers(), 403, "AuthorizationProtocolMismatch")


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1_1 is deprecated")
@pytest.mark.parametrize(
    ("version", "accepted"),
    [
        (ssl.TLSVersion.TLSv1_1, False),
        (ssl.TLSVersion.TLSv1_2, True),
        (ssl.TLSVersion.TLSv1_3, True),
    ],
)
def test_protocol_versions(
    server: LapisServer, trusting: ssl.SSLContext, version: ssl.TLSVersion, accepted: bool
) -> None:
    trusting.set_ciphers("ALL:@SECLEVEL=0")
    trusting.minimum_version = trusting.maximum_version = version
    if accepted:
        with connect(secure(server), trusting) as connection:
            assert isinstance(connection.stream, ssl.SSLSocket)
            assert connection.stream.version() == version.name.replace("_", ".")
        return
    with pytest.raises((ssl.SSLError, ConnectionError)):
        with connect(secure(server), trusting):
            pass


def test_plain_text_on_the_tls_port_is_closed(server: LapisServer) -> None:
    with connect(secure(server)) as connection:
        connection.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        connection.stream.settimeout(15)
        received = b""
        try:
            while data := connection.stream.recv(4096):
                received += data
        except ConnectionResetError:
            pass
        assert not received.startswith(b"HTTP/1.1 2")


def test_a_silent_handshake_blocks_nobody(server: LapisServer, trusting: ssl.SSLContext) -> None:
    parts = urlsplit(secure(server))
    address = (parts.hostname or "", parts.port or 0)
    silent = [socket.create_connection(address) for _ in range(50)]
    client = BlobClient(
        secure(server), DEVELOPMENT_ACCOUNT.name, DEVELOPMENT_ACCOUNT, tls=trusting, timeout=10
    )
    expect(client.list_containers(), 200)
    for stream in silent:
        stream.close()
