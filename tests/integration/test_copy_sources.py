"""What copies read from: which sources may be asked, what is asked of them, and what comes of those
that lie, stall or die. By Put Block, Put Blob and Copy Blob From URL alike."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from azure_client import Response, expect, expect_error, md5_header
from blob_client import BlobClient, block_id
from copying import (
    FROM_LOOPBACK,
    bare_url,
    client_of,
    copying_server,
    daemon_of,
    observed_server,
    source_url,
)
from host_names import HOST, hosts_file, with_hosts
from lapis_server import LapisServer
from observing import metrics
from sas import account_sas, service_sas
from signing import DEVELOPMENT_ACCOUNT
from source_server import Request, SourceServer, answer, azure_error

Fetch = Callable[[BlobClient, str, dict[str, str]], Response]
STALL = 1.0  # seconds, of the daemon below


def put_block(client: BlobClient, url: str, headers: dict[str, str]) -> Response:
    return client.put_block_from_url("box", "b", block_id(1), url, headers)


def put_blob(client: BlobClient, url: str, headers: dict[str, str]) -> Response:
    return client.put_blob_from_url("box", "b", url, headers)


def copy_blob(client: BlobClient, url: str, headers: dict[str, str]) -> Response:
    return client.copy_blob_from_url("box", "b", url, headers)


@pytest.fixture(params=[put_block, put_blob, copy_blob], ids=lambda each: each.__name__)
def fetch(request: pytest.FixtureRequest) -> Fetch:
    return request.param


@pytest.fixture
def source() -> Iterator[SourceServer]:
    server = SourceServer().start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def reading(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BlobClient]:
    """Of a daemon that may read from loopback addresses."""
    yield from daemon_of(tmp_path_factory, limits=[f'stall_timeout = "{int(STALL * 1000)}ms"'])


@pytest.fixture
def before(reading: BlobClient) -> Iterator[None]:
    """There is a blob, which must be afterwards as it was before, and nothing staged."""
    etag = expect(reading.put_blob("box", "b", b"before"), 201)["ETag"]
    yield
    left = expect(reading.get_blob("box", "b"), 200)
    assert (left["ETag"], left.body) == (etag, b"before")
    assert reading.get_block_list("box", "b", "uncommitted").xml().findall(".//Block") == []


def test_what_is_asked_of_the_source(reading: BlobClient, source: SourceServer, fetch: Fetch) -> None:
    url = source.serve("/a%20b/c", answer(body=b"content")) + "?sig=a%2Bb&sv=2021-12-02"
    headers = {
        "x-ms-copy-source-authorization": "Bearer token",
        "x-ms-file-request-intent": "backup",
        "x-ms-source-if-match": '"tag"',
        "x-ms-source-if-unmodified-since": "Wed, 01 Jan 2031 00:00:00 GMT",
        "x-ms-source-content-md5": md5_header(b"content"),
    }
    assert fetch(reading, url, headers).status in (201, 202)
    (request,) = source.requests
    assert (request.method, request.target) == ("GET", "/a%20b/c?sig=a%2Bb&sv=2021-12-02")
    sent = request.headers
    assert sent.pop("user-agent").startswith("Lapis")
    assert sent == {
        "host": f"127.0.0.1:{source.port}",
        "x-ms-version": "2021-12-02",
        "authorization": "Bearer token",
        "x-ms-file-request-intent": "backup",
        "if-match": '"tag"',
        "if-unmodified-since": "Wed, 01 Jan 2031 00:00:00 GMT",
    }, "nothing of the request's own credential"


def test_a_range_is_asked_for(reading: BlobClient, source: SourceServer) -> None:
    part = answer(206, {"Content-Range": "bytes 2-4/7"}, b"nte")
    url = source.serve("/c", part)
    sent = {"x-ms-source-range": "bytes=2-4"}
    expect(put_block(reading, url, sent), 201)
    assert source.requests[0].headers["range"] == "bytes=2-4"
    expect(reading.put_block_list("box", "b", [block_id(1)]), 201)
    assert reading.get_blob("box", "b").body == b"nte"


@pytest.mark.usefixtures("before")
def test_all_the_rest_is_asked_for(reading: BlobClient, source: SourceServer) -> None:
    """A source that sends less of it than there is would leave a block short."""
    rest = {"x-ms-source-range": "bytes=2-"}
    for told in ("bytes 2-4/7", "bytes 2-4/*", "bytes 2-4"):
        url = source.serve("/c", answer(206, {"Content-Range": told}, b"nte"))
        expect_error(put_block(reading, url, rest), 400, "CannotVerifyCopySource")
    assert source.requests[0].headers["range"] == "bytes=2-"


def test_all_the_rest_is_taken(reading: BlobClient, source: SourceServer) -> None:
    url = source.serve("/c", answer(206, {"Content-Range": "bytes 2-4/5"}, b"nte"))
    expect(put_block(reading, url, {"x-ms-source-range": "bytes=2-"}), 201)
    expect(reading.put_block_list("box", "b", [block_id(1)]), 201)
    assert reading.get_blob("box", "b").body == b"nte"


def test_what_a_source_says_of_itself(reading: BlobClient, source: SourceServer) -> None:
    told = {
        "Content-Type": "text/plain",
        "Content-Language": "de",
        "Cache-Control": "no-cache",
        "x-ms-meta-owner": "ann",
        "Content-MD5": md5_header(b"content"),
        "x-ms-blob-type": "BlockBlob",
    }
    url = source.serve("/c", answer(headers=told, body=b"content"))
    expect(copy_blob(reading, url, {}), 202)
    got = reading.get_blob("box", "b")
    assert (got.body, got.metadata()) == (b"content", {"owner": "ann"})
    assert {name: got[name] for name in ("Content-Type", "Content-Language", "Cache-Control")} == {
        name: told[name] for name in ("Content-Type", "Content-Language", "Cache-Control")
    }
    assert got["Content-MD5"] == told["Content-MD5"]
    assert got["x-ms-copy-source"] == url
    page = source.serve("/page", answer(headers={"x-ms-blob-type": "PageBlob"}, body=b"x" * 512))
    expect_error(copy_blob(reading, page, {}), 409, "InvalidSourceBlobType")
    expect(put_blob(reading, page, {}), 201)


def test_a_long_body_that_comes_in_pieces(reading: BlobClient, source: SourceServer) -> None:
    content = bytes(range(256)) * (20 << 12)  # 20 MiB

    def slowly(connection: socket.socket, _: Request) -> None:
        connection.sendall(answer(length=len(content)))
        for at in range(0, len(content), 1_000_003):
            connection.sendall(content[at : at + 1_000_003])

    expect(put_blob(reading, source.serve("/c", slowly), {}), 201)
    assert reading.get_blob("box", "b").body == content


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
ENDLESS = b"HTTP/1.1 200 OK\r\n\r\nabc"
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
MIB = 1 << 20
BAD_ANSWERS = {
    "not found": (answer(404), 404, "The specified resource does not exist."),
    "azure's refusal": (
        azure_error(403, "AuthenticationFailed", "Server failed & said so."),
        403,
        "Server failed & said so.",
    ),
    "busy": (azure_error(503, "ServerBusy", "The server is busy."), 503, "The server is busy."),
    "redirect": (answer(302, {"Location": "http://127.0.0.1:1/"}), 400, None),
    "permanent redirect": (answer(308, {"Location": "/other"}), 400, None),
    "no content": (b"HTTP/1.1 204 No Content\r\n\r\n", 400, None),
    "a part": (answer(206, {"Content-Range": "bytes 0-2/9"}, b"abc"), 400, None),
    "no length": (CHUNKED, 400, None),
    "no length, no end": (ENDLESS, 400, None),
    "no http": (b"220 mail.example ESMTP\r\n", 500, None),
    "nothing": (b"", 500, None),
    "half a head": (b"HTTP/1.1 200 OK\r\nContent-Le", 500, None),
    "a head without end": (b"HTTP/1.1 200 OK\r\nx: " + b"y" * MIB, 500, None),
    "two lengths": (b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", 500, None),
    "a length that is none": (b"HTTP/1.1 200 OK\r\nContent-Length: -3\r\n\r\nabc", 500, None),
    "less than promised": (answer(body=b"abc", length=9), 500, None),
    "less than promised, long": (answer(body=b"a" * MIB, length=9 * MIB), 500, None),
    "too much promised": (answer(body=b"abc", length=6000 * MIB), 413, None),
    "an error without end": (b"HTTP/1.1 500 No\r\n\r\n" + b"<Error>" * 100_000, 500, None),
    "an error that is no error": (answer(404, {}, b"<html>secret</html>"), 404, "The specified resource does not exist."),
    "message of several lines": (
        azure_error(409, "X", "one\r\nx-evil: 1"), 409, "one",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD_ANSWERS)
@pytest.mark.usefixtures("before")
def test_an_answer_of_no_use_changes_nothing(
    reading: BlobClient, source: SourceServer, fetch: Fetch, name: str
) -> None:
    reply, status, message = BAD_ANSWERS[name]
    response = fetch(reading, source.serve("/c", reply), {})
    code = "RequestBodyTooLarge" if status == 413 else "CannotVerifyCopySource"
    expect_error(response, status, code)
    if message is not None:
        assert (response.error_field("Message") or "").splitlines()[0] == message
    assert b"secret" not in response.body and response["x-evil"] is None
    assert len(source.requests) == 1, "asked once; a redirect is not followed"


REFUSAL = b"HTTP/1.1 503 No\r\nTransfer-Encoding: chunked\r\n\r\n"
# Framing without end: a head, what is sent again and again behind it, and what comes of it.
ENDLESS_ANSWERS = {
    "field": (b"HTTP/1.1 200 OK\r\nx: ", b"y" * 4096, 500),
    "fields": (b"HTTP/1.1 200 OK\r\n", b"x: y\r\n" * 512, 500),
    "chunk header": (REFUSAL + b"3;x=", b"y" * 4096, 503),
    "chunk header, later": (REFUSAL + b"3\r\nabc\r\n3;x=", b"y" * 4096, 503),
    "digits of a chunk's length": (REFUSAL, b"0" * 4096, 503),
    "trailer": (REFUSAL + b"3\r\nabc\r\n0\r\n", b"x: y\r\n" * 512, 503),
    "trailer, one field": (REFUSAL + b"0\r\nx: ", b"y" * 4096, 503),
    "interim answers": (b"", CONTINUE * 128, 500),
    "document": (REFUSAL, b"3\r\nabc\r\n" * 512, 503),
}


@pytest.mark.parametrize("name", ENDLESS_ANSWERS)
@pytest.mark.usefixtures("before")
def test_an_answer_without_end_is_broken_off(
    reading: BlobClient, source: SourceServer, fetch: Fetch, name: str
) -> None:
    """Soon: it is kept in memory as far as it is looked at."""
    head, piece, status = ENDLESS_ANSWERS[name]
    began = time.monotonic()
    response = fetch(reading, source.serve("/c", source.pour(head, piece)), {})
    expect_error(response, status, "CannotVerifyCopySource")
    assert time.monotonic() - began < STALL + 4
    assert source.poured < 16 * MIB, "what sockets hold, not what it would send"


@pytest.mark.usefixtures("before")
def test_a_hash_that_is_wrong_changes_nothing(
    reading: BlobClient, source: SourceServer, fetch: Fetch
) -> None:
    for size in (100, 5 * MIB):
        url = source.serve("/c", answer(body=b"a" * size))
        sent = {"x-ms-source-content-md5": md5_header(b"b" * size)}
        expect_error(fetch(reading, url, sent), 400, "Md5Mismatch")


@pytest.mark.usefixtures("before")
def test_a_source_that_stalls(reading: BlobClient, source: SourceServer, fetch: Fetch) -> None:
    stalled = {
        "says nothing": source.stall(b""),
        "stops in its head": source.stall(b"HTTP/1.1 200 OK\r\n"),
        "stops in its body": source.stall(answer(body=b"abc", length=9 * MIB)),
        "trickles": source.trickle(answer(length=9 * MIB), 0.2),
        "says again and again that it goes on": source.trickle(b"", 0.2, CONTINUE),
    }
    for name, reply in stalled.items():
        began = time.monotonic()
        response = fetch(reading, source.serve("/c", reply), {})
        expect_error(response, 500, "CannotVerifyCopySource")
        assert time.monotonic() - began < STALL + 4, name


@pytest.mark.usefixtures("before")
def test_a_source_where_nobody_listens(reading: BlobClient, fetch: Fetch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        url = f"http://127.0.0.1:{gone.getsockname()[1]}/c"
    expect_error(fetch(reading, url, {}), 500, "CannotVerifyCopySource")
    expect_error(fetch(reading, "http://no.such.host.invalid/c", {}), 500, "CannotVerifyCopySource")


# Spellings of an address that the source listens on.
LOOPBACK = ["127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "localhost"]
# Other ways to this machine, and to what is inside a network.
INSIDE = [
    *LOOPBACK, "[::1]", "0.0.0.0", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[64:ff9b::7f00:1]", "[::]",
    "10.0.0.1", "172.16.0.1", "192.168.0.1", "169.254.169.254", "100.64.0.1", "168.63.129.16",
    "[fd00::1]", "[fe80::1]", "224.0.0.1", "255.255.255.255",
]  # fmt: skip
NOT_ALLOWED = "This server is not allowed to read the copy source."


def expect_not_allowed(response: Response) -> None:
    """Refused by the policy: 403, not the 500 of a source that was asked in vain."""
    expect_error(response, 403, "CannotVerifyCopySource")
    assert (response.error_field("Message") or "").splitlines()[0] == NOT_ALLOWED


@pytest.mark.parametrize("host", LOOPBACK)
def test_a_spelling_is_read_where_that_is_allowed(
    reading: BlobClient, source: SourceServer, host: str
) -> None:
    """So that where it is refused below the policy alone does it."""
    source.serve("/c", answer(body=b"content"))
    expect(put_blob(reading, f"http://{host}:{source.port}/c", {}), 201)
    assert len(source.requests) == 1


@pytest.mark.parametrize("host", INSIDE)
def test_nothing_inside_is_asked(client: BlobClient, container: str, host: str) -> None:
    """By a daemon without configuration, at the port of the web."""
    expect_not_allowed(client.put_blob_from_url(container, "c", f"http://{host}/c"))
    assert client.get_blob(container, "c").status == 404


def test_an_unusual_port_is_not_asked(client: BlobClient, container: str) -> None:
    """Whatever the host, which is not even looked up: there is none of this name."""
    for port in (22, 8080, 10001):
        url = f"http://no.such.host.invalid:{port}/c"
        expect_not_allowed(client.put_blob_from_url(container, "c", url))


@pytest.fixture(scope="module")
def any_port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BlobClient]:
    """Of a daemon that may not read inside, whatever the port."""
    yield from daemon_of(tmp_path_factory, copy_sources="[copy_sources]\nports = []\n")


@pytest.mark.parametrize("host", INSIDE)
def test_the_address_decides_and_not_the_port(
    any_port: BlobClient, source: SourceServer, host: str
) -> None:
    source.serve("/c", answer(body=b"secret"))
    expect_not_allowed(put_blob(any_port, f"http://{host}:{source.port}/c", {}))
    assert source.requests == []


def test_a_name_that_leads_inside(
    new_server: Callable[..., LapisServer], tmp_path: Path, source: SourceServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The name is allowed; what it means for the server is what counts (as after rebinding)."""
    hosts = hosts_file(tmp_path)
    hosts.write_text("127.0.0.1 localhost allowed.example\n")
    text = '[copy_sources]\nhosts = ["allowed.example"]\nports = []\n'
    server = copying_server(new_server, tmp_path, copy_sources=text)
    original = server.command
    monkeypatch.setattr(server, "command", lambda: with_hosts(hosts, original()))
    client = client_of(server.start())
    expect(client.create_container("box"), 201)
    source.serve("/c", answer(body=b"secret"))
    response = put_blob(client, source.url("/c", "allowed.example"), {})
    expect_error(response, 403, "CannotVerifyCopySource")
    response = put_blob(client, source.url("/c", "other.example"), {})
    expect_error(response, 403, "CannotVerifyCopySource")
    assert source.requests == []


