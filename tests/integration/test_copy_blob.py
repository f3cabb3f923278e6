"""Copy Blob that is done when it is answered, and Abort Copy Blob, which finds none pending then. The
others: test_pending_copy.py."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from azure_client import expect, expect_error, md5_header
from blob_client import BlobClient, block_id
from copying import bare_url, source_url
from paging import write
from sas import account_sas, service_sas
from signing import DEVELOPMENT_ACCOUNT

GUID = "8f4ab5f4-4d4e-4a6e-8a6a-7d0f7ad6d6b5"
PAST = "Wed, 01 Jan 2003 00:00:00 GMT"
FUTURE = "Wed, 01 Jan 2998 00:00:00 GMT"


@pytest.fixture(params=["same container", "another container"])
def target(request: pytest.FixtureRequest, client: BlobClient, container: str) -> str:
    """Where the source's body is shared, and where it is not."""
    if request.param == "same container":
        return container
    expect(client.create_container(container + "-2"), 201)
    request.addfinalizer(lambda: client.delete_container(container + "-2"))
    return container + "-2"


def test_the_accounts_key_covers_the_source(
    client: BlobClient, container: str, target: str, stored: bytes
) -> None:
    sent = {"x-ms-blob-content-type": "a/b", "x-ms-meta-k": "v"}
    expect(client.set_blob_properties(container, "b", sent), 200)
    expect(client.set_blob_metadata(container, "b", sent), 200)
    url = bare_url(client, container, "b")
    response = expect(client.copy_blob(target, "c", url), 202)
    assert response["x-ms-copy-status"] == "success"
    assert re.fullmatch(r"[0-9a-f-]{36}", response["x-ms-copy-id"] or "")
    got = expect(client.get_blob(target, "c"), 200)
    assert got.body == stored
    assert (got["ETag"], got["Last-Modified"]) == (response["ETag"], response["Last-Modified"])
    assert (got["Content-Type"], got.metadata()) == ("a/b", {"k": "v"})
    shown = client.get_blob_properties(target, "c")
    assert shown["x-ms-copy-id"] == response["x-ms-copy-id"]
    assert (shown["x-ms-copy-source"], shown["x-ms-copy-status"]) == (url, "success")
    assert shown["x-ms-copy-progress"] == f"{len(stored)}/{len(stored)}"


def test_copy_and_source_go_their_own_ways(
    client: BlobClient, container: str, target: str, stored: bytes
) -> None:
    url = bare_url(client, container, "b")
    expect(client.copy_blob(target, "c", url), 202)
    expect(client.copy_blob(target, "d", bare_url(client, target, "c")), 202)
    expect(client.put_blob(container, "b", b"other"), 201)
    assert client.get_blob(target, "c").body == stored
    expect(client.delete_blob(target, "c"), 202)
    assert client.get_blob(target, "d").body == stored
    assert client.get_blob(container, "b").body == b"other"
    expect(client.copy_blob(target, "d", url), 202)
    assert client.get_blob(target, "d").body == b"other"


def test_over_itself_and_from_a_snapshot(client: BlobClient, container: str, stored: bytes) -> None:
    url = bare_url(client, container, "b")
    snapshot = client.request("PUT", client.path(container, "b"), [("comp", "snapshot")])
    time = expect(snapshot, 201)["x-ms-snapshot"] or ""
    expect(client.copy_blob(container, "b", url, {"x-ms-meta-a": "1"}), 202)
    got = client.get_blob(container, "b")
    assert (got.body, got.metadata()) == (stored, {"a": "1"})
    expect(client.put_blob(container, "b", b"newer"), 201)
    expect(client.copy_blob(container, "b", f"{url}?snapshot={time}"), 202)
    got = client.get_blob(container, "b")
    assert (got.body, got.metadata()) == (stored, {})
    assert (got["x-ms-copy-source"] or "").endswith(f"?snapshot={time}")
    assert client.get_blob(container, "b", snapshot=time).body == stored


