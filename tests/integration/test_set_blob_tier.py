"""Set Blob Tier, and what an archived blob still answers."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from xml.etree.ElementTree import Element

import pytest

from azure_client import expect, expect_error
from blob_client import BlobClient, block_id

OTHER = '"0x8D0000000000000"'


def entry(client: BlobClient, container: str) -> Element:
    properties = client.list_blobs(container).xml().find("Blobs/Blob/Properties")
    assert properties is not None
    return properties


@pytest.mark.parametrize(
    ("start", "tier", "status"),
    [
        (None, "Hot", 200),
        (None, "Cool", 200),
        ("Hot", "Cold", 200),
        ("Cool", "Archive", 200),
        ("Archive", "Archive", 200),
        ("Archive", "Hot", 202),
        ("Archive", "Cold", 202),
    ],
)
def test_it_shows_everywhere_and_changes_no_tag(
    client: BlobClient, container: str, start: str | None, tier: str, status: int
) -> None:
    headers = {"x-ms-access-tier": start} if start else {}
    expect(client.put_blob(container, "b", b"content", headers), 201)
    before = expect(client.get_blob_properties(container, "b"), 200)
    answer = expect(client.set_blob_tier(container, "b", tier), status)
    assert (answer.body, answer["ETag"], answer["Last-Modified"]) == (b"", None, None)
    head = expect(client.get_blob_properties(container, "b"), 200)
    assert head["x-ms-access-tier"] == tier
    assert head["x-ms-access-tier-inferred"] is None
    assert head["x-ms-access-tier-change-time"]
    assert head["x-ms-archive-status"] is None
    assert head["x-ms-rehydrate-priority"] is None
    for name in ("ETag", "Last-Modified", "Content-Type", "Content-MD5"):
        assert head[name] == before[name]
    listed = entry(client, container)
    assert listed.findtext("AccessTier") == tier
    assert listed.find("AccessTierInferred") is None
    assert listed.findtext("AccessTierChangeTime") == head["x-ms-access-tier-change-time"]


def test_the_change_time_is_when_it_changed(client: BlobClient, container: str) -> None:
    def changed() -> str | None:
        return client.get_blob_properties(container, "b")["x-ms-access-tier-change-time"]

    expect(client.put_blob(container, "b", b"content"), 201)
    assert changed() is None
    expect(client.set_blob_tier(container, "b", "Cool"), 200)
    first = changed()
    time.sleep(1.1)  # dates have seconds
    expect(client.set_blob_tier(container, "b", "cool"), 200)
    assert changed() == first
    expect(client.set_blob_tier(container, "b", "Hot"), 200)
    assert changed() not in (None, first)


def test_get_tells_it_in_the_newest_version(
    new_client: Callable[..., BlobClient], client: BlobClient, container: str
) -> None:
    expect(client.put_blob(container, "b", b"content"), 201)
    expect(client.set_blob_tier(container, "b", "Cool"), 200)
    assert expect(client.get_blob(container, "b"), 200)["x-ms-access-tier"] is None
    newest = new_client(version="2026-10-06")
    assert expect(newest.get_blob(container, "b"), 200)["x-ms-access-tier"] == "Cool"


def test_what_an_archived_blob_answers(client: BlobClient, container: str) -> None:
    expect(client.put_block(container, "b", block_id(1), b"content"), 201)
    expect(client.put_block_list(container, "b", [block_id(1)], {"x-ms-meta-a": "1"}), 201)
    expect(client.set_blob_tier(container, "b", "Archive"), 200)
    for response in (
        client.get_blob(container, "b"),
        client.get_blob(container, "b", {"Range": "bytes=0-1"}),
        client.get_block_list(container, "b"),
        client.put_blob(container, "b", b"new"),
        client.put_block(container, "b", block_id(2), b"new"),
        client.put_block_list(container, "b", [block_id(1)]),
        client.set_blob_metadata(container, "b"),
        client.set_blob_properties(container, "b"),
    ):
        expect_error(response, 409, "BlobArchived")
    head = expect(client.get_blob_properties(container, "b"), 200)
    assert (head["Content-Length"], head["x-ms-access-tier"]) == ("7", "Archive")
    assert expect(client.get_blob_metadata(container, "b"), 200).metadata() == {"a": "1"}
    assert entry(client, container).findtext("AccessTier") == "Archive"
    expect(client.delete_blob(container, "b"), 202)


@pytest.mark.parametrize("priority", [None, "Standard", "High"])
def test_leaving_the_archive(client: BlobClient, container: str, priority: str | None) -> None:
    """202, as clients expect that poll afterwards; the first poll finds it done."""
    expect(client.put_blob(container, "b", b"x" * 9000, {"x-ms-access-tier": "Archive"}), 201)
    headers = {"x-ms-rehydrate-priority": priority} if priority else {}
    expect(client.set_blob_tier(container, "b", "Hot", headers), 202)
    assert expect(client.get_blob(container, "b"), 200).body == b"x" * 9000
    expect(client.set_blob_metadata(container, "b", {"x-ms-meta-a": "1"}), 200)


@pytest.mark.parametrize(
    ("tier", "headers", "code", "named"),
    [
        ("Warm", {}, "InvalidHeaderValue", "x-ms-access-tier"),
        ("P5", {}, "InvalidHeaderValue", "x-ms-access-tier"),
        ("Smart", {}, "InvalidHeaderValue", "x-ms-access-tier"),
        ("", {}, "MissingRequiredHeader", "x-ms-access-tier"),
        ("P10", {}, "InvalidBlobTier", None),
        ("Hot", {"x-ms-rehydrate-priority": "soon"}, "InvalidHeaderValue", "x-ms-rehydrate-priority"),
        ("Hot", {"x-ms-lease-id": "x"}, "InvalidHeaderValue", "x-ms-lease-id"),
        ("Hot", {"x-ms-if-tags": "a=b"}, "InvalidHeaderValue", "x-ms-if-tags"),
    ],
)  # fmt: skip
def test_what_is_malformed_changes_nothing(
    client: BlobClient,
    container: str,
    tier: str,
    headers: dict[str, str],
    code: str,
    named: str | None,
) -> None:
    expect(client.put_blob(container, "b", b"content"), 201)
    response = client.set_blob_tier(container, "b", tier, headers)
    expect_error(response, 400, code)
    assert response.error_field("HeaderName") == named
    head = client.get_blob_properties(container, "b")
    assert (head["x-ms-access-tier"], head["x-ms-access-tier-inferred"]) == ("Hot", "true")


def test_versions(
    new_client: Callable[..., BlobClient], client: BlobClient, container: str
) -> None:
    expect(client.put_blob(container, "b", b"content"), 201)
    response = new_client(version="2016-05-31").set_blob_tier(container, "b", "Cool")
    expect_error(response, 400, "InvalidQueryParameterValue")
    assert response.error_field("QueryParameterName") == "comp"
    old = new_client(version="2017-04-17")
    expect(old.set_blob_tier(container, "b", "Cool"), 200)
    expect_error(old.set_blob_tier(container, "b", "Cold"), 400, "InvalidHeaderValue")
    expect(client.set_blob_tier(container, "b", "Cold"), 200)


def test_errors(client: BlobClient, container: str) -> None:
    expect_error(client.set_blob_tier(container, "absent", "Hot"), 404, "BlobNotFound")
    expect_error(client.set_blob_tier(container + "x", "b", "Hot"), 404, "ContainerNotFound")
    expect(client.put_block(container, "staged", block_id(1), b"x"), 201)
    expect_error(client.set_blob_tier(container, "staged", "Hot"), 404, "BlobNotFound")
    expect(client.put_blob(container, "b", b"content"), 201)
    lease = {"x-ms-lease-id": str(uuid.uuid4())}
    response = client.set_blob_tier(container, "b", "Cool", lease)
    expect_error(response, 412, "LeaseNotPresentWithBlobOperation")
    some_time = "2021-06-28T05:51:11.5743121Z"
    response = client.set_blob_tier(container, "b", "Cool", versionid=some_time)
    expect_error(response, 404, "BlobNotFound")
    response = client.set_blob_tier(container, "b", "Cool", snapshot=some_time)
    expect_error(response, 404, "BlobNotFound")
    # The four conditions are none of this operation's.
    expect(client.set_blob_tier(container, "b", "Cool", {"If-Match": OTHER}), 200)
