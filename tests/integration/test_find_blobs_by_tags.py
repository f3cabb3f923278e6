"""Find Blobs by Tags, of the account and of a container."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest

from azure_client import expect, expect_error
from blob_client import BlobClient, tags_xml
from lapis_command import lapis
from lapis_server import LapisServer
from sas import account_sas, service_sas
from signing import DEVELOPMENT_ACCOUNT


@pytest.fixture
def mark() -> str:
    """A value that no other test's blobs have: the account is shared."""
    return uuid.uuid4().hex


@pytest.fixture
def box(client: BlobClient, container: str, mark: str) -> str:
    for number in range(6):
        tags = f"mark={mark}&n={number}&even={'yes' if number % 2 == 0 else 'no'}"
        expect(client.put_blob(container, f"b{number}", b"x", {"x-ms-tags": tags}), 201)
    expect(client.put_blob(container, "untagged", b"x"), 201)
    return container


def found(client: BlobClient, where: str, container: str | None = None, **query: str) -> list[str]:
    return [name for page in client.find_pages(where, container, **query) for name in page]


def test_in_a_container(client: BlobClient, box: str) -> None:
    for where, expected in (
        ("n = '3'", ["b3"]),
        ("\"n\"='3'", ["b3"]),
        ("n > '3'", ["b4", "b5"]),
        ("n >= '1' AND n < '3'", ["b1", "b2"]),
        ("even = 'no'", ["b1", "b3", "b5"]),
        ("even = 'no' AND n <= '3'", ["b1", "b3"]),
        ("even = 'no' and n = '2'", []),
        ("even > '' AND n = '4'", ["b4"]),
        ("none = '1'", []),
        ("N = '3'", []),
    ):
        assert found(client, where, box) == expected, where


def test_what_is_shown(client: BlobClient, box: str, mark: str) -> None:
    where = f"mark = '{mark}' AND n = '3'"
    page = expect(client.find_blobs(where), 200)
    root = page.xml()
    assert root.tag == "EnumerationResults" and root.get("ServiceEndpoint")
    assert root.findtext("Where") == where
    (entry,) = root.findall("Blobs/Blob")
    assert (entry.findtext("Name"), entry.findtext("ContainerName")) == ("b3", box)
    tags = [(t.findtext("Key"), t.findtext("Value")) for t in entry.findall("Tags/TagSet/Tag")]
    assert tags == [("mark", mark), ("n", "3")]
    assert root.findtext("NextMarker") == ""


def test_as_it_was_shown_first(new_client: Callable[..., BlobClient], box: str, mark: str) -> None:
    page = new_client(version="2019-12-12").find_blobs(f"mark = '{mark}' AND n = '3'")
    (entry,) = expect(page, 200).xml().findall("Blobs/Blob")
    assert (entry.findtext("TagValue"), entry.find("Tags")) == (mark, None)


def test_in_the_account(client: BlobClient, box: str, mark: str) -> None:
    other = box + "-other"
    expect(client.create_container(other), 201)
    expect(client.put_blob(other, "z", b"x", {"x-ms-tags": f"mark={mark}&n=9"}), 201)
    assert found(client, f"mark='{mark}'") == [f"b{n}" for n in range(6)] + ["z"]
    assert found(client, f"@container='{other}' AND mark='{mark}'") == ["z"]
    assert found(client, f"mark='{mark}' AND n>'3'") == ["b4", "b5", "z"]
    assert found(client, f"@container='none-such' AND mark='{mark}'") == []
    expect(client.delete_container(other), 202)
    assert found(client, f"mark='{mark}' AND n>'3'") == ["b4", "b5"]


def test_it_follows_changes_at_once(client: BlobClient, box: str) -> None:
    expect(client.set_blob_tags(box, "b3", tags_xml({"n": "7"})), 204)
    assert found(client, "n = '3'", box) == []
    assert found(client, "n = '7'", box) == ["b3"]
    expect(client.put_blob(box, "b3", b"x"), 201)
    assert found(client, "n = '7'", box) == []
    expect(client.delete_blob(box, "b4"), 202)
    assert found(client, "n >= '4'", box) == ["b5"]


