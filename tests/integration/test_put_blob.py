"""Put Blob: what it stores, answers and refuses. Conditions: test_put_conditions.py."""

from __future__ import annotations

import random
import uuid

import pytest

from azure_client import expect, expect_error, md5_header
from blob_client import BlobClient, block_id
from crc64 import crc64_header

SIZES = [0, 1, 511, 4095, 4096, 4097, 65536, 65537, 1_000_003, 5 << 20]


def content(size: int, seed: int = 1) -> bytes:
    return random.Random(f"{seed}:{size}").randbytes(size)


@pytest.mark.parametrize("size", SIZES)
def test_bytes_come_back(client: BlobClient, container: str, size: int) -> None:
    body = content(size)
    put = expect(client.put_blob(container, "b", body), 201)
    assert put["Content-MD5"] == md5_header(body)
    assert put["x-ms-request-server-encrypted"] == "false"
    assert put["ETag"] and put["Last-Modified"]
    got = expect(client.get_blob(container, "b"), 200)
    assert got.body == body
    assert (got["ETag"], got["Content-Length"]) == (put["ETag"], str(size))
    assert got["Content-MD5"] == md5_header(body)
    assert got["x-ms-blob-type"] == "BlockBlob"


@pytest.mark.parametrize("size", [0, 5, 4097, 70_001])
def test_answers_the_crc64(client: BlobClient, container: str, size: int) -> None:
    body = content(size)
    put = expect(client.put_blob(container, "b", body), 201)
    assert put["x-ms-content-crc64"] == crc64_header(body)


def test_old_versions_answer_md5_alone(client: BlobClient, container: str) -> None:
    client.version = "2018-11-09"
    put = expect(client.put_blob(container, "b", b"abc"), 201)
    assert put["Content-MD5"] == md5_header(b"abc")
    assert put["x-ms-content-crc64"] is None


@pytest.mark.parametrize("size", [3, 50_000])
def test_right_hashes_are_accepted(client: BlobClient, container: str, size: int) -> None:
    body = content(size)
    for headers in (
        {"Content-MD5": md5_header(body)},
        {"x-ms-content-crc64": crc64_header(body)},
        {"x-ms-blob-content-md5": md5_header(body)},
    ):
        expect(client.put_blob(container, "b", body, headers), 201)


@pytest.mark.parametrize("size", [3, 50_000])
def test_a_wrong_hash_changes_nothing(client: BlobClient, container: str, size: int) -> None:
    old = expect(client.put_blob(container, "b", b"old"), 201)
    body = content(size)
    wrong_md5, wrong_crc = md5_header(body + b"!"), crc64_header(body + b"!")
    response = client.put_blob(container, "b", body, {"Content-MD5": wrong_md5})
    expect_error(response, 400, "Md5Mismatch")
    assert response.error_field("UserSpecifiedMd5") == wrong_md5
    assert response.error_field("ServerCalculatedMd5") == md5_header(body)
    response = client.put_blob(container, "b", body, {"x-ms-content-crc64": wrong_crc})
    expect_error(response, 400, "Crc64Mismatch")
    assert response.error_field("UserSpecifiedCrc") == wrong_crc
    assert response.error_field("ServerCalculatedCrc") == crc64_header(body)
    response = client.put_blob(container, "b", body, {"x-ms-blob-content-md5": wrong_md5})
    expect_error(response, 400, "Md5Mismatch")
    got = expect(client.get_blob(container, "b"), 200)
    assert (got.body, got["ETag"]) == (b"old", old["ETag"])


def test_blob_md5_beats_content_md5(client: BlobClient, container: str) -> None:
    headers = {"Content-MD5": md5_header(b"other"), "x-ms-blob-content-md5": md5_header(b"abc")}
    expect(client.put_blob(container, "b", b"abc", headers), 201)


