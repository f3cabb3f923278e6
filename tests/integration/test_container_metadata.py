"""Get Container Metadata, Set Container Metadata."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from azure_client import expect, expect_error
from blob_client import BlobClient
from lapis_server import LapisServer
from sas import account_sas, service_sas
from signing import DEVELOPMENT_ACCOUNT, http_date


def lower(metadata: dict[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in metadata.items()}


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_what_was_set_is_shown(client: BlobClient, container: str, method: str) -> None:
    headers = {"x-ms-meta-Team": "vision", "x-ms-meta-_a1": "b c", "x-ms-meta-empty": ""}
    written = expect(client.set_container_metadata(container, headers), 200)
    assert written.body == b""
    shown = expect(client.get_container_metadata(container, method), 200)
    assert shown.body == b""
    assert lower(shown.metadata()) == {"team": "vision", "_a1": "b c", "empty": ""}
    for answer in (shown, client.get_container_properties(container, method)):
        assert answer["ETag"] == written["ETag"]
        assert answer["Last-Modified"] == written["Last-Modified"]
        assert lower(answer.metadata()) == lower(shown.metadata())
    assert shown["x-ms-lease-status"] is None


def test_all_of_it_is_replaced(client: BlobClient, container: str) -> None:
    first = expect(client.set_container_metadata(container, {"x-ms-meta-a": "1"}), 200)
    second = expect(client.set_container_metadata(container, {"x-ms-meta-b": "2"}), 200)
    assert second["ETag"] != first["ETag"]
    assert expect(client.get_container_metadata(container), 200).metadata() == {"b": "2"}
    expect(client.set_container_metadata(container), 200)
    assert expect(client.get_container_metadata(container), 200).metadata() == {}


def test_listings_show_it(client: BlobClient, container: str) -> None:
    expect(client.set_container_metadata(container, {"x-ms-meta-Key": "<&>"}), 200)
    page = expect(client.list_containers(prefix=container, include="metadata"), 200).xml()
    assert page.findtext("Containers/Container/Metadata/Key") == "<&>"


def test_blobs_are_left_alone(client: BlobClient, container: str) -> None:
    before = expect(client.put_blob(container, "b", b"content"), 201)
    expect(client.set_container_metadata(container, {"x-ms-meta-a": "1"}), 200)
    after = expect(client.get_blob(container, "b"), 200)
    assert (after.body, after["ETag"]) == (b"content", before["ETag"])


REFUSED = [
    ({"x-ms-meta-1a": "x"}, "InvalidMetadata"),
    ({"x-ms-meta-a-b": "x"}, "InvalidMetadata"),
    ({"x-ms-meta-": "x"}, "EmptyMetadataKey"),
    ({"x-ms-meta-a": "x" * 8192}, "MetadataTooLarge"),
    ({"x-ms-lease-id": "no-guid"}, "InvalidHeaderValue"),
    ({"If-Modified-Since": "yesterday"}, "InvalidHeaderValue"),
]


@pytest.mark.parametrize(("headers", "code"), REFUSED, ids=[code for _, code in REFUSED])
def test_what_is_refused_changes_nothing(
    client: BlobClient, container: str, headers: dict[str, str], code: str
) -> None:
    before = expect(client.set_container_metadata(container, {"x-ms-meta-kept": "1"}), 200)
    expect_error(client.set_container_metadata(container, headers), 400, code)
    after = expect(client.get_container_metadata(container), 200)
    assert (after["ETag"], after.metadata()) == (before["ETag"], {"kept": "1"})


def test_eight_kibibytes_are_allowed(client: BlobClient, container: str) -> None:
    largest = {f"x-ms-meta-{name}": name * 2047 for name in "abcd"}
    expect(client.set_container_metadata(container, largest), 200)
    assert len(expect(client.get_container_metadata(container), 200).metadata()) == 4


def test_only_if_modified_since_is_a_condition(client: BlobClient, container: str) -> None:
    past = http_date(datetime.now(timezone.utc) - timedelta(hours=1))
    future = http_date(datetime.now(timezone.utc) + timedelta(hours=1))
    unmet = client.set_container_metadata(container, {"If-Modified-Since": future})
    expect_error(unmet, 412, "ConditionNotMet")
    expect(client.set_container_metadata(container, {"If-Modified-Since": past}), 200)
    for ignored in ({"If-Unmodified-Since": past}, {"If-Match": '"0x1"'}, {"If-None-Match": "*"}):
        expect(client.set_container_metadata(container, ignored), 200)


def test_a_lease_id_needs_a_lease(client: BlobClient, container: str) -> None:
    lease = {"x-ms-lease-id": str(uuid.uuid4())}
    for response in (
        client.set_container_metadata(container, lease),
        client.get_container_metadata(container, "GET", lease),
    ):
        expect_error(response, 412, "LeaseNotPresentWithContainerOperation")


def test_a_missing_container(client: BlobClient) -> None:
    expect_error(client.get_container_metadata("absent"), 404, "ContainerNotFound")
    expect_error(client.set_container_metadata("absent"), 404, "ContainerNotFound")


def test_permissions(new_client: Callable[..., BlobClient], container: str) -> None:
    reader = new_client(sas=account_sas(DEVELOPMENT_ACCOUNT, "r"))
    expect(reader.get_container_metadata(container), 200)
    refused = reader.set_container_metadata(container)
    expect_error(refused, 403, "AuthorizationPermissionMismatch")
    writer = new_client(sas=account_sas(DEVELOPMENT_ACCOUNT, "w", srt="c"))
    expect(writer.set_container_metadata(container, {"x-ms-meta-a": "1"}), 200)
    refused = writer.get_container_metadata(container)
    expect_error(refused, 403, "AuthorizationPermissionMismatch")
    objects = new_client(sas=account_sas(DEVELOPMENT_ACCOUNT, srt="o"))
    refused = objects.get_container_metadata(container)
    expect_error(refused, 403, "AuthorizationResourceTypeMismatch")
    service = new_client(sas=service_sas(DEVELOPMENT_ACCOUNT, f"/{container}", "rw"))
    expect_error(service.get_container_metadata(container), 403, "AuthorizationFailure")
    expect_error(service.set_container_metadata(container), 403, "AuthorizationFailure")


def test_it_survives_a_restart(new_server: Callable[..., LapisServer], tmp_path: Path) -> None:
    server = new_server().start()
    client = BlobClient(server.endpoint, DEVELOPMENT_ACCOUNT.name, DEVELOPMENT_ACCOUNT)
    expect(client.create_container("box"), 201)
    written = expect(client.set_container_metadata("box", {"x-ms-meta-a": "1"}), 200)
    server.kill()
    client.close()
    client = BlobClient(server.start().endpoint, DEVELOPMENT_ACCOUNT.name, DEVELOPMENT_ACCOUNT)
    shown = expect(client.get_container_metadata("box"), 200)
    assert (shown["ETag"], shown.metadata()) == (written["ETag"], {"a": "1"})
