"""An account's website: the blobs of $web, at a host of its own."""

from __future__ import annotations

import http.client
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from azure_client import expect, expect_error
from blob_client import BlobClient
from configuration import flash, write_config
from lapis_server import LapisServer
from signing import DEVELOPMENT_ACCOUNT
from test_service_properties import content, document

NAME = DEVELOPMENT_ACCOUNT.name
HOST = f"{NAME}.z6.web.example.net"
INDEX = "<IndexDocument>index.html</IndexDocument>"
LOST = "<ErrorDocument404Path>/errors/lost.html</ErrorDocument404Path>"


@dataclass
class Page:
    status: int
    headers: http.client.HTTPMessage
    body: bytes


class Visitor:
    def __init__(self, server: LapisServer) -> None:
        address = urlsplit(server.endpoint)
        self.connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=30)

    def ask(self, path: str, method: str = "GET", host: str = HOST, **headers: str) -> Page:
        fields = {name.replace("_", "-"): value for name, value in headers.items()}
        self.connection.request(method, path, headers={"Host": host} | fields)
        response = self.connection.getresponse()
        return Page(response.status, response.headers, response.read())


@pytest.fixture
def server(new_server: Callable[..., LapisServer]) -> LapisServer:
    return new_server().start()


@pytest.fixture
def owner(server: LapisServer) -> Iterator[BlobClient]:
    client = BlobClient(server.endpoint, NAME, DEVELOPMENT_ACCOUNT)
    yield client
    client.close()


@pytest.fixture
def visitor(server: LapisServer) -> Iterator[Visitor]:
    made = Visitor(server)
    yield made
    made.connection.close()


def enable(owner: BlobClient, *elements: str) -> None:
    website = f"<StaticWebsite><Enabled>true</Enabled>{''.join(elements)}</StaticWebsite>"
    expect(owner.set_service_properties(document(website)), 202)


def put_pages(owner: BlobClient, *names: str) -> None:
    for name in names:
        headers = {"x-ms-blob-content-type": "text/html"}
        expect(owner.put_blob("$web", name, f"page {name}".encode(), headers), 201)


def test_pages_are_for_everybody(owner: BlobClient, visitor: Visitor) -> None:
    """Whatever the container's own level; the container is made with the website."""
    enable(owner, INDEX)
    put_pages(owner, "index.html", "docs/index.html", "docs/a b.html")
    for path, page in [
        ("/", "index.html"),
        ("/index.html", "index.html"),
        ("/docs/", "docs/index.html"),
        ("/docs/a%20b.html?utm=1&comp=metadata&restype=container", "docs/a b.html"),
        ("/?tag=a&tag=b&q=%zz", "index.html"),
    ]:
        got = visitor.ask(path)
        assert (got.status, got.body) == (200, f"page {page}".encode()), path
        assert got.headers["Content-Type"] == "text/html"
        assert got.headers["x-ms-request-id"]
    head = visitor.ask("/docs/", "HEAD")
    assert (head.status, head.headers["Content-Length"], head.body) == (200, "20", b"")
    assert visitor.ask("/", host=HOST.replace(NAME, NAME + "-secondary")).status == 200


def test_ranges_and_conditions(owner: BlobClient, visitor: Visitor) -> None:
    enable(owner, INDEX, LOST)
    put_pages(owner, "index.html", "errors/lost.html")
    whole = visitor.ask("/")
    tag = whole.headers["ETag"]
    part = visitor.ask("/", Range="bytes=5-9")
    assert (part.status, part.body) == (206, b"index")
    assert visitor.ask("/", If_None_Match=tag).status == 304
    assert visitor.ask("/", If_Match='"0x8D0000000000001"').status == 412
    assert visitor.ask("/", Range="bytes=100-").status == 416
    # Of the error page they mean nothing, and headers of the service never do.
    lost = visitor.ask("/none", Range="bytes=0-3", If_None_Match=tag)
    assert (lost.status, lost.body) == (404, b"page errors/lost.html")
    assert visitor.ask("/", x_ms_range="bytes=0-3", x_ms_version="x", x_ms_lease_id="x").status == 200


