"""Copy Blob of append blobs."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from azure_client import expect, expect_error
from blob_client import BlobClient
from copying import bare_url, source_url

MIB = 1 << 20
LONG = bytes(range(256)) * 40


@pytest.fixture
def blob(client: BlobClient, container: str) -> str:
    """Of three blocks: in extents, in a row and in the record."""
    expect(client.put_append_blob(container, "b", {"x-ms-meta-k": "v"}), 201)
    for part in (b"short" * 700, LONG, b"end"):
        expect(client.append_block(container, "b", part), 201)
    return "b"


CONTENT = b"short" * 700 + LONG + b"end"


def shown(client: BlobClient, container: str, blob: str) -> tuple[str | None, ...]:
    got = expect(client.get_blob_properties(container, blob), 200)
    names = ("blob-type", "blob-committed-block-count", "blob-sealed")
    return tuple(got[f"x-ms-{name}"] for name in names)


@pytest.fixture
def targets(client: BlobClient, container: str) -> list[str]:
    """The container itself, where bodies are shared, and another one."""
    other = container + "-other"
    expect(client.create_container(other), 201)
    return [container, other]


def test_a_copy_is_an_append_blob_of_as_many_blocks(
    client: BlobClient, container: str, blob: str, targets: list[str]
) -> None:
    urls = [bare_url(client, container, blob), source_url(client, container, blob)]
    for target in targets:
        for number, url in enumerate(urls):
            name = f"copy{number}"
            expect(client.copy_blob(target, name, url), 202)
            assert shown(client, target, name) == ("AppendBlob", "3", None)
            got = expect(client.get_blob(target, name), 200)
            assert (got.body, got.metadata()) == (CONTENT, {"k": "v"})
            appended = expect(client.append_block(target, name, b"more"), 201)
            assert appended["x-ms-blob-append-offset"] == str(len(CONTENT))
            assert appended["x-ms-blob-committed-block-count"] == "4"
            assert client.get_blob(target, name).body == CONTENT + b"more"
    assert client.get_blob(container, blob).body == CONTENT


@pytest.mark.parametrize("size", [10, 9000])
def test_both_go_on_by_themselves(
    client: BlobClient, container: str, blob: str, size: int
) -> None:
    expect(client.copy_blob(container, "copy", bare_url(client, container, blob)), 202)
    whole = {blob: CONTENT, "copy": CONTENT}
    for number in range(60):
        name = blob if number % 2 == 0 else "copy"
        part = bytes([number]) * size
        expect(client.append_block(container, name, part), 201)
        whole[name] += part
    for name, body in whole.items():
        assert client.get_blob(container, name).body == body


def test_back_to_a_snapshot(client: BlobClient, container: str, blob: str) -> None:
    taken = expect(client.snapshot_blob(container, blob), 201)["x-ms-snapshot"] or ""
    for _ in range(5):
        expect(client.append_block(container, blob, LONG), 201)
    url = bare_url(client, container, blob) + f"?snapshot={taken}"
    expect(client.copy_blob(container, blob, url), 202)
    assert shown(client, container, blob) == ("AppendBlob", "3", None)
    expect(client.append_block(container, blob, LONG), 201)
    assert client.get_blob(container, blob).body == CONTENT + LONG
    assert client.get_blob(container, blob, snapshot=taken).body == CONTENT


def test_the_seal_goes_along_unless_it_is_said(
    client: BlobClient, container: str, blob: str, targets: list[str]
) -> None:
    url = bare_url(client, container, blob)
    for target in targets:
        expect(client.copy_blob(target, "sealed", url, {"x-ms-seal-blob": "true"}), 202)
        assert shown(client, target, "sealed") == ("AppendBlob", "3", "true")
        sealed = bare_url(client, target, "sealed")
        expect(client.copy_blob(target, "again", sealed), 202)
        assert shown(client, target, "again")[2] == "true"
        expect(client.copy_blob(target, "open", sealed, {"x-ms-seal-blob": "false"}), 202)
        assert shown(client, target, "open")[2] is None
        expect(client.append_block(target, "open", b"x"), 201)
        expect_error(client.append_block(target, "again", b"x"), 409, "BlobIsSealed")
        token = source_url(client, target, "sealed")
        expect(client.copy_blob(target, "by token", token), 202)
        assert shown(client, target, "by token")[2] == "true"


def test_types_do_not_mix(
    client: BlobClient, container: str, blob: str, targets: list[str]
) -> None:
    url = bare_url(client, container, blob)
    for target in targets:
        expect(client.put_blob(target, "block", b"block"), 201)
        expect(client.put_append_blob(target, "append"), 201)
        block = bare_url(client, target, "block")
        cases = [
            ("block", url, {}, "InvalidBlobType"),
            ("append", block, {}, "InvalidBlobType"),
            ("new", block, {"x-ms-seal-blob": "true"}, "InvalidSourceBlobType"),
            ("new", url, {"x-ms-access-tier": "Cool"}, "InvalidBlobType"),
        ]
        for name, source, headers, code in cases:
            expect_error(client.copy_blob(target, name, source, headers), 409, code)
        expect(client.copy_blob(target, "append", url), 202)
        assert client.get_blob(target, "append").body == CONTENT
        assert client.get_blob(target, "new").status == 404


def test_whose_seal_and_what_value(
    client: BlobClient, new_client: Callable[..., BlobClient], container: str, blob: str
) -> None:
    url = source_url(client, container, blob)
    seal = {"x-ms-seal-blob": "true"}
    for copy in (client.copy_blob_from_url, client.put_blob_from_url):
        expect_error(copy(container, "new", url, seal), 400, "UnsupportedHeader")
    response = client.copy_blob(container, "new", url, {"x-ms-seal-blob": "maybe"})
    expect_error(response, 400, "InvalidHeaderValue")
    old = new_client(version="2019-07-07")
    expect_error(old.copy_blob(container, "new", url, seal), 400, "UnsupportedHeader")


def test_other_copies_make_block_blobs(client: BlobClient, container: str, blob: str) -> None:
    url = source_url(client, container, blob)
    response = client.copy_blob_from_url(container, "copy", url)
    expect_error(response, 409, "InvalidSourceBlobType")
    expect(client.put_blob_from_url(container, "copy", url), 201)
    assert shown(client, container, "copy") == ("BlockBlob", None, None)
    assert client.get_blob(container, "copy").body == CONTENT
