"""Tags of the sources of copies: x-ms-copy-source-tag-option and x-ms-source-if-tags."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from azure_client import Response, expect, expect_error
from blob_client import BlobClient, block_id, tags_xml
from copying import bare_url, client_of, copying_server, source_url
from lapis_server import LapisServer
from sas import service_sas
from signing import DEVELOPMENT_ACCOUNT
from source_server import Request, SourceServer, answer, azure_error

COPY = {"x-ms-copy-source-tag-option": "COPY"}
TAGS = {"of": "source", "a b": "+", "empty": ""}
Copy = Callable[[BlobClient, str, str, dict[str, str]], Response]


def copy_from_url(client: BlobClient, container: str, url: str, headers: dict[str, str]) -> Response:
    return client.copy_blob_from_url(container, "c", url, headers)


def put_from_url(client: BlobClient, container: str, url: str, headers: dict[str, str]) -> Response:
    return client.put_blob_from_url(container, "c", url, headers)


@pytest.fixture(params=[copy_from_url, put_from_url], ids=lambda each: each.__name__)
def copy(request: pytest.FixtureRequest) -> Copy:
    return request.param


@pytest.fixture
def source(client: BlobClient, container: str) -> str:
    """The URL of "b", which has TAGS, with a signature that allows to read both; "c" is another."""
    expect(client.put_blob(container, "b", b"content"), 201)
    expect(client.set_blob_tags(container, "b", tags_xml(TAGS)), 204)
    expect(client.put_blob(container, "c", b"before", {"x-ms-tags": "of=target"}), 201)
    return source_url(client, container, "b", permissions="rt")


def tags_of(client: BlobClient, container: str, blob: str = "c") -> dict[str, str]:
    tags = expect(client.get_blob_tags(container, blob), 200).xml().findall("TagSet/Tag")
    return {tag.findtext("Key") or "": tag.findtext("Value") or "" for tag in tags}


def found(client: BlobClient, container: str, where: str) -> list[str | None]:
    where = f"@container='{container}' AND {where}"
    response = client.request("GET", client.path(), [("comp", "blobs"), ("where", where)])
    return [blob.findtext("Name") for blob in expect(response, 200).xml().findall("Blobs/Blob")]


def expect_done(response: Response) -> None:
    assert response.status in (201, 202), response


def expect_untouched(client: BlobClient, container: str) -> None:
    assert expect(client.get_blob(container, "c"), 200).body == b"before"
    assert tags_of(client, container) == {"of": "target"}


def test_the_tags_are_the_sources(client: BlobClient, container: str, source: str, copy: Copy) -> None:
    expect_done(copy(client, container, source, COPY))
    assert client.get_blob(container, "c").body == b"content"
    assert tags_of(client, container) == TAGS
    assert found(client, container, "of='source'") == ["b", "c"]
    assert found(client, container, "of='target'") == []
    expect(client.set_blob_tags(container, "b", tags_xml({})), 204)
    expect_done(copy(client, container, source, COPY))
    assert tags_of(client, container) == {}, "there are none"
    assert found(client, container, "of='source'") == []


def test_of_a_snapshot(client: BlobClient, container: str, source: str, copy: Copy) -> None:
    time = expect(client.snapshot_blob(container, "b"), 201)["x-ms-snapshot"] or ""
    expect(client.put_blob(container, "b", b"later", {"x-ms-tags": "of=later"}), 201)
    expect_done(copy(client, container, f"{source}&snapshot={time}", COPY))
    assert client.get_blob(container, "c").body == b"content"
    assert tags_of(client, container) == TAGS


def test_they_are_replaced_unless_that_is_asked_for(
    client: BlobClient, container: str, source: str, copy: Copy
) -> None:
    for option in ({}, {"x-ms-copy-source-tag-option": "REPLACE"}, {"x-ms-copy-source-tag-option": ""}):
        expect_done(copy(client, container, source, option | {"x-ms-tags": "of=request"}))
        assert tags_of(client, container) == {"of": "request"}
        expect_done(copy(client, container, source, option))
        assert tags_of(client, container) == {}


def test_both_sides_need_permission(
    client: BlobClient, new_client: Callable[..., BlobClient], container: str, source: str, copy: Copy
) -> None:
    response = copy(client, container, source_url(client, container, "b"), COPY)
    expect_error(response, 403, "CannotVerifyCopySource")
    response = copy(client, container, bare_url(client, container, "b"), COPY)
    assert response.error_code == "CannotVerifyCopySource"
    writer = new_client(sas=service_sas(DEVELOPMENT_ACCOUNT, f"/{container}", "cw"))
    response = copy(writer, container, source, COPY)
    expect_error(response, 403, "AuthorizationPermissionMismatch")
    expect_untouched(client, container)
    tagger = new_client(sas=service_sas(DEVELOPMENT_ACCOUNT, f"/{container}", "cwt"))
    expect_done(copy(tagger, container, source, COPY))
    assert tags_of(client, container) == TAGS


def test_errors(
    client: BlobClient, new_client: Callable[..., BlobClient], container: str, source: str, copy: Copy
) -> None:
    option = "x-ms-copy-source-tag-option"
    for value in ("copy", "Replace", "both"):
        response = copy(client, container, source, {option: value})
        expect_error(response, 400, "InvalidHeaderValue")
        assert response.error_field("HeaderName") == option
    response = copy(client, container, source, COPY | {"x-ms-tags": "of=request"})
    expect_error(response, 409, "InvalidHeaderValue")
    response = copy(new_client(version="2021-02-12"), container, source, COPY)
    expect_error(response, 400, "UnsupportedHeader")
    expect_untouched(client, container)


def test_not_of_other_copies(client: BlobClient, container: str, source: str) -> None:
    for url in (source, bare_url(client, container, "b")):
        expect_error(client.copy_blob(container, "c", url, COPY), 400, "UnsupportedHeader")
    response = client.put_block_from_url(container, "c", block_id(1), source, COPY)
    expect_error(response, 400, "UnsupportedHeader")
    expect_untouched(client, container)


def test_a_condition_on_the_sources_tags(
    client: BlobClient, new_client: Callable[..., BlobClient], container: str, source: str
) -> None:
    met, unmet = ({"x-ms-source-if-tags": f"of = '{value}' AND \"a b\" = '+'"} for value in ("source", "x"))
    without = source_url(client, container, "b")
    bare = bare_url(client, container, "b")

    def put(url: str, headers: dict[str, str]) -> Response:
        return client.put_blob_from_url(container, "c", url, headers)

    def copy_blob(url: str, headers: dict[str, str]) -> Response:
        return client.copy_blob(container, "c", url, headers)

    expect_error(put(source, unmet), 412, "CannotVerifyCopySource")
    for url in (source, bare):
        expect_error(copy_blob(url, unmet), 412, "SourceConditionNotMet")
    expect_error(put(without, met), 403, "CannotVerifyCopySource")
    writer = new_client(sas=service_sas(DEVELOPMENT_ACCOUNT, f"/{container}", "cw"))
    response = writer.copy_blob(container, "c", without, met)
    expect_error(response, 403, "CannotVerifyCopySource")
    for send in (put, copy_blob):
        response = send(source, {"x-ms-source-if-tags": "of ="})
        expect_error(response, 400, "InvalidHeaderValue")
        assert response.error_field("HeaderName") == "x-ms-source-if-tags"
    old = new_client(version="2019-07-07")
    expect_error(old.copy_blob(container, "c", bare, met), 400, "UnsupportedHeader")
    expect_error(client.copy_blob_from_url(container, "c", source, met), 400, "UnsupportedHeader")
    block = client.put_block_from_url(container, "c", block_id(1), source, met)
    expect_error(block, 400, "UnsupportedHeader")
    expect_untouched(client, container)
    expect(put(source, met), 201)
    for url in (source, bare):
        expect(copy_blob(url, met), 202)


@pytest.fixture
def elsewhere() -> Iterator[SourceServer]:
    server = SourceServer().start()
    yield server
    server.stop()


@pytest.fixture
def reading(new_server: Callable[..., LapisServer], tmp_path: Path) -> BlobClient:
    """Of a daemon that may read from loopback addresses."""
    client = client_of(copying_server(new_server, tmp_path).start())
    expect(client.create_container("box"), 201)
    expect(client.put_blob("box", "c", b"before", {"x-ms-tags": "of=target"}), 201)
    return client


def serve(server: SourceServer, tags: bytes, content: bytes) -> str:
    """A URL that answers Get Blob Tags with `tags`, and a read with `content`."""

    def reply(connection: socket.socket, request: Request) -> None:
        connection.sendall(tags if request.target.endswith("comp=tags") else content)

    return server.serve("/c", reply) + "?sig=a%2Bb"


def test_they_are_asked_of_a_source_elsewhere(
    reading: BlobClient, elsewhere: SourceServer, copy: Copy
) -> None:
    url = serve(elsewhere, answer(body=b"\xef\xbb\xbf" + tags_xml(TAGS)), answer(body=b"content"))
    sent = COPY | {"x-ms-copy-source-authorization": "Bearer x", "x-ms-source-if-match": '"e"'}
    expect_done(copy(reading, "box", url, sent))
    assert reading.get_blob("box", "c").body == b"content"
    assert tags_of(reading, "box") == TAGS
    first, second = elsewhere.requests
    assert (first.method, first.target) == ("GET", "/c?sig=a%2Bb&comp=tags")
    assert second.target == "/c?sig=a%2Bb"
    for request in (first, second):
        assert request.headers["authorization"] == "Bearer x"
        assert request.headers["x-ms-version"] == "2021-12-02"
    assert second.headers["if-match"] == '"e"'


def test_the_condition_is_sent_on(reading: BlobClient, elsewhere: SourceServer) -> None:
    url = elsewhere.serve("/c", answer(body=b"content"))
    condition = "\"a b\" >= '1' OR k='2'"
    sent = {"x-ms-source-if-tags": condition}
    expect(reading.put_blob_from_url("box", "c", url, sent), 201)
    expect(reading.copy_blob("box", "c", url, sent), 202)
    assert [request.headers["x-ms-if-tags"] for request in elsewhere.requests] == [condition] * 2


BAD_TAGS = {
    "no document": (answer(body=b"content"), 400),
    "another document": (answer(body=b"<Error/>"), 400),
    "more than a blob has": (answer(body=tags_xml({f"k{n}": "" for n in range(11)})), 400),
    "a value that none has": (answer(body=tags_xml({"k": "!"})), 400),
    "endless": (answer(body=tags_xml({"k": "v" * 70_000})), 400),
    "cut short": (answer(body=tags_xml(TAGS)[:-9], length=1000), 400),
    "a part": (answer(206, {"Content-Range": "bytes 0-1/2"}, tags_xml(TAGS)), 400),
    "elsewhere": (answer(302, {"Location": "http://127.0.0.1/"}), 400),
    "forbidden": (azure_error(403, "AuthorizationPermissionMismatch", "No."), 403),
    "missing": (answer(404), 404),
}


@pytest.mark.parametrize("name", BAD_TAGS)
def test_without_the_tags_there_is_no_copy(
    reading: BlobClient, elsewhere: SourceServer, copy: Copy, name: str
) -> None:
    tags, status = BAD_TAGS[name]
    response = copy(reading, "box", serve(elsewhere, tags, answer(body=b"content")), COPY)
    expect_error(response, status, "CannotVerifyCopySource")
    assert len(elsewhere.requests) == 1, "its content is not asked for"
    expect_untouched(reading, "box")
