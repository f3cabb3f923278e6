"""x-ms-version: which are accepted, and which one answers."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from azure_client import expect, expect_error
from blob_client import BlobClient
from sas import service_sas
from signing import DEVELOPMENT_ACCOUNT


@pytest.mark.parametrize(
    "version",
    ["2015-02-21", "2017-11-09", "2019-02-02", "2019-12-12", "2020-10-02", "2021-12-02", "2025-07-05",
     "2026-04-06", "2026-10-06"],
)  # fmt: skip
def test_known_versions_answer_as_themselves(
    client: BlobClient, container: str, version: str
) -> None:
    client.version = version
    assert expect(client.list_blobs(container), 200)["x-ms-version"] == version
    assert client.get_blob(container, "absent")["x-ms-version"] == version


@pytest.mark.parametrize("version", ["2031-05-04", "2019-12-20"])
def test_other_dates_are_served_and_echoed(
    client: BlobClient, container: str, version: str
) -> None:
    """Newer than any known, or between two: SDKs send new versions every other month."""
    client.version = version
    assert expect(client.list_blobs(container), 200)["x-ms-version"] == version


def test_a_date_between_two_behaves_as_the_older(client: BlobClient, container: str) -> None:
    client.version = "2019-01-15"  # before CRC-64 came with 2019-02-02
    response = expect(client.put_blob(container, "b", b"x"), 201)
    assert response["Content-MD5"] and response["x-ms-content-crc64"] is None


@pytest.mark.parametrize("version", ["1999-01-01", "today", "2021-12", "2021-13-45", "20211202"])
def test_malformed_and_too_old_versions(client: BlobClient, container: str, version: str) -> None:
    client.version = version
    response = client.list_blobs(container)
    expect_error(response, 400, "InvalidHeaderValue")
    assert response.error_field("HeaderName") == "x-ms-version"
    assert response.error_field("HeaderValue") == version


def test_shared_key_without_a_version(client: BlobClient, container: str) -> None:
    client.version = None
    response = client.list_blobs(container)
    assert response.status == 400, response
    assert response.error_code in ("MissingRequiredHeader", "InvalidHeaderValue")


def test_a_sas_stands_in_for_the_version(
    new_client: Callable[..., BlobClient], container: str
) -> None:
    token = service_sas(DEVELOPMENT_ACCOUNT, f"/{container}", "l", sv="2020-10-02")
    lister = new_client(sas=token, version=None)
    assert expect(lister.list_blobs(container), 200)["x-ms-version"] == "2020-10-02"
    lister.version = "2021-12-02"
    assert expect(lister.list_blobs(container), 200)["x-ms-version"] == "2021-12-02"


def test_the_query_names_the_version_where_no_header_does(
    new_client: Callable[..., BlobClient], container: str
) -> None:
    token = service_sas(DEVELOPMENT_ACCOUNT, f"/{container}", "l", sv="2021-12-02")
    lister = new_client(sas=token, version=None)
    answer = expect(lister.list_blobs(container, **{"api-version": "2020-10-02"}), 200)
    assert answer["x-ms-version"] == "2020-10-02"
    wrong = lister.list_blobs(container, **{"api-version": "soon"})
    expect_error(wrong, 400, "InvalidQueryParameterValue")
    assert wrong.error_field("QueryParameterName") == "api-version"
    lister.version = "2021-04-10"
    answer = expect(lister.list_blobs(container, **{"api-version": "2020-10-02"}), 200)
    assert answer["x-ms-version"] == "2021-04-10"


@pytest.mark.parametrize("timeout", ["1", "31536001", "soon"])
def test_a_timeout_is_passed_over(client: BlobClient, container: str, timeout: str) -> None:
    expect(client.list_blobs(container, timeout=timeout), 200)
