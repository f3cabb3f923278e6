"""Copy Blob of a long source that is read by its URL: pending when it is answered, and what may be
done meanwhile. Sources that fail, and restarts: test_pending_copy_ends.py."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest

from azure_client import Response, expect, expect_error, md5_header
from blob_client import BlobClient, block_id, tags_xml
from copying import (
    FROM_LOOPBACK,
    WITH_OTHER,
    bare_url,
    client_of,
    copied,
    copying_server,
    daemon_of,
    ended,
    other_client,
    other_url,
    source_url,
)
from held_source import LONG, MIB, HeldSource
from lapis_server import LapisServer
from observing import eventually
from paging import ranges, write
from past_states import ids, kept
from sas import account_sas, service_sas
from signing import DEVELOPMENT_ACCOUNT
from source_server import answer

AT_ONCE = 8 * MIB  # what is copied before the answer, at most
GUID = "8f4ab5f4-4d4e-4a6e-8a6a-7d0f7ad6d6b5"
OTHER_GUID = "0f4ab5f4-4d4e-4a6e-8a6a-7d0f7ad6d6b5"


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Of a daemon that may read from loopback addresses."""
    for client in daemon_of(tmp_path_factory):
        yield client.endpoint


@pytest.fixture
def pending(client: BlobClient, container: str, held: HeldSource) -> Response:
    """The answer to the copy "c" of the held source."""
    response = expect(client.copy_blob(container, "c", held.url, {"x-ms-meta-k": "v"}), 202)
    assert response["x-ms-copy-status"] == "pending"
    return response


def listed(client: BlobClient, container: str, blob: str = "c") -> dict[str, str | None]:
    """The properties that a listing shows of a blob."""
    page = expect(client.list_blobs(container, include="copy", prefix=blob), 200).xml()
    found = page.find("Blobs/Blob/Properties")
    assert found is not None
    return {node.tag: node.text for node in found}


def test_until_it_is_done_it_is_a_blob_without_content(
    client: BlobClient, container: str, held: HeldSource
) -> None:
    held.headers = {
        "Content-Type": "text/plain",
        "Content-Language": "de",
        "Content-MD5": md5_header(b"as it says"),
        "x-ms-meta-owner": "ann",
    }
    sent = {"x-ms-tags": "k=v", "x-ms-access-tier": "Cool"}
    answered = expect(client.copy_blob(container, "c", held.url + "?sig=secret", sent), 202)
    assert answered["x-ms-copy-status"] == "pending"
    state = {
        "x-ms-copy-id": answered["x-ms-copy-id"],
        "x-ms-copy-source": held.url,
        "x-ms-copy-status": "pending",
        "x-ms-copy-progress": f"0/{len(LONG)}",
        "x-ms-copy-completion-time": None,
        "x-ms-copy-status-description": None,
        "ETag": answered["ETag"],
        "Last-Modified": answered["Last-Modified"],
        "Content-Length": "0",
        "Content-Type": "text/plain",
        "Content-Language": "de",
        "Content-MD5": None,
        "x-ms-meta-owner": "ann",
        "x-ms-tag-count": "1",
        "x-ms-blob-type": "BlockBlob",
    }
    for shown in (client.get_blob_properties(container, "c"), client.get_blob(container, "c")):
        expect(shown, 200)
        assert {name: shown[name] for name in state} == state and shown.body == b""
    entry = listed(client, container)
    assert (entry["CopyId"], entry["CopyStatus"]) == (answered["x-ms-copy-id"], "pending")
    assert (entry["CopySource"], entry["CopyProgress"]) == (held.url, f"0/{len(LONG)}")
    assert "CopyCompletionTime" not in entry and entry["Content-Length"] == "0"
    assert entry["AccessTier"] == "Cool"
    assert client.get_blob_tags(container, "c").xml().findtext("TagSet/Tag/Value") == "v"
    assert client.get_block_list(container, "c", "all").xml().findall(".//Block") == []

    held.let_all()
    done = ended(client, container, "c")
    assert expect(client.get_blob(container, "c"), 200).body == LONG
    assert done["x-ms-copy-completion-time"] and done["ETag"] != answered["ETag"]
    modified = [parsedate_to_datetime(str(each["Last-Modified"])) for each in (answered, done)]
    assert modified[0] <= modified[1]
    state |= {
        "x-ms-copy-status": "success",
        "x-ms-copy-progress": f"{len(LONG)}/{len(LONG)}",
        "Content-Length": str(len(LONG)),
        "Content-MD5": md5_header(b"as it says"),
    }
    for name in ("x-ms-copy-completion-time", "ETag", "Last-Modified"):
        del state[name]
    assert {name: done[name] for name in state} == state
    entry = listed(client, container)
    assert (entry["CopyStatus"], entry["CopyProgress"]) == ("success", f"{len(LONG)}/{len(LONG)}")
    assert entry["CopyCompletionTime"] == done["x-ms-copy-completion-time"]
    assert entry["AccessTier"] == done["x-ms-access-tier"] == "Cool"


