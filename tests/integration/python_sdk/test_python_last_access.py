"""The SDK for Python: last_accessed_on, on a server whose account keeps it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from azure.storage.blob import BlobServiceClient

from lapis_server import LapisServer
from past_states import config
from signing import DEVELOPMENT_ACCOUNT


def test_last_accessed_on(new_server: Callable[..., LapisServer], tmp_path: Path) -> None:
    server = new_server(config=config(tmp_path, versioning=False, last_access=True)).start()
    service = BlobServiceClient(
        f"{server.endpoint}/{DEVELOPMENT_ACCOUNT.name}",
        credential={"account_name": DEVELOPMENT_ACCOUNT.name, "account_key": DEVELOPMENT_ACCOUNT.key},
        retry_total=0,
    )
    box = service.create_container("box")
    blob = box.upload_blob("b", b"one")
    made = blob.get_blob_properties()
    assert made.last_accessed_on == made.last_modified
    read = blob.download_blob()
    assert read.readall() == b"one"
    assert read.properties.last_accessed_on == made.last_modified
    assert [item.last_accessed_on for item in box.list_blobs()] == [made.last_modified]
    append = box.get_blob_client("a")
    append.create_append_blob()
    assert append.get_blob_properties().last_accessed_on is None