def test_with_a_token_the_source_needs_its_own(
    client: BlobClient, new_client: Callable[..., BlobClient], container: str, stored: bytes
) -> None:
    writer = new_client(sas=account_sas(DEVELOPMENT_ACCOUNT, "rw"))
    response = writer.copy_blob(container, "c", bare_url(client, container, "b"))
    expect_error(response, 409, "CannotVerifyCopySource")
    expect(writer.copy_blob(container, "c", source_url(client, container, "b")), 202)
    got = client.get_blob(container, "c")
    assert (got.body, got["x-ms-copy-source"]) == (stored, bare_url(client, container, "b"))
    creator = new_client(sas=account_sas(DEVELOPMENT_ACCOUNT, "c"))
    response = creator.copy_blob(container, "c", source_url(client, container, "b"))
    expect_error(response, 403, "UnauthorizedBlobOverwrite")


ACCOUNT_INFORMATION = {"restype": "account", "comp": "properties"}


@pytest.mark.parametrize(
    ("letters", "more"),
    [
        ("w", {}),
        ("w", ACCOUNT_INFORMATION),
        ("l", ACCOUNT_INFORMATION),
        ("t", {"comp": "tags"}),
        ("r", {"comp": "tags"}),
        ("t", {"Comp": "tags"}),
        ("l", {"RESTYPE": "account", "COMP": "properties"}),
        ("r", {"comp": "metadata"}),
    ],
)
@pytest.mark.parametrize("kind", ["BlockBlob", "PageBlob"])
def test_only_what_may_be_read_is_copied(
    client: BlobClient, new_client: Callable[..., BlobClient], container: str, target: str,
    kind: str, letters: str, more: dict[str, str],
) -> None:  # fmt: skip
    """Whatever a GET of the source's URL answers, it shows no content: that is not copied either."""
    secret = b"secret" * 512
    headers = {"x-ms-blob-type": kind, "x-ms-tags": "a=b"}
    if kind == "PageBlob":
        headers["x-ms-blob-content-length"] = str(len(secret))
        expect(client.put_blob(container, "s", b"", headers), 201)
        expect(write(client, container, "s", 0, secret), 201)
    else:
        expect(client.put_blob(container, "s", secret, headers), 201)
    snapshot = expect(client.snapshot_blob(container, "s"), 201)["x-ms-snapshot"] or ""
    writer = new_client(sas=account_sas(DEVELOPMENT_ACCOUNT, "rcw"))
    for token in (
        service_sas(DEVELOPMENT_ACCOUNT, f"/{container}/s", letters),
        account_sas(DEVELOPMENT_ACCOUNT, letters),
    ):
        for state in ({}, {"snapshot": snapshot}):
            url = source_url(client, container, "s", token | state | more)
            writer.copy_blob(target, "c", url)
            got = client.get_blob(target, "c")
            assert got.status == 404 or secret[:512] not in got.body
            client.delete_blob(target, "c")
            assert writer.incremental_copy_blob(target, "d", url).status != 202


def test_conditions(client: BlobClient, container: str, target: str, stored: bytes) -> None:
    url = bare_url(client, container, "b")
    etag = client.get_blob_properties(container, "b")["ETag"] or ""
    before = expect(client.put_blob(target, "c", b"before"), 201)["ETag"] or ""
    other = '"0x8D0000000000000"'
    unmet = [
        ({"If-Match": other}, 412, "TargetConditionNotMet"),
        ({"If-None-Match": before}, 412, "TargetConditionNotMet"),
        ({"If-None-Match": "*"}, 409, "BlobAlreadyExists"),
        ({"If-Modified-Since": FUTURE}, 412, "TargetConditionNotMet"),
        ({"If-Unmodified-Since": PAST}, 412, "TargetConditionNotMet"),
        ({"x-ms-source-if-match": other}, 412, "SourceConditionNotMet"),
        ({"x-ms-source-if-none-match": etag}, 412, "SourceConditionNotMet"),
        ({"x-ms-source-if-modified-since": FUTURE}, 412, "SourceConditionNotMet"),
        ({"x-ms-source-if-unmodified-since": PAST}, 412, "SourceConditionNotMet"),
        ({"x-ms-lease-id": GUID}, 412, "LeaseNotPresentWithBlobOperation"),
    ]
    for source in (url, source_url(client, container, "b")):
        for headers, status, code in unmet:
            expect_error(client.copy_blob(target, "c", source, headers), status, code)
    got = client.get_blob(target, "c")
    assert (got["ETag"], got.body) == (before, b"before")
    met = {"If-Match": before, "x-ms-source-if-match": etag}
    expect(client.copy_blob(target, "c", url, met), 202)


