"""List Blobs: flat and by delimiter, page by page. What an entry says: test_list_entries.py."""

from __future__ import annotations

from collections.abc import Callable
from xml.etree.ElementTree import Element

import pytest

from azure_client import expect, expect_error
from blob_client import BlobClient

NAMES = [
    "a", "a/", "a/1", "a/2", "a/b/1", "a/b/2", "a0", "aa", "b", "b/c/d/e", "b/c/d/f", "b\x7f", "c/1",
    "c/2", "c/3", "c/4", "c/5", "d-e-f", "d-e-g", "z", "é", "日本/語", "日本/酒", "\U0001f600",
]  # fmt: skip


def in_order(names: list[str]) -> list[str]:
    return sorted(names, key=lambda name: name.encode())


def by_delimiter(names: list[str], prefix: str, delimiter: str) -> list[tuple[str, str]]:
    """What a listing should hold: ("Blob", name) and ("BlobPrefix", prefix), in order."""
    found: list[tuple[str, str]] = []
    for name in in_order([name for name in names if name.startswith(prefix)]):
        end = name.find(delimiter, len(prefix)) if delimiter else -1
        entry = ("Blob", name) if end < 0 else ("BlobPrefix", name[: end + len(delimiter)])
        if entry not in found:
            found.append(entry)
    return found


def entries(document: Element) -> list[tuple[str, str]]:
    blobs = document.find("Blobs")
    assert blobs is not None
    return [(node.tag, node.findtext("Name") or "") for node in blobs]


@pytest.fixture
def filled(client: BlobClient, container: str) -> str:
    for name in NAMES:
        expect(client.put_blob(container, name, b"x"), 201)
    return container


def test_an_empty_container(client: BlobClient, container: str) -> None:
    response = expect(client.list_blobs(container), 200)
    assert response["Content-Type"] == "application/xml"
    document = response.xml()
    assert document.tag == "EnumerationResults"
    assert document.get("ContainerName") == container
    assert document.get("ServiceEndpoint")
    assert entries(document) == []
    assert document.find("NextMarker") is not None


def test_flat_in_byte_order(client: BlobClient, filled: str) -> None:
    document = expect(client.list_blobs(filled), 200).xml()
    assert entries(document) == [("Blob", name) for name in in_order(NAMES)]
    assert (document.findtext("NextMarker") or "") == ""


@pytest.mark.parametrize("size", [1, 2, 3, 5, 7, 100])
@pytest.mark.parametrize(
    ("prefix", "delimiter"),
    [("", ""), ("", "/"), ("a", "/"), ("a/", "/"), ("a/b", ""), ("c/", "/"), ("b/c", "/"), ("d", "-e"),
     ("日", "/"), ("no", "/"), ("", "zz"), ("", "a")],
)  # fmt: skip
def test_pages_join_without_gap_or_repetition(
    client: BlobClient, filled: str, prefix: str, delimiter: str, size: int
) -> None:
    query = {"prefix": prefix, "delimiter": delimiter, "maxresults": str(size)}
    query = {name: value for name, value in query.items() if value}
    found: list[tuple[str, str]] = []
    for page in client.list_pages(filled, **query):
        document = page.xml()
        assert len(entries(document)) <= size
        assert (document.findtext("Prefix") or "") == prefix
        assert (document.findtext("Delimiter") or "") == delimiter
        assert document.findtext("MaxResults") == str(size)
        found += entries(document)
    assert found == by_delimiter(NAMES, prefix, delimiter)


def test_changes_between_pages(client: BlobClient, filled: str) -> None:
    """What was there throughout is listed once; what is deleted ahead of the marker is not."""
    pages = client.list_pages(filled, maxresults="5")
    first = entries(next(pages).xml())
    expect(client.delete_blob(filled, first[-1][1]), 202)
    expect(client.put_blob(filled, "a/0", b"behind the marker or not"), 201)
    expect(client.delete_blob(filled, "z"), 202)
    rest = [entry for page in pages for entry in entries(page.xml())]
    seen = [name for _, name in first + rest if name != "a/0"]
    assert seen == [name for name in in_order(NAMES) if name != "z"]


