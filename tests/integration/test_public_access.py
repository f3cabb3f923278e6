"""Reading without a credential: where the account allows it, and the container grants it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from azcopy_client import DOWN, Azcopy, azcopy_binary, final_status
from azure_client import Response, expect, expect_error
from blob_client import CONTAINER, BlobClient, block_id
from configuration import flash, write_config
from lapis_server import LapisServer
from signing import DEVELOPMENT_ACCOUNT
from test_container_acl import get_acl, set_acl

NAME = DEVELOPMENT_ACCOUNT.name
LEVEL = "x-ms-blob-public-access"


def config(directory: Path, public: bool) -> Path:
    data = directory / "data"
    more = f"public_access = {str(public).lower()}\n"  # of the account, which stands before it
    return write_config(directory / f"{public}.toml", data / "meta", [flash(data / "flash")], more=more)


@pytest.fixture
def server(new_server: Callable[..., LapisServer], tmp_path: Path) -> LapisServer:
    return new_server(config=config(tmp_path, True)).start()


@pytest.fixture
def owner(server: LapisServer) -> Iterator[BlobClient]:
    client = BlobClient(server.endpoint, NAME, DEVELOPMENT_ACCOUNT)
    yield client
    client.close()


@pytest.fixture
def anybody(server: LapisServer) -> Iterator[BlobClient]:
    client = BlobClient(server.endpoint, NAME)
    yield client
    client.close()


def requests(client: BlobClient, container: str) -> dict[str, Response]:
    """Of the levels at which they are granted, and those that never are."""
    blob = client.path(container, "b")
    return {
        "blob get": client.get_blob(container, "b"),
        "blob head": client.get_blob_properties(container, "b"),
        "blob range": client.get_blob(container, "b", {"Range": "bytes=0-1"}),
        "blob metadata": client.get_blob_metadata(container, "b"),
        "blob block list": client.get_block_list(container, "b"),
        "blob committed blocks": client.get_block_list(container, "b", "committed"),
        "container list": client.list_blobs(container),
        "container properties": client.get_container_properties(container),
        "container head": client.get_container_properties(container, "HEAD"),
        "container metadata": client.get_container_metadata(container),
        "never uncommitted blocks": client.get_block_list(container, "b", "uncommitted"),
        "never all blocks": client.get_block_list(container, "b", "all"),
        "never acl": get_acl(client, container),
        "never set acl": set_acl(client, container),
        "never containers": client.list_containers(),
        "never account": client.request("GET", client.path(), [("restype", "account"), ("comp", "properties")]),
        "never service": client.get_service_properties(),
        "never tags": client.request("GET", blob, [("comp", "tags")]),
        "never put": client.put_blob(container, "b", b"y"),
        "never block": client.put_block(container, "b", block_id(1), b"y"),
        "never metadata": client.set_blob_metadata(container, "b", {"x-ms-meta-a": "1"}),
        "never tier": client.set_blob_tier(container, "b", "Cool"),
        "never delete": client.delete_blob(container, "b"),
        "never create": client.create_container("made"),
        "never drop": client.delete_container(container),
        "never batch": client.request("POST", client.path(container), [*CONTAINER, ("comp", "batch")]),
    }


LEVELS = ["never", "blob", "container"]


@pytest.mark.parametrize("level", ["", "blob", "container"])
@pytest.mark.parametrize("by", ["create", "acl"])
def test_what_each_level_grants(owner: BlobClient, anybody: BlobClient, level: str, by: str) -> None:
    headers = {LEVEL: level} if level else {}
    expect(owner.create_container("box", headers if by == "create" else {}), 201)
    if by == "acl":
        expect(set_acl(owner, "box", b"", headers), 200)
    expect(owner.put_blob("box", "b", b"content", {"x-ms-meta-k": "v"}), 201)
    for answer in (owner.get_container_properties("box"), get_acl(owner, "box")):
        assert answer[LEVEL] == (level or None)
    assert owner.list_containers().xml().findtext("Containers/Container/Properties/PublicAccess") == (level or None)
    granted = LEVELS.index(level or "never")
    for what, answer in requests(anybody, "box").items():
        if 0 < LEVELS.index(what.split()[0]) <= granted:
            assert answer.status in (200, 206), (what, answer)
            assert answer["x-ms-version"] == "2021-12-02"
        else:
            assert (answer.status, answer.error_code) == (401, "NoAuthenticationInformation"), (what, answer)
    assert expect(owner.get_blob("box", "b"), 200).body == b"content"
    assert [c.text for c in owner.list_containers().xml().iter("Name")] == ["box"]


@pytest.mark.parametrize("level", ["blob", "container"])
def test_tags_are_never_granted(owner: BlobClient, anybody: BlobClient, level: str) -> None:
    """Neither shown nor asked about: the answer is one and the same for tags that fit and others."""
    expect(owner.create_container("box", {LEVEL: level}), 201)
    expect(owner.put_blob("box", "b", b"content", {"x-ms-tags": "secret=17"}), 201)
    expect(anybody.get_blob("box", "b", {"x-ms-if-tags": ""}), 200)
    for condition in ("secret = '17'", "secret > '17'", "none = '1'"):
        asking = {"x-ms-if-tags": condition}
        for answer in (
            anybody.get_blob("box", "b", asking),
            anybody.get_blob_properties("box", "b", asking),
            anybody.get_blob_metadata("box", "b", asking),
        ):
            assert (answer.status, answer.error_code) == (401, "NoAuthenticationInformation"), answer
    for include in ("tags", "metadata,Tags", "copy,tags,metadata"):
        answer = anybody.list_blobs("box", include=include)
        expect_error(answer, 401, "NoAuthenticationInformation")
        assert b"secret" not in answer.body
        assert b"secret" in expect(owner.list_blobs("box", include=include), 200).body
    if level == "container":
        assert b"secret" not in expect(anybody.list_blobs("box", include="metadata"), 200).body


def test_what_is_not_there(owner: BlobClient, anybody: BlobClient) -> None:
    expect(owner.create_container("box", {LEVEL: "blob"}), 201)
    expect_error(anybody.get_blob("box", "none"), 404, "BlobNotFound")
    expect_error(anybody.get_blob("none", "none"), 401, "NoAuthenticationInformation")
    old = BlobClient(anybody.endpoint, NAME, version=None)
    expect_error(old.get_blob("none", "none"), 404, "ResourceNotFound")
    expect_error(old.list_blobs("box"), 404, "ResourceNotFound")
    old.close()


def test_it_ends_at_once(owner: BlobClient, anybody: BlobClient) -> None:
    """Set Container ACL without a level takes it back; so does the end of the container."""
    expect(owner.create_container("box", {LEVEL: "container"}), 201)
    expect(owner.put_blob("box", "b", b"content"), 201)
    for _ in range(20):
        expect(anybody.get_blob("box", "b"), 200)
        expect(set_acl(owner, "box"), 200)
        expect_error(anybody.get_blob("box", "b"), 401, "NoAuthenticationInformation")
        expect(set_acl(owner, "box", b"", {LEVEL: "blob"}), 200)
    expect(owner.delete_container("box"), 202)
    expect_error(anybody.get_blob("box", "b"), 401, "NoAuthenticationInformation")
    expect(owner.create_container("box"), 201)
    expect_error(anybody.get_blob("box", "b"), 401, "NoAuthenticationInformation")


def test_a_bad_credential_is_not_none(owner: BlobClient, anybody: BlobClient) -> None:
    expect(owner.create_container("box", {LEVEL: "blob"}), 201)
    expect(owner.put_blob("box", "b", b"content"), 201)
    forged = {"Authorization": f"SharedKey {NAME}:AAAA", "x-ms-date": "Thu, 26 Nov 2026 00:00:00 GMT"}
    expect_error(anybody.get_blob("box", "b", forged), 403, "AuthenticationFailed")
    expect_error(anybody.get_blob("box", "b", sv="2021-12-02", sig="x"), 403, "AuthenticationFailed")
    expect_error(anybody.get_blob("box", "b", {"Authorization": "Bearer x"}), 400, "InvalidAuthenticationInfo")


def test_the_account_decides_first(
    new_server: Callable[..., LapisServer], tmp_path: Path, server: LapisServer, owner: BlobClient
) -> None:
    """What was public is not, once the account does not allow it any more; and is again."""
    expect(owner.create_container("box", {LEVEL: "container"}), 201)
    expect(owner.put_blob("box", "b", b"content"), 201)
    owner.close()
    assert server.stop() == 0
    shut = new_server("shut", config=config(tmp_path, False)).start()
    keeper, anybody = (BlobClient(shut.endpoint, NAME, account) for account in (DEVELOPMENT_ACCOUNT, None))
    refused = requests(anybody, "box")
    for what, answer in refused.items():
        expected = (401, "NoAuthenticationInformation")
        if not what.startswith("never"):
            expected = (409, "PublicAccessNotPermitted")
        assert (answer.status, answer.error_code) == expected, (what, answer)
    assert get_acl(keeper, "box")[LEVEL] == "container"
    for level in ("blob", "container"):
        expect_error(set_acl(keeper, "box", b"", {LEVEL: level}), 409, "PublicAccessNotPermitted")
        created = keeper.create_container("new", {LEVEL: level})
        expect_error(created, 409, "PublicAccessNotPermitted")
    expect_error(keeper.get_container_properties("new"), 404, "ContainerNotFound")
    assert get_acl(keeper, "box")[LEVEL] == "container"
    keeper.close()
    anybody.close()
    assert shut.stop() == 0
    again = new_server("again", config=config(tmp_path, True)).start()
    anybody = BlobClient(again.endpoint, NAME)
    assert expect(anybody.get_blob("box", "b"), 200).body == b"content"
    anybody.close()


def test_azcopy_reads_without_a_credential(
    server: LapisServer, owner: BlobClient, client: BlobClient, tmp_path: Path
) -> None:
    """A public container as a whole; and is refused at once where the account allows none."""
    expect(owner.create_container("box", {LEVEL: "container"}), 201)
    contents = {f"d{number % 3}/b{number}": bytes([number]) * (number * 1000) for number in range(12)}
    for name, content in contents.items():
        expect(owner.put_blob("box", name, content), 201)
    azcopy = Azcopy(azcopy_binary(), server.endpoint, tmp_path / "azcopy", sas="")
    status = final_status(azcopy.run("copy", azcopy.url("box/*"), tmp_path / "copy", *DOWN))
    assert (status["TransfersCompleted"], status["TransfersFailed"]) == ("12", "0")
    copied = tmp_path / "copy"
    assert {name: (copied / name).read_bytes() for name in contents} == contents
    shut = Azcopy(azcopy_binary(), client.endpoint, tmp_path / "shut", sas="")
    shut.fails("copy", shut.url("none/*"), tmp_path / "nothing", *DOWN)


def test_a_level_that_is_none(owner: BlobClient) -> None:
    answer = owner.create_container("box", {LEVEL: "everything"})
    expect_error(answer, 400, "InvalidHeaderValue")
    assert answer.error_field("HeaderName") == LEVEL
    expect_error(owner.get_container_properties("box"), 404, "ContainerNotFound")
    expect(owner.create_container("box"), 201)
    expect(owner.put_blob("box", "b", b"x"), 201)
    for elsewhere in (
        owner.put_blob("box", "b", b"x", {LEVEL: "blob"}),
        owner.set_container_metadata("box", {LEVEL: "blob"}),
    ):
        expect_error(elsewhere, 400, "UnsupportedHeader")
