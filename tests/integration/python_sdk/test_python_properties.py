"""The SDK for Python: properties, metadata and tiers, of blobs, containers and the account."""

from __future__ import annotations

import random
import uuid
from datetime import timedelta

import pytest
from azure.core import MatchConditions
from azure.storage.blob import (
    BlobAnalyticsLogging,
    BlobClient,
    BlobServiceClient,
    ContainerClient,
    ContentSettings,
    CorsRule,
    Metrics,
    RehydratePriority,
    RetentionPolicy,
    StandardBlobTier,
)

from sdk_errors import fails, refused

MIB = 1 << 20
OTHER = '"0x8D0000000000000"'
NAMES = (
    "content_type",
    "content_encoding",
    "content_language",
    "content_disposition",
    "cache_control",
)


@pytest.fixture
def blob(sdk_container: ContainerClient) -> BlobClient:
    return sdk_container.upload_blob("b", b"content", metadata={"a": "1"})


def test_http_headers(blob: BlobClient) -> None:
    settings = ContentSettings(**{name: f"x-{name}" for name in NAMES}, content_md5=bytearray(16))
    answer = blob.set_http_headers(settings)
    found = blob.get_blob_properties()
    assert found.etag == answer["etag"] and found.metadata == {"a": "1"}
    for name in NAMES:
        assert found.content_settings[name] == f"x-{name}"
    assert found.content_settings.content_md5 == bytearray(16)
    blob.set_http_headers(ContentSettings(cache_control="public"))
    found = blob.get_blob_properties().content_settings
    assert (found.cache_control, found.content_language, found.content_md5) == (
        "public",
        None,
        None,
    )
    assert blob.download_blob().readall() == b"content"


def test_metadata(blob: BlobClient, sdk_container: ContainerClient) -> None:
    answer = blob.set_blob_metadata({"b": "2", "C": "drei"})
    found = blob.get_blob_properties()
    assert found.etag == answer["etag"]
    assert {name.lower(): value for name, value in found.metadata.items()} == {
        "b": "2",
        "c": "drei",
    }
    (entry,) = sdk_container.list_blobs(include=["metadata"])
    assert entry.metadata == {"b": "2", "C": "drei"}
    blob.set_blob_metadata()
    assert blob.get_blob_properties().metadata == {}
    with fails(400, "InvalidMetadata"):
        blob.set_blob_metadata({"a-b": "1"})


def test_tiers(blob: BlobClient, sdk_container: ContainerClient) -> None:
    etag = blob.get_blob_properties().etag
    for tier in (StandardBlobTier.COOL, StandardBlobTier.HOT):
        blob.set_standard_blob_tier(tier)
        found = blob.get_blob_properties()
        assert (found.blob_tier, found.blob_tier_inferred, found.etag) == (tier.value, None, etag)
        assert found.blob_tier_change_time
    blob.set_standard_blob_tier(StandardBlobTier.ARCHIVE)
    for call in (blob.download_blob, lambda: blob.upload_blob(b"x", overwrite=True)):
        with fails(409, "BlobArchived"):
            call()
    assert [item.blob_tier for item in sdk_container.list_blobs()] == ["Archive"]
    blob.set_standard_blob_tier(StandardBlobTier.HOT, rehydrate_priority=RehydratePriority.high)
    assert blob.download_blob().readall() == b"content"


def test_conditions(blob: BlobClient, sdk_container: ContainerClient) -> None:
    known = blob.get_blob_properties()
    minute = timedelta(minutes=1)
    for condition in (
        {"etag": OTHER, "match_condition": MatchConditions.IfNotModified},
        {"etag": known.etag, "match_condition": MatchConditions.IfModified},
        {"if_modified_since": known.last_modified + minute},
        {"if_unmodified_since": known.last_modified - minute},
    ):
        with fails(412, "ConditionNotMet"):
            blob.set_blob_metadata({"x": "y"}, **condition)
        with fails(412, "ConditionNotMet"):
            blob.set_http_headers(ContentSettings(content_type="x"), **condition)
    assert blob.get_blob_properties().etag == known.etag
    same = {"etag": known.etag, "match_condition": MatchConditions.IfNotModified}
    blob.set_blob_metadata({"x": "y"}, **same)
    absent = sdk_container.get_blob_client("absent")
    for call in (
        absent.set_blob_metadata,
        absent.set_http_headers,
        lambda: absent.set_standard_blob_tier("Cool"),
    ):
        with fails(404, "BlobNotFound"):
            call()
    with fails(412, "LeaseNotPresentWithBlobOperation"):
        blob.set_standard_blob_tier("Cool", lease=str(uuid.uuid4()))