@pytest.mark.parametrize(
    ("sent", "status"), [("5001", 200), ("999999", 200), ("0", 400), ("-1", 400)]
)
def test_maxresults(client: BlobClient, filled: str, sent: str, status: int) -> None:
    response = expect(client.list_blobs(filled, maxresults=sent), status)
    if status == 200:
        assert len(entries(response.xml())) == len(NAMES)
    else:
        assert response.error_field("QueryParameterName") == "maxresults"


def test_maxresults_is_a_number(client: BlobClient, container: str) -> None:
    expect_error(client.list_blobs(container, maxresults="x"), 400, "InvalidQueryParameterValue")


@pytest.mark.parametrize("marker", ["garbage", "a/1", "2!8!AAAA", "!", "ünïcode", "x" * 3000])
def test_a_marker_is_not_a_name(client: BlobClient, filled: str, marker: str) -> None:
    expect_error(client.list_blobs(filled, marker=marker), 400, "OutOfRangeInput")


@pytest.mark.parametrize("include", ["everything", "metadata,nonsense", "permissions"])
def test_an_unknown_include(client: BlobClient, container: str, include: str) -> None:
    response = client.list_blobs(container, include=include)
    expect_error(response, 400, "InvalidQueryParameterValue")
    assert response.error_field("QueryParameterName") == "include"


def test_snapshots_with_a_delimiter_are_refused(client: BlobClient, container: str) -> None:
    response = client.list_blobs(container, include="snapshots", delimiter="/")
    expect_error(response, 400, "InvalidQueryParameterValue")


@pytest.mark.parametrize("size", [1, 3, 5000])
@pytest.mark.parametrize("delimiter", ["", "/"])
@pytest.mark.parametrize("prefix", ["", "a", "b/"])
def test_start_from(
    new_client: Callable[..., BlobClient], filled: str, prefix: str, delimiter: str, size: int
) -> None:
    """An inclusive lower bound, beside prefix, delimiter and markers."""
    client = new_client(version="2026-02-06")
    for start in ["", "a", "a/2", "a/3", "b/c/", "b/c/d/f", "c/3", "é", "\U0001f601"]:
        query = {"prefix": prefix, "delimiter": delimiter, "startFrom": start}
        found: list[tuple[str, str]] = []
        for page in client.list_pages(filled, maxresults=str(size), **query):
            assert (page.xml().findtext("StartFrom") or "") == start
            found += entries(page.xml())
        later = [name for name in NAMES if name.encode() >= start.encode()]
        assert found == by_delimiter(later, prefix, delimiter), start


def test_start_from_is_unknown_to_older_versions(
    new_client: Callable[..., BlobClient], filled: str
) -> None:
    page = expect(new_client(version="2025-11-05").list_blobs(filled, startFrom="c"), 200).xml()
    assert entries(page) == [("Blob", name) for name in in_order(NAMES)]
    assert page.find("StartFrom") is None


INCLUDES = {
    "metadata": "2009-09-19",
    "snapshots": "2009-09-19",
    "uncommittedblobs": "2009-09-19",
    "copy": "2012-02-12",
    "deleted": "2017-07-29",
    "tags": "2019-12-12",
    "versions": "2019-12-12",
    "immutabilitypolicy": "2020-06-12",
    "legalhold": "2020-06-12",
    "deletedwithversions": "2020-10-02",
}
BEFORE = {
    "2012-02-12": "2011-08-18",
    "2017-07-29": "2017-04-17",
    "2019-12-12": "2019-07-07",
    "2020-06-12": "2020-04-08",
    "2020-10-02": "2020-08-04",
}


