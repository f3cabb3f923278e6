"""Get Account Information: at every level, whether or not the resource exists."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from azure_client import expect
from blob_client import BlobClient
from sas import account_sas, service_sas
from signing import DEVELOPMENT_ACCOUNT

ACCOUNT_PROPERTIES = [("restype", "account"), ("comp", "properties")]


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("resource", [(), ("absent",), ("absent", "absent/blob")])
def test_any_level(client: BlobClient, method: str, resource: tuple[str, ...]) -> None:
    response = expect(client.request(method, client.path(*resource), ACCOUNT_PROPERTIES), 200)
    assert response["x-ms-sku-name"]
    assert response["x-ms-account-kind"] in (
        "Storage",
        "BlobStorage",
        "StorageV2",
        "BlockBlobStorage",
    )
    assert response["x-ms-is-hns-enabled"] == "false"
    assert response.body == b""


def test_any_valid_sas_will_do(new_client: Callable[..., BlobClient]) -> None:
    path = "/absent/blob"
    for token in (
        account_sas(DEVELOPMENT_ACCOUNT, "r"),
        service_sas(DEVELOPMENT_ACCOUNT, path, "r"),
        service_sas(DEVELOPMENT_ACCOUNT, "/absent", "l"),
    ):
        other = new_client(sas=token)
        expect(other.request("GET", other.path("absent", "blob"), ACCOUNT_PROPERTIES), 200)


def test_anonymous_may_not(anonymous: BlobClient) -> None:
    response = anonymous.request("GET", anonymous.path(), ACCOUNT_PROPERTIES)
    assert response.status in (401, 403), response
