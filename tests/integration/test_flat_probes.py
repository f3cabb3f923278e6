"""The probes by which clients find out that an account has no hierarchical namespace."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from azure_client import Response, expect, expect_error
from blob_client import CONTAINER, BlobClient
from sas import account_sas, service_sas
from signing import DEVELOPMENT_ACCOUNT, Query

NOT_HIERARCHICAL = "HierarchicalNamespaceNotEnabled"
PROBES: list[Query] = [
    [("action", "getAccessControl")],
    [("upn", "false"), ("action", "getAccessControl"), ("timeout", "90")],
]


def refuses(response: Response) -> None:
    expect_error(response, 400, NOT_HIERARCHICAL)
    if response.body:
        message = response.error_field("Message") or ""
        assert "only supported on a hierarchical namespace account" in message


@pytest.mark.parametrize("method", ["HEAD", "GET"])
@pytest.mark.parametrize("query", PROBES, ids=["plain", "hadoop"])
def test_access_control(
    client: BlobClient, container: str, method: str, query: Query
) -> None:
    """Hadoop and Arrow ask the container's root; whatever is asked of, it need not be there."""
    expect(client.put_blob(container, "b", b"x"), 201)
    for path in (
        client.path(container) + "/",
        client.path(container),
        client.path(container, "b"),
        client.path(container, "absent/dir/"),
        client.path("absent") + "/",
    ):
        refuses(client.request(method, path, query))


@pytest.mark.parametrize("service", ["dfs", "blob"])
@pytest.mark.parametrize("method", ["HEAD", "GET"])
def test_access_control_by_host_name(
    new_client: Callable[..., BlobClient], container: str, service: str, method: str
) -> None:
    host = f"{DEVELOPMENT_ACCOUNT.name}.{service}.lapis.test"
    client = new_client(host=host, host_style=True)
    for path in (client.path(container) + "/", client.path(container, "dir/b")):
        refuses(client.request(method, path, PROBES[1]))


def test_any_valid_credential_may_ask(
    new_client: Callable[..., BlobClient], container: str
) -> None:
    for token in (
        account_sas(DEVELOPMENT_ACCOUNT, "l", srt="s"),
        account_sas(DEVELOPMENT_ACCOUNT, "w", srt="o"),
        service_sas(DEVELOPMENT_ACCOUNT, f"/{container}", "l"),
    ):
        client = new_client(sas=token)
        refuses(client.request("HEAD", client.path(container) + "/", PROBES[0]))
    anonymous = new_client(account=None)
    response = anonymous.request("HEAD", anonymous.path(container) + "/", PROBES[0])
    expect_error(response, 401, "NoAuthenticationInformation")


def test_the_data_lake_endpoint_serves_nothing_else(
    new_client: Callable[..., BlobClient], client: BlobClient, container: str
) -> None:
    expect(client.put_blob(container, "b", b"x"), 201)
    lake = new_client(host=f"{DEVELOPMENT_ACCOUNT.name}.dfs.lapis.test", host_style=True)
    expect_error(lake.get_blob(container, "b"), 501, "NotImplemented")
    expect_error(lake.delete_blob(container, "b"), 501, "NotImplemented")
    for resource in ("directory", "file"):
        path = client.path(container, "dir")
        response = client.request("PUT", path, [("resource", resource)])
        expect_error(response, 501, "NotImplemented")
    for method, query in (
        ("PATCH", [("action", "append"), ("position", "0")]),
        ("PUT", [("position", "0")]),
        ("DELETE", [("recursive", "true")]),
    ):
        response = client.request(method, client.path(container, "b"), query)
        expect_error(response, 501, "NotImplemented")
        assert response.error_field("OperationName") == "DataLakeStorage"
    assert client.names(container) == ["b"]


def test_include_permissions(client: BlobClient, container: str) -> None:
    """blobfuse2 mounts a flat account when this fails so."""
    for delimiter in ("", "/"):
        query = {"include": "metadata,permissions", "maxresults": "2", "delimiter": delimiter}
        response = client.list_blobs(container, **query)
        expect_error(response, 400, "InvalidQueryParameterValue")
        assert response.error_field("QueryParameterName") == "include"
        assert response.error_field("Reason") == "Invalid query parameter value."


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_account_information(new_client: Callable[..., BlobClient], method: str) -> None:
    query = [("restype", "account"), ("comp", "properties")]
    client = new_client()
    for path in (client.path(), client.path("absent"), client.path("absent", "b")):
        answer = expect(client.request(method, path, query), 200)
        assert answer["x-ms-is-hns-enabled"] == "false"
    older = new_client(version="2018-11-09")
    answer = expect(older.request(method, older.path(), query), 200)
    assert answer["x-ms-is-hns-enabled"] is None
    expect_error(client.request("HEAD", client.path("absent"), CONTAINER), 404, "ContainerNotFound")