@pytest.mark.usefixtures("pending")
def test_progress_is_told(client: BlobClient, container: str, held: HeldSource) -> None:
    seen = [0]
    for most in (10 * MIB, 19 * MIB):
        held.let(most)
        assert eventually(
            lambda: copied(client.get_blob_properties(container, "c")) > seen[-1]
        ), f"stays at {seen[-1]}"
        seen.append(copied(client.get_blob_properties(container, "c")))
        assert seen[-1] <= most
    assert int((listed(client, container)["CopyProgress"] or "").split("/")[0]) >= seen[-1]
    assert copied(client.get_blob(container, "c")) >= seen[-1]
    held.let_all()
    ended(client, container, "c")


@pytest.mark.usefixtures("pending")
def test_the_content_is_there_at_once(client: BlobClient, container: str, held: HeldSource) -> None:
    held.let_all()
    seen = [client.get_blob(container, "c")]
    while seen[-1]["x-ms-copy-status"] == "pending":
        assert seen[-1].body == b"" and len(seen) < 10_000
        seen.append(client.get_blob(container, "c"))
    assert seen[-1].body == LONG


def test_a_copy_over_itself_is_not_pending(
    client: BlobClient, new_client: Callable[..., BlobClient], container: str
) -> None:
    """There would be nothing left to be read."""
    expect(client.put_blob(container, "b", LONG), 201)
    writer = new_client(sas=account_sas(DEVELOPMENT_ACCOUNT, "rw"))
    url = source_url(client, container, "b")
    response = expect(writer.copy_blob(container, "b", url, {"x-ms-meta-a": "1"}), 202)
    assert response["x-ms-copy-status"] == "success"
    got = expect(client.get_blob(container, "b"), 200)
    assert (got.body, got.metadata()) == (LONG, {"a": "1"})


@pytest.mark.parametrize(
    ("place", "length", "status"),
    [
        ("elsewhere", AT_ONCE, "success"),
        ("elsewhere", AT_ONCE + 1, "pending"),
        ("in the account", AT_ONCE + 1, "success"),
    ],
)
def test_which_sources_are_long(
    client: BlobClient, new_client: Callable[..., BlobClient], container: str, held: HeldSource,
    place: str, length: int, status: str,
) -> None:  # fmt: skip
    """What is in the account, and may be read, is not read."""
    held.content = LONG[:length]
    held.let_all()
    expect(client.put_blob(container, "b", held.content), 201)
    token = service_sas(DEVELOPMENT_ACCOUNT, f"/{container}/b", "r", sip="127.0.0.1")
    url = held.url if place == "elsewhere" else source_url(client, container, "b", token)
    writer = new_client(sas=account_sas(DEVELOPMENT_ACCOUNT, "w"))
    assert expect(writer.copy_blob(container, "c", url), 202)["x-ms-copy-status"] == status
    shown = ended(client, container, "c")
    assert shown["x-ms-copy-progress"] == f"{length}/{length}"
    assert shown["x-ms-copy-source"] == url.partition("?")[0]
    assert client.get_blob(container, "c").body == held.content


