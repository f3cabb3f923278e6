"""Get Block List."""

from __future__ import annotations

import uuid
from xml.etree.ElementTree import Element

import pytest

from azure_client import expect, expect_error
from blob_client import BlobClient, block_id

A, B, C = (block_id(n) for n in range(3))


def listed(document: Element, element: str) -> list[tuple[str, int]] | None:
    """Name and size of the blocks under <element>; None where the element is absent."""
    node = document.find(element)
    if node is None:
        return None
    return [
        (b.findtext("Name") or "", int(b.findtext("Size") or -1)) for b in node.findall("Block")
    ]


@pytest.fixture
def mixed(client: BlobClient, container: str) -> str:
    """A blob of the blocks B and A, with C and a new A staged."""
    for name, body in ((A, b"a"), (B, b"bb")):
        expect(client.put_block(container, "b", name, body), 201)
    expect(client.put_block_list(container, "b", [B, A]), 201)
    for name, body in ((C, b"ccc"), (A, b"aaaa")):
        expect(client.put_block(container, "b", name, body), 201)
    return container


@pytest.mark.parametrize(
    ("kind", "committed", "uncommitted"),
    [
        (None, [(B, 2), (A, 1)], None),
        ("committed", [(B, 2), (A, 1)], None),
        ("uncommitted", None, [(A, 4), (C, 3)]),
        ("all", [(B, 2), (A, 1)], [(A, 4), (C, 3)]),
    ],
)
def test_lists_what_is_asked_for(
    client: BlobClient,
    mixed: str,
    kind: str | None,
    committed: list[tuple[str, int]] | None,
    uncommitted: list[tuple[str, int]] | None,
) -> None:
    response = expect(client.get_block_list(mixed, "b", kind), 200)
    assert response["Content-Type"] == "application/xml"
    document = response.xml()
    assert document.tag == "BlockList"
    assert listed(document, "CommittedBlocks") == committed
    assert listed(document, "UncommittedBlocks") == uncommitted


def test_answers_the_committed_blobs_headers(client: BlobClient, mixed: str) -> None:
    head = expect(client.get_blob_properties(mixed, "b"), 200)
    response = expect(client.get_block_list(mixed, "b", "all"), 200)
    assert response["x-ms-blob-content-length"] == "3"
    assert (response["ETag"], response["Last-Modified"]) == (head["ETag"], head["Last-Modified"])


def test_of_staged_blocks_alone(client: BlobClient, container: str) -> None:
    expect(client.put_block(container, "b", A, b"a"), 201)
    response = expect(client.get_block_list(container, "b", "all"), 200)
    assert listed(response.xml(), "CommittedBlocks") == []
    assert listed(response.xml(), "UncommittedBlocks") == [(A, 1)]
    assert response["ETag"] is None and response["Last-Modified"] is None


def test_a_blob_put_whole_has_no_blocks(client: BlobClient, container: str) -> None:
    expect(client.put_blob(container, "b", b"x" * 10_000), 201)
    document = expect(client.get_block_list(container, "b", "all"), 200).xml()
    assert listed(document, "CommittedBlocks") == []
    assert listed(document, "UncommittedBlocks") == []


def test_a_repeated_block_is_listed_each_time(client: BlobClient, container: str) -> None:
    expect(client.put_block(container, "b", A, b"a"), 201)
    expect(client.put_block_list(container, "b", [A, A, A]), 201)
    document = expect(client.get_block_list(container, "b"), 200).xml()
    assert listed(document, "CommittedBlocks") == [(A, 1)] * 3


def test_errors(client: BlobClient, container: str) -> None:
    expect_error(client.get_block_list(container, "absent"), 404, "BlobNotFound")
    response = client.get_block_list(container, "absent", "every")
    expect_error(response, 400, "InvalidQueryParameterValue")
    assert response.error_field("QueryParameterName") == "blocklisttype"
    assert response.error_field("QueryParameterValue") == "every"
    expect(client.put_blob(container, "b", b"x"), 201)
    headers = {"x-ms-lease-id": str(uuid.uuid4())}
    response = client.get_block_list(container, "b", "all", headers)
    expect_error(response, 412, "LeaseNotPresentWithBlobOperation")
