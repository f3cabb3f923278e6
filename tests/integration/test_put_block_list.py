"""Put Block List: from which lists blocks come, and what becomes of the blob."""

from __future__ import annotations

import random
import uuid

import pytest

from azure_client import expect, expect_error, md5_header
from blob_client import BlobClient, block_id, block_list_xml
from crc64 import crc64_header


def stage(client: BlobClient, container: str, blob: str, blocks: dict[str, bytes]) -> None:
    for name, body in blocks.items():
        expect(client.put_block(container, blob, name, body), 201)


def read(client: BlobClient, container: str, blob: str) -> bytes:
    return expect(client.get_blob(container, blob), 200).body


A, B, C = (block_id(n) for n in range(3))


def test_content_is_the_blocks_in_the_order_of_the_list(client: BlobClient, container: str) -> None:
    bodies = {name: random.Random(name).randbytes(10_000 + n) for n, name in enumerate((A, B, C))}
    stage(client, container, "b", bodies)
    response = expect(client.put_block_list(container, "b", [C, A, B]), 201)
    assert response["ETag"] and response["Last-Modified"]
    assert response["x-ms-request-server-encrypted"] == "false"
    assert read(client, container, "b") == bodies[C] + bodies[A] + bodies[B]


def test_answers_the_hash_of_the_document(client: BlobClient, container: str) -> None:
    stage(client, container, "b", {A: b"a"})
    document = block_list_xml([("Latest", A)])
    response = expect(client.put_block_list_xml(container, "b", document), 201)
    assert response["x-ms-content-crc64"] == crc64_header(document)
    assert response["Content-MD5"] is None
    headers = {"Content-MD5": md5_header(document)}
    response = expect(client.put_block_list_xml(container, "b", document, headers), 201)
    assert response["Content-MD5"] == md5_header(document)
    wrong = {"Content-MD5": md5_header(b"other")}
    expect_error(client.put_block_list_xml(container, "b", document, wrong), 400, "Md5Mismatch")
    wrong = {"x-ms-content-crc64": crc64_header(b"other")}
    expect_error(client.put_block_list_xml(container, "b", document, wrong), 400, "Crc64Mismatch")


def test_no_md5_is_stored_unless_given(client: BlobClient, container: str) -> None:
    stage(client, container, "b", {A: b"a"})
    expect(client.put_block_list(container, "b", [A]), 201)
    assert client.get_blob(container, "b")["Content-MD5"] is None
    headers = {"x-ms-blob-content-md5": md5_header(b"unverified")}
    expect(client.put_block_list(container, "b", [A], headers), 201)
    assert client.get_blob(container, "b")["Content-MD5"] == md5_header(b"unverified")


def test_an_edit_mixes_committed_and_new_blocks(client: BlobClient, container: str) -> None:
    stage(client, container, "b", {A: b"aaa", B: b"bbb"})
    expect(client.put_block_list(container, "b", [A, B]), 201)
    stage(client, container, "b", {B: b"BBB", C: b"CCC"})
    blocks = [("Committed", A), ("Uncommitted", B), ("Latest", C), ("Committed", B)]
    response = client.put_block_list(container, "b", blocks)
    if response.status == 201:  # one id from both lists: Azure's answer is not known
        assert read(client, container, "b") == b"aaaBBBCCCbbb"
    else:
        expect_error(response, 400, "InvalidBlockList")


def test_latest_prefers_the_uncommitted(client: BlobClient, container: str) -> None:
    stage(client, container, "b", {A: b"old"})
    expect(client.put_block_list(container, "b", [A]), 201)
    stage(client, container, "b", {A: b"new"})
    expect(client.put_block_list(container, "b", [("Latest", A)]), 201)
    assert read(client, container, "b") == b"new"
    expect(client.put_block_list(container, "b", [("Latest", A)]), 201)
    assert read(client, container, "b") == b"new"


def test_committed_keeps_the_old_block(client: BlobClient, container: str) -> None:
    stage(client, container, "b", {A: b"old"})
    expect(client.put_block_list(container, "b", [A]), 201)
    stage(client, container, "b", {A: b"new"})
    expect(client.put_block_list(container, "b", [("Committed", A)]), 201)
    assert read(client, container, "b") == b"old"


def test_a_block_may_repeat(client: BlobClient, container: str) -> None:
    stage(client, container, "b", {A: b"ab", B: b"c"})
    expect(client.put_block_list(container, "b", [A, A, B, A]), 201)
    assert read(client, container, "b") == b"ababcab"
    expect(client.put_block_list(container, "b", [A, B]), 201)
    assert read(client, container, "b") == b"abc"


def test_unlisted_blocks_are_discarded(client: BlobClient, container: str) -> None:
    stage(client, container, "b", {A: b"a", B: b"b"})
    expect(client.put_block_list(container, "b", [A]), 201)
    document = expect(client.get_block_list(container, "b", "all"), 200).xml()
    assert [node.text for node in document.findall(".//Name")] == [A]
    response = client.put_block_list(container, "b", [A, B])
    expect_error(response, 400, "InvalidBlockList")