def test_between_accounts_of_a_server(
    new_server: Callable[..., LapisServer], tmp_path: Path
) -> None:
    """As from anywhere else: bytes are read, in the name of who asked for the copy."""
    client = client_of(copying_server(new_server, tmp_path, copy_sources=WITH_OTHER).start())
    stranger = other_client(client.endpoint)
    for each in (client, stranger):
        expect(each.create_container("box"), 201)
    expect(stranger.put_blob("box", "b", LONG), 201)
    url = other_url(stranger, "box", "b", sip="127.0.0.1")
    response = expect(client.copy_blob("box", "c", url), 202)
    assert response["x-ms-copy-status"] == "pending"
    ended(client, "box", "c")
    assert client.get_blob("box", "c").body == LONG
    stranger.close()
    client.close()


def test_a_page_blob(client: BlobClient, container: str, held: HeldSource) -> None:
    """Always pending: zeros are read, but not written."""
    disk = bytearray(9 * MIB)
    for first in (0, 4 * MIB - 512, 8 * MIB):
        disk[first : first + 1024] = b"x" * 1024
    held.content = bytes(disk)
    held.headers = {"x-ms-blob-type": "PageBlob", "x-ms-blob-sequence-number": "7"}
    response = expect(client.copy_blob(container, "c", held.url), 202)
    assert response["x-ms-copy-status"] == "pending"
    assert client.get_blob(container, "c").body == b""
    refused = write(client, container, "c", 0, b"x" * 512)
    expect_error(refused, 409, "PendingCopyOperation")
    held.let_all()
    shown = ended(client, container, "c")
    assert shown["x-ms-blob-type"] == "PageBlob"
    assert shown["x-ms-blob-sequence-number"] == "7"
    assert client.get_blob(container, "c").body == disk
    assert ranges(client, container, "c") == [
        ("PageRange", first, first + 1023) for first in (0, 4 * MIB - 512, 8 * MIB)
    ]
    expect(write(client, container, "c", 0, b"y" * 512), 201)
    tier = {"x-ms-access-tier": "Hot"}
    expect_error(client.copy_blob(container, "c", held.url, tier), 400, "InvalidBlobTier")


def test_no_other_copies_are_pending(client: BlobClient, container: str, held: HeldSource) -> None:
    """By the account's key, into the container and another, whatever token the source's URL has; or of
    the kinds that say that they wait."""
    held.let_all()
    expect(client.put_blob(container, "b", LONG), 201)
    expect(client.create_container(f"{container}-2"), 201)
    for target in (container, f"{container}-2"):
        for url in (bare_url(client, container, "b"), source_url(client, container, "b")):
            response = expect(client.copy_blob(target, "c", url), 202)
            assert response["x-ms-copy-status"] == "success"
            assert client.get_blob(target, "c").body == LONG
    expect(client.delete_container(f"{container}-2"), 202)
    response = expect(client.copy_blob_from_url(container, "d", held.url), 202)
    assert response["x-ms-copy-status"] == "success"
    expect(client.put_blob_from_url(container, "e", held.url), 201)
    for name in ("d", "e"):
        assert client.get_blob(container, name).body == LONG