@pytest.mark.parametrize("size", [100_000, 9 * MIB])
def test_validated_downloads(sdk_container: ContainerClient, size: int) -> None:
    """Each range of at most 4 MiB comes with its MD5."""
    content = random.Random(size).randbytes(size)
    blob = sdk_container.upload_blob("b", content)
    for concurrency in (1, 4):
        download = blob.download_blob(validate_content=True, max_concurrency=concurrency)
        assert download.readall() == content
    part = blob.download_blob(offset=1000, length=70_000, validate_content=True).readall()
    assert part == content[1000:71_000]


def test_a_containers_metadata(sdk_container: ContainerClient, service: BlobServiceClient) -> None:
    answer = sdk_container.set_container_metadata({"b": "2"})
    found = sdk_container.get_container_properties()
    assert (found.metadata, found.etag) == ({"b": "2"}, answer["etag"])
    (entry,) = service.list_containers(sdk_container.container_name, include_metadata=True)
    assert entry.metadata == {"b": "2"}
    with fails(412, "ConditionNotMet"):
        later = found.last_modified + timedelta(minutes=1)
        sdk_container.set_container_metadata({}, if_modified_since=later)
    sdk_container.set_container_metadata()
    assert sdk_container.get_container_properties().metadata == {}
    with fails(404, "ContainerNotFound"):
        service.get_container_client(f"sdk-{uuid.uuid4().hex}").set_container_metadata({"a": "1"})


def test_includes(sdk_container: ContainerClient, blob: BlobClient) -> None:
    """What there is nothing of is taken, and adds nothing."""
    includes = ["snapshots", "metadata", "uncommittedblobs", "copy", "deleted", "tags", "versions",
                "deletedwithversions", "immutabilitypolicy", "legalhold"]  # fmt: skip
    (entry,) = sdk_container.list_blobs(include=includes)
    assert (entry.name, entry.snapshot, entry.deleted) == ("b", None, None)


def test_the_services_properties(service: BlobServiceClient) -> None:
    found = service.get_service_properties()
    assert not found["analytics_logging"].read
    assert not found["hour_metrics"].enabled and not found["minute_metrics"].enabled
    assert found["cors"] == [] and not found["delete_retention_policy"].enabled
    assert not found["static_website"].enabled
    service.set_service_properties(
        analytics_logging=BlobAnalyticsLogging(),
        hour_metrics=Metrics(retention_policy=RetentionPolicy(enabled=True, days=5)),
        minute_metrics=Metrics(),
        cors=[],
        delete_retention_policy=RetentionPolicy(),
    )
    try:
        assert service.get_service_properties()["hour_metrics"].retention_policy.days == 5
    finally:
        service.set_service_properties(hour_metrics=found["hour_metrics"])
    rule = CorsRule(["*"], ["GET"])
    for unbuilt in (
        {"analytics_logging": BlobAnalyticsLogging(read=True)},
        {"hour_metrics": Metrics(enabled=True, include_apis=True)},
    ):
        with refused():
            service.set_service_properties(**unbuilt)
    try:
        service.set_service_properties(cors=[rule, CorsRule(["http://a"], ["PUT"], max_age_in_seconds=5)])
        one, two = service.get_service_properties()["cors"]
        assert (one.allowed_origins, one.allowed_methods) == ("*", "GET")
        assert (two.allowed_origins, two.max_age_in_seconds) == ("http://a", 5)
    finally:
        service.set_service_properties(cors=[])
    with fails(400, "InvalidXmlDocument"):
        service.set_service_properties(cors=[rule] * 6)
