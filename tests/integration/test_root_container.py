"""Blobs of $root, whose URLs name no container."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from azure_client import Response, expect, expect_error
from blob_client import BlobClient
from lapis_server import LapisServer
from sas import service_sas
from signing import DEVELOPMENT_ACCOUNT

NAME = DEVELOPMENT_ACCOUNT.name


@pytest.fixture
def server(new_server: Callable[..., LapisServer]) -> LapisServer:
    return new_server().start()


@pytest.fixture
def owner(server: LapisServer) -> Iterator[BlobClient]:
    client = BlobClient(server.endpoint, NAME, DEVELOPMENT_ACCOUNT)
    yield client
    client.close()


def put(client: BlobClient, name: str, data: bytes) -> Response:
    return client.request("PUT", client.path(name), headers={"x-ms-blob-type": "BlockBlob"}, body=data)


def test_both_names_are_the_same_blob(owner: BlobClient, server: LapisServer) -> None:
    expect_error(put(owner, "robots.txt", b"x"), 404, "ContainerNotFound")
    expect(owner.create_container("$root"), 201)
    expect(put(owner, "robots.txt", b"none"), 201)
    expect(put(owner, "Any Name", b"other"), 201)
    assert owner.get_blob("$root", "robots.txt").body == b"none"
    assert owner.request("GET", owner.path("robots.txt")).body == b"none"
    path = owner.path("robots.txt")
    expect(owner.request("PUT", path, [("comp", "metadata")], {"x-ms-meta-a": "1"}), 200)
    assert owner.request("HEAD", path)["x-ms-meta-a"] == "1"
    assert owner.names("$root") == ["Any Name", "robots.txt"]
    token = service_sas(DEVELOPMENT_ACCOUNT, "/$root/robots.txt", "r")
    reader = BlobClient(server.endpoint, NAME, sas=token)
    assert reader.request("GET", reader.path("robots.txt")).body == b"none"
    assert reader.request("GET", reader.path("other")).status == 403
    reader.close()
    expect(owner.request("DELETE", path), 202)
    expect_error(owner.request("GET", path), 404, "BlobNotFound")


def test_containers_are_told_by_their_parameter(owner: BlobClient) -> None:
    expect(owner.create_container("$root"), 201)
    expect(owner.create_container("robots"), 201)
    expect(put(owner, "robots", b"none"), 201)
    expect(owner.get_container_properties("robots"), 200)
    expect(owner.delete_container("robots"), 202)
    assert owner.request("GET", owner.path("robots")).body == b"none"
    # Slashes are for blobs of other containers.
    expect_error(owner.get_blob("$root", "a/b"), 400, "InvalidResourceName")
    expect_error(owner.request("GET", f"/{NAME}/a%2Fb"), 400, "InvalidResourceName")
