"""Immutability policies and legal holds: what sets them, what they forbid, and that what they protect
is there whatever is done besides."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from azure_client import Response, expect, expect_error
from batching import Part, answers_of, set_tier, submit
from blob_client import BlobClient, block_id, tags_xml
from copying import bare_url, source_url
from lapis_server import LapisServer, StartFailed
from past_states import config, ids, keep_deleted, kept
from sas import account_sas, service_sas
from signing import DEVELOPMENT_ACCOUNT

UNTIL = "x-ms-immutability-policy-until-date"
MODE = "x-ms-immutability-policy-mode"
HOLD = "x-ms-legal-hold"
VERSION = "x-ms-version-id"
DATE = "Mon, 01 Jan 2998 00:00:00 GMT"
WITH_SNAPSHOTS = {"x-ms-delete-snapshots": "include"}
LATER = "Tue, 02 Jan 2998 00:00:00 GMT"
BY_POLICY = "BlobImmutableDueToPolicy"
BY_HOLD = "BlobImmutableDueToLegalHold"
NOT_EMPTY = "ContainerImmutableStorageWithVersioningEnabled"


def client_of(server: LapisServer, **fields: object) -> BlobClient:
    credential = {} if "sas" in fields else {"account": DEVELOPMENT_ACCOUNT}
    return BlobClient(server.endpoint, DEVELOPMENT_ACCOUNT.name, **credential | fields)  # type: ignore[arg-type]


@pytest.fixture
def server(new_server: Callable[..., LapisServer], tmp_path: Path) -> LapisServer:
    return new_server(config=config(tmp_path, versioning=True, immutable=True)).start()


@pytest.fixture
def client(server: LapisServer) -> Iterator[BlobClient]:
    client = client_of(server)
    yield client
    client.close()


@pytest.fixture
def container(client: BlobClient) -> str:
    expect(client.create_container("box"), 201)
    return "box"


def set_policy(
    client: BlobClient, until: str = DATE, mode: str = "", headers: dict[str, str] | None = None, **query: str
) -> Response:
    sent = {UNTIL: until} | ({MODE: mode} if mode else {}) | (headers or {})
    path = client.path("box", "b")
    return client.request("PUT", path, [("comp", "immutabilityPolicies"), *query.items()], sent)


def delete_policy(client: BlobClient, headers: dict[str, str] | None = None, **query: str) -> Response:
    path = client.path("box", "b")
    return client.request("DELETE", path, [("comp", "immutabilityPolicies"), *query.items()], headers)


def set_hold(
    client: BlobClient, hold: str = "true", headers: dict[str, str] | None = None, **query: str
) -> Response:
    sent = {HOLD: hold} | (headers or {})
    return client.request("PUT", client.path("box", "b"), [("comp", "legalhold"), *query.items()], sent)


def put(client: BlobClient, body: bytes = b"content", headers: dict[str, str] | None = None) -> str:
    return expect(client.put_blob("box", "b", body, headers), 201)[VERSION] or ""


def shown(response: Response) -> tuple[str | None, str | None, str | None]:
    return response[UNTIL], response[MODE], response[HOLD]


def seconds_ahead(seconds: int) -> str:
    """Of whole seconds, and later than those from now."""
    then = datetime.now(timezone.utc) + timedelta(seconds=seconds + 1)
    return then.strftime("%a, %d %b %Y %H:%M:%S GMT")


def test_a_policy_is_set_extended_and_deleted(client: BlobClient, container: str) -> None:
    put(client)
    before = expect(client.get_blob_properties(container, "b"), 200)
    response = expect(set_policy(client), 200)
    assert (response[UNTIL], response[MODE]) == (DATE, "unlocked")
    assert response["ETag"] is None and response[VERSION] is None
    for read in (client.get_blob(container, "b"), client.get_blob_properties(container, "b")):
        assert shown(expect(read, 200)) == (DATE, "unlocked", None)
        assert (read["ETag"], read["Last-Modified"]) == (before["ETag"], before["Last-Modified"])
    expect(set_policy(client, seconds_ahead(3600)), 200)
    response = expect(delete_policy(client), 200)
    assert shown(response) == (None, None, None)
    expect(delete_policy(client), 200)
    assert shown(client.get_blob_properties(container, "b")) == (None, None, None)
    expect(set_policy(client, mode="Locked"), 200)
    expect_error(delete_policy(client), 409, "ImmutabilityPolicyDeleteOnLockedPolicy")
    for until, mode in ((seconds_ahead(3600), "Locked"), (LATER, "Unlocked"), (LATER, "")):
        expect_error(set_policy(client, until, mode), 409, BY_POLICY)
    assert shown(client.get_blob_properties(container, "b")) == (DATE, "locked", None)
    expect(set_policy(client, LATER, "locked"), 200)
    assert shown(client.get_blob_properties(container, "b")) == (LATER, "locked", None)


def test_a_hold(client: BlobClient, container: str) -> None:
    put(client)
    assert expect(set_hold(client), 200)[HOLD] == "true"
    for read in (client.get_blob(container, "b"), client.get_blob_properties(container, "b")):
        assert shown(read) == (None, None, "true")
    expect_error(client.set_blob_metadata(container, "b"), 409, BY_HOLD)
    assert expect(set_hold(client, "false"), 200)[HOLD] == "false"
    assert shown(client.get_blob_properties(container, "b")) == (None, None, None)
    expect(client.set_blob_metadata(container, "b"), 200)


def test_what_is_wrong_is_named(server: LapisServer, client: BlobClient, container: str) -> None:
    put(client)
    for until, mode, name in (
        ("soon", "", UNTIL),
        ("2998-01-01T00:00:00Z", "", UNTIL),
        (seconds_ahead(-3600), "", UNTIL),
        (DATE, "Mutable", MODE),
    ):
        response = set_policy(client, until, mode)
        expect_error(response, 400, "InvalidHeaderValue")
        assert response.error_field("HeaderName") == name
    expect_error(set_policy(client, ""), 400, "MissingRequiredHeader")
    expect_error(set_hold(client, ""), 400, "MissingRequiredHeader")
    expect_error(set_hold(client, "yes"), 400, "InvalidHeaderValue")
    for name in ("If-Match", "If-None-Match", "If-Modified-Since"):
        headers = {name: DATE if name == "If-Modified-Since" else "*"}
        for response in (
            set_policy(client, headers=headers),
            delete_policy(client, headers),
            set_hold(client, headers=headers),
        ):
            expect_error(response, 400, "ConditionHeadersNotSupported")
    since = {"If-Unmodified-Since": "Mon, 01 Jan 2001 00:00:00 GMT"}
    expect_error(set_policy(client, headers=since), 412, "ConditionNotMet")
    assert shown(client.get_blob_properties(container, "b")) == (None, None, None)
    expect(set_policy(client, headers={"If-Unmodified-Since": DATE}), 200)
    old = client_of(server, version="2020-02-10")
    for response in (set_policy(old), delete_policy(old), set_hold(old)):
        assert response.status == 400, response
    expect(client.delete_blob(container, "b"), 202)
    for response in (set_policy(client), delete_policy(client), set_hold(client)):
        expect_error(response, 404, "BlobNotFound")


def test_what_is_protected_is_not_changed(client: BlobClient, container: str) -> None:
    expect(client.put_append_blob(container, "append"), 201)
    page = {"x-ms-blob-type": "PageBlob", "x-ms-blob-content-length": "512"}
    expect(client.request("PUT", client.path(container, "page"), [], page), 201)
    put(client)
    for code, headers, comp in (
        (BY_HOLD, {HOLD: "true"}, "legalhold"),
        (BY_POLICY, {UNTIL: DATE}, "immutabilityPolicies"),
    ):
        for name in ("b", "append", "page"):
            path = client.path(container, name)
            expect(client.request("PUT", path, [("comp", comp)], headers), 200)
        whole = {"Range": "bytes=0-511", "x-ms-page-write": "clear"}
        number = {"x-ms-sequence-number-action": "increment"}
        path = client.path(container, "page")
        for response in (
            client.set_blob_metadata(container, "b", {"x-ms-meta-k": "v"}),
            client.set_blob_properties(container, "b"),
            client.append_block(container, "append", b"x"),
            client.seal_append_blob(container, "append"),
            client.request("PUT", path, [("comp", "page")], whole),
            client.request("PUT", path, [("comp", "page")], whole | {"x-ms-page-write": "update"}, bytes(512)),
            client.set_blob_properties(container, "page", {"x-ms-blob-content-length": "1024"}),
            client.set_blob_properties(container, "page", number),
        ):
            expect_error(response, 409, code)
        expect(client.set_blob_tier(container, "b", "Cool"), 200)
        expect(client.set_blob_tags(container, "b", tags_xml({"k": "v"})), 204)
        lease = expect(client.lease_blob(container, "b", "acquire", duration="-1"), 201)
        expect(client.lease_blob(container, "b", "release", id=lease["x-ms-lease-id"] or ""), 200)
        expect(client.put_block(container, "b", block_id(1), b"x"), 201)
        for name in ("b", "append", "page"):
            expect(client.request("PUT", client.path(container, name), [("comp", "legalhold")], {HOLD: "false"}), 200)


def test_what_is_protected_becomes_a_version(client: BlobClient, container: str) -> None:
    """Each write over it works, and leaves it as it was."""
    url = source_url(client, container, "source")
    expect(client.put_blob(container, "source", b"source"), 201)
    expect(client.put_block(container, "b", block_id(1), b"list"), 201)
    writes: list[Callable[[], Response]] = [
        lambda: client.put_block_list(container, "b", [("Latest", block_id(1))]),
        lambda: client.put_blob(container, "b", b"x"),
        lambda: client.copy_blob(container, "b", bare_url(client, container, "source")),
        lambda: client.copy_blob_from_url(container, "b", url),
        lambda: client.put_blob_from_url(container, "b", url),
        lambda: client.snapshot_blob(container, "b"),
        lambda: client.copy_blob(container, "b", bare_url(client, container, "b")),
        lambda: client.request("DELETE", client.path(container, "b"), [], WITH_SNAPSHOTS),
    ]
    protected: list[str] = []
    for number, write in enumerate(writes):
        body = f"body {number}".encode()
        version = put(client, body) if number else expect(write(), 201)[VERSION] or ""
        expect(set_policy(client, mode="Locked"), 200)
        expect(set_hold(client), 200)
        protected.append(version)
        response = write() if number else client.put_blob(container, "b", b"x")
        assert response.status in (201, 202), response
        if number < len(writes) - 1:
            assert shown(expect(client.get_blob_properties(container, "b"), 200)) == (None, None, None)
        found = expect(client.get_blob(container, "b", versionid=version), 200)
        assert shown(found) == (DATE, "locked", "true")
        assert found.body == (body if number else b"list")
    for version in protected:
        expect_error(client.delete_blob(container, "b", versionid=version), 409, BY_HOLD)
        expect(set_hold(client, "false", versionid=version), 200)
        expect_error(client.delete_blob(container, "b", versionid=version), 409, BY_POLICY)
        expect(client.get_blob(container, "b", versionid=version), 200)


def test_snapshots(client: BlobClient, container: str) -> None:
    put(client)
    first, second = (
        expect(client.snapshot_blob(container, "b"), 201)["x-ms-snapshot"] or "" for _ in range(2)
    )
    expect(set_policy(client, snapshot=second), 200)
    assert shown(client.get_blob(container, "b", snapshot=second)) == (DATE, "unlocked", None)
    assert shown(client.get_blob(container, "b", snapshot=first)) == (None, None, None)
    expect_error(client.delete_blob(container, "b", snapshot=second), 409, BY_POLICY)
    for kind in ("include", "only"):
        response = client.delete_blob(container, "b", {"x-ms-delete-snapshots": kind})
        expect_error(response, 409, BY_POLICY)
    for snapshot in (first, second):
        expect(client.get_blob(container, "b", snapshot=snapshot), 200)
    expect(delete_policy(client, snapshot=second), 200)
    expect(client.delete_blob(container, "b", {"x-ms-delete-snapshots": "include"}), 202)


def test_a_policy_that_is_over(client: BlobClient, container: str) -> None:
    """What it protected may go, but was to be immutable and is never changed."""
    version = put(client)
    until = seconds_ahead(1)
    expect(set_policy(client, until, "Locked"), 200)
    put(client, b"new")
    deadline = time.monotonic() + 30
    while client.delete_blob(container, "b", versionid=version).status == 409:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    expect_error(client.get_blob(container, "b", versionid=version), 404, "BlobNotFound")
    expect(set_policy(client, seconds_ahead(1), "Locked"), 200)
    time.sleep(2.5)
    expect_error(client.set_blob_metadata(container, "b"), 409, BY_POLICY)
    expect_error(delete_policy(client), 409, "ImmutabilityPolicyDeleteOnLockedPolicy")
    expect(client.put_blob(container, "b", b"newer"), 201)
    [old] = ids(client, container, "VersionId", "versions")[:-1]
    expect(set_policy(client, mode="Locked", versionid=old), 200)
    expect_error(client.delete_blob(container, "b", versionid=old), 409, BY_POLICY)


def test_a_blob_begins_protected(client: BlobClient, container: str) -> None:
    both = {UNTIL: DATE, MODE: "Locked", HOLD: "true"}
    url = source_url(client, container, "source")
    expect(client.put_blob(container, "source", b"source", both), 201)
    expect(client.put_block(container, "list", block_id(1), b"x"), 201)
    expect(client.put_block_list(container, "list", [("Latest", block_id(1))], both), 201)
    expect(client.put_append_blob(container, "append", both), 201)
    page = {"x-ms-blob-type": "PageBlob", "x-ms-blob-content-length": "512"} | both
    expect(client.request("PUT", client.path(container, "page"), [], page), 201)
    expect(client.copy_blob(container, "copy", bare_url(client, container, "source"), both), 202)
    expect(client.copy_blob(container, "page copy", bare_url(client, container, "page"), both), 202)
    expect(client.copy_blob_from_url(container, "from", url, both), 202)
    expect(client.put_blob_from_url(container, "put from", url, both), 201)
    expect(client.copy_blob(container, "plain", bare_url(client, container, "source")), 202)
    expect(client.put_blob(container, "unheld", b"x", {HOLD: "false"}), 201)
    page = expect(client.list_blobs(container, include="immutabilitypolicy,legalhold"), 200)
    found = {
        blob.findtext("Name"): tuple(
            blob.findtext(f"Properties/{name}")
            for name in ("ImmutabilityPolicyUntilDate", "ImmutabilityPolicyMode", "LegalHold")
        )
        for blob in page.xml().findall("Blobs/Blob")
    }
    assert {name for name, state in found.items() if state == (DATE, "locked", "true")} == {
        "source", "list", "append", "page", "copy", "page copy", "from", "put from",
    }  # fmt: skip
    assert found["plain"] == found["unheld"] == (None, None, None)
    for include in ({}, {"include": "metadata"}):
        listed = expect(client.list_blobs(container, **include), 200)
        assert b"Immutability" not in listed.body and b"LegalHold" not in listed.body
    for headers, status, code in (
        ({MODE: "Locked"}, 400, "MissingRequiredHeader"),
        ({UNTIL: seconds_ahead(-3600)}, 400, "InvalidHeaderValue"),
        ({UNTIL: DATE, MODE: "x"}, 400, "InvalidHeaderValue"),
        ({HOLD: "x"}, 400, "InvalidHeaderValue"),
    ):
        expect_error(client.put_blob(container, "none", b"x", headers), status, code)
    expect_error(client.get_blob(container, "none"), 404, "BlobNotFound")


def test_its_letter(server: LapisServer, client: BlobClient, container: str) -> None:
    """`i`, beside what the operation needs."""
    put(client)
    denied = "AuthorizationPermissionMismatch"
    for token in (account_sas, lambda a, letters: service_sas(a, "/box", letters)):
        for letters, may_write, may_protect in (("rwd", True, False), ("i", False, True), ("wi", True, True)):
            limited = client_of(server, sas=token(DEVELOPMENT_ACCOUNT, letters))
            for response in (set_policy(limited), delete_policy(limited), set_hold(limited, "false")):
                if may_protect:
                    expect(response, 200)
                else:
                    expect_error(response, 403, denied)
            for headers in ({UNTIL: DATE}, {HOLD: "false"}):
                response = limited.put_blob(container, "new", b"x", headers)
                if may_write and may_protect:
                    expect(response, 201)
                else:
                    expect_error(response, 403, denied)


def test_a_container_goes_when_it_is_empty(client: BlobClient, container: str) -> None:
    version = put(client)
    expect_error(client.delete_container(container), 409, NOT_EMPTY)
    expect(client.delete_blob(container, "b"), 202)
    expect_error(client.delete_container(container), 409, NOT_EMPTY)
    expect(client.delete_blob(container, "b", versionid=version), 202)
    expect(client.put_block(container, "b", block_id(1), b"x"), 201)
    expect_error(client.delete_container(container), 409, NOT_EMPTY)
    expect(client.delete_blob(container, "b"), 202)
    expect(client.delete_container(container), 202)
    expect_error(client.get_container_properties(container), 404, "ContainerNotFound")


def test_a_container_shows_the_switch(client: BlobClient, container: str) -> None:
    found = expect(client.get_container_properties(container), 200)
    assert found["x-ms-immutable-storage-with-versioning-enabled"] == "true"
    assert found["x-ms-has-immutability-policy"] == found["x-ms-has-legal-hold"] == "false"
    listed = expect(client.list_containers(), 200).xml()
    shown = listed.findtext("Containers/Container/Properties/ImmutableStorageWithVersioningEnabled")
    assert shown == "true"


def test_what_is_protected_outlives_everything(
    new_server: Callable[..., LapisServer], tmp_path: Path
) -> None:
    """The switches off, soft delete on, restarts: nothing takes it away."""
    server = new_server(config=config(tmp_path, versioning=False)).start()
    client = client_of(server)
    expect(client.create_container("box"), 201)
    put(client)  # without a version's id

    def again(versioning: bool, immutable: bool) -> BlobClient:
        server.stop()
        server.config = config(tmp_path, versioning, immutable=immutable)
        return client_of(server.start())

    client = again(versioning=True, immutable=True)
    expect(set_hold(client), 200)
    client = again(versioning=False, immutable=False)
    off = "BlobOperationNotSupported"
    for response in (set_hold(client, "false"), set_policy(client), delete_policy(client)):
        expect_error(response, 409, off)
    expect_error(client.put_blob("box", "c", b"x", {HOLD: "true"}), 409, off)
    expect_error(client.set_blob_metadata("box", "b"), 409, BY_HOLD)
    keep_deleted(client, 1)
    put(client, b"new")
    [version] = ids(client, "box", "VersionId")
    expect_error(client.delete_blob("box", "b", versionid=version), 409, BY_HOLD)
    expect(client.delete_blob("box", "b"), 202)
    expect_error(client.delete_container("box"), 409, NOT_EMPTY)
    found = expect(client.get_blob("box", "b", versionid=version), 200)
    assert (found.body, found[HOLD]) == (b"content", "true")
    client = again(versioning=True, immutable=True)
    expect(set_hold(client, "false", versionid=version), 200)
    expect(client.delete_blob("box", "b", versionid=version), 202)


def test_a_batch_says_what_stays(client: BlobClient, container: str) -> None:
    version = put(client)
    expect(set_hold(client, versionid=version), 200)
    put(client, b"new")
    path = client.path(container, "b")
    parts = [Part("DELETE", path, query, account=DEVELOPMENT_ACCOUNT) for query in ([("versionid", version)], [])]
    held, gone = answers_of(expect(submit(client, parts), 202))
    assert (held.status, held.headers["x-ms-error-code"]) == (409, BY_HOLD)
    assert gone.status == 202
    expect(client.get_blob(container, "b", versionid=version), 200)


def test_config_needs_versions(new_server: Callable[..., LapisServer], tmp_path: Path) -> None:
    server = new_server(config=config(tmp_path, versioning=False, immutable=True))
    with pytest.raises(StartFailed):
        server.start()
    assert "immutable_storage needs versioning = true" in server.log()


def test_parts_of_a_batch(client: BlobClient, container: str) -> None:
    """As requests by themselves: the blob becomes a version, deleted ones are kept where soft delete
    is on, and what is protected stays."""
    first, second = put(client), put(client)
    expect(set_hold(client, versionid=first), 200)
    keep_deleted(client, 7)

    def part(**query: str) -> Part:
        return Part("DELETE", f"/{container}/b", list(query.items()), account=DEVELOPMENT_ACCOUNT)

    def answers(*parts: Part) -> list[tuple[int, str | None]]:
        return [(a.status, a.error_code) for a in answers_of(expect(submit(client, parts), 202))]

    assert answers(part(versionid=second), part(versionid=first)) == [
        (403, "OperationNotAllowedOnRootBlob"),
        (409, BY_HOLD),
    ]
    assert answers(part(), part(versionid=second), part(versionid=second)) == [
        (202, None),
        (202, None),
        (404, "BlobNotFound"),
    ]
    assert kept(client, container) == ["b:V", "b:v", "b:R"]
    tier = set_tier(f"/{container}/b", "Cool", account=DEVELOPMENT_ACCOUNT)
    tier.query.append(("versionid", first))
    assert answers(tier) == [(200, None)]
    expect(set_hold(client, "false", versionid=first), 200)
    assert answers(part(versionid=first)) == [(202, None)]
