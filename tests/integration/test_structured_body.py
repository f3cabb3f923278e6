"""x-ms-structured-body: bodies in segments with their CRC-64, in and out."""

from __future__ import annotations

import random
import struct

import pytest

from azure_client import Response, expect, expect_error
from blob_client import BlobClient, block_id
from raw_http import connect
from signing import DEVELOPMENT_ACCOUNT, http_date, shared_key_text
from structured import FORM, SEGMENT, of_payload, structured

WANTED = {"x-ms-structured-body": FORM}
# "hello", as the SDK for JavaScript sends it.
HELLO = bytes.fromhex(
    "012c0000000000000001000100010005000000000000"
    "0068656c6c6f57425206708577335742520670857733"
)


def content(size: int) -> bytes:
    return random.Random(size).randbytes(size)


def test_the_vector(client: BlobClient, container: str) -> None:
    assert structured(b"hello") == HELLO
    response = expect(client.put_blob(container, "b", HELLO, of_payload(5)), 201)
    assert response["x-ms-structured-body"] == FORM
    assert response["x-ms-content-crc64"] == "V0JSBnCFdzM="
    whole = expect(client.get_blob(container, "b"), 200)
    assert (whole.body, whole["x-ms-structured-body"]) == (b"hello", None)
    assert expect(client.get_blob(container, "b", WANTED), 200).body == HELLO


@pytest.mark.parametrize("size", [0, 1, 4096, 4097, 100_000])
@pytest.mark.parametrize("segment", [1000, 65_536, SEGMENT])
def test_upload(client: BlobClient, container: str, size: int, segment: int) -> None:
    body = content(size)
    message = structured(body, segment)
    expect(client.put_blob(container, "b", message, of_payload(size)), 201)
    got = expect(client.get_blob(container, "b"), 200)
    assert got.body == body and got["Content-Length"] == str(size)
    if size:
        response = expect(client.put_block(container, "c", block_id(1), message, of_payload(size)), 201)
        assert response["x-ms-structured-body"] == FORM
        expect(client.put_block_list(container, "c", [block_id(1)]), 201)
        assert expect(client.get_blob(container, "c"), 200).body == body


