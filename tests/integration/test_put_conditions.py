"""Conditional headers on the two operations that create a blob: Put Blob and Put Block List."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone

import pytest

from azure_client import Response, expect, expect_error
from blob_client import BlobClient, block_id
from racing import race
from signing import http_date

PAST = http_date(datetime.now(timezone.utc) - timedelta(hours=1))
FUTURE = http_date(datetime.now(timezone.utc) + timedelta(hours=1))


def put_whole(client: BlobClient, container: str, blob: str, headers: dict[str, str]) -> Response:
    return client.put_blob(container, blob, b"new", headers)


def put_listed(client: BlobClient, container: str, blob: str, headers: dict[str, str]) -> Response:
    expect(client.put_block(container, blob, block_id(1), b"new"), 201)
    return client.put_block_list(container, blob, [block_id(1)], headers)


@pytest.fixture(params=[put_whole, put_listed])
def put(request: pytest.FixtureRequest) -> Callable[..., Response]:
    return request.param


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({"If-Match": "{etag}"}, 201, None),
        ({"If-Match": "*"}, 201, None),
        ({"If-Match": '"0x8D0000000000000"'}, 412, "ConditionNotMet"),
        ({"If-None-Match": "*"}, 409, "BlobAlreadyExists"),
        ({"If-None-Match": "{etag}"}, 412, "ConditionNotMet"),
        ({"If-None-Match": '"0x8D0000000000000"'}, 201, None),
        ({"If-Modified-Since": PAST}, 201, None),
        ({"If-Modified-Since": FUTURE}, 412, "ConditionNotMet"),
        ({"If-Unmodified-Since": PAST}, 412, "ConditionNotMet"),
        ({"If-Unmodified-Since": FUTURE}, 201, None),
        ({"If-None-Match": "{etag}", "If-Modified-Since": PAST}, 412, "ConditionNotMet"),
        ({"If-Match": "{etag}", "If-Unmodified-Since": PAST}, 201, None),
        (
            {"If-Match": "{etag}", "If-Modified-Since": PAST},
            400,
            "MultipleConditionHeadersNotSupported",
        ),
        ({"If-Match": '{etag}, "0x1"'}, 400, "MultipleConditionHeadersNotSupported"),
    ],
)
def test_against_an_existing_blob(
    client: BlobClient,
    container: str,
    put: Callable[..., Response],
    headers: dict[str, str],
    status: int,
    code: str | None,
) -> None:
    etag = expect(client.put_blob(container, "b", b"old"), 201)["ETag"]
    response = put(client, container, "b", {n: v.format(etag=etag) for n, v in headers.items()})
    assert (response.status, response.error_code) == (status, code), response
    expected = b"new" if status == 201 else b"old"
    assert expect(client.get_blob(container, "b"), 200).body == expected


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"If-Match": "*"}, 412),
        ({"If-Match": '"0x8D0000000000000"'}, 412),
        ({"If-None-Match": "*"}, 201),
        ({"If-None-Match": '"0x8D0000000000000"'}, 201),
    ],
)
def test_against_no_blob(
    client: BlobClient,
    container: str,
    put: Callable[..., Response],
    headers: dict[str, str],
    status: int,
) -> None:
    response = put(client, container, "b", headers)
    assert response.status == status, response
    if status == 412:
        expect_error(response, 412, "ConditionNotMet")
        expect_error(client.get_blob(container, "b"), 404, "BlobNotFound")


def test_etags_change_and_unquoted_ones_match(client: BlobClient, container: str) -> None:
    first = expect(client.put_blob(container, "b", b"1"), 201)["ETag"]
    headers = {"If-Match": first.strip('"')}
    second = expect(client.put_blob(container, "b", b"1", headers), 201)["ETag"]
    assert first != second
    expect_error(client.put_blob(container, "b", b"1", {"If-Match": first}), 412, "ConditionNotMet")


def test_one_of_many_creators_wins(new_client: Callable[..., BlobClient], container: str) -> None:
    for blob in ("inline", "extent"):
        size = 10 if blob == "inline" else 20_000

        def create(client: BlobClient, number: int) -> Response:
            return client.put_blob(container, blob, b"%d" % number * size, {"If-None-Match": "*"})

        assert race(new_client, create) == [201] + [409] * 11


def test_one_of_many_updaters_wins(
    new_client: Callable[..., BlobClient], client: BlobClient, container: str
) -> None:
    etag = expect(client.put_blob(container, "b", b"old"), 201)["ETag"]

    def update(other: BlobClient, number: int) -> Response:
        return other.put_blob(container, "b", b"%d" % number, {"If-Match": etag})

    assert race(new_client, update) == [201] + [412] * 11