def test_only_the_hosts_and_ports_that_are_named(
    new_server: Callable[..., LapisServer], tmp_path: Path, source: SourceServer
) -> None:
    other = SourceServer().start()
    text = (
        '[copy_sources]\nhosts = ["127.0.0.1"]\nnetworks = ["127.0.0.0/8", "::1"]\n'
        f"ports = [{source.port}]\n"
    )
    client = client_of(copying_server(new_server, tmp_path, copy_sources=text).start())
    expect(client.create_container("box"), 201)
    for server in (source, other):
        server.serve("/c", answer(body=b"content"))
    expect(put_blob(client, source.url("/c"), {}), 201)
    expect_error(put_blob(client, other.url("/c"), {}), 403, "CannotVerifyCopySource")
    expect_error(put_blob(client, source.url("/c", "localhost"), {}), 403, "CannotVerifyCopySource")
    assert (len(source.requests), len(other.requests)) == (1, 0)
    other.stop()


def test_over_tls(
    new_server: Callable[..., LapisServer], tmp_path: Path, certificate: tuple[Path, Path],
    tls_server: LapisServer,
) -> None:  # fmt: skip
    secure, plain = tls_server.endpoints
    there = BlobClient(plain, DEVELOPMENT_ACCOUNT.name, account=DEVELOPMENT_ACCOUNT)
    expect(there.create_container("box"), 201)
    expect(there.put_blob("box", "b", b"x" * 100_000), 201)
    url = source_url(there, "box", "b").replace(plain, secure)
    trusting = '[copy_sources]\nnetworks = ["127.0.0.1"]\nports = []\n'
    for name, text, status in (
        ("trusting", f'{trusting}ca_file = "{certificate[0]}"\n', 201),
        ("strange", trusting, 500),
    ):
        client = client_of(copying_server(new_server, tmp_path, name, copy_sources=text).start())
        expect(client.create_container("box"), 201)
        expect(put_blob(client, url, {}), status)
        client.close()
    there.close()


