"""The SDK for Python: tags, conditions on them, and finding blobs by them."""

from __future__ import annotations

import uuid

from azure.storage.blob import BlobServiceClient, ContainerClient

from sdk_errors import fails


def test_set_and_get(sdk_container: ContainerClient) -> None:
    blob = sdk_container.upload_blob("b", b"content", tags={"a key": "1", "b": "x=y+z"})
    assert blob.get_blob_tags() == {"a key": "1", "b": "x=y+z"}
    assert blob.get_blob_properties().tag_count == 2
    blob.set_blob_tags({"c": "2"})
    assert blob.get_blob_tags() == {"c": "2"}
    (listed,) = sdk_container.list_blobs(include=["tags"])
    assert listed.tags == {"c": "2"}
    blob.set_blob_tags()
    assert blob.get_blob_tags() == {}


def test_conditions(sdk_container: ContainerClient) -> None:
    blob = sdk_container.upload_blob("b", b"content", tags={"k": "1"})
    met = {"if_tags_match_condition": "\"k\" = '1'"}
    unmet = {"if_tags_match_condition": "\"k\" <> '1'"}
    assert blob.download_blob(**met).readall() == b"content"
    for call in (
        lambda: blob.download_blob(**unmet),
        lambda: blob.set_blob_metadata({"a": "1"}, **unmet),
        lambda: blob.set_blob_tags({}, **unmet),
        lambda: blob.delete_blob(**unmet),
    ):
        with fails(412, "ConditionNotMet"):
            call()
    blob.delete_blob(**met)


def test_find(service: BlobServiceClient, sdk_container: ContainerClient) -> None:
    mark = uuid.uuid4().hex
    for number in ("1", "2", "3"):
        sdk_container.upload_blob(f"b{number}", b"x", tags={"mark": mark, "n": number})
    found = list(service.find_blobs_by_tags(f"\"mark\"='{mark}' AND \"n\">='2'"))
    assert [item.name for item in found] == ["b2", "b3"]
    assert found[0].container_name == sdk_container.container_name
    assert found[0].tags == {"mark": mark, "n": "2"}
    inside = list(sdk_container.find_blobs_by_tags(f"\"mark\"='{mark}'", results_per_page=2))
    assert [item.name for item in inside] == ["b1", "b2", "b3"]