def test_what_is_refused_at_once(client: BlobClient, container: str, held: HeldSource) -> None:
    before = expect(client.put_blob(container, "c", b"before"), 201)["ETag"]
    other = '"0x8D0000000000000"'
    headers = {"x-ms-blob-type": "PageBlob"}
    disk = held.server.serve("/disk", answer(headers=headers, length=len(LONG) + 505))
    odd = held.server.serve("/odd", answer(headers=headers, length=len(LONG)))
    huge = held.server.serve("/huge", answer(length=(256 << 30) + 1))
    refusals = [
        (held.url + "s", {}, 404, "CannotVerifyCopySource"),
        (held.url, {"If-None-Match": "*"}, 409, "BlobAlreadyExists"),
        (held.url, {"If-Match": other}, 412, "TargetConditionNotMet"),
        (held.url, {"x-ms-source-if-match": other}, 412, "SourceConditionNotMet"),
        (held.url, {"x-ms-seal-blob": "true"}, 409, "InvalidSourceBlobType"),
        (held.url, {"x-ms-lease-id": GUID}, 412, "LeaseNotPresentWithBlobOperation"),
        (disk, {}, 409, "InvalidBlobType"),
        (disk, {"x-ms-seal-blob": "true"}, 409, "InvalidSourceBlobType"),
        (odd, {}, 409, "InvalidSourceBlobType"),
        (huge, {}, 413, "RequestBodyTooLarge"),
    ]
    for url, headers, status, code in refusals:
        expect_error(client.copy_blob(container, "c", url, headers), status, code)
    expect_error(client.copy_blob(f"{container}-2", "c", held.url), 404, "ContainerNotFound")
    got = client.get_blob(container, "c")
    assert (got["ETag"], got.body, got["x-ms-copy-id"]) == (before, b"before", None)
    assert eventually(lambda: held.going == 0)


def test_what_is_asked_of_the_source(client: BlobClient, container: str, held: HeldSource) -> None:
    """Again, with the same credential, and that it still is what it was."""
    sent = {"x-ms-copy-source-authorization": "Bearer token", "x-ms-source-if-match": '"one"'}
    held.let_all()
    expect(client.copy_blob(container, "c", held.url + "?sig=a%2Bb", sent), 202)
    ended(client, container, "c")
    assert len(held.requests) > 1
    for request in held.requests:
        assert request.target == "/long?sig=a%2Bb"
        assert request.headers["authorization"] == "Bearer token"
        assert request.headers["if-match"] == '"one"'
    held.etag = 'W/"weak"'
    expect(client.copy_blob(container, "c", held.url), 202)
    ended(client, container, "c")
    assert "if-match" not in held.requests[-1].headers, "it compares as unequal, always"


Write = Callable[[BlobClient, str, HeldSource], Response]  # with a container
HELD_LEASE = {"x-ms-lease-id": GUID}
NONE = {"If-None-Match": "*"}
INCLUDE = {"x-ms-delete-snapshots": "include"}
WRITES: dict[str, Write] = {
    "PutBlob": lambda c, box, _: c.put_blob(box, "c", b"x"),
    "PutBlob where there is none": lambda c, box, _: c.put_blob(box, "c", b"x", NONE),
    "PutAppendBlob": lambda c, box, _: c.put_append_blob(box, "c"),
    "PutBlock": lambda c, box, _: c.put_block(box, "c", block_id(1), b"x"),
    "PutBlockFromURL": lambda c, box, held: c.put_block_from_url(
        box, "c", block_id(1), short(held)
    ),
    "PutBlockList": lambda c, box, _: c.put_block_list(box, "c", []),
    "SetBlobProperties": lambda c, box, _: c.set_blob_properties(box, "c"),
    "SetBlobMetadata": lambda c, box, _: c.set_blob_metadata(box, "c"),
    "SetBlobTags": lambda c, box, _: c.set_blob_tags(box, "c", tags_xml({"a": "b"})),
    "SetBlobTier": lambda c, box, _: c.set_blob_tier(box, "c", "Cool"),
    "SnapshotBlob": lambda c, box, _: c.snapshot_blob(box, "c"),
    "DeleteBlob": lambda c, box, _: c.delete_blob(box, "c"),
    "DeleteBlob with snapshots": lambda c, box, _: c.delete_blob(box, "c", INCLUDE),
    "CopyBlob, short": lambda c, box, held: c.copy_blob(box, "c", short(held)),
    "CopyBlob, long": lambda c, box, held: c.copy_blob(box, "c", held.url),
    "CopyBlob of the account": lambda c, box, _: c.copy_blob(box, "c", bare_url(c, box, "b")),
    "CopyBlobFromURL": lambda c, box, held: c.copy_blob_from_url(box, "c", short(held)),
    "PutBlobFromURL": lambda c, box, held: c.put_blob_from_url(box, "c", short(held)),
}