def test_this_server_by_its_names(
    new_server: Callable[..., LapisServer], tmp_path: Path
) -> None:
    """No name server knows them, and no connection is made."""
    text = '[copy_sources]\nown_hosts = ["storage.example"]\n'
    server = copying_server(new_server, tmp_path, copy_sources=text, top="shards = 1").start()
    client = client_of(server)
    port = server.endpoint.rsplit(":", 1)[1]
    expect(client.create_container("box"), 201)
    expect(client.put_blob("box", "a", b"content"), 201)
    url = source_url(client, "box", "a")
    by_address, query = url.split("?")
    path = by_address.removeprefix(server.endpoint)
    expect(put_blob(client, f"http://storage.example:{port}{path}?{query}", {}), 201)
    host_style = BlobClient(
        server.endpoint, DEVELOPMENT_ACCOUNT.name, account=DEVELOPMENT_ACCOUNT, host_style=True, host=HOST
    )
    container_path = path.removeprefix(f"/{DEVELOPMENT_ACCOUNT.name}")
    expect(put_blob(host_style, f"http://{HOST}{container_path}?{query}", {}), 201)
    expect(put_blob(client, f"http://localhost:{port}{path}?{query}", {}), 403)  # its port is not named
    assert client.get_blob("box", "b").body == b"content"
    host_style.close()
    client.close()