def test_download_of_what_is_stored_in_any_way(client: BlobClient, container: str, stored: bytes) -> None:
    whole = expect(client.get_blob(container, "b", WANTED), 200)
    assert whole.body == structured(stored)
    assert whole["x-ms-structured-body"] == FORM
    assert whole["x-ms-structured-content-length"] == str(len(stored))
    assert whole["Content-Length"] == str(len(whole.body))
    size = len(stored)
    for first, last in ((0, 0), (1, size - 2), (size // 3, size // 2), (size - 1, size - 1)):
        part = expect(client.get_blob(container, "b", WANTED | {"Range": f"bytes={first}-{last}"}), 206)
        assert part.body == structured(stored[first : last + 1])
        assert part["Content-Range"] == f"bytes {first}-{last}/{size}"
        assert part["x-ms-structured-content-length"] == str(last - first + 1)


def test_download_of_several_segments(client: BlobClient, container: str) -> None:
    """A range longer than one whose hash could be asked for. The checksums of this much are left to
    the other tests."""
    body = content(3 * SEGMENT)
    expect(client.put_blob(container, "b", body), 201)
    length = 2 * SEGMENT + 5
    got = expect(client.get_blob(container, "b", WANTED | {"Range": f"bytes=7-{length + 6}"}), 206).body
    assert len(got) == length + 21 + 3 * 18
    assert struct.unpack_from("<BQHH", got) == (1, len(got), 1, 3)
    at, found = 13, b""
    for number in (1, 2, 3):
        size = SEGMENT if number < 3 else 5
        assert struct.unpack_from("<HQ", got, at) == (number, size)
        found += got[at + 10 : at + 10 + size]
        at += 18 + size
    assert found == body[7 : length + 7]


def test_an_empty_blob(client: BlobClient, container: str) -> None:
    expect(client.put_blob(container, "b", b""), 201)
    got = expect(client.get_blob(container, "b", WANTED), 200)
    assert got.body == structured(b"") and got["x-ms-structured-content-length"] == "0"
    ranged = client.get_blob(container, "b", WANTED | {"Range": "bytes=0-0"})
    expect_error(ranged, 416, "InvalidRange")


def damaged(message: bytes) -> list[tuple[str, bytes]]:
    """Each kind of damage, by the code that it is refused with. Of two segments."""

    def at(offset: int, value: bytes) -> bytes:
        return message[:offset] + value + message[offset + len(value) :]

    second = 13 + 18 + 5000
    return [
        ("InvalidInput", at(0, b"\2")),
        ("InvalidInput", at(1, struct.pack("<Q", len(message) + 1))),
        ("InvalidInput", at(9, b"\0\0")),
        ("InvalidInput", at(9, b"\3\0")),
        ("InvalidInput", at(11, b"\1\0")),
        ("InvalidInput", at(11, b"\3\0")),
        ("InvalidInput", at(13, b"\2\0")),
        ("InvalidInput", at(15, struct.pack("<Q", 1 << 60))),
        ("InvalidInput", at(second, b"\1\0")),
        ("InvalidInput", at(second + 2, struct.pack("<Q", 999))),
        ("Crc64Mismatch", at(23, bytes([message[23] ^ 1]))),
        ("Crc64Mismatch", at(second - 8, b"\0" * 8)),
        ("Crc64Mismatch", at(len(message) - 9, b"\0")),
        ("Crc64Mismatch", at(len(message) - 8, b"\0" * 8)),
    ]


def test_damage_is_refused_and_nothing_stored(client: BlobClient, container: str) -> None:
    body = content(6000)
    message = structured(body, 5000)
    expect(client.put_blob(container, "old", b"old"), 201)
    for code, body_sent in damaged(message):
        for name in ("b", "old"):
            expect_error(client.put_blob(container, name, body_sent, of_payload(6000)), 400, code)
        block = client.put_block(container, "b", block_id(1), body_sent, of_payload(6000))
        expect_error(block, 400, code)
    expect_error(client.get_blob(container, "b"), 404, "BlobNotFound")
    expect_error(client.get_block_list(container, "b", "all"), 404, "BlobNotFound")
    assert expect(client.get_blob(container, "old"), 200).body == b"old"
    expect(client.put_blob(container, "b", message, of_payload(6000)), 201)
    assert expect(client.get_blob(container, "b"), 200).body == body


@pytest.mark.parametrize(
    ("headers", "code", "name"),
    [
        ({"x-ms-structured-body": "XSM/2.0; properties=crc64"}, "InvalidHeaderValue", "x-ms-structured-body"),
        ({"x-ms-structured-body": "XSM/1.0"}, "InvalidHeaderValue", "x-ms-structured-body"),
        ({"x-ms-structured-body": ""}, "UnsupportedHeader", "x-ms-structured-content-length"),
        ({"x-ms-structured-content-length": ""}, "MissingRequiredHeader", "x-ms-structured-content-length"),
        ({"x-ms-structured-content-length": "6"}, "InvalidHeaderValue", "x-ms-structured-content-length"),
        ({"x-ms-structured-content-length": "-5"}, "InvalidHeaderValue", "x-ms-structured-content-length"),
        ({"Content-MD5": "XUFAKrxLKna5cZ2REBfFkg=="}, "UnsupportedHeader", "Content-MD5"),
        ({"x-ms-content-crc64": "V0JSBnCFdzM="}, "UnsupportedHeader", "x-ms-content-crc64"),
    ],
)  # fmt: skip
def test_headers(client: BlobClient, container: str, headers: dict[str, str], code: str, name: str) -> None:
    for response in (
        client.put_blob(container, "b", HELLO, of_payload(5) | headers),
        client.put_block(container, "b", block_id(1), HELLO, of_payload(5) | headers),
    ):
        expect_error(response, 400, code)
        assert (response.error_field("HeaderName") or "").lower() == name.lower()
    expect_error(client.get_blob(container, "b"), 404, "BlobNotFound")


def test_what_is_kept_is_of_the_payload(client: BlobClient, container: str) -> None:
    md5 = {"x-ms-blob-content-md5": "XUFAKrxLKna5cZ2REBfFkg=="}
    expect(client.put_blob(container, "b", HELLO, of_payload(5) | md5), 201)
    head = expect(client.get_blob_properties(container, "b"), 200)
    assert (head["Content-Length"], head["Content-MD5"]) == ("5", md5["x-ms-blob-content-md5"])
    wrong = {"x-ms-blob-content-md5": "AAAAAAAAAAAAAAAAAAAAAA=="}
    expect_error(client.put_blob(container, "b", HELLO, of_payload(5) | wrong), 400, "Md5Mismatch")


def test_other_operations_refuse_it(client: BlobClient, container: str) -> None:
    expect(client.put_blob(container, "b", b"x"), 201)
    answers: list[Response] = [
        client.get_blob_properties(container, "b", WANTED),
        client.get_blob_metadata(container, "b", WANTED),
        client.put_block_list(container, "b", [], of_payload(5)),
        client.set_blob_metadata(container, "b", WANTED),
        client.create_container(container, WANTED),
    ]
    for answer in answers:
        expect_error(answer, 400, "UnsupportedHeader")
    wrong = client.get_blob(container, "b", {"x-ms-structured-body": "XSM/9"})
    expect_error(wrong, 400, "InvalidHeaderValue")


def test_a_message_that_comes_slowly(endpoint: str, client: BlobClient, container: str) -> None:
    """Byte by byte, so that every piece of framing is cut."""
    path = client.path(container, "slow")
    message = structured(b"abcdefghi" * 3, 10)
    sent = {"x-ms-version": "2021-12-02", "x-ms-date": http_date(), "x-ms-blob-type": "BlockBlob"}
    sent |= of_payload(27) | {"Content-Length": str(len(message))}
    account = DEVELOPMENT_ACCOUNT
    text = shared_key_text(account.name, "PUT", path, [], sent)
    sent |= {"Authorization": f"SharedKey {account.name}:{account.sign(text)}", "Host": "127.0.0.1"}
    with connect(endpoint) as connection:
        connection.send(f"PUT {path} HTTP/1.1\r\n" + "".join(f"{n}: {v}\r\n" for n, v in sent.items()) + "\r\n")
        for byte in message:
            connection.send(bytes([byte]))
        assert connection.response().status == 201
    assert client.get_blob(container, "slow").body == b"abcdefghi" * 3
