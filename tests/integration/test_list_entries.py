"""List Blobs: what an entry says about its blob."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from azure_client import expect, md5_header
from blob_client import BlobClient, block_id


def entry(client: BlobClient, container: str, **query: str) -> Element:
    """The only blob in the container."""
    found = expect(client.list_blobs(container, **query), 200).xml().findall("Blobs/Blob")
    assert len(found) == 1
    return found[0]


def test_properties_equal_those_of_head(client: BlobClient, container: str) -> None:
    headers = {
        "x-ms-blob-content-type": "text/x-lapis",
        "x-ms-blob-content-encoding": "gzip",
        "x-ms-blob-content-language": "la",
        "x-ms-blob-content-disposition": "inline",
        "x-ms-blob-cache-control": "no-store",
        "x-ms-access-tier": "Cool",
    }
    expect(client.put_blob(container, "b", b"content", headers), 201)
    head = expect(client.get_blob_properties(container, "b"), 200)
    shown = entry(client, container).find("Properties")
    assert shown is not None
    assert shown.findtext("Etag") == (head["ETag"] or "").strip('"')
    for name in ("Last-Modified", "Content-Length", "Content-Type", "Content-Encoding", "Content-MD5",
                 "Content-Language", "Content-Disposition", "Cache-Control"):  # fmt: skip
        assert shown.findtext(name) == head[name], name
    assert shown.findtext("Creation-Time") == head["x-ms-creation-time"]
    assert shown.findtext("BlobType") == "BlockBlob"
    assert shown.findtext("AccessTier") == "Cool"
    assert (shown.findtext("LeaseStatus"), shown.findtext("LeaseState")) == (
        "unlocked",
        "available",
    )
    assert shown.findtext("ServerEncrypted") == "false"
    assert shown.findtext("Content-MD5") == md5_header(b"content")


def test_unset_properties_are_empty_elements(client: BlobClient, container: str) -> None:
    expect(client.put_blob(container, "b", b"content"), 201)
    shown = entry(client, container).find("Properties")
    assert shown is not None
    for name in ("Content-Encoding", "Content-Language", "Cache-Control", "Content-Disposition"):
        assert shown.find(name) is not None and not shown.findtext(name), name
    assert (shown.findtext("AccessTier"), shown.findtext("AccessTierInferred")) == ("Hot", "true")


def test_metadata_is_shown_when_asked_for(client: BlobClient, container: str) -> None:
    expect(client.put_blob(container, "b", b"x", {"x-ms-meta-Colour": "blue & <green>"}), 201)
    assert entry(client, container).find("Metadata") is None
    shown = entry(client, container, include="metadata").find("Metadata")
    assert shown is not None
    assert {node.tag.lower(): node.text for node in shown} == {"colour": "blue & <green>"}
    expect(client.put_blob(container, "b", b"x"), 201)
    shown = entry(client, container, include="metadata").find("Metadata")
    assert shown is not None and len(shown) == 0


def test_uncommitted_blobs_are_shown_when_asked_for(client: BlobClient, container: str) -> None:
    expect(client.put_block(container, "staged", block_id(1), b"x" * 9000), 201)
    assert client.names(container) == []
    shown = entry(client, container, include="uncommittedblobs")
    assert shown.findtext("Name") == "staged"
    assert shown.findtext("Properties/Content-Length") == "0"
    assert shown.findtext("Properties/BlobType") == "BlockBlob"
    expect(client.put_block_list(container, "staged", [block_id(1)]), 201)
    shown = entry(client, container, include="uncommittedblobs")
    assert shown.findtext("Properties/Content-Length") == "9000"


def test_a_blob_with_staged_blocks_is_shown_once(client: BlobClient, container: str) -> None:
    expect(client.put_blob(container, "b", b"content"), 201)
    expect(client.put_block(container, "b", block_id(1), b"x"), 201)
    shown = entry(client, container, include="uncommittedblobs")
    assert shown.findtext("Properties/Content-Length") == "7"


def test_uncommitted_blobs_in_order_and_pages(client: BlobClient, container: str) -> None:
    for number in range(9):
        if number % 3 == 0:
            expect(client.put_blob(container, f"d{number}/x", b"x"), 201)
        else:
            expect(client.put_block(container, f"d{number}/x", block_id(1), b"x"), 201)
    for size in ("1", "2", "9"):
        found = client.names(container, include="uncommittedblobs", maxresults=size)
        assert found == [f"d{number}/x" for number in range(9)]
        assert client.names(container, maxresults=size) == ["d0/x", "d3/x", "d6/x"]


def test_an_overwrite_shows_at_once(client: BlobClient, container: str) -> None:
    for size in range(20):
        expect(client.put_blob(container, "b", b"x" * size), 201)
        assert entry(client, container).findtext("Properties/Content-Length") == str(size)