@pytest.mark.parametrize("include", INCLUDES)
def test_include_by_version(
    new_client: Callable[..., BlobClient], container: str, include: str
) -> None:
    """Known from its version on; what it asks for is not there, so it adds nothing."""
    since = INCLUDES[include]
    expect(new_client().put_blob(container, "b", b"x"), 201)
    client = new_client(version=since)
    page = expect(client.list_blobs(container, include=include), 200).xml()
    assert entries(page) == [("Blob", "b")]
    for element in ("Snapshot", "VersionId", "Deleted", "Tags", "HasVersionsOnly"):
        assert page.find(f"Blobs/Blob/{element}") is None
    if since not in BEFORE:
        return
    response = new_client(version=BEFORE[since]).list_blobs(container, include=include)
    expect_error(response, 400, "InvalidQueryParameterValue")
    assert response.error_field("QueryParameterName") == "include"
    assert response.error_field("QueryParameterValue") == include
    assert response.error_field("Reason") == "Invalid query parameter value."


def test_all_includes_together(client: BlobClient, container: str) -> None:
    expect(client.put_blob(container, "b", b"x", {"x-ms-meta-k": "v"}), 201)
    expect(client.put_block(container, "staged", "AAAA", b"x"), 201)
    page = expect(client.list_blobs(container, include=",".join(INCLUDES)), 200).xml()
    assert entries(page) == [("Blob", "b"), ("Blob", "staged")]
    assert page.findtext("Blobs/Blob/Metadata/k") == "v"


@pytest.mark.parametrize("value", ["deleted", "files", "directories"])
def test_showonly_needs_a_hierarchy(
    new_client: Callable[..., BlobClient], container: str, value: str
) -> None:
    response = new_client(version="2020-12-06").list_blobs(container, showonly=value)
    expect_error(response, 400, "InvalidQueryParameterValue")
    assert response.error_field("QueryParameterName") == "showonly"
    expect(new_client(version="2020-06-12").list_blobs(container, showonly=value), 200)


UNCARRIABLE = ["a\ufffe", "a\uffff/b", "a/\uffff", "b\x01", "b\x1f/c", "plain"]


def test_names_that_xml_cannot_carry(client: BlobClient, container: str) -> None:
    """They are percent-encoded whole and marked; names that the server refuses are not there."""
    from urllib.parse import unquote

    kept = [name for name in UNCARRIABLE if client.put_blob(container, name, b"x").status == 201]
    assert {"a\ufffe", "a\uffff/b", "a/\uffff", "plain"} <= set(kept)
    document = expect(client.list_blobs(container), 200).xml()
    found = []
    for node in document.findall("Blobs/Blob/Name"):
        text = node.text or ""
        encoded = node.get("Encoded") == "true"
        assert encoded == (text != "plain")
        assert not encoded or "/" not in text
        found.append(unquote(text) if encoded else text)
    assert found == in_order(kept)
    nodes = (
        expect(client.list_blobs(container, delimiter="/"), 200)
        .xml()
        .findall("Blobs/BlobPrefix/Name")
    )
    marked = {unquote(node.text or "") for node in nodes if node.get("Encoded") == "true"}
    assert "a\uffff/" in marked


def test_anothers_container_is_not_shown(
    new_client: Callable[..., BlobClient], client: BlobClient, container: str
) -> None:
    """A container whose name begins with ours keeps its blobs to itself."""
    sibling = container + "0"
    expect(client.create_container(sibling), 201)
    expect(client.put_blob(sibling, "theirs", b"x"), 201)
    expect(client.put_blob(container, "ours", b"x"), 201)
    assert client.names(container) == ["ours"]
    assert client.names(sibling) == ["theirs"]
    expect(client.delete_container(sibling), 202)


def test_end_before_is_refused_where_it_is_known(client: BlobClient, filled: str) -> None:
    expect(client.list_blobs(filled, endBefore="m"), 200)
    client.version = "2026-10-06"
    response = client.list_blobs(filled, endBefore="m")
    expect_error(response, 400, "UnsupportedQueryParameter")
    assert response.error_field("QueryParameterName") == "endBefore"
