"""What slow, greedy and vanishing clients can do to the others: nothing."""

from __future__ import annotations

import resource
import socket
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest

from azure_client import encode_query, expect, expect_error
from blob_client import BlobClient
from configuration import Pool, write_config
from lapis_server import LapisServer
from raw_http import RawConnection, connect
from sas import account_sas
from signing import DEVELOPMENT_ACCOUNT

LIMITS = """\
[limits]
buffer_memory = "32MiB"
head_timeout = "2s"
idle_timeout = "4s"
stall_timeout = "3s"
busy_timeout = "1s"
"""


@pytest.fixture
def server(new_server: Callable[..., LapisServer], tmp_path: Path) -> LapisServer:
    data = tmp_path / "data"
    pools = [Pool("flash", "flash", [data / "flash"], settings="")]
    config = write_config(tmp_path / "lapis.toml", data / "meta", pools, more=LIMITS)
    return new_server(config=config).start()


@pytest.fixture
def owner(server: LapisServer) -> BlobClient:
    client = BlobClient(server.endpoint, DEVELOPMENT_ACCOUNT.name, DEVELOPMENT_ACCOUNT)
    expect(client.create_container("data"), 201)
    return client


def signed_head(method: str, blob: str, length: int | None = None, **query: str) -> bytes:
    token = account_sas(DEVELOPMENT_ACCOUNT)
    target = (
        f"/{DEVELOPMENT_ACCOUNT.name}/data/{blob}?{encode_query([*query.items(), *token.items()])}"
    )
    head = f"{method} {target} HTTP/1.1\r\nHost: x\r\nx-ms-version: 2021-12-02\r\n"
    head += "x-ms-blob-type: BlockBlob\r\n"
    return (
        head + (f"Content-Length: {length}\r\n" if length is not None else "") + "\r\n"
    ).encode()


def seconds_until_closed(connection: RawConnection) -> float:
    began = time.monotonic()
    connection.stream.settimeout(30)
    try:
        while connection.stream.recv(1 << 16):
            pass
    except (TimeoutError, ConnectionResetError):
        pass
    return time.monotonic() - began


@pytest.mark.parametrize(
    ("sent", "limit"),
    [
        (b"", 8.0),
        (b"GET / HT", 6.0),
        (b"GET / HTTP/1.1\r\nHost: x\r\n", 6.0),
        (signed_head("PUT", "b", 1000) + b"x" * 999, 8.0),
        (signed_head("PUT", "b", 1 << 20) + b"x" * 999, 8.0),
    ],
    ids=["nothing", "half a line", "half a head", "half a short body", "half a long body"],
)
def test_what_stands_still_is_closed(
    server: LapisServer, owner: BlobClient, sent: bytes, limit: float
) -> None:
    with connect(server.endpoint) as connection:
        connection.send(sent)
        assert 1.0 < seconds_until_closed(connection) < limit
    expect_error(owner.get_blob("data", "b"), 404, "BlobNotFound")


def test_a_head_that_trickles_is_closed(server: LapisServer) -> None:
    """The time for a head is for all of it, not for each byte."""
    with connect(server.endpoint) as connection:
        began = time.monotonic()
        try:
            for byte in b"GET / HTTP/1.1\r\nHost: " + b"x" * 100:
                connection.send(bytes([byte]))
                time.sleep(0.2)
        except (BrokenPipeError, ConnectionResetError):
            pass
        assert time.monotonic() - began < 10


def test_an_idle_connection_lives_as_long_as_it_may(server: LapisServer, owner: BlobClient) -> None:
    with connect(server.endpoint) as connection:
        connection.send(signed_head("GET", "absent"))
        assert connection.response().status == 404
        time.sleep(2.5)
        connection.send(signed_head("GET", "absent"))
        assert connection.response().status == 404
        assert 2.5 < seconds_until_closed(connection) < 9