@pytest.mark.parametrize("header", ["Content-MD5", "x-ms-blob-content-md5"])
@pytest.mark.parametrize("value", ["abc", "!!!", "AAAA", "A" * 24])
def test_malformed_md5(client: BlobClient, container: str, header: str, value: str) -> None:
    expect_error(client.put_blob(container, "b", b"abc", {header: value}), 400, "InvalidMd5")


def test_both_hashes_are_refused(client: BlobClient, container: str) -> None:
    headers = {"Content-MD5": md5_header(b"abc"), "x-ms-content-crc64": crc64_header(b"abc")}
    response = client.put_blob(container, "b", b"abc", headers)
    expect_error(response, 400, "BothCrc64AndMd5HeaderPresent")


def test_short_crc64_is_malformed(client: BlobClient, container: str) -> None:
    response = client.put_blob(container, "b", b"abc", {"x-ms-content-crc64": "AAAA"})
    expect_error(response, 400, "InvalidHeaderValue")
    assert response.error_field("HeaderName") == "x-ms-content-crc64"


STORED = {
    "x-ms-blob-content-type": ("Content-Type", "text/x-lapis"),
    "x-ms-blob-content-encoding": ("Content-Encoding", "gzip"),
    "x-ms-blob-content-language": ("Content-Language", "la"),
    "x-ms-blob-content-disposition": ("Content-Disposition", 'attachment; filename="f"'),
    "x-ms-blob-cache-control": ("Cache-Control", "max-age=9"),
}


def test_properties_are_kept_and_replaced(client: BlobClient, container: str) -> None:
    headers = {name: value for name, (_, value) in STORED.items()} | {"x-ms-meta-Colour": "blue"}
    expect(client.put_blob(container, "b", b"abc", headers), 201)
    for got in (client.get_blob(container, "b"), client.get_blob_properties(container, "b")):
        expect(got, 200)
        assert {name: got[name] for name, _ in STORED.values()} == dict(STORED.values())
        assert {n.lower(): v for n, v in got.metadata().items()} == {"colour": "blue"}
    expect(client.put_blob(container, "b", b"abc"), 201)
    got = expect(client.get_blob(container, "b"), 200)
    assert got["Content-Type"] == "application/octet-stream"
    assert [got[name] for name in ("Content-Encoding", "Content-Language", "Cache-Control")] == [
        None
    ] * 3
    assert got.metadata() == {}


def test_standard_headers_are_stored_unless_overridden(client: BlobClient, container: str) -> None:
    expect(client.put_blob(container, "b", b"abc", {"Content-Type": "text/plain"}), 201)
    assert client.get_blob(container, "b")["Content-Type"] == "text/plain"
    both = {"Content-Type": "text/plain", "x-ms-blob-content-type": "text/html"}
    expect(client.put_blob(container, "b", b"abc", both), 201)
    assert client.get_blob(container, "b")["Content-Type"] == "text/html"
    others = {"Content-Encoding": "gzip", "Content-Language": "la", "Cache-Control": "no-cache"}
    expect(client.put_blob(container, "b", b"abc", others), 201)
    got = client.get_blob(container, "b")
    assert {name: got[name] for name in others} == others


def test_metadata_has_a_limit(client: BlobClient, container: str) -> None:
    fits = {f"x-ms-meta-k{n}": "v" * 1000 for n in range(8)}
    expect(client.put_blob(container, "b", b"", fits), 201)
    response = client.put_blob(container, "b", b"", fits | {"x-ms-meta-more": "v" * 1000})
    expect_error(response, 400, "MetadataTooLarge")


def test_it_discards_staged_blocks(client: BlobClient, container: str) -> None:
    expect(client.put_block(container, "b", block_id(1), b"staged"), 201)
    expect(client.put_blob(container, "b", b"whole"), 201)
    blocks = expect(client.get_block_list(container, "b", "all"), 200).xml()
    assert blocks.findall(".//Block") == []


