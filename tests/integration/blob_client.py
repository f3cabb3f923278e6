"""The operations of the service, one method each, by their names in the REST reference."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator, Mapping
from xml.sax.saxutils import escape

from azure_client import Body, Client, Query, Response, expect

Headers = Mapping[str, str] | None

CONTAINER: Query = [("restype", "container")]
SERVICE_PROPERTIES: Query = [("restype", "service"), ("comp", "properties")]


def block_id(number: int, width: int = 6) -> str:
    return base64.b64encode(f"{number:0{width}d}".encode()).decode()


def block_list_xml(blocks: Iterable[tuple[str, str]]) -> bytes:
    """Of (element, id) pairs, as ("Latest", "MDAx")."""
    entries = "".join(f"<{element}>{escape(name)}</{element}>" for element, name in blocks)
    return f'<?xml version="1.0" encoding="utf-8"?><BlockList>{entries}</BlockList>'.encode()


LEASE_HEADERS = {
    "duration": "x-ms-lease-duration",
    "break_period": "x-ms-lease-break-period",
    "id": "x-ms-lease-id",
    "proposed": "x-ms-proposed-lease-id",
}


def lease_headers(action: str, headers: Mapping[str, str]) -> dict[str, str]:
    named = {LEASE_HEADERS.get(name, name): value for name, value in headers.items()}
    return {"x-ms-lease-action": action} | named


def tags_xml(tags: Mapping[str, str]) -> bytes:
    entries = "".join(
        f"<Tag><Key>{escape(key)}</Key><Value>{escape(value)}</Value></Tag>"
        for key, value in tags.items()
    )
    return f"<Tags><TagSet>{entries}</TagSet></Tags>".encode()


class BlobClient(Client):
    # Containers

    def create_container(self, name: str, headers: Headers = None) -> Response:
        return self.request("PUT", self.path(name), CONTAINER, headers)

    def get_container_properties(self, name: str, method: str = "GET") -> Response:
        return self.request(method, self.path(name), CONTAINER)

    def get_container_metadata(
        self, name: str, method: str = "GET", headers: Headers = None
    ) -> Response:
        return self.request(method, self.path(name), CONTAINER + [("comp", "metadata")], headers)

    def set_container_metadata(self, name: str, headers: Headers = None) -> Response:
        return self.request("PUT", self.path(name), CONTAINER + [("comp", "metadata")], headers)

    def delete_container(self, name: str, headers: Headers = None) -> Response:
        return self.request("DELETE", self.path(name), CONTAINER, headers)

    def restore_container(
        self, name: str, deleted: str, version: str, headers: Headers = None
    ) -> Response:
        sent = {"x-ms-deleted-container-name": deleted, "x-ms-deleted-container-version": version}
        query = [*CONTAINER, ("comp", "undelete")]
        return self.request("PUT", self.path(name), query, sent | dict(headers or {}))

    def lease_container(self, name: str, action: str, **headers: str) -> Response:
        """`headers` as of lease_blob."""
        comp = CONTAINER + [("comp", "lease")]
        return self.request("PUT", self.path(name), comp, lease_headers(action, headers))

    def get_service_properties(self) -> Response:
        return self.request("GET", self.path(), SERVICE_PROPERTIES)

    def set_service_properties(self, document: bytes, headers: Headers = None) -> Response:
        return self.request("PUT", self.path(), SERVICE_PROPERTIES, headers, document)

    def list_containers(self, **query: str) -> Response:
        return self.request("GET", self.path(), [("comp", "list"), *query.items()])

    def list_blobs(self, container: str, **query: str) -> Response:
        comp = CONTAINER + [("comp", "list")]
        return self.request("GET", self.path(container), comp + list(query.items()))

    # Blobs

    def put_blob(
        self,
        container: str,
        blob: str,
        body: Body,
        headers: Headers = None,
        length: int | None = None,
    ) -> Response:
        sent = {"x-ms-blob-type": "BlockBlob"} | dict(headers or {})
        return self.request("PUT", self.path(container, blob), [], sent, body, length)

    def put_block(
        self,
        container: str,
        blob: str,
        block: str,
        body: Body,
        headers: Headers = None,
        length: int | None = None,
    ) -> Response:
        query = [("comp", "block"), ("blockid", block)]
        return self.request("PUT", self.path(container, blob), query, headers, body, length)

    def put_block_list(
        self,
        container: str,
        blob: str,
        blocks: Iterable[str | tuple[str, str]],
        headers: Headers = None,
    ) -> Response:
        """Plain ids are committed as Latest."""
        pairs = [("Latest", block) if isinstance(block, str) else block for block in blocks]
        return self.put_block_list_xml(container, blob, block_list_xml(pairs), headers)

    def put_block_list_xml(
        self, container: str, blob: str, document: bytes, headers: Headers = None
    ) -> Response:
        path = self.path(container, blob)
        return self.request("PUT", path, [("comp", "blocklist")], headers, document)

    def get_block_list(
        self, container: str, blob: str, kind: str | None = None, headers: Headers = None
    ) -> Response:
        query = [("comp", "blocklist")] + ([("blocklisttype", kind)] if kind else [])
        return self.request("GET", self.path(container, blob), query, headers)

    def get_blob(
        self, container: str, blob: str, headers: Headers = None, **query: str
    ) -> Response:
        return self.request("GET", self.path(container, blob), list(query.items()), headers)

    def get_blob_properties(
        self, container: str, blob: str, headers: Headers = None, **query: str
    ) -> Response:
        return self.request("HEAD", self.path(container, blob), list(query.items()), headers)

    def get_blob_metadata(
        self, container: str, blob: str, headers: Headers = None, method: str = "GET"
    ) -> Response:
        return self.request(method, self.path(container, blob), [("comp", "metadata")], headers)

    def set_blob_metadata(self, container: str, blob: str, headers: Headers = None) -> Response:
        return self.request("PUT", self.path(container, blob), [("comp", "metadata")], headers)

    def set_blob_properties(self, container: str, blob: str, headers: Headers = None) -> Response:
        return self.request("PUT", self.path(container, blob), [("comp", "properties")], headers)

    def set_blob_tier(
        self, container: str, blob: str, tier: str, headers: Headers = None, **query: str
    ) -> Response:
        sent = {"x-ms-access-tier": tier} | dict(headers or {})
        path = self.path(container, blob)
        return self.request("PUT", path, [("comp", "tier"), *query.items()], sent)

    def lease_blob(self, container: str, blob: str, action: str, **headers: str) -> Response:
        """`headers` without their beginning: `duration`, `break_period`, `id`, `proposed`;
        others as they are."""
        path = self.path(container, blob)
        return self.request("PUT", path, [("comp", "lease")], lease_headers(action, headers))

    def get_blob_tags(self, container: str, blob: str, headers: Headers = None) -> Response:
        return self.request("GET", self.path(container, blob), [("comp", "tags")], headers)

    def set_blob_tags(
        self, container: str, blob: str, document: bytes, headers: Headers = None
    ) -> Response:
        path = self.path(container, blob)
        return self.request("PUT", path, [("comp", "tags")], headers, document)

    def find_blobs(self, where: str, container: str | None = None, **query: str) -> Response:
        """In the account, or in one container. An empty `where` is left out."""
        sent = [("comp", "blobs")] + ([("where", where)] if where else []) + list(query.items())
        if container is None:
            return self.request("GET", self.path(), sent)
        return self.request("GET", self.path(container), CONTAINER + sent)

    def delete_blob(
        self, container: str, blob: str, headers: Headers = None, **query: str
    ) -> Response:
        return self.request("DELETE", self.path(container, blob), list(query.items()), headers)

    def snapshot_blob(self, container: str, blob: str, headers: Headers = None) -> Response:
        return self.request("PUT", self.path(container, blob), [("comp", "snapshot")], headers)

    # Append blobs

    def put_append_blob(self, container: str, blob: str, headers: Headers = None) -> Response:
        sent = {"x-ms-blob-type": "AppendBlob"} | dict(headers or {})
        return self.request("PUT", self.path(container, blob), [], sent)

    def append_block(
        self,
        container: str,
        blob: str,
        body: Body,
        headers: Headers = None,
        length: int | None = None,
    ) -> Response:
        path, query = self.path(container, blob), [("comp", "appendblock")]
        return self.request("PUT", path, query, headers, body, length)

    def append_block_from_url(
        self, container: str, blob: str, source: str, headers: Headers = None
    ) -> Response:
        sent = {"x-ms-copy-source": source} | dict(headers or {})
        return self.request("PUT", self.path(container, blob), [("comp", "appendblock")], sent)

    def seal_append_blob(self, container: str, blob: str, headers: Headers = None) -> Response:
        return self.request("PUT", self.path(container, blob), [("comp", "seal")], headers)

    # Copies

    def copy_blob(
        self, container: str, blob: str, source: str, headers: Headers = None
    ) -> Response:
        sent = {"x-ms-copy-source": source} | dict(headers or {})
        return self.request("PUT", self.path(container, blob), [], sent)

    def copy_blob_from_url(
        self, container: str, blob: str, source: str, headers: Headers = None
    ) -> Response:
        return self.copy_blob(
            container, blob, source, {"x-ms-requires-sync": "true"} | dict(headers or {})
        )

    def put_blob_from_url(
        self, container: str, blob: str, source: str, headers: Headers = None
    ) -> Response:
        return self.copy_blob(
            container, blob, source, {"x-ms-blob-type": "BlockBlob"} | dict(headers or {})
        )

    def put_block_from_url(
        self, container: str, blob: str, block: str, source: str, headers: Headers = None
    ) -> Response:
        sent = {"x-ms-copy-source": source} | dict(headers or {})
        query = [("comp", "block"), ("blockid", block)]
        return self.request("PUT", self.path(container, blob), query, sent)

    def incremental_copy_blob(
        self, container: str, blob: str, source: str, headers: Headers = None
    ) -> Response:
        sent = {"x-ms-copy-source": source} | dict(headers or {})
        return self.request("PUT", self.path(container, blob), [("comp", "incrementalcopy")], sent)

    def abort_copy(
        self, container: str, blob: str, copy_id: str, headers: Headers = None
    ) -> Response:
        sent = {"x-ms-copy-action": "abort"} | dict(headers or {})
        query = [("comp", "copy"), ("copyid", copy_id)]
        return self.request("PUT", self.path(container, blob), query, sent)

    # Whole listings

    def list_pages(self, container: str, **query: str) -> Iterator[Response]:
        """Every page, following the markers; fails on anything but 200."""
        marker = ""
        while True:
            page = expect(
                self.list_blobs(container, **query | {"marker": marker} if marker else query), 200
            )
            yield page
            marker = page.xml().findtext("NextMarker") or ""
            if not marker:
                return

    def find_pages(
        self, where: str, container: str | None = None, **query: str
    ) -> Iterator[list[str]]:
        """The names of every page, following the markers; fails on anything but 200."""
        marker = ""
        while True:
            sent = query | ({"marker": marker} if marker else {})
            page = expect(self.find_blobs(where, container, **sent), 200).xml()
            yield [node.text or "" for node in page.findall("Blobs/Blob/Name")]
            marker = page.findtext("NextMarker") or ""
            if not marker:
                return

    def names(self, container: str, **query: str) -> list[str]:
        """Of all blobs, over all pages."""
        found: list[str] = []
        for page in self.list_pages(container, **query):
            found += [node.text or "" for node in page.xml().findall("Blobs/Blob/Name")]
        return found