@pytest.mark.parametrize("host", ["localhost", "2130706433", "127.1", "0x7f000001", "0"])
def test_this_server_is_not_connected_to_by_another_name(
    new_server: Callable[..., LapisServer], tmp_path: Path, host: str
) -> None:
    """It would be the client then, from an address of its own; what is bound to one would be served."""
    text = '[copy_sources]\nports = []\nnetworks = ["127.0.0.0/8", "0.0.0.0", "::1"]\n'
    client = client_of(copying_server(new_server, tmp_path, copy_sources=text).start())
    expect(client.create_container("box"), 201)
    expect(client.put_blob("box", "a", b"content"), 201)
    url = source_url(client, "box", "a")
    expect(put_blob(client, url, {}), 201)
    other = url.replace("//127.0.0.1:", f"//{host}:")
    assert other != url
    expect_error(put_blob(client, other, {}), 403, "CannotVerifyCopySource")
    client.close()


def from_url(client: BlobClient, blob: str, source: BlobClient) -> Response:
    return client.put_blob_from_url("box", blob, source_url(source, "box", "a"))


def from_another_container(client: BlobClient, blob: str, source: BlobClient) -> Response:
    """Neither shared nor asked for: read and written in one."""
    return client.copy_blob("crate", blob, bare_url(source, "box", "a"))