def test_pages(client: BlobClient, box: str, mark: str) -> None:
    for where in (f"mark='{mark}'", "n >= '0'", f"mark='{mark}' AND n >= '0'"):
        pages = list(client.find_pages(where, box, maxresults="2"))
        assert [len(page) for page in pages if page] == [2, 2, 2]
        assert sum(pages, []) == [f"b{n}" for n in range(6)]
    assert len(list(client.find_pages(f"mark='{mark}'", None, maxresults="1"))) >= 6


def test_errors(client: BlobClient, box: str) -> None:
    missing = client.find_blobs("", box)
    expect_error(missing, 400, "MissingRequiredQueryParameter")
    assert missing.error_field("QueryParameterName") == "where"
    nowhere = client.find_blobs("n='1'", box + "-none")
    expect_error(nowhere, 404, "ContainerNotFound")
    garbage = client.find_blobs("n='1'", box, marker="b3")
    expect_error(garbage, 400, "OutOfRangeInput")
    position = "Error parsing query at or near character position "
    for where, message in (
        ("n='1' OR n='2'", position + "7: unexpected 'OR'"),
        ("Year = '2020'", position + "1: unexpected 'Year'"),
        ("n <> '1'", position + "3: unexpected '<>'"),
        ("n>'1' AND n>'2'", position + "11: unexpected 'n'"),
        ("@container='c' AND n='1'", "Error parsing query: Cannot have container in both uri and query"),
        (" AND ".join(f"k{n}='1'" for n in range(11)),
         "Error parsing query: there can be at most 10 unique tags in a query"),
    ):  # fmt: skip
        response = client.find_blobs(where, box)
        expect_error(response, 400, "InvalidQueryParameterValue")
        assert (response.error_field("Message") or "").splitlines()[0] == message
        assert response.reason == message
        assert response.error_field("QueryParameterName") == "where"
        assert response.error_field("QueryParameterValue") == where
        assert response.error_field("Reason") == "This query parameter value is invalid."


def test_versions_before_it(new_client: Callable[..., BlobClient], box: str) -> None:
    before = new_client(version="2019-07-07").find_blobs("n='1'")
    expect_error(before, 400, "InvalidQueryParameterValue")
    before = new_client(version="2020-10-02").find_blobs("n='1'", box)
    expect_error(before, 400, "InvalidQueryParameterValue")


def test_what_a_sas_permits(new_client: Callable[..., BlobClient], box: str) -> None:
    def account(permissions: str, types: str) -> BlobClient:
        return new_client(sas=account_sas(DEVELOPMENT_ACCOUNT, permissions, srt=types))

    denied = (403, "AuthorizationPermissionMismatch")
    expect(account("f", "s").find_blobs("n='1'"), 200)
    expect(account("f", "o").find_blobs("n='1'"), 200)
    expect_error(account("rl", "sco").find_blobs("n='1'"), *denied)
    wrong = account("f", "c").find_blobs("n='1'")
    expect_error(wrong, 403, "AuthorizationResourceTypeMismatch")
    expect(account("f", "c").find_blobs("n='1'", box), 200)
    of_container = new_client(sas=service_sas(DEVELOPMENT_ACCOUNT, f"/{box}", "f"))
    expect(of_container.find_blobs("n='1'", box), 200)
    expect_error(of_container.find_blobs("n='1'"), 403, "AuthenticationFailed")
    lister = new_client(sas=service_sas(DEVELOPMENT_ACCOUNT, f"/{box}", "rl"))
    expect_error(lister.find_blobs("n='1'", box), *denied)


def test_a_check_finds_the_index_whole(new_server: Callable[..., LapisServer]) -> None:
    server = new_server().start()
    client = BlobClient(server.endpoint, DEVELOPMENT_ACCOUNT.name, DEVELOPMENT_ACCOUNT)
    expect(client.create_container("box"), 201)
    expect(client.create_container("gone"), 201)
    for number in range(50):
        tags = {"x-ms-tags": f"n={number}&all=1"}
        expect(client.put_blob("box", f"b{number}", b"x", tags), 201)
        expect(client.put_blob("gone", f"b{number}", b"x", tags), 201)
    for number in range(0, 48, 3):
        expect(client.put_blob("box", f"b{number}", b"y"), 201)
        expect(client.set_blob_tags("box", f"b{number + 1}", tags_xml({"c": "1"})), 204)
        expect(client.delete_blob("box", f"b{number + 2}"), 202)
    expect(client.delete_container("gone"), 202)
    server.kill()
    checked = lapis("fsck", "--offline", "--data-dir", server.data_dir)
    assert checked.code == 0, checked