def test_a_lease_on_the_target_has_no_end(
    client: BlobClient, container: str, target: str, stored: bytes
) -> None:
    """Of Copy Blob only, which Azure may take days for."""
    url = bare_url(client, container, "b")
    signed = source_url(client, container, "b")
    before = expect(client.put_blob(target, "c", b"before"), 201)["ETag"]
    held = {"x-ms-lease-id": GUID}
    expect(client.lease_blob(target, "c", "acquire", duration="60", proposed=GUID), 201)
    for source in (url, signed):
        expect_error(client.copy_blob(target, "c", source), 412, "LeaseIdMissing")
        response = client.copy_blob(target, "c", source, held)
        expect_error(response, 412, "InfiniteLeaseDurationRequired")
        other = held | {"If-Match": '"0x8D0000000000000"'}
        expect_error(client.copy_blob(target, "c", source, other), 412, "InfiniteLeaseDurationRequired")
    expect(client.lease_blob(target, "c", "break", break_period="60"), 202)
    expect_error(client.copy_blob(target, "c", url, held), 412, "InfiniteLeaseDurationRequired")
    assert client.get_blob(target, "c")["ETag"] == before
    expect(client.lease_blob(target, "c", "release", id=GUID), 200)
    expect(client.lease_blob(target, "c", "acquire", duration="60", proposed=GUID), 201)
    expect(client.copy_blob_from_url(target, "c", signed, held), 202)
    expect(client.lease_blob(target, "c", "acquire", duration="-1", proposed=GUID), 201)
    for source in (url, signed):
        expect_error(client.copy_blob(target, "c", source), 412, "LeaseIdMissing")
        expect(client.copy_blob(target, "c", source, held), 202)
    got = client.get_blob(target, "c")
    assert (got.body, got["x-ms-lease-state"], got["x-ms-lease-duration"]) == (stored, "leased", "infinite")
    expect(client.lease_blob(target, "c", "release", id=GUID), 200)


def test_errors(client: BlobClient, container: str, stored: bytes) -> None:
    url = bare_url(client, container, "b")
    archived = {"x-ms-access-tier": "Archive", "x-ms-rehydrate-priority": "High"}
    expect(client.copy_blob(container, "archived", url, archived), 202)
    cases = [
        (container, bare_url(client, container, "none"), {}, 404, "BlobNotFound"),
        (container, bare_url(client, container + "x", "b"), {}, 404, "BlobNotFound"),
        (container, bare_url(client, container, "archived"), {}, 409, "BlobArchived"),
        (container + "x", url, {}, 404, "ContainerNotFound"),
        (container, "nothing", {}, 400, "InvalidHeaderValue"),
        (container, url, {"x-ms-access-tier": "Warm"}, 400, "InvalidHeaderValue"),
        (container, url, {"x-ms-rehydrate-priority": "Now"}, 400, "InvalidHeaderValue"),
        (container, url, {"x-ms-seal-blob": "true"}, 409, "InvalidSourceBlobType"),
        (container, url, {"x-ms-source-content-md5": md5_header(stored)}, 400, "UnsupportedHeader"),
        (container, url, {"x-ms-source-content-crc64": "AAAAAAAAAAA="}, 400, "UnsupportedHeader"),
        (container, url, {"x-ms-copy-source-blob-properties": "false"}, 400, "UnsupportedHeader"),
        (container, url, {"x-ms-source-range": "bytes=0-1"}, 400, "UnsupportedHeader"),
    ]
    for where, source, headers, status, code in cases:
        expect_error(client.copy_blob(where, "c", source, headers), status, code)
    assert client.get_blob(container, "c").status == 404
    expect_error(client.copy_blob(container, "archived", url), 409, "BlobArchived")


