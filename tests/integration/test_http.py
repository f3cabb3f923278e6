"""The connection: keeping it, pipelining, 100-continue, and what cannot be framed."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack

import pytest

from azure_client import encode_query, expect
from blob_client import BlobClient
from raw_http import RawConnection, connect
from sas import account_sas
from signing import DEVELOPMENT_ACCOUNT

VERSION = "x-ms-version: 2021-12-02\r\n"


@pytest.fixture
def signed(new_client: Callable[..., BlobClient]) -> Callable[..., str]:
    """Targets that need no further signature: signed("c", "b") is a path with a SAS."""
    token = account_sas(DEVELOPMENT_ACCOUNT)
    client = new_client(sas=token)

    def target(container: str = "", blob: str = "", **query: str) -> str:
        return f"{client.path(container, blob)}?{encode_query([*query.items(), *token.items()])}"

    return target


def put(target: str, body: bytes, extra: str = "", host: str = "x") -> bytes:
    head = f"PUT {target} HTTP/1.1\r\nHost: {host}\r\n{VERSION}x-ms-blob-type: BlockBlob\r\n{extra}"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def get(target: str, extra: str = "", method: str = "GET") -> bytes:
    return f"{method} {target} HTTP/1.1\r\nHost: x\r\n{VERSION}{extra}\r\n".encode()


def test_a_connection_is_kept(endpoint: str, container: str, signed: Callable[..., str]) -> None:
    with connect(endpoint) as connection:
        for number in range(50):
            body = b"%d" % number
            connection.send(put(signed(container, "b"), body))
            assert connection.response().status == 201
            connection.send(get(signed(container, "b")))
            assert connection.response().body == body


def test_pipelined_requests_are_answered_in_order(
    endpoint: str, container: str, signed: Callable[..., str]
) -> None:
    with connect(endpoint) as connection:
        batch = b"".join(put(signed(container, f"b{n}"), b"%d" % n * 100) for n in range(30))
        batch += b"".join(get(signed(container, f"b{n}")) for n in range(30))
        connection.send(batch)
        assert [connection.response().status for _ in range(30)] == [201] * 30
        assert [connection.response().body for _ in range(30)] == [
            b"%d" % n * 100 for n in range(30)
        ]


def test_a_body_may_come_byte_by_byte(
    endpoint: str, container: str, signed: Callable[..., str]
) -> None:
    with connect(endpoint) as connection:
        for byte in put(signed(container, "b"), b"slowly"):
            connection.send(bytes([byte]))
        assert connection.response().status == 201
        connection.send(get(signed(container, "b")))
        assert connection.response().body == b"slowly"


def test_connection_close_is_honoured(
    endpoint: str, container: str, signed: Callable[..., str]
) -> None:
    with connect(endpoint) as connection:
        connection.send(put(signed(container, "b"), b"x", "Connection: close\r\n"))
        response = connection.response()
        assert response.status == 201 and response.headers.get("connection") == "close"
        assert connection.is_closed()


def test_continue_comes_after_authorisation(
    endpoint: str, container: str, signed: Callable[..., str]
) -> None:
    expectation = "Expect: 100-continue\r\n"
    with connect(endpoint) as connection:
        whole = put(signed(container, "b"), b"x" * 100_000, expectation)
        connection.send(whole[:-100_000])
        assert connection.response().status == 100
        connection.send(whole[-100_000:])
        assert connection.response().status == 201
    denied = signed(container, "b").replace("sig=", "sig=AAAA")
    with connect(endpoint) as connection:
        connection.send(put(denied, b"x" * 100_000, expectation)[:-100_000])
        assert connection.response().status == 403
    with connect(endpoint) as connection:
        connection.send(put(signed("no-such-container", "b"), b"x" * 9, expectation)[:-9])
        assert connection.response().status == 404


def test_without_an_expectation_there_is_no_interim_answer(
    endpoint: str, container: str, signed: Callable[..., str]
) -> None:
    with connect(endpoint) as connection:
        whole = put(signed(container, "b"), b"x" * 10)
        connection.send(whole[:-10])
        assert connection.is_silent()
        connection.send(whole[-10:])
        assert connection.response().status == 201


def test_a_refused_upload_does_not_desynchronise(
    endpoint: str, container: str, signed: Callable[..., str]
) -> None:
    """The unread body is drained or the connection closed; it is never taken for a request."""
    for size in (10, 100_000, 8 << 20):
        with connect(endpoint) as connection:
            try:
                connection.send(
                    put(signed("no-such-container", "b"), b"GET / HTTP/1.1\r\n" * (size // 16))
                )
            except (BrokenPipeError, ConnectionResetError):
                pass
            try:
                first = connection.response()
            except (AssertionError, OSError):
                continue  # reset while the body was on its way
            assert first.status == 404
            try:
                connection.send(get(signed(container, "absent")))
                assert (
                    connection.is_closed()
                    or connection.response().headers["x-ms-error-code"] == "BlobNotFound"
                )
            except (BrokenPipeError, ConnectionResetError):
                pass


def test_an_upload_cut_short_leaves_nothing(
    client: BlobClient, endpoint: str, container: str, signed: Callable[..., str]
) -> None:
    for size in (3000, 3 << 20):
        with connect(endpoint) as connection:
            connection.send(put(signed(container, "b"), b"x" * size)[:-10])
        assert client.get_blob(container, "b").status == 404
    assert client.names(container) == []


MALFORMED = {
    "two lengths": "PUT {t} HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
    "a length and chunks": "PUT {t} HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a signed length": "PUT {t} HTTP/1.1\r\nHost: x\r\nContent-Length: +3\r\n\r\nabc",
    "a hexadecimal length": "PUT {t} HTTP/1.1\r\nHost: x\r\nContent-Length: 0x3\r\n\r\nabc",
    "a folded line": "GET {t} HTTP/1.1\r\nHost: x\r\nx-ms-meta-a: b\r\n c\r\n\r\n",
    "a blank before the colon": "GET {t} HTTP/1.1\r\nHost: x\r\nx-ms-version : 2021-12-02\r\n\r\n",
    "a NUL": "GET {t} HTTP/1.1\r\nHost: x\r\nx-ms-meta-a: b\0c\r\n\r\n",
    "no host": "GET {t} HTTP/1.1\r\n\r\n",
    "two hosts": "GET {t} HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
    "another protocol": "GET {t} HTTP/9.9\r\nHost: x\r\n\r\n",
    "no protocol": "GET {t}\r\nHost: x\r\n\r\n",
    "another coding": "PUT {t} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    "a head without colon": "GET {t} HTTP/1.1\r\nHost x\r\n\r\n",
    "a blank in the target": "GET {t} x HTTP/1.1\r\nHost: x\r\n\r\n",
}


@pytest.mark.parametrize("kind", MALFORMED)
def test_what_cannot_be_framed_ends_the_connection(
    endpoint: str, container: str, signed: Callable[..., str], kind: str
) -> None:
    with connect(endpoint) as connection:
        connection.send(MALFORMED[kind].format(t=signed(container, "b")))
        response = connection.response()
        assert 400 <= response.status < 600 and response.status != 500, response
        assert connection.is_closed()


def test_heads_have_a_limit(endpoint: str, container: str, signed: Callable[..., str]) -> None:
    for request, status in (
        (get(signed(container, "b"), "x-ms-meta-a: " + "a" * 70_000 + "\r\n"), 431),
        (get(signed(container, "b"), "".join(f"x-h{n}: {'a' * 90}\r\n" for n in range(900))), 431),
        (get(signed(container, "b" * 20_000)), 414),
    ):
        with connect(endpoint) as connection:
            try:
                connection.send(request)
            except (BrokenPipeError, ConnectionResetError):
                pass
            assert connection.response().status == status
            assert connection.is_closed()


def test_head_answers_have_no_body(
    endpoint: str, container: str, signed: Callable[..., str]
) -> None:
    with connect(endpoint) as connection:
        connection.send(put(signed(container, "b"), b"x" * 5000))
        assert connection.response().status == 201
        connection.send(get(signed(container, "b"), method="HEAD"))
        response = connection.response(to_head=True)
        assert (response.status, response.headers["content-length"]) == (200, "5000")
        connection.send(get(signed(container, "absent"), method="HEAD"))
        assert connection.response(to_head=True).status == 404
        connection.send(get(signed(container, "b")))
        assert len(connection.response().body) == 5000


@pytest.mark.parametrize(
    "host", ["devstoreaccount1.blob.lapis.test", "devstoreaccount1.blob.lapis.test:8080"]
)
def test_an_account_in_the_host(
    new_client: Callable[..., BlobClient], container: str, host: str
) -> None:
    client = new_client(host=host, host_style=True)
    expect(client.put_blob(container, "b", b"host style"), 201)
    assert expect(client.get_blob(container, "b"), 200).body == b"host style"
    assert expect(new_client().get_blob(container, "b"), 200).body == b"host style"
    document = expect(client.list_blobs(container), 200).xml()
    assert (document.get("ServiceEndpoint") or "").startswith(f"http://{host}")
    stranger = new_client(host="stranger.blob.lapis.test", host_style=True)
    assert stranger.get_blob(container, "b").status in (403, 404)


def test_a_root_path_style_request_needs_an_account(endpoint: str) -> None:
    with connect(endpoint) as connection:
        connection.send(get("/"))
        assert 400 <= connection.response().status < 500


def test_many_connections_at_once(
    endpoint: str, container: str, signed: Callable[..., str]
) -> None:
    with ExitStack() as stack:
        connections: list[RawConnection] = [
            stack.enter_context(connect(endpoint)) for _ in range(300)
        ]
        for number, connection in enumerate(connections):
            connection.send(put(signed(container, f"b{number}"), b"%d" % number))
        assert all(connection.response().status == 201 for connection in connections)