def short(held: HeldSource) -> str:
    """The URL of a source that is not held."""
    return held.server.serve("/short", answer(body=b"short"))


@pytest.mark.parametrize("name", WRITES)
def test_no_write_is_possible(
    client: BlobClient, container: str, held: HeldSource, pending: Response, name: str
) -> None:
    expect(client.put_blob(container, "b", b"short"), 201)
    expect_error(WRITES[name](client, container, held), 409, "PendingCopyOperation")
    shown = client.get_blob_properties(container, "c")
    assert (shown["ETag"], shown["x-ms-copy-id"]) == (pending["ETag"], pending["x-ms-copy-id"])
    held.let_all()
    done = ended(client, container, "c")
    assert (done["x-ms-copy-id"], done.metadata()) == (pending["x-ms-copy-id"], {"k": "v"})
    assert client.names(container, include="snapshots,uncommittedblobs") == ["b", "c"]
    assert client.get_blob(container, "c").body == LONG
    response = WRITES[name](client, container, held)
    assert response.status in (200, 201, 202, 204) or "there is none" in name, response


def test_an_append_blob(client: BlobClient, container: str, held: HeldSource) -> None:
    held.headers = {"x-ms-blob-type": "AppendBlob", "x-ms-blob-committed-block-count": "3"}
    sealed = {"x-ms-seal-blob": "true"}
    expect(client.copy_blob(container, "c", held.url), 202)
    expect(client.copy_blob(container, "sealed", held.url, sealed), 202)
    for name in ("c", "sealed"):
        assert client.get_blob_properties(container, name)["x-ms-blob-type"] == "AppendBlob"
        for refused in (
            client.append_block(container, name, b"x"),
            client.append_block_from_url(container, name, short(held)),
            client.seal_append_blob(container, name),
        ):
            expect_error(refused, 409, "PendingCopyOperation")
    held.let_all()
    shown = [ended(client, container, name) for name in ("c", "sealed")]
    assert [each["x-ms-blob-committed-block-count"] for each in shown] == ["3", "3"]
    assert [each["x-ms-blob-sealed"] for each in shown] == [None, "true"]
    appended = expect(client.append_block(container, "c", b"more"), 201)
    assert appended["x-ms-blob-append-offset"] == str(len(LONG))
    assert client.get_blob(container, "c").body == LONG + b"more"
    expect_error(client.append_block(container, "sealed", b"x"), 409, "BlobIsSealed")


@pytest.mark.usefixtures("pending")
def test_leases_come_and_go(client: BlobClient, container: str, held: HeldSource) -> None:
    lease = client.lease_blob
    expect(lease(container, "c", "acquire", duration="60", proposed=GUID), 201)
    expect(lease(container, "c", "renew", id=GUID), 200)
    expect(lease(container, "c", "change", id=GUID, proposed=OTHER_GUID), 200)
    expect(lease(container, "c", "release", id=OTHER_GUID), 200)
    expect(lease(container, "c", "acquire", duration="60", proposed=GUID), 201)
    expect(lease(container, "c", "break", break_period="0"), 202)
    expect(lease(container, "c", "acquire", duration="-1", proposed=GUID), 201)
    expect_error(client.put_blob(container, "c", b"x"), 412, "LeaseIdMissing")
    response = client.put_blob(container, "c", b"x", HELD_LEASE)
    expect_error(response, 409, "PendingCopyOperation")
    held.let_all()
    done = ended(client, container, "c")
    assert (done["x-ms-lease-state"], done["x-ms-lease-duration"]) == ("leased", "infinite")
    assert client.get_blob(container, "c").body == LONG
    expect_error(client.put_blob(container, "c", b"x"), 412, "LeaseIdMissing")
    expect(client.put_blob(container, "c", b"x", HELD_LEASE), 201)
    expect(lease(container, "c", "release", id=GUID), 200)


