"""The SDK for Python: listings, and names that need care."""

from __future__ import annotations

import unicodedata

import pytest
from azure.storage.blob import BlobPrefix, ContainerClient

from sdk_errors import fails

NAMES = ["a", "a/1", "a/2", "a/b/3", "b", "c/d/e", "ü/ö ä", "漢字"]


@pytest.fixture
def filled(sdk_container: ContainerClient) -> ContainerClient:
    for name in NAMES:
        sdk_container.upload_blob(name, name.encode(), metadata={"length": str(len(name))})
    return sdk_container


def test_flat(filled: ContainerClient) -> None:
    assert [blob.name for blob in filled.list_blobs()] == NAMES
    assert list(filled.list_blob_names()) == NAMES
    assert [blob.name for blob in filled.list_blobs("a/")] == ["a/1", "a/2", "a/b/3"]
    found = next(iter(filled.list_blobs("ü", include=["metadata"])))
    head = filled.get_blob_client("ü/ö ä").get_blob_properties()
    assert found.metadata == head.metadata == {"length": "5"}
    assert f'"{found.etag}"' == head.etag
    for name in ("last_modified", "creation_time", "size", "blob_type", "blob_tier"):
        assert found[name] == head[name], name
    assert found.content_settings.content_md5 == head.content_settings.content_md5
    assert [blob.metadata for blob in filled.list_blobs("a/")] == [{}] * 3


def test_pages(filled: ContainerClient) -> None:
    for size in (1, 3, 8, 5000):
        pages = [list(page) for page in filled.list_blobs(results_per_page=size).by_page()]
        assert [blob.name for page in pages for blob in page] == NAMES
        assert all(len(page) <= size for page in pages)
    pages = filled.list_blobs(results_per_page=3).by_page()
    first = [blob.name for blob in next(pages)]
    rest = filled.list_blobs().by_page(pages.continuation_token)
    assert first + [blob.name for page in rest for blob in page] == NAMES
    with fails(400, "OutOfRangeInput"):
        next(filled.list_blobs().by_page("garbage"))


def walk(container: ContainerClient, prefix: str = "") -> dict[str, object]:
    """The tree that walk_blobs tells of."""
    tree: dict[str, object] = {}
    for item in container.walk_blobs(name_starts_with=prefix):
        name = item.name.removeprefix(prefix)
        tree[name] = walk(container, item.name) if isinstance(item, BlobPrefix) else item.size
    return tree


def test_walk(filled: ContainerClient) -> None:
    assert walk(filled) == {
        "a/": {"1": 3, "2": 3, "b/": {"3": 5}},
        "a": 1,
        "b": 1,
        "c/": {"d/": {"e": 5}},
        "ü/": {"ö ä": 8},
        "漢字": 6,
    }
    others = [item.name for item in filled.walk_blobs(delimiter="b", name_starts_with="a")]
    assert sorted(others) == ["a", "a/1", "a/2", "a/b"]


def test_uncommitted_blobs(sdk_container: ContainerClient) -> None:
    sdk_container.get_blob_client("staged").stage_block("1", b"xyz")
    assert list(sdk_container.list_blobs()) == []
    found = list(sdk_container.list_blobs(include=["uncommittedblobs"]))
    assert [(blob.name, blob.size) for blob in found] == [("staged", 0)]


ODD = [
    "a b", "a+b", "a%20b", "a%2Fb", "q?x=1&y", "#h", "<&>\"'", unicodedata.normalize("NFD", "ä"),
    "ä", "😀", "עברית", "back\\slash", "tab\tand\nnewline", "trailing.", "trailing/", "a//b", "~",
    "*[x]{y}", "a:b|c", "snow☃",
]  # fmt: skip


def test_names_come_back_as_they_were_given(sdk_container: ContainerClient) -> None:
    for name in ODD:
        sdk_container.upload_blob(name, name.encode())
    assert [blob.name for blob in sdk_container.list_blobs()] == sorted(ODD, key=str.encode)
    for name in ODD:
        blob = sdk_container.get_blob_client(name)
        assert blob.download_blob().readall() == name.encode(), name
        assert next(iter(sdk_container.list_blobs(name_starts_with=name))).name == name
        blob.delete_blob()
    assert list(sdk_container.list_blobs()) == []