@pytest.mark.parametrize("tier", ["Hot", "Cool", "Cold"])
def test_tier_is_kept(client: BlobClient, container: str, tier: str) -> None:
    expect(client.put_blob(container, "b", b"abc", {"x-ms-access-tier": tier}), 201)
    head = expect(client.get_blob_properties(container, "b"), 200)
    assert head["x-ms-access-tier"] == tier
    assert head["x-ms-access-tier-inferred"] is None


def test_unknown_tier(client: BlobClient, container: str) -> None:
    response = client.put_blob(container, "b", b"abc", {"x-ms-access-tier": "Lukewarm"})
    expect_error(response, 400, "InvalidHeaderValue")
    assert response.error_field("HeaderName") == "x-ms-access-tier"


def test_blob_type_is_required(client: BlobClient, container: str) -> None:
    response = client.request("PUT", client.path(container, "b"), [], {}, b"abc")
    expect_error(response, 400, "MissingRequiredHeader")
    assert response.error_field("HeaderName") == "x-ms-blob-type"
    response = client.put_blob(container, "b", b"abc", {"x-ms-blob-type": "StringBlob"})
    expect_error(response, 400, "InvalidHeaderValue")


def test_a_lease_id_needs_a_lease(client: BlobClient, container: str) -> None:
    headers = {"x-ms-lease-id": str(uuid.uuid4())}
    expect(client.put_blob(container, "b", b"abc"), 201)
    for blob in ("b", "absent"):
        response = client.put_blob(container, blob, b"abc", headers)
        expect_error(response, 412, "LeaseNotPresentWithBlobOperation")


NAMES = [
    "a", "a/b/c", "with space", "percent%41", "plus+plus", "üñïçødé/日本", "question?mark", "hash#tag",
    "amp&ersand=x", "dot.", "a//b", "trailing/", "..a", "quote'\"quote", "<tag>&amp;", "back\\slash",
    "emoji-\U0001f600", "é", "e\u0301", "UPPER", "upper", "~!@$^*()_-{}[];:,|", "x" * 1024,
    "/".join(["s"] * 254),
]  # fmt: skip


def test_names_are_opaque(client: BlobClient, container: str) -> None:
    for number, name in enumerate(NAMES):
        expect(client.put_blob(container, name, b"%d" % number), 201)
    for number, name in enumerate(NAMES):
        assert expect(client.get_blob(container, name), 200).body == b"%d" % number
    assert client.names(container) == sorted(NAMES, key=lambda name: name.encode())


def test_an_encoded_slash_is_a_slash(client: BlobClient, container: str) -> None:
    path = client.path(container) + "/a%2Fb"
    expect(client.request("PUT", path, [], {"x-ms-blob-type": "BlockBlob"}, b"x"), 201)
    assert expect(client.get_blob(container, "a/b"), 200).body == b"x"


def test_names_too_long_are_refused(client: BlobClient, container: str) -> None:
    assert client.put_blob(container, "x" * 1025, b"").status == 400
    assert client.put_blob(container, "/".join(["s"] * 256), b"").status == 400


@pytest.mark.parametrize(
    ("version", "length"), [("2021-12-02", (5000 << 20) + 1), ("2018-03-28", (256 << 20) + 1)]
)
def test_too_large_is_refused_before_the_body(
    client: BlobClient, container: str, version: str, length: int
) -> None:
    client.version = version
    headers = {"x-ms-blob-type": "BlockBlob", "Expect": "100-continue"}
    target, sent = client.head("PUT", client.path(container, "b"), [], headers, length)
    connection = client.connection()
    connection.putrequest("PUT", target, skip_host=True, skip_accept_encoding=True)
    for name, value in sent.items():
        connection.putheader(name, value)
    connection.endheaders()
    answer = connection.getresponse()
    assert (answer.status, answer.headers["x-ms-error-code"]) == (413, "RequestBodyTooLarge")
    client.close()