def test_a_lease_that_the_blob_has_goes_on(
    client: BlobClient, container: str, held: HeldSource
) -> None:
    expect(client.put_blob(container, "c", b"before"), 201)
    expect(client.lease_blob(container, "c", "acquire", duration="15", proposed=GUID), 201)
    response = client.copy_blob(container, "c", held.url, HELD_LEASE)
    expect_error(response, 412, "InfiniteLeaseDurationRequired")
    expect(client.lease_blob(container, "c", "acquire", duration="-1", proposed=GUID), 201)
    expect(client.copy_blob(container, "c", held.url, HELD_LEASE), 202)
    held.let_all()
    assert ended(client, container, "c")["x-ms-lease-state"] == "leased"
    expect(client.lease_blob(container, "c", "release", id=GUID), 200)


def test_it_is_no_source_by_the_accounts_key(
    client: BlobClient, container: str, held: HeldSource, pending: Response
) -> None:
    assert pending["x-ms-copy-id"]
    expect(client.create_container(f"{container}-2"), 201)
    url = bare_url(client, container, "c")
    for target in (container, f"{container}-2"):
        expect_error(client.copy_blob(target, "d", url), 409, "PendingCopyOperation")
        assert client.get_blob(target, "d").status == 404
    held.let_all()
    ended(client, container, "c")
    for target in (container, f"{container}-2"):
        expect(client.copy_blob(target, "d", url), 202)
        assert client.get_blob(target, "d").body == LONG
    expect(client.delete_container(f"{container}-2"), 202)


def test_what_was_there_is_gone_at_once(
    client: BlobClient, container: str, held: HeldSource
) -> None:
    """But for its snapshots."""
    expect(
        client.put_blob(container, "c", b"before", {"x-ms-meta-old": "1", "x-ms-tags": "a=b"}), 201
    )
    taken = expect(client.snapshot_blob(container, "c"), 201)["x-ms-snapshot"] or ""
    expect(client.put_block(container, "c", block_id(1), b"staged"), 201)
    expect(client.copy_blob(container, "c", held.url), 202)
    for content in (b"", LONG):
        got = expect(client.get_blob(container, "c"), 200)
        assert (got.body, got.metadata(), got["x-ms-tag-count"]) == (content, {}, None)
        assert client.get_blob(container, "c", snapshot=taken).body == b"before"
        blocks = client.get_block_list(container, "c", "uncommitted").xml()
        assert blocks.findall(".//Block") == []
        held.let_all()
        ended(client, container, "c")


def test_it_makes_one_version(
    new_server: Callable[..., LapisServer], tmp_path: Path, held: HeldSource
) -> None:
    text = "versioning = true\n" + FROM_LOOPBACK
    client = client_of(copying_server(new_server, tmp_path, copy_sources=text).start())
    expect(client.create_container("box"), 201)
    made = [expect(client.put_blob("box", "c", b"before"), 201)["x-ms-version-id"]]
    made.append(expect(client.copy_blob("box", "c", held.url), 202)["x-ms-version-id"])
    assert made[0] and made[1]
    for content in (b"", LONG):
        assert client.get_blob_properties("box", "c")["x-ms-version-id"] == made[1]
        assert client.get_blob("box", "c", versionid=made[1]).body == content
        assert client.get_blob("box", "c", versionid=made[0]).body == b"before"
        assert kept(client, "box") == ["c:V", "c:C"]
        assert ids(client, "box", "VersionId", "versions") == made
        held.let_all()
        ended(client, "box", "c")
    expect(client.set_blob_metadata("box", "c", {"x-ms-meta-k": "v"}), 200)
    assert client.get_blob("box", "c", versionid=made[1]).body == LONG
    client.close()