@pytest.mark.parametrize(
    ("copy_to", "status", "target"),
    [(from_url, 201, "box"), (from_another_container, 202, "crate")],
)
def test_one_shard_copies_from_itself_without_end_of_buffers(
    new_server: Callable[..., LapisServer], tmp_path: Path,
    copy_to: Callable[[BlobClient, str, BlobClient], Response], status: int, target: str,
) -> None:  # fmt: skip
    """More copies of long blobs at once than there are buffers: they take turns, all succeed."""
    server = copying_server(
        new_server, tmp_path, copy_sources="", top="shards = 1",
        limits=['buffer_memory = "16MiB"', 'busy_timeout = "60s"'],
    ).start()  # fmt: skip
    client = client_of(server)
    expect(client.create_container("box"), 201)
    content = b"0123456789abcdef" * (24 * MIB // 16)
    expect(client.put_blob("box", "a", content), 201)
    expect(client.create_container("crate"), 201)
    statuses: list[int] = []

    def copy(number: int) -> None:
        own = client_of(server)
        statuses.append(copy_to(own, f"c{number}", client).status)
        own.close()

    threads = [threading.Thread(target=copy, args=(n,)) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [status] * 12
    assert client.get_blob(target, "c7").body == content
    client.close()


def test_stopping_breaks_copies_off(
    new_server: Callable[..., LapisServer], tmp_path: Path, source: SourceServer
) -> None:
    server = copying_server(new_server, tmp_path).start()
    client = client_of(server)
    expect(client.create_container("box"), 201)
    url = source.serve("/c", source.stall(answer(body=b"abc", length=9 * MIB)))
    responses: list[Response] = []
    thread = threading.Thread(target=lambda: responses.append(put_blob(client, url, {})))
    thread.start()
    while not source.requests:
        time.sleep(0.01)
    began = time.monotonic()
    assert server.stop() == 0
    assert time.monotonic() - began < 10
    thread.join()
    expect_error(responses[0], 500, "CannotVerifyCopySource")


def test_stopping_breaks_off_what_only_connects(
    new_server: Callable[..., LapisServer], tmp_path: Path
) -> None:
    """To a server that takes the connection and leaves its handshake unanswered."""
    server = copying_server(
        new_server, tmp_path, copy_sources=FROM_LOOPBACK + 'connect_timeout = "60s"\n'
    ).start()
    client = client_of(server)
    expect(client.create_container("box"), 201)
    responses: list[Response] = []
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"https://127.0.0.1:{silent.getsockname()[1]}/c"
        thread = threading.Thread(target=lambda: responses.append(put_blob(client, url, {})))
        thread.start()
        connection, _ = silent.accept()
        with connection:
            assert connection.recv(1) != b"", "its side of the handshake"
            began = time.monotonic()
            assert server.stop() == 0
            assert time.monotonic() - began < 10
            thread.join()
    expect_error(responses[0], 500, "CannotVerifyCopySource")


def test_they_are_counted(
    new_server: Callable[..., LapisServer], tmp_path: Path, source: SourceServer
) -> None:
    server, client = observed_server(new_server, tmp_path)
    expect(client.put_blob("box", "a", b"x"), 201)
    expect(put_blob(client, source_url(client, "box", "a"), {}), 201)
    expect(put_blob(client, source.serve("/c", answer(body=b"abc")), {}), 201)
    expect(put_blob(client, source.url("/none"), {}), 404)

    def value(name: str, **labels: str) -> float:
        return metrics(server).total(name, **labels)

    assert value("lapis_copy_sources_total", place="own") == 1
    assert value("lapis_copy_sources_total", place="elsewhere") == 2
    assert value("lapis_copy_sources_failed_total") == 1
    assert value("lapis_copy_source_bytes_total") == 3
    assert value("lapis_copy_sources_open") == 0


@pytest.mark.parametrize(("bound_to", "status"), [("127.0.0.1", 201), ("203.0.113.7", 403)])
def test_a_token_bound_to_an_address_serves_who_has_it(
    reading: BlobClient, fetch: Fetch, bound_to: str, status: int
) -> None:
    """The address of who asks for the copy counts, whatever the URL says, and Host, which nobody signs."""
    expect(reading.put_blob("box", "a", b"x"), 201)
    token = service_sas(DEVELOPMENT_ACCOUNT, "/box/a", "r", sip=bound_to)
    url = source_url(reading, "box", "a", token)
    hosts = [urlsplit(reading.endpoint).netloc]
    hosts += [f"{address}:{urlsplit(url).port}" for address in (bound_to, "198.51.100.9", "localhost")]
    for host in hosts:
        client = BlobClient(
            reading.endpoint, DEVELOPMENT_ACCOUNT.name, account=DEVELOPMENT_ACCOUNT, host=host
        )
        response = fetch(client, url.replace(hosts[0], host), {})
        if status == 201:
            assert response.status in (201, 202), (host, response)
        else:
            expect_error(response, status, "CannotVerifyCopySource")
        client.close()


def test_a_token_of_the_account_serves_for_the_source(reading: BlobClient) -> None:
    expect(reading.put_blob("box", "a", b"x"), 201)
    url = source_url(reading, "box", "a", token=account_sas(DEVELOPMENT_ACCOUNT, "r"))
    expect(put_blob(reading, url, {}), 201)
