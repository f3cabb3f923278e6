"""What every error has in common, and what is refused rather than ignored by each operation that
would have to keep it; test_not_built.py has all that is refused."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest

from azure_client import expect, expect_error, encode_query
from blob_client import BlobClient, block_id
from sas import account_sas
from signing import DEVELOPMENT_ACCOUNT

GUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"


def test_the_document(client: BlobClient, container: str) -> None:
    response = expect_error(client.get_blob(container, "absent"), 404, "BlobNotFound")
    assert response["Content-Type"] == "application/xml"
    assert response["Content-Length"] == str(len(response.body))
    text = response.body.decode("utf-8-sig")
    assert text.startswith('<?xml version="1.0" encoding="utf-8"?>')
    message = response.error_field("Message") or ""
    lines = message.split("\n")
    assert lines[0] == "The specified blob does not exist."
    assert re.fullmatch(f"RequestId:{GUID}", lines[1])
    assert lines[1].removeprefix("RequestId:") == response["x-ms-request-id"]
    assert re.fullmatch(r"Time:\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z", lines[2])


def test_every_answer_has_an_id_and_a_date(client: BlobClient, container: str) -> None:
    seen = set()
    for response in (client.list_blobs(container), client.get_blob(container, "absent")):
        assert re.fullmatch(GUID, response["x-ms-request-id"] or "")
        assert response["Date"] and response["Server"]
        seen.add(response["x-ms-request-id"])
    assert len(seen) == 2


def test_the_clients_request_id_is_echoed(client: BlobClient, container: str) -> None:
    response = client.get_blob(container, "absent", {"x-ms-client-request-id": "one two:3"})
    assert response["x-ms-client-request-id"] == "one two:3"
    long = client.get_blob(container, "absent", {"x-ms-client-request-id": "x" * 1025})
    expect_error(long, 404, "BlobNotFound")
    assert long["x-ms-client-request-id"] is None


def raw_exchange(client: BlobClient, head: str) -> bytes:
    """Sends `head`, and everything that comes back until the server is silent or closes."""
    parts = urlsplit(client.endpoint)
    with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=5) as stream:
        stream.sendall(head.encode())
        received = b""
        while b"\r\n\r\n" not in received or b"</Error>" not in received:
            try:
                data = stream.recv(65536)
            except TimeoutError:
                break
            if not data:
                break
            received += data
        return received


def test_a_put_needs_a_length(new_client: Callable[..., BlobClient], container: str) -> None:
    client = new_client(sas=account_sas(DEVELOPMENT_ACCOUNT))
    path = f"{client.path(container, 'b')}?{encode_query(list((client.sas or {}).items()))}"
    head = f"PUT {path} HTTP/1.1\r\nHost: x\r\nx-ms-version: 2021-12-02\r\nx-ms-blob-type: BlockBlob\r\n"
    chunked = raw_exchange(client, head + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n")
    assert chunked.startswith(b"HTTP/1.1 411 "), chunked
    assert b"MissingContentLengthHeader" in chunked and b"<HeaderName>Content-Length<" in chunked
    assert raw_exchange(client, head + "\r\n").startswith(b"HTTP/1.1 411 ")


# What promises something about the bytes or their protection is done or refused, never ignored.
FAIL_CLOSED = {
    "customer key": {
        "x-ms-encryption-key": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        "x-ms-encryption-key-sha256": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        "x-ms-encryption-algorithm": "AES256",
    },
    "encryption scope": {"x-ms-encryption-scope": "scope"},
    "immutability": {
        "x-ms-immutability-policy-until-date": "Wed, 01 Jan 2998 00:00:00 GMT",
        "x-ms-immutability-policy-mode": "Unlocked",
    },
    "legal hold": {"x-ms-legal-hold": "true"},
}


@pytest.mark.parametrize("promise", ["customer key", "encryption scope"])
def test_promises_are_refused_on_put_block(
    client: BlobClient, container: str, promise: str
) -> None:
    response = client.put_block(container, "b", block_id(1), b"x" * 44, FAIL_CLOSED[promise])
    assert 400 <= response.status < 500 and response.error_code, response


@pytest.mark.parametrize("promise", FAIL_CLOSED)
def test_promises_are_refused_on_put_block_list(
    client: BlobClient, container: str, promise: str
) -> None:
    expect(client.put_block(container, "b", block_id(1), b"x"), 201)
    response = client.put_block_list(container, "b", [block_id(1)], FAIL_CLOSED[promise])
    assert 400 <= response.status < 500 and response.error_code, response
    expect_error(client.get_blob(container, "b"), 404, "BlobNotFound")


@pytest.mark.parametrize("promise", ["customer key", "encryption scope"])
def test_promises_are_refused_on_get_blob(client: BlobClient, container: str, promise: str) -> None:
    expect(client.put_blob(container, "b", b"content"), 201)
    response = client.get_blob(container, "b", FAIL_CLOSED[promise])
    assert 400 <= response.status < 500 and response.error_code, response


def test_unknown_comp_and_method(client: BlobClient, container: str) -> None:
    response = client.request("GET", client.path(container, "b"), [("comp", "nonsense")])
    expect_error(response, 400, "InvalidQueryParameterValue")
    assert response.error_field("QueryParameterName") == "comp"
    response = client.request("POST", client.path(container, "b"))
    expect_error(response, 405, "UnsupportedHttpVerb")
