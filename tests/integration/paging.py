"""What the tests of page blobs share."""

from __future__ import annotations

import random

from azure_client import Response, expect
from blob_client import BlobClient, Headers

PAGE = 512
KIB = 1 << 10
TIB = 1 << 40


def pages(count: int, seed: int) -> bytes:
    return random.Random(seed).randbytes(count * PAGE)


def make(
    client: BlobClient, container: str, blob: str, length: int, headers: Headers = None
) -> Response:
    sent = {"x-ms-blob-type": "PageBlob", "x-ms-blob-content-length": str(length)}
    return client.request("PUT", client.path(container, blob), [], sent | dict(headers or {}))


def put_page(
    client: BlobClient, container: str, blob: str, headers: Headers, body: bytes = b""
) -> Response:
    return client.request("PUT", client.path(container, blob), [("comp", "page")], headers, body)


def span(first: int, length: int) -> dict[str, str]:
    return {"x-ms-range": f"bytes={first}-{first + length - 1}"}


def write(
    client: BlobClient,
    container: str,
    blob: str,
    first: int,
    body: bytes,
    headers: Headers = None,
) -> Response:
    sent = {"x-ms-page-write": "update"} | span(first, len(body)) | dict(headers or {})
    return put_page(client, container, blob, sent, body)


def clear(
    client: BlobClient,
    container: str,
    blob: str,
    first: int,
    length: int,
    headers: Headers = None,
) -> Response:
    sent = {"x-ms-page-write": "clear"} | span(first, length) | dict(headers or {})
    return put_page(client, container, blob, sent)


def page_list(
    client: BlobClient, container: str, blob: str, headers: Headers = None, **query: str
) -> Response:
    sent = [("comp", "pagelist"), *query.items()]
    return client.request("GET", client.path(container, blob), sent, headers)


def ranges_in(response: Response) -> list[tuple[str, int, int]]:
    """(element, first byte, last byte)"""
    found = [node for node in expect(response, 200).xml() if node.tag != "NextMarker"]
    return [
        (node.tag, int(node.findtext("Start") or -1), int(node.findtext("End") or -1))
        for node in found
    ]


def ranges(
    client: BlobClient, container: str, blob: str, headers: Headers = None, **query: str
) -> list[tuple[str, int, int]]:
    return ranges_in(page_list(client, container, blob, headers, **query))