def test_out_of_the_archive(client: BlobClient, container: str, stored: bytes) -> None:
    """Where the account's key covers it and another tier is named; what is copied stays archived."""
    expect(client.set_blob_tier(container, "b", "Archive"), 200)
    expect(client.create_container(f"{container}-2"), 201)
    url = bare_url(client, container, "b")
    for target in (container, f"{container}-2"):
        archived = client.copy_blob(target, "c", url, {"x-ms-access-tier": "Archive"})
        expect_error(archived, 409, "BlobArchived")
        expect(client.copy_blob(target, "c", url, {"x-ms-access-tier": "Hot"}), 202)
        assert expect(client.get_blob(target, "c"), 200).body == stored
    expect_error(client.get_blob(container, "b"), 409, "BlobArchived")
    expect(client.delete_container(f"{container}-2"), 202)


def test_no_copy_can_be_aborted(
    client: BlobClient, new_client: Callable[..., BlobClient], container: str, stored: bytes
) -> None:
    """That is done by the time that its id is known."""
    copied = expect(client.copy_blob(container, "c", bare_url(client, container, "b")), 202)
    for blob, copy in (("c", copied["x-ms-copy-id"] or ""), ("c", GUID), ("b", GUID)):
        expect_error(client.abort_copy(container, blob, copy), 409, "NoPendingCopyOperation")
    for headers, status, code in [
        ({"x-ms-copy-action": "Abort"}, 409, "NoPendingCopyOperation"),
        ({"x-ms-copy-action": "resume"}, 400, "InvalidHeaderValue"),
        ({"x-ms-copy-action": ""}, 400, "MissingRequiredHeader"),
        ({"x-ms-lease-id": "x"}, 400, "InvalidHeaderValue"),
        ({"x-ms-lease-id": GUID}, 412, "LeaseNotPresentWithBlobOperation"),
        ({"If-Match": '"0x8D0000000000000"'}, 409, "NoPendingCopyOperation"),
    ]:
        expect_error(client.abort_copy(container, "c", GUID, headers), status, code)
    response = client.abort_copy(container, "none", "no-guid", {"x-ms-copy-action": "resume"})
    expect_error(response, 400, "InvalidQueryParameterValue")
    assert response.error_field("QueryParameterName") == "copyid"
    assert response.error_field("Reason") == "copyid needs to be valid Guid."
    path = client.path(container, "c")
    response = client.request("PUT", path, [("comp", "copy")], {"x-ms-copy-action": "abort"})
    expect_error(response, 400, "MissingRequiredQueryParameter")
    expect_error(client.abort_copy(container, "none", GUID), 404, "BlobNotFound")
    expect(client.put_block(container, "staged", block_id(1), b"x"), 201)
    expect_error(client.abort_copy(container, "staged", GUID), 404, "BlobNotFound")
    expect_error(client.abort_copy(container + "x", "c", GUID), 404, "ContainerNotFound")
    expect(client.lease_blob(container, "c", "acquire", duration="-1", proposed=GUID), 201)
    expect_error(client.abort_copy(container, "c", GUID), 412, "LeaseIdMissing")
    response = client.abort_copy(container, "c", GUID, {"x-ms-lease-id": GUID})
    expect_error(response, 409, "NoPendingCopyOperation")
    expect(client.lease_blob(container, "c", "release", id=GUID), 200)
    reader = new_client(sas=account_sas(DEVELOPMENT_ACCOUNT, "rcd"))
    expect_error(reader.abort_copy(container, "c", GUID), 403, "AuthorizationPermissionMismatch")
    got = client.get_blob(container, "c")
    assert (got["ETag"], got.body, got["x-ms-copy-status"]) == (copied["ETag"], stored, "success")


def test_uncommitted_blocks_of_the_target_go(client: BlobClient, container: str, stored: bytes) -> None:
    expect(client.put_block(container, "c", block_id(1), b"x"), 201)
    expect(client.copy_blob(container, "c", bare_url(client, container, "b")), 202)
    blocks = client.get_block_list(container, "c", "all").xml()
    assert blocks.findall("UncommittedBlocks/Block") == []


def test_the_stored_md5_is_the_sources(client: BlobClient, container: str, target: str) -> None:
    given = {"x-ms-blob-content-md5": md5_header(b"other")}
    expect(client.put_blob(container, "b", b"content"), 201)
    expect(client.set_blob_properties(container, "b", given), 200)
    expect(client.copy_blob(target, "c", bare_url(client, container, "b")), 202)
    assert client.get_blob_properties(target, "c")["Content-MD5"] == md5_header(b"other")
