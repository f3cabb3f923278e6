"""Create Container, Get Container Properties, Delete Container."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta, timezone

import pytest

from azure_client import expect, expect_error
from blob_client import CONTAINER, BlobClient
from signing import http_date


def fresh_name() -> str:
    return f"c-{uuid.uuid4().hex[:20]}"


def test_create_answers_etag_and_date(client: BlobClient) -> None:
    name = fresh_name()
    response = expect(client.create_container(name), 201)
    assert response["ETag"].startswith('"0x') and response["ETag"].endswith('"')
    assert response["Last-Modified"]
    assert response.body == b""
    properties = expect(client.get_container_properties(name), 200)
    assert properties["ETag"] == response["ETag"]
    assert properties["Last-Modified"] == response["Last-Modified"]
    expect(client.delete_container(name), 202)


def test_create_twice_is_refused(client: BlobClient, container: str) -> None:
    expect_error(client.create_container(container), 409, "ContainerAlreadyExists")


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_properties(client: BlobClient, container: str, method: str) -> None:
    response = expect(client.get_container_properties(container, method), 200)
    assert response.body == b""
    assert response["x-ms-lease-status"] == "unlocked"
    assert response["x-ms-lease-state"] == "available"
    assert response["x-ms-has-immutability-policy"] == "false"
    assert response["x-ms-has-legal-hold"] == "false"
    assert response["x-ms-default-encryption-scope"] == "$account-encryption-key"
    assert response["x-ms-deny-encryption-scope-override"] == "false"
    assert response["x-ms-immutable-storage-with-versioning-enabled"] == "false"
    assert response["x-ms-blob-public-access"] is None


def test_metadata_is_kept(client: BlobClient) -> None:
    name = fresh_name()
    expect(client.create_container(name, {"x-ms-meta-Team": "vision", "x-ms-meta-_a1": "b c"}), 201)
    metadata = expect(client.get_container_properties(name), 200).metadata()
    assert {n.lower(): v for n, v in metadata.items()} == {"team": "vision", "_a1": "b c"}
    expect(client.delete_container(name), 202)


@pytest.mark.parametrize("header", ["x-ms-meta-1a", "x-ms-meta-a-b", "x-ms-meta-a.b"])
def test_metadata_names_are_identifiers(client: BlobClient, header: str) -> None:
    expect_error(client.create_container(fresh_name(), {header: "x"}), 400, "InvalidMetadata")


@pytest.mark.parametrize("name", ["abc", "a-b", "0ab", "a" * 63, "a0-b1-c2"])
def test_legal_names(client: BlobClient, name: str) -> None:
    response = client.create_container(name)
    assert response.status in (201, 409), response
    expect(client.delete_container(name), 202)


@pytest.mark.parametrize(
    "name", ["ABC", "a_b", "a--b", "-ab", "ab-", "a.b", "a b", "ümlaut", "a%b", "a$b"]
)
def test_illegal_names(client: BlobClient, name: str) -> None:
    expect_error(client.create_container(name), 400, "InvalidResourceName")


@pytest.mark.parametrize("name", ["a", "ab", "a" * 64])
def test_names_of_wrong_length(client: BlobClient, name: str) -> None:
    assert expect(client.create_container(name), 400).error_code in (
        "InvalidResourceName",
        "OutOfRangeInput",
    )


def test_missing_container(client: BlobClient) -> None:
    name = fresh_name()
    expect_error(client.get_container_properties(name), 404, "ContainerNotFound")
    expect_error(client.delete_container(name), 404, "ContainerNotFound")
    expect_error(client.put_blob(name, "b", b"x"), 404, "ContainerNotFound")
    expect_error(client.get_blob(name, "b"), 404, "ContainerNotFound")
    expect_error(client.list_blobs(name), 404, "ContainerNotFound")
    expect_error(client.put_block(name, "b", "AAAA", b"x"), 404, "ContainerNotFound")


def test_delete_takes_the_blobs_along_and_frees_the_name(client: BlobClient) -> None:
    name = fresh_name()
    expect(client.create_container(name), 201)
    expect(client.put_blob(name, "small", b"x"), 201)
    expect(client.put_blob(name, "large", b"y" * 100_000), 201)
    expect(client.put_block(name, "staged", "AAAA", b"z" * 5000), 201)
    expect(client.delete_container(name), 202)
    expect_error(client.get_blob(name, "small"), 404, "ContainerNotFound")
    expect(client.create_container(name), 201)
    for blob in ("small", "large"):
        expect_error(client.get_blob(name, blob), 404, "BlobNotFound")
    expect_error(client.get_block_list(name, "staged", "all"), 404, "BlobNotFound")
    assert client.names(name, include="uncommittedblobs") == []
    expect(client.delete_container(name), 202)


def test_delete_honours_dates(client: BlobClient, container: str) -> None:
    past = http_date(datetime.now(timezone.utc) - timedelta(hours=1))
    future = http_date(datetime.now(timezone.utc) + timedelta(hours=1))
    unmet = [{"If-Unmodified-Since": past}, {"If-Modified-Since": future}]
    for headers in unmet:
        expect_error(client.delete_container(container, headers), 412, "ConditionNotMet")
    expect(client.delete_container(container, {"If-Modified-Since": past}), 202)


def test_delete_with_a_lease_id_needs_a_lease(client: BlobClient, container: str) -> None:
    headers = {"x-ms-lease-id": str(uuid.uuid4())}
    response = client.delete_container(container, headers)
    expect_error(response, 412, "LeaseNotPresentWithContainerOperation")
    response = client.request("GET", client.path(container), CONTAINER, headers)
    expect_error(response, 412, "LeaseNotPresentWithContainerOperation")


@pytest.mark.parametrize("name", ["If-Match", "If-None-Match"])
def test_a_tag_is_no_condition_of_delete(client: BlobClient, container: str, name: str) -> None:
    response = client.delete_container(container, {name: '"0x1"'})
    expect_error(response, 400, "ConditionHeadersNotSupported")
    expect(client.get_container_properties(container), 200)


@pytest.mark.parametrize("level", ["container", "blob"])
def test_public_access_is_refused(client: BlobClient, level: str) -> None:
    name = fresh_name()
    response = client.create_container(name, {"x-ms-blob-public-access": level})
    expect_error(response, 409, "PublicAccessNotPermitted")
    expect_error(client.get_container_properties(name), 404, "ContainerNotFound")