def test_what_is_not_there(owner: BlobClient, visitor: Visitor) -> None:
    for path in ("/", "/index.html"):  # no website yet
        assert visitor.ask(path).status == 404
    enable(owner)
    put_pages(owner, "a/b.html")
    for path in ("/", "/a/", "/a", "/a/b.htm", "/" + "x" * 1000 + "/"):
        got = visitor.ask(path)
        assert (got.status, got.headers["Content-Type"]) == (404, "text/html"), path
        assert b"<h1>The requested content does not exist.</h1>" in got.body
        assert got.headers["x-ms-error-code"] == "WebContentNotFound"
    head = visitor.ask("/", "HEAD")
    assert (head.status, head.body) == (404, b"")
    assert visitor.ask("/", host=HOST.replace(NAME, "nobody")).status == 404
    enable(owner, INDEX, LOST)  # the error page is not there either
    assert b"WebContentNotFound" in visitor.ask("/none").body
    put_pages(owner, "errors/lost.html")
    got = visitor.ask("/none")
    assert (got.status, got.body) == (404, b"page errors/lost.html")
    expect(owner.set_blob_tier("$web", "errors/lost.html", "Archive"), 200)
    assert b"WebContentNotFound" in visitor.ask("/none").body
    off = document("<StaticWebsite><Enabled>false</Enabled></StaticWebsite>")
    expect(owner.set_service_properties(off), 202)
    assert visitor.ask("/a/b.html").status == 404
    expect(owner.get_blob("$web", "a/b.html"), 200)


def test_one_page_for_all_directories(owner: BlobClient, visitor: Visitor) -> None:
    enable(owner, "<DefaultIndexDocumentPath>/app/start.html</DefaultIndexDocumentPath>")
    put_pages(owner, "app/start.html", "other.html")
    for path in ("/", "/any/where/"):
        assert visitor.ask(path).body == b"page app/start.html"
    assert visitor.ask("/other.html").body == b"page other.html"


def test_a_website_is_only_read(owner: BlobClient, visitor: Visitor) -> None:
    enable(owner, INDEX)
    put_pages(owner, "index.html")
    for method in ("PUT", "DELETE", "POST"):
        got = visitor.ask("/index.html", method, x_ms_blob_type="BlockBlob")
        assert (got.status, got.headers["x-ms-error-code"]) == (405, "UnsupportedHttpVerb")
    assert visitor.ask("/index.html").body == b"page index.html"


def test_what_is_set_is_told(owner: BlobClient) -> None:
    website = f"<StaticWebsite><Enabled>true</Enabled>{INDEX}{LOST}</StaticWebsite>"
    expect(owner.set_service_properties(document(website)), 202)
    assert website in content(owner.get_service_properties())
    expect(owner.create_container("$web"), 409)
    enable(owner, INDEX)  # a second time: its container stays as it is
    for wrong in (
        "<IndexDocument>a/b</IndexDocument>",
        "<IndexDocument>a/</IndexDocument>",
        f"<IndexDocument>{'i' * 256}</IndexDocument>",
        "<ErrorDocument404Path>/</ErrorDocument404Path>",
    ):
        refused = document(f"<StaticWebsite><Enabled>true</Enabled>{wrong}</StaticWebsite>")
        expect_error(owner.set_service_properties(refused), 400, "InvalidXmlNodeValue")


def test_rules_of_the_network_hold(new_server: Callable[..., LapisServer], tmp_path: Path) -> None:
    data = tmp_path / "data"
    config = write_config(
        tmp_path / "lapis.toml", data / "meta", [flash(data / "flash")], more='networks = ["192.0.2.0/24"]\n'
    )
    visitor = Visitor(new_server(config=config).start())
    got = visitor.ask("/")
    assert (got.status, got.headers["x-ms-error-code"]) == (403, "AuthorizationFailure")
    visitor.connection.close()
