"""The secondary endpoint of an account: what can be read there, and Get Blob Service Stats."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from email.utils import parsedate_to_datetime

import pytest

from azure_client import expect, expect_error
from blob_client import BlobClient
from sas import account_sas
from signing import DEVELOPMENT_ACCOUNT

STATS = [("restype", "service"), ("comp", "stats")]


@pytest.fixture
def secondary(new_client: Callable[..., BlobClient]) -> BlobClient:
    token = account_sas(DEVELOPMENT_ACCOUNT)
    return new_client(account_name=DEVELOPMENT_ACCOUNT.name + "-secondary", sas=token)


def test_stats(client: BlobClient, secondary: BlobClient) -> None:
    document = expect(secondary.request("GET", secondary.path(), STATS), 200).xml()
    assert document.tag == "StorageServiceStats"
    assert document.findtext("GeoReplication/Status") == "live"
    synced = parsedate_to_datetime(document.findtext("GeoReplication/LastSyncTime"))
    assert abs(datetime.now(timezone.utc) - synced) < timedelta(seconds=30)
    response = client.request("GET", client.path(), STATS)
    expect_error(response, 400, "InvalidQueryParameterValue")
    assert response.error_field("QueryParameterName") == "comp"
    assert response.error_field("QueryParameterValue") == "stats"


def test_it_reads_what_the_primary_wrote(
    client: BlobClient, secondary: BlobClient, container: str
) -> None:
    expect(client.put_blob(container, "b", b"content"), 201)
    assert expect(secondary.get_blob(container, "b"), 200).body == b"content"
    assert secondary.names(container) == ["b"]


def test_nothing_is_written_there(
    client: BlobClient, secondary: BlobClient, container: str
) -> None:
    expect(client.put_blob(container, "b", b"content"), 201)
    for response in (
        secondary.put_blob(container, "b", b"other"),
        secondary.delete_blob(container, "b"),
        secondary.set_blob_metadata(container, "b"),
        secondary.create_container(container + "-new"),
        secondary.delete_container(container),
    ):
        expect_error(response, 403, "InsufficientAccountPermissions")
    assert expect(client.get_blob(container, "b"), 200).body == b"content"