def test_slow_uploads_hold_up_little_and_not_for_long(
    server: LapisServer, owner: BlobClient
) -> None:
    """400 uploads that have begun and stand still take all buffers there are. What needs none goes
    on, what needs one is told to come back, and when they have timed out all is as before."""
    resource.setrlimit(
        resource.RLIMIT_NOFILE, (4096, resource.getrlimit(resource.RLIMIT_NOFILE)[1])
    )
    expect(owner.put_blob("data", "inline", b"x" * 1000), 201)
    server.reset_peak_memory()
    with ExitStack() as stack:
        for number in range(400):
            connection = stack.enter_context(connect(server.endpoint))
            connection.send(signed_head("PUT", f"slow{number}", 4 << 20) + b"x" * 1000)
        refused = 0
        for _ in range(20):
            began = time.monotonic()
            expect(owner.put_blob("data", "inline", b"x" * 1000), 201)
            expect(owner.get_blob("data", "inline"), 200)
            response = owner.put_blob("data", "quick", b"x" * 20_000)
            if response.status != 201:
                expect_error(response, 503, "ServerBusy")
                assert response["Retry-After"]
                refused += 1
            assert time.monotonic() - began < 2.5
        limit = time.monotonic() + 10
        while owner.put_blob("data", "quick", b"x" * 20_000).status != 201:
            assert time.monotonic() < limit, "it did not recover"
            time.sleep(0.2)
    assert server.stayed_below(256 << 20)
    assert owner.names("data") == ["inline", "quick"]


def test_slow_readers_hold_up_no_one_for_long(server: LapisServer, owner: BlobClient) -> None:
    """150 readers that do not read: their sockets fill, then they are timed out."""
    expect(owner.put_blob("data", "large", b"x" * (32 << 20)), 201)
    server.reset_peak_memory()
    with ExitStack() as stack:
        for _ in range(150):
            connection = stack.enter_context(connect(server.endpoint))
            connection.stream.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            connection.send(signed_head("GET", "large"))
        limit = time.monotonic() + 12
        statuses: list[int] = []
        while statuses != [201, 200]:
            assert time.monotonic() < limit, f"it did not recover: {statuses}"
            put = owner.put_blob("data", "quick", b"x" * 20_000)
            statuses = [put.status, owner.get_blob("data", "quick").status]
    assert server.stayed_below(256 << 20)


def test_vanishing_clients_leave_nothing_behind(server: LapisServer, owner: BlobClient) -> None:
    def descriptors() -> int:
        return len(list(Path(f"/proc/{server.pid}/fd").iterdir()))

    expect(owner.put_blob("data", "large", b"x" * (8 << 20)), 201)
    before = descriptors()
    for number in range(200):
        with connect(server.endpoint) as connection:
            if number % 2:
                connection.send(signed_head("PUT", f"cut{number}", 1 << 20) + b"x" * 100_000)
            else:
                connection.send(signed_head("GET", "large"))
    limit = time.monotonic() + 15
    while descriptors() > before + 8 and time.monotonic() < limit:
        time.sleep(0.2)
    assert descriptors() <= before + 8
    assert owner.names("data") == ["large"]


@pytest.mark.parametrize("claim", [1 << 40, (1 << 63) - 1, 1 << 64, 10**40])
def test_a_claimed_length_allocates_nothing(
    server: LapisServer, owner: BlobClient, claim: int
) -> None:
    server.reset_peak_memory()
    before = server.peak_memory()
    with connect(server.endpoint) as connection:
        connection.send(signed_head("PUT", "b", claim))
        assert connection.response().status in (400, 413)
    assert server.stayed_below(before + (32 << 20))


DEEP = b"<BlockList>" + b"<a>" * 100_000 + b"</a>" * 100_000 + b"</BlockList>"
BOMB = (
    b'<!DOCTYPE a [<!ENTITY b "'
    + b"x" * 10_000
    + b'">]><BlockList>'
    + b"&b;" * 10_000
    + b"</BlockList>"
)
UTF16 = "<BlockList></BlockList>".encode("utf-16")


@pytest.mark.parametrize("document", [DEEP, BOMB, UTF16], ids=["deep", "bomb", "utf-16"])
def test_hostile_block_lists_are_refused(owner: BlobClient, document: bytes) -> None:
    response = owner.put_block_list_xml("data", "b", document)
    assert 400 <= response.status < 500, response
    expect_error(owner.get_blob("data", "b"), 404, "BlobNotFound")


def test_large_block_lists_are_bounded(server: LapisServer, owner: BlobClient) -> None:
    """Legal or not: they cost time and memory in proportion, or are refused for their size."""
    server.reset_peak_memory()
    attributes = (
        b"<BlockList " + b" ".join(b'a%d="b"' % n for n in range(200_000)) + b"></BlockList>"
    )
    for document in (attributes, b"<BlockList>" + b" " * (64 << 20) + b"</BlockList>"):
        began = time.monotonic()
        try:
            assert owner.put_block_list_xml("data", "b", document).status in (201, 400, 413)
        except OSError:
            owner.close()  # refused while the document was on its way
        assert time.monotonic() - began < 2
    assert server.stayed_below(256 << 20)
