"""List Containers."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator

import pytest

from azure_client import expect, expect_error
from blob_client import BlobClient


@pytest.fixture
def family(client: BlobClient) -> Iterator[list[str]]:
    """Seven containers that share a prefix that nothing else has."""
    prefix = f"l{uuid.uuid4().hex[:12]}"
    names = [f"{prefix}-{letter}" for letter in "abcdefg"]
    for name in reversed(names):
        expect(client.create_container(name, {"x-ms-meta-letter": name[-1]}), 201)
    yield names
    for name in names:
        client.delete_container(name)


def listed(client: BlobClient, **query: str) -> list[str]:
    """Names over all pages."""
    names: list[str] = []
    while True:
        document = expect(client.list_containers(**query), 200).xml()
        names += [node.text or "" for node in document.findall("Containers/Container/Name")]
        marker = document.findtext("NextMarker") or ""
        if not marker:
            return names
        query["marker"] = marker


@pytest.mark.parametrize("size", ["1", "2", "3", "7", "8"])
def test_pages_in_order(client: BlobClient, family: list[str], size: str) -> None:
    assert listed(client, prefix=family[0][:-2], maxresults=size) == family


def test_without_a_prefix_all_are_there(client: BlobClient, family: list[str]) -> None:
    found = listed(client)
    assert set(family) <= set(found)
    assert found == sorted(found)


def test_an_entry(client: BlobClient, family: list[str]) -> None:
    properties = expect(client.get_container_properties(family[0]), 200)
    response = expect(client.list_containers(prefix=family[0], include="metadata"), 200)
    assert response["Content-Type"] == "application/xml"
    document = response.xml()
    assert document.tag == "EnumerationResults" and document.get("ServiceEndpoint")
    assert document.findtext("Prefix") == family[0]
    container = document.find("Containers/Container")
    assert container is not None
    assert container.findtext("Name") == family[0]
    assert container.findtext("Properties/Etag") == properties["ETag"]
    assert container.findtext("Properties/Last-Modified") == properties["Last-Modified"]
    assert container.findtext("Properties/LeaseStatus") == "unlocked"
    assert container.findtext("Properties/LeaseState") == "available"
    assert container.findtext("Metadata/letter") == "a"


def test_metadata_only_when_asked_for(client: BlobClient, family: list[str]) -> None:
    document = expect(client.list_containers(prefix=family[0]), 200).xml()
    assert document.find("Containers/Container/Metadata") is None


def test_a_deleted_container_is_not_listed(client: BlobClient, family: list[str]) -> None:
    expect(client.delete_container(family[3]), 202)
    assert listed(client, prefix=family[0][:-2]) == family[:3] + family[4:]


def test_bad_queries(client: BlobClient) -> None:
    assert client.list_containers(maxresults="0").status == 400
    expect_error(client.list_containers(include="nonsense"), 400, "InvalidQueryParameterValue")
    expect_error(client.list_containers(marker="garbage"), 400, "OutOfRangeInput")


@pytest.mark.parametrize(
    ("include", "since", "before"),
    [("deleted", "2019-12-12", "2019-07-07"), ("system", "2021-02-12", "2020-12-06")],
)
def test_include_by_version(
    new_client: Callable[..., BlobClient], container: str, include: str, since: str, before: str
) -> None:
    """Known from its version on; here there is nothing of its kind to be listed."""
    query = {"prefix": container, "include": f"metadata,{include}"}
    page = expect(new_client(version=since).list_containers(**query), 200).xml()
    assert [node.findtext("Name") for node in page.iter("Container")] == [container]
    response = new_client(version=before).list_containers(**query)
    expect_error(response, 400, "InvalidQueryParameterValue")
    assert response.error_field("QueryParameterName") == "include"
    assert response.error_field("Reason") == "Invalid query parameter value."
