"""Append Block."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from azure_client import expect, expect_error, md5_header
from blob_client import BlobClient
from configuration import flash, write_config
from crc64 import crc64_header
from lapis_command import lapis
from lapis_server import LapisServer
from observing import eventually, metrics
from sas import account_sas
from signing import DEVELOPMENT_ACCOUNT
from structured import FORM, of_payload, structured

PAST = "Wed, 01 Jan 2003 00:00:00 GMT"
FUTURE = "Wed, 01 Jan 2998 00:00:00 GMT"
POSITION = "x-ms-blob-condition-appendpos"
MAX_SIZE = "x-ms-blob-condition-maxsize"
MIB = 1 << 20


@pytest.fixture
def blob(client: BlobClient, container: str) -> str:
    expect(client.put_append_blob(container, "b"), 201)
    return "b"


def content(size: int, seed: int = 0) -> bytes:
    return random.Random(f"{seed}:{size}").randbytes(size)


def test_blocks_follow_each_other(client: BlobClient, container: str, blob: str) -> None:
    """Of every size about the one from which they are in extents, and of several chunks."""
    whole = b""
    client.version = "2022-11-02"
    sizes = [1, 100, 4096, 4096, 1, 4097, 3, 70_000, 4095, 1, 1, 5 * MIB, 17 * MIB, 10]
    for number, size in enumerate(sizes):
        part = content(size, number)
        before = client.get_blob_properties(container, blob)["ETag"]
        response = expect(client.append_block(container, blob, part), 201)
        assert response["x-ms-blob-append-offset"] == str(len(whole))
        assert response["x-ms-blob-committed-block-count"] == str(number + 1)
        assert response["x-ms-request-server-encrypted"] == "false"
        assert response["ETag"] != before and response["Last-Modified"] and response.body == b""
        whole += part
        got = expect(client.get_blob_properties(container, blob), 200)
        assert (got["ETag"], got["Content-Length"]) == (response["ETag"], str(len(whole)))
        assert got["x-ms-blob-committed-block-count"] == str(number + 1)
    assert client.get_blob(container, blob).body == whole
    rng = random.Random(7)
    for _ in range(40):
        first = rng.randrange(len(whole))
        last = min(len(whole), first + rng.choice([1, 100, 9000, 6 * MIB])) - 1
        got = client.get_blob(container, blob, {"Range": f"bytes={first}-{last}"})
        assert (got.status, got.body) == (206, whole[first : last + 1])
        hashed = {"Range": f"bytes={first}-{first + 9}", "x-ms-range-get-content-crc64": "true"}
        got = expect(client.get_blob(container, blob, hashed), 206)
        assert got["x-ms-content-crc64"] == crc64_header(whole[first : first + 10])


def test_many_small_ones(client: BlobClient, container: str, blob: str) -> None:
    lines = [f"{number:06d} {'x' * (number % 90)}\n".encode() for number in range(3_000)]
    for line in lines:
        expect(client.append_block(container, blob, line), 201)
    whole = b"".join(lines)
    assert client.get_blob(container, blob).body == whole
    at = len(whole) // 2
    got = client.get_blob(container, blob, {"Range": f"bytes={at}-{at + 20_000}"})
    assert got.body == whole[at : at + 20_001]
    assert client.get_blob_properties(container, blob)["x-ms-blob-committed-block-count"] == "3000"


def test_answers_the_hash_that_the_version_names(
    client: BlobClient, container: str, blob: str
) -> None:
    body = b"block body"
    md5, crc = md5_header(body), crc64_header(body)
    response = expect(client.append_block(container, blob, body), 201)
    assert (response["Content-MD5"], response["x-ms-content-crc64"]) == (None, crc)
    response = expect(client.append_block(container, blob, body, {"Content-MD5": md5}), 201)
    assert (response["Content-MD5"], response["x-ms-content-crc64"]) == (md5, None)
    client.version = "2018-11-09"
    response = expect(client.append_block(container, blob, body), 201)
    assert (response["Content-MD5"], response["x-ms-content-crc64"]) == (md5, None)
    client.version = "2026-10-06"
    response = expect(client.append_block(container, blob, body), 201)
    assert (response["Content-MD5"], response["x-ms-content-crc64"]) == (md5, crc)


def test_a_wrong_hash_appends_nothing(client: BlobClient, container: str, blob: str) -> None:
    for size in (10, 9000):
        body, other = b"x" * size, b"y" * size
        headers = {"Content-MD5": md5_header(other)}
        expect_error(client.append_block(container, blob, body, headers), 400, "Md5Mismatch")
        headers = {"x-ms-content-crc64": crc64_header(other)}
        expect_error(client.append_block(container, blob, body, headers), 400, "Crc64Mismatch")
    assert expect(client.get_blob_properties(container, blob), 200)["Content-Length"] == "0"


@pytest.mark.parametrize("size", [1, 4096, 100_000])
def test_a_structured_body(client: BlobClient, container: str, blob: str, size: int) -> None:
    body = content(size)
    message = structured(body, 1000)
    response = expect(client.append_block(container, blob, message, of_payload(size)), 201)
    assert response["x-ms-structured-body"] == FORM
    damaged = message[:-1] + bytes([message[-1] ^ 1])
    expect_error(client.append_block(container, blob, damaged, of_payload(size)), 400, "Crc64Mismatch")
    assert client.get_blob(container, blob).body == body


def test_the_position_must_be_the_end(client: BlobClient, container: str, blob: str) -> None:
    expect(client.append_block(container, blob, b"12345", {POSITION: "0"}), 201)
    for wrong in ("0", "4", "6", "99999999999"):
        response = client.append_block(container, blob, b"x", {POSITION: wrong})
        expect_error(response, 412, "AppendPositionConditionNotMet")
    expect(client.append_block(container, blob, b"678", {POSITION: "5"}), 201)
    assert client.get_blob(container, blob).body == b"12345678"


def test_the_size_must_not_be_passed(client: BlobClient, container: str, blob: str) -> None:
    expect(client.append_block(container, blob, b"12345", {MAX_SIZE: "5"}), 201)
    for most in ("0", "4", "5", "7"):
        response = client.append_block(container, blob, b"678", {MAX_SIZE: most})
        expect_error(response, 412, "MaxBlobSizeConditionNotMet")
    expect(client.append_block(container, blob, b"678", {MAX_SIZE: "8", POSITION: "5"}), 201)
    assert client.get_blob(container, blob).body == b"12345678"


@pytest.mark.parametrize("name", [POSITION, MAX_SIZE])
@pytest.mark.parametrize("value", ["-1", "x", "1.5", "99999999999999999999"])
def test_values_that_are_no_length(
    client: BlobClient, container: str, blob: str, name: str, value: str
) -> None:
    response = client.append_block(container, blob, b"x", {name: value})
    expect_error(response, 400, "InvalidHeaderValue")
    assert (response.error_field("HeaderName"), response.error_field("HeaderValue")) == (name, value)


def test_conditions(client: BlobClient, container: str) -> None:
    made = expect(client.put_append_blob(container, "b", {"x-ms-tags": "k=v"}), 201)["ETag"]
    unmet = [
        {"If-Match": '"0x8D0000000000000"'},
        {"If-None-Match": made},
        {"If-None-Match": "*"},
        {"If-Modified-Since": FUTURE},
        {"If-Unmodified-Since": PAST},
        {"x-ms-if-tags": "k='w'"},
    ]
    for headers in unmet:
        response = client.append_block(container, "b", b"x", headers)
        expect_error(response, 412, "ConditionNotMet")
    several = {"If-Match": made, "If-None-Match": '"0x1"'}
    response = client.append_block(container, "b", b"x", several)
    expect_error(response, 400, "MultipleConditionHeadersNotSupported")
    met = [
        {"If-Match": made},
        {"If-Match": "*"},
        {"If-None-Match": made},
        {"If-Modified-Since": PAST},
        {"If-Unmodified-Since": FUTURE},
        {"x-ms-if-tags": "k='v'"},
    ]
    for headers in met:
        expect(client.append_block(container, "b", b"x", headers), 201)
    assert client.get_blob(container, "b").body == b"x" * len(met)


def test_leases(client: BlobClient, container: str, blob: str) -> None:
    lease = str(uuid.uuid4())
    named = {"x-ms-lease-id": lease}
    response = client.append_block(container, blob, b"x", named)
    expect_error(response, 412, "LeaseNotPresentWithBlobOperation")
    expect(client.lease_blob(container, blob, "acquire", duration="-1", proposed=lease), 201)
    expect_error(client.append_block(container, blob, b"x"), 412, "LeaseIdMissing")
    other = {"x-ms-lease-id": str(uuid.uuid4())}
    response = client.append_block(container, blob, b"x", other)
    expect_error(response, 412, "LeaseIdMismatchWithBlobOperation")
    expect(client.append_block(container, blob, b"x", named), 201)
    assert client.get_blob(container, blob).body == b"x"


def test_there_must_be_a_blob_and_a_body(client: BlobClient, container: str, blob: str) -> None:
    expect_error(client.append_block(container, "none", b"x"), 404, "BlobNotFound")
    expect_error(client.append_block(container + "x", "b", b"x"), 404, "ContainerNotFound")
    response = client.append_block(container, blob, b"")
    expect_error(response, 400, "InvalidHeaderValue")
    assert response.error_field("HeaderName") == "Content-Length"
    query = [("comp", "appendblock"), ("snapshot", "2021-06-28T05:51:11.5743121Z")]
    response = client.request("PUT", client.path(container, blob), query, {}, b"x")
    expect_error(response, 400, "InvalidQueryParameterValue")


@pytest.mark.parametrize(
    ("version", "length"), [("2022-11-02", 100 << 20), ("2021-12-02", 4 << 20), ("2015-02-21", 4 << 20)]
)
def test_the_largest_depends_on_the_version(
    client: BlobClient, container: str, blob: str, version: str, length: int
) -> None:
    client.version = version
    path, query = client.path(container, blob), [("comp", "appendblock")]
    headers = {"Expect": "100-continue"}
    target, sent = client.head("PUT", path, query, headers, length + 1)
    connection = client.connection()
    connection.putrequest("PUT", target, skip_host=True, skip_accept_encoding=True)
    for name, value in sent.items():
        connection.putheader(name, value)
    connection.endheaders()
    answer = connection.getresponse()
    assert (answer.status, answer.headers["x-ms-error-code"]) == (413, "RequestBodyTooLarge")
    client.close()
    if length == 4 << 20:
        expect(client.append_block(container, blob, bytes(length)), 201)


def test_to_append_is_a_permission_of_its_own(
    client: BlobClient, new_client: Callable[..., BlobClient], container: str, blob: str
) -> None:
    for letters, status in (("a", 201), ("w", 201), ("rcdl", 403)):
        holder = new_client(sas=account_sas(DEVELOPMENT_ACCOUNT, letters))
        assert holder.append_block(container, blob, b"x").status == status
    appender = new_client(sas=account_sas(DEVELOPMENT_ACCOUNT, "a"))
    expect(appender.put_append_blob(container, "other"), 403)
    assert client.get_blob(container, blob).body == b"xx"


def test_many_at_once_all_land(
    client: BlobClient, new_client: Callable[..., BlobClient], container: str, blob: str
) -> None:
    """Each whole, at the place that it was told, in some order."""

    def append(writer: int) -> list[tuple[int, bytes]]:
        own = new_client()
        rng = random.Random(writer)
        landed = []
        for number in range(40):
            part = bytes([65 + writer]) * rng.choice([7, 100, 3000, 9000]) + bytes([number])
            response = expect(own.append_block(container, blob, part), 201)
            landed.append((int(response["x-ms-blob-append-offset"] or -1), part))
        own.close()
        return landed

    with ThreadPoolExecutor(8) as pool:
        landed = sorted(part for parts in pool.map(append, range(8)) for part in parts)
    body = client.get_blob(container, blob).body
    assert body == b"".join(part for _, part in landed)
    assert all(body[offset : offset + len(part)] == part for offset, part in landed)
    assert client.get_blob_properties(container, blob)["x-ms-blob-committed-block-count"] == "320"


def test_snapshots_stay_as_the_blob_was(client: BlobClient, container: str, blob: str) -> None:
    rng = random.Random(3)
    whole, taken = b"", {}
    for number in range(300):
        part = content(rng.choice([1, 50, 4000, 5000, 20_000]), number)
        expect(client.append_block(container, blob, part), 201)
        whole += part
        if number % 60 == 17:
            name = expect(client.snapshot_blob(container, blob), 201)["x-ms-snapshot"] or ""
            taken[name] = (whole, str(number + 1))
    expect(client.put_append_blob(container, blob), 201)
    expect(client.append_block(container, blob, b"other"), 201)
    for name, (body, count) in taken.items():
        got = expect(client.get_blob(container, blob, snapshot=name), 200)
        assert got.body == body
        assert (got["x-ms-blob-type"], got["x-ms-blob-committed-block-count"]) == ("AppendBlob", count)
    assert client.get_blob(container, blob).body == b"other"


def test_appended_is_durable_and_nothing_leaks(
    new_server: Callable[..., LapisServer], tmp_path: Path
) -> None:
    """Over kills, with snapshots and a copy that begin alike; the check of the store finds nothing,
    and what is deleted is given back."""
    data = tmp_path / "data"
    config = write_config(tmp_path / "lapis.toml", data / "meta", [flash(data / "flash")])
    server = new_server(config=config, shared_data=data, admin="127.0.0.1:0").start()
    rng = random.Random(5)
    whole = {"b": b"", "copy": b""}
    snapshots: list[tuple[str, bytes]] = []

    def connect() -> BlobClient:
        return BlobClient(server.endpoint, DEVELOPMENT_ACCOUNT.name, DEVELOPMENT_ACCOUNT)

    def fsck() -> None:
        checked = lapis("fsck", "--config", server.config, "--deep")
        assert checked.code == 0, checked.out

    own = connect()
    expect(own.create_container("box"), 201)
    expect(own.put_append_blob("box", "b"), 201)
    for start in range(3):
        for name in whole if start else ["b"]:
            for number in range(150):
                part = content(rng.choice([3, 900, 4096, 4100, 60_000]), start * 1000 + number)
                expect(own.append_block("box", name, part), 201)
                whole[name] += part
        snapshots.append((expect(own.snapshot_blob("box", "b"), 201)["x-ms-snapshot"] or "", whole["b"]))
        if start == 0:
            source = f"{server.endpoint}/{DEVELOPMENT_ACCOUNT.name}/box/b"
            expect(own.copy_blob("box", "copy", source), 202)
            whole["copy"] = whole["b"]
        fsck()
        server.kill()
        server.start()
        own = connect()
        for name, body in whole.items():
            assert own.get_blob("box", name).body == body
        for taken, body in snapshots:
            assert own.get_blob("box", "b", snapshot=taken).body == body
    expect(own.put_append_blob("box", "b"), 201)
    fsck()
    for taken, body in snapshots[::-1]:
        assert own.get_blob("box", "b", snapshot=taken).body == body
        expect(own.delete_blob("box", "b", snapshot=taken), 202)
    assert own.get_blob("box", "copy").body == whole["copy"]
    expect(own.delete_blob("box", "copy"), 202)

    def live() -> float:
        return metrics(server).total("lapis_pool_extent_bytes", state="live")

    assert eventually(lambda: live() == 0, 30)
    fsck()