def test_it_is_aborted(
    client: BlobClient, container: str, held: HeldSource, pending: Response
) -> None:
    held.let(10 * MIB)
    assert eventually(lambda: copied(client.get_blob_properties(container, "c")) > 0)
    copy = pending["x-ms-copy-id"] or ""
    expect_error(client.abort_copy(container, "c", GUID), 409, "CopyIdMismatch")
    expect_error(client.abort_copy(container, "c", "no-guid"), 400, "InvalidQueryParameterValue")
    expect_error(client.abort_copy(container, "none", copy), 404, "BlobNotFound")
    assert client.get_blob_properties(container, "c")["x-ms-copy-status"] == "pending"
    assert expect(client.abort_copy(container, "c", copy), 204).body == b""
    for _ in range(2):
        shown = expect(client.get_blob(container, "c"), 200)
        assert (shown["x-ms-copy-id"], shown["x-ms-copy-status"]) == (copy, "aborted")
        assert (shown.body, shown.metadata()) == (b"", {"k": "v"})
        assert shown["x-ms-copy-completion-time"]
        entry = listed(client, container)
        assert (entry["CopyStatus"], entry["Content-Length"]) == ("aborted", "0")
        held.let_all()
        assert eventually(lambda: held.going == 0)
    expect_error(client.abort_copy(container, "c", copy), 409, "NoPendingCopyOperation")
    expect(client.set_blob_metadata(container, "c", {"x-ms-meta-a": "1"}), 200)
    again = expect(client.copy_blob(container, "c", held.url), 202)
    assert again["x-ms-copy-id"] != copy
    ended(client, container, "c")
    assert client.get_blob(container, "c").body == LONG
    response = client.abort_copy(container, "c", again["x-ms-copy-id"] or "")
    expect_error(response, 409, "NoPendingCopyOperation")


def test_who_may_abort_it(
    client: BlobClient, new_client: Callable[..., BlobClient], container: str, pending: Response
) -> None:
    """Whoever may write the blob, with its lease where it has one."""
    copy = pending["x-ms-copy-id"] or ""
    reader = new_client(sas=account_sas(DEVELOPMENT_ACCOUNT, "rcd"))
    response = reader.abort_copy(container, "c", copy)
    expect_error(response, 403, "AuthorizationPermissionMismatch")
    response = client.abort_copy(container, "c", copy, HELD_LEASE)
    expect_error(response, 412, "LeaseNotPresentWithBlobOperation")
    expect(client.lease_blob(container, "c", "acquire", duration="60", proposed=GUID), 201)
    expect_error(client.abort_copy(container, "c", copy), 412, "LeaseIdMissing")
    assert client.get_blob_properties(container, "c")["x-ms-copy-status"] == "pending"
    writer = new_client(sas=account_sas(DEVELOPMENT_ACCOUNT, "w"))
    expect(writer.abort_copy(container, "c", copy, HELD_LEASE), 204)
    shown = client.get_blob_properties(container, "c")
    assert (shown["x-ms-copy-status"], shown["x-ms-lease-state"]) == ("aborted", "leased")
    expect(client.lease_blob(container, "c", "release", id=GUID), 200)


def test_aborting_and_ending_exclude_each_other(
    client: BlobClient, container: str, held: HeldSource
) -> None:
    """Whichever comes first, the blob is as it says."""
    held.content = LONG[: AT_ONCE + 1]
    held.let_all()
    for number in range(40):
        name = f"c{number}"
        copy = expect(client.copy_blob(container, name, held.url), 202)["x-ms-copy-id"] or ""
        time.sleep(number / 400)
        aborted = client.abort_copy(container, name, copy)
        if aborted.status == 204:
            ended(client, container, name, "aborted")
            assert client.get_blob(container, name).body == b""
        else:
            expect_error(aborted, 409, "NoPendingCopyOperation")
            ended(client, container, name)
            assert client.get_blob(container, name).body == held.content