@pytest.mark.parametrize("blocks", [[("Latest", C)], [("Committed", A)], [("Uncommitted", C)]])
def test_an_unknown_block_changes_nothing(
    client: BlobClient, container: str, blocks: list[tuple[str, str]]
) -> None:
    expect(client.put_blob(container, "b", b"old"), 201)
    stage(client, container, "b", {A: b"a"})
    response = client.put_block_list(container, "b", [("Latest", A), *blocks])
    expect_error(response, 400, "InvalidBlockList")
    assert read(client, container, "b") == b"old"
    expect(client.put_block_list(container, "b", [A]), 201)
    assert read(client, container, "b") == b"a"


def test_an_empty_list_makes_an_empty_blob(client: BlobClient, container: str) -> None:
    stage(client, container, "b", {A: b"a"})
    expect(client.put_block_list(container, "b", []), 201)
    assert read(client, container, "b") == b""
    document = expect(client.get_block_list(container, "b", "all"), 200).xml()
    assert document.findall(".//Block") == []


def test_properties_are_replaced_whole(client: BlobClient, container: str) -> None:
    first = {"x-ms-blob-content-type": "text/x", "x-ms-meta-a": "1", "x-ms-blob-cache-control": "c"}
    expect(client.put_blob(container, "b", b"x", first), 201)
    stage(client, container, "b", {A: b"a"})
    second = {"Content-Type": "application/xml", "x-ms-meta-b": "2"}
    expect(client.put_block_list(container, "b", [A], second), 201)
    got = expect(client.get_blob(container, "b"), 200)
    assert got["Content-Type"] == "application/octet-stream"
    assert got["Cache-Control"] is None
    assert {n.lower(): v for n, v in got.metadata().items()} == {"b": "2"}


def test_it_sets_all_properties(client: BlobClient, container: str) -> None:
    stage(client, container, "b", {A: b"a"})
    sent = {
        "x-ms-blob-content-type": "text/x",
        "x-ms-blob-content-encoding": "gzip",
        "x-ms-blob-content-language": "la",
        "x-ms-blob-content-disposition": "inline",
        "x-ms-blob-cache-control": "no-cache",
        "x-ms-meta-a": "1",
    }
    expect(client.put_block_list(container, "b", [A], sent), 201)
    got = expect(client.get_blob(container, "b"), 200)
    assert {name: got[name.removeprefix("x-ms-blob-")] for name in list(sent)[:5]} == {
        name: sent[name] for name in list(sent)[:5]
    }
    assert got.metadata() == {"a": "1"}


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"not xml",
        b"<BlockList><Latest>AAAA</Latest>",
        b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "b">]><BlockList><Latest>&a;</Latest></BlockList>',
        b"<BlockList><Latest>AAAA</Latest></BlockList><BlockList/>",
    ],
)
def test_a_malformed_document(client: BlobClient, container: str, document: bytes) -> None:
    stage(client, container, "b", {A: b"a"})
    response = client.put_block_list_xml(container, "b", document)
    assert expect(response, 400).error_code in ("InvalidXmlDocument", "InvalidInput"), response
    assert client.names(container) == []


def test_declarations_spaces_and_comments_are_xml(client: BlobClient, container: str) -> None:
    stage(client, container, "b", {A: b"a"})
    text = f"""\ufeff<?xml version="1.0" encoding="utf-8"?>
      <!-- made by hand --><BlockList>
        <Latest>{A}</Latest>
      </BlockList>
    """
    expect(client.put_block_list_xml(container, "b", text.encode()), 201)
    assert read(client, container, "b") == b"a"


def test_more_than_50000_blocks_are_refused(client: BlobClient, container: str) -> None:
    stage(client, container, "b", {A: b"a"})
    expect(client.put_block_list(container, "b", [A] * 50_000), 201)
    assert client.get_blob_properties(container, "b")["Content-Length"] == "50000"
    response = client.put_block_list(container, "b", [A] * 50_001)
    expect_error(response, 400, "BlockListTooLong")


def test_a_lease_id_needs_a_lease(client: BlobClient, container: str) -> None:
    stage(client, container, "b", {A: b"a"})
    headers = {"x-ms-lease-id": str(uuid.uuid4())}
    response = client.put_block_list(container, "b", [A], headers)
    expect_error(response, 412, "LeaseNotPresentWithBlobOperation")


def test_tier_is_kept_or_inherited(client: BlobClient, container: str) -> None:
    stage(client, container, "b", {A: b"a"})
    expect(client.put_block_list(container, "b", [A], {"x-ms-access-tier": "Cool"}), 201)
    assert client.get_blob_properties(container, "b")["x-ms-access-tier"] == "Cool"
    expect(client.put_block_list(container, "b", [A]), 201)
    assert client.get_blob_properties(container, "b")["x-ms-access-tier"] == "Cool"
