"""SharedKey and SharedKeyLite: nothing that was changed after signing passes."""

from __future__ import annotations

import base64
import os
from collections.abc import Callable
from datetime import datetime, timedelta, timezone

import pytest

from azure_client import VERSION, expect, expect_error
from blob_client import BlobClient
from signing import DEVELOPMENT_ACCOUNT, Account, http_date, shared_key_lite_text, shared_key_text

QUERY = [("restype", "container"), ("comp", "list")]


def signed(
    method: str, path: str, query: list[tuple[str, str]], headers: dict[str, str]
) -> dict[str, str]:
    text = shared_key_text(DEVELOPMENT_ACCOUNT.name, method, path, query, headers)
    value = f"SharedKey {DEVELOPMENT_ACCOUNT.name}:{DEVELOPMENT_ACCOUNT.sign(text)}"
    return headers | {"Authorization": value}


def usual() -> dict[str, str]:
    return {"x-ms-date": http_date(), "x-ms-version": VERSION}


def test_a_signed_request_passes(client: BlobClient, container: str) -> None:
    expect(client.list_blobs(container, prefix="a b/ü&=+", maxresults="7"), 200)


@pytest.mark.parametrize(
    "change",
    [
        {"x-ms-date": http_date(datetime.now(timezone.utc) - timedelta(minutes=7))},
        {"x-ms-version": "2021-10-04"},
        {"x-ms-meta-added": "after signing"},
        {"Range": "bytes=0-1"},
        {"If-Match": "*"},
        {"Content-Type": "text/plain"},
    ],
)
def test_a_header_changed_after_signing(
    client: BlobClient, container: str, change: dict[str, str]
) -> None:
    path = client.path(container)
    headers = signed("GET", path, QUERY, usual()) | change
    response = client.request("GET", path, QUERY, headers)
    expect_error(response, 403, "AuthenticationFailed")
    detail = response.error_field("AuthenticationErrorDetail") or ""
    assert "The MAC signature found in the HTTP request" in detail
    assert DEVELOPMENT_ACCOUNT.key not in detail


def test_another_resource_query_or_method(client: BlobClient, container: str) -> None:
    path = client.path(container)
    headers = signed("GET", path, QUERY, usual())
    expect(client.request("GET", path, QUERY, headers), 200)
    for method, other, query in (
        ("GET", path + "x", QUERY),
        ("GET", path, QUERY + [("prefix", "a")]),
        ("GET", path, [("restype", "container")]),
        ("HEAD", path, [("restype", "container")]),
    ):
        response = client.request(method, other, query, headers)
        expect_error(response, 403, "AuthenticationFailed")


def test_a_wrong_key_or_account(new_client: Callable[..., BlobClient], container: str) -> None:
    wrong = Account(DEVELOPMENT_ACCOUNT.name, base64.b64encode(os.urandom(64)).decode())
    expect_error(new_client(account=wrong).list_blobs(container), 403, "AuthenticationFailed")
    stranger = Account("stranger", DEVELOPMENT_ACCOUNT.key)
    expect_error(new_client(account=stranger).list_blobs(container), 403, "AuthenticationFailed")
    unknown = new_client(account=stranger, account_name="stranger")
    assert unknown.list_blobs(container).status in (403, 404)


@pytest.mark.parametrize("minutes", [-16, 16])
def test_a_date_off_by_more_than_15_minutes(
    client: BlobClient, container: str, minutes: int
) -> None:
    moment = http_date(datetime.now(timezone.utc) + timedelta(minutes=minutes))
    path = client.path(container)
    headers = signed("GET", path, QUERY, usual() | {"x-ms-date": moment})
    expect_error(client.request("GET", path, QUERY, headers), 403, "AuthenticationFailed")


@pytest.mark.parametrize("minutes", [-14, 0, 14])
def test_a_date_off_by_less(client: BlobClient, container: str, minutes: int) -> None:
    moment = http_date(datetime.now(timezone.utc) + timedelta(minutes=minutes))
    path = client.path(container)
    headers = signed("GET", path, QUERY, usual() | {"x-ms-date": moment})
    expect(client.request("GET", path, QUERY, headers), 200)


def test_the_date_header_serves_alone(client: BlobClient, container: str) -> None:
    path = client.path(container)
    headers = signed("GET", path, QUERY, {"Date": http_date(), "x-ms-version": VERSION})
    expect(client.request("GET", path, QUERY, headers), 200)


def test_no_date_or_a_malformed_one(client: BlobClient, container: str) -> None:
    path = client.path(container)
    for dates in ({"Date": ""}, {"x-ms-date": "yesterday"}, {"x-ms-date": "2026-01-01T00:00:00Z"}):
        headers = signed("GET", path, QUERY, {"x-ms-version": VERSION} | dates)
        expect_error(client.request("GET", path, QUERY, headers), 403, "AuthenticationFailed")


@pytest.mark.parametrize(
    "value",
    [
        "SharedKey",
        "SharedKey devstoreaccount1",
        "Secret devstoreaccount1:AAAA",
        "Bearer garbage",
        "x",
    ],
)
def test_an_authorization_that_cannot_be_parsed(
    client: BlobClient, container: str, value: str
) -> None:
    response = client.request(
        "GET", client.path(container), QUERY, usual() | {"Authorization": value}
    )
    assert (response.status, response.error_code) in (
        (400, "InvalidAuthenticationInfo"),
        (401, "InvalidAuthenticationInfo"),
        (403, "AuthenticationFailed"),
    ), response


def test_empty_headers_are_signed_empty(client: BlobClient, container: str) -> None:
    headers = {"x-ms-blob-cache-control": "", "x-ms-blob-content-encoding": ""}
    expect(client.put_blob(container, "b", b"x", headers), 201)
    assert client.get_blob(container, "b")["Cache-Control"] is None


def test_shared_key_lite(client: BlobClient, container: str) -> None:
    path, headers = client.path(container), usual()
    text = shared_key_lite_text(DEVELOPMENT_ACCOUNT.name, "GET", path, QUERY, headers)
    value = f"SharedKeyLite {DEVELOPMENT_ACCOUNT.name}:{DEVELOPMENT_ACCOUNT.sign(text)}"
    expect(client.request("GET", path, QUERY, headers | {"Authorization": value}), 200)
    other = {"Authorization": value, "x-ms-meta-a": "1"}
    expect_error(client.request("GET", path, QUERY, headers | other), 403, "AuthenticationFailed")


def test_no_credential_at_all(anonymous: BlobClient, client: BlobClient, container: str) -> None:
    expect(client.put_blob(container, "b", b"secret"), 201)
    for response in (
        anonymous.get_blob(container, "b"),
        anonymous.list_blobs(container),
        anonymous.put_blob(container, "b", b"x"),
        anonymous.delete_blob(container, "b"),
        anonymous.list_containers(),
        anonymous.get_blob("absent", "b"),
    ):
        assert response.status in (401, 404, 409), response
        assert response.error_code in (
            "NoAuthenticationInformation", "ResourceNotFound", "PublicAccessNotPermitted",
        )  # fmt: skip
        if response.status == 401:
            assert response["WWW-Authenticate"]
    assert expect(client.get_blob(container, "b"), 200).body == b"secret"
