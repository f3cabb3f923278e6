"""Lease Blob, and what a lease keeps others from doing."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable

import pytest

from azure_client import Response, expect, expect_error
from blob_client import BlobClient, block_id, tags_xml
from copying import source_url
from lapis_server import LapisServer
from racing import race
from sas import account_sas, service_sas
from signing import DEVELOPMENT_ACCOUNT

A = "11111111-aaaa-4aaa-8aaa-111111111111"
B = "22222222-bbbb-4bbb-8bbb-222222222222"
OTHER = '"0x8D0000000000000"'
PAST, FUTURE = "Mon, 01 Jan 2001 00:00:00 GMT", "Wed, 01 Jan 2098 00:00:00 GMT"


@pytest.fixture
def blob(client: BlobClient, container: str) -> str:
    expect(client.put_blob(container, "b", b"content"), 201)
    return "b"


def shown(client: BlobClient, container: str, blob: str = "b") -> tuple[str | None, ...]:
    """Status, state and duration, which HEAD, GET and a listing agree on."""
    names = ("x-ms-lease-status", "x-ms-lease-state", "x-ms-lease-duration")
    head = expect(client.get_blob_properties(container, blob), 200)
    got = expect(client.get_blob(container, blob), 200)
    entry = client.list_blobs(container, prefix=blob).xml().find("Blobs/Blob/Properties")
    assert entry is not None
    listed = tuple(entry.findtext(name) for name in ("LeaseStatus", "LeaseState", "LeaseDuration"))
    headers = tuple(head[name] for name in names)
    assert headers == tuple(got[name] for name in names) == listed
    return headers


def test_a_life_of_a_lease(client: BlobClient, container: str, blob: str) -> None:
    before = expect(client.get_blob_properties(container, blob), 200)

    def unchanged(response: Response) -> Response:
        for name in ("ETag", "Last-Modified"):
            assert response[name] == before[name]
        return response

    assert shown(client, container) == ("unlocked", "available", None)
    acquired = unchanged(expect(client.lease_blob(container, blob, "acquire", duration="15"), 201))
    lease = acquired["x-ms-lease-id"]
    assert lease is not None and str(uuid.UUID(lease)) == lease
    assert shown(client, container) == ("locked", "leased", "fixed")
    expect_error(
        client.lease_blob(container, blob, "acquire", duration="15"), 409, "LeaseAlreadyPresent"
    )
    again = client.lease_blob(container, blob, "acquire", duration="-1", proposed=lease)
    assert unchanged(expect(again, 201))["x-ms-lease-id"] == lease
    assert shown(client, container) == ("locked", "leased", "infinite")
    changed = client.lease_blob(container, blob, "change", id=lease, proposed=A)
    assert unchanged(expect(changed, 200))["x-ms-lease-id"] == A
    renewed = client.lease_blob(container, blob, "renew", id=A)
    assert unchanged(expect(renewed, 200))["x-ms-lease-id"] == A
    breaking = client.lease_blob(container, blob, "break", break_period="30")
    assert unchanged(expect(breaking, 202))["x-ms-lease-time"] == "30"
    assert breaking["x-ms-lease-id"] is None
    assert shown(client, container) == ("locked", "breaking", None)
    shorter = client.lease_blob(container, blob, "break", break_period="0")
    assert unchanged(expect(shorter, 202))["x-ms-lease-time"] == "0"
    assert shown(client, container) == ("unlocked", "broken", None)
    released = unchanged(expect(client.lease_blob(container, blob, "release", id=A), 200))
    assert (released["x-ms-lease-id"], released["x-ms-lease-time"]) == (None, None)
    assert shown(client, container) == ("unlocked", "available", None)


def test_a_leased_blob_shows_it_in_headers(client: BlobClient, container: str, blob: str) -> None:
    names = ("x-ms-lease-status", "x-ms-lease-state", "x-ms-lease-duration")
    expect(client.lease_blob(container, blob, "acquire", duration="60"), 201)
    for response in (client.get_blob(container, blob), client.get_blob_properties(container, blob)):
        assert [expect(response, 200)[name] for name in names] == ["locked", "leased", "fixed"]
    metadata = expect(client.get_blob_metadata(container, blob), 200)
    assert [metadata[name] for name in names] == [None] * 3


def test_refusals_of_actions(client: BlobClient, container: str, blob: str) -> None:
    def act(action: str, **headers: str) -> Response:
        return client.lease_blob(container, blob, action, **headers)

    expect_error(act("renew", id=A), 409, "LeaseIdMismatchWithLeaseOperation")
    expect_error(act("break"), 409, "LeaseNotPresentWithLeaseOperation")
    expect_error(act("change", id=A, proposed=B), 409, "LeaseNotPresentWithLeaseOperation")
    expect(act("acquire", duration="60", proposed=A), 201)
    expect_error(act("renew", id=B), 409, "LeaseIdMismatchWithLeaseOperation")
    expect_error(act("release", id=B), 409, "LeaseIdMismatchWithLeaseOperation")
    expect(act("change", id=B, proposed=A), 200)  # it is A already
    time_left = expect(act("break"), 202)["x-ms-lease-time"]
    assert time_left is not None and 50 <= int(time_left) <= 60
    expect_error(
        act("acquire", duration="15", proposed=A), 409, "LeaseIsBreakingAndCannotBeAcquired"
    )
    expect_error(act("acquire", duration="15"), 409, "LeaseAlreadyPresent")
    expect_error(act("change", id=A, proposed=B), 409, "LeaseIsBreakingAndCannotBeChanged")
    expect_error(act("renew", id=A), 409, "LeaseIsBrokenAndCannotBeRenewed")
    expect(act("break", break_period="0"), 202)
    expect_error(act("renew", id=A), 409, "LeaseIsBrokenAndCannotBeRenewed")
    assert expect(act("break"), 202)["x-ms-lease-time"] == "0"
    expect(act("acquire", duration="-1", proposed=B), 201)
    assert expect(act("break"), 202)["x-ms-lease-time"] == "0"
    missing = client.lease_blob(container, "none", "acquire", duration="15")
    expect_error(missing, 404, "BlobNotFound")
    expect(client.put_block(container, "staged", block_id(1), b"x"), 201)
    staged = client.lease_blob(container, "staged", "acquire", duration="15")
    expect_error(staged, 404, "BlobNotFound")
    nowhere = client.lease_blob(container + "-none", "b", "acquire", duration="15")
    expect_error(nowhere, 404, "ContainerNotFound")


@pytest.mark.parametrize(
    ("action", "headers", "code", "name"),
    [
        ("", {}, "MissingRequiredHeader", "x-ms-lease-action"),
        ("take", {}, "InvalidHeaderValue", "x-ms-lease-action"),
        ("acquire", {}, "MissingRequiredHeader", "x-ms-lease-duration"),
        ("acquire", {"duration": "14"}, "InvalidHeaderValue", "x-ms-lease-duration"),
        ("acquire", {"duration": "61"}, "InvalidHeaderValue", "x-ms-lease-duration"),
        ("acquire", {"duration": "-10"}, "InvalidHeaderValue", "x-ms-lease-duration"),
        ("acquire", {"duration": "15", "proposed": "x"}, "InvalidHeaderValue",
         "x-ms-proposed-lease-id"),
        ("renew", {}, "MissingRequiredHeader", "x-ms-lease-id"),
        ("renew", {"id": "x"}, "InvalidHeaderValue", "x-ms-lease-id"),
        ("release", {}, "MissingRequiredHeader", "x-ms-lease-id"),
        ("change", {"proposed": A}, "MissingRequiredHeader", "x-ms-lease-id"),
        ("change", {"id": A}, "MissingRequiredHeader", "x-ms-proposed-lease-id"),
        ("break", {"break_period": "61"}, "InvalidHeaderValue", "x-ms-lease-break-period"),
        ("break", {"break_period": "-1"}, "InvalidHeaderValue", "x-ms-lease-break-period"),
    ],
)  # fmt: skip
def test_headers_that_are_no_action(
    client: BlobClient, container: str, blob: str, action: str, headers: dict[str, str],
    code: str, name: str,
) -> None:  # fmt: skip
    response = expect_error(client.lease_blob(container, blob, action, **headers), 400, code)
    assert response.error_field("HeaderName") == name
    assert shown(client, container) == ("unlocked", "available", None)


@pytest.mark.parametrize("query", ["snapshot", "versionid"])
def test_only_the_blob_itself_is_leased(
    client: BlobClient, container: str, blob: str, query: str
) -> None:
    sent = {"x-ms-lease-action": "acquire", "x-ms-lease-duration": "15"}
    comp = [("comp", "lease"), (query, "2021-06-28T05:51:11.5743121Z")]
    response = client.request("PUT", client.path(container, blob), comp, sent)
    expect_error(response, 400, "InvalidQueryParameterValue")


@pytest.mark.parametrize(
    "spelling",
    [
        A.replace("-", ""), A.upper(), "{" + A + "}", "(" + A + ")",
        "{0x11111111,0xaaaa,0x4aaa,{0x8a,0xaa,0x11,0x11,0x11,0x11,0x11,0x11}}",
    ],
)  # fmt: skip
def test_an_id_in_any_spelling(
    client: BlobClient, container: str, blob: str, spelling: str
) -> None:
    acquired = client.lease_blob(container, blob, "acquire", duration="15", proposed=spelling)
    assert expect(acquired, 201)["x-ms-lease-id"] == A
    assert (
        expect(client.lease_blob(container, blob, "renew", id=spelling), 200)["x-ms-lease-id"] == A
    )
    expect(client.set_blob_metadata(container, blob, {"x-ms-lease-id": spelling}), 200)
    expect(client.lease_blob(container, blob, "release", id=A), 200)


def test_conditions(client: BlobClient, container: str, blob: str) -> None:
    known = expect(client.get_blob_properties(container, blob), 200)["ETag"]
    assert known is not None

    def acquire(**conditions: str) -> Response:
        return client.lease_blob(
            container, blob, "acquire", duration="15", proposed=A, **conditions
        )

    for unmet in (
        {"If-Match": OTHER}, {"If-None-Match": known}, {"If-Modified-Since": FUTURE},
        {"If-Unmodified-Since": PAST}, {"If-None-Match": "*"},
    ):  # fmt: skip
        expect_error(acquire(**unmet), 412, "ConditionNotMet")
    for met in (
        {"If-Match": known}, {"If-None-Match": OTHER}, {"If-Modified-Since": PAST},
        {"If-Unmodified-Since": FUTURE},
    ):  # fmt: skip
        expect(acquire(**met), 201)
    expect_error(
        client.lease_blob(container, blob, "release", id=A, **{"If-Match": OTHER}),
        412,
        "ConditionNotMet",
    )


Write = Callable[[BlobClient, str, dict[str, str]], Response]


def source(client: BlobClient, container: str) -> str:
    """URL of a blob that nobody leases."""
    expect(client.put_blob(container, "source", b"copied"), 201)
    return source_url(client, container, "source")


WRITES: dict[str, tuple[Write, int]] = {
    "PutBlob": (lambda c, box, h: c.put_blob(box, "b", b"new", h), 201),
    "PutBlock": (lambda c, box, h: c.put_block(box, "b", block_id(1), b"x", h), 201),
    "PutBlockList": (lambda c, box, h: c.put_block_list(box, "b", [], h), 201),
    "SetBlobMetadata": (lambda c, box, h: c.set_blob_metadata(box, "b", h), 200),
    "SetBlobProperties": (lambda c, box, h: c.set_blob_properties(box, "b", h), 200),
    "SetBlobTags": (lambda c, box, h: c.set_blob_tags(box, "b", tags_xml({"a": "1"}), h), 204),
    "SetBlobTier": (lambda c, box, h: c.set_blob_tier(box, "b", "Cool", h), 200),
    "CopyBlob": (lambda c, box, h: c.copy_blob(box, "b", source(c, box), h), 202),
    "CopyBlobFromURL": (lambda c, box, h: c.copy_blob_from_url(box, "b", source(c, box), h), 202),
    "PutBlobFromURL": (lambda c, box, h: c.put_blob_from_url(box, "b", source(c, box), h), 201),
    "PutBlockFromURL": (
        lambda c, box, h: c.put_block_from_url(box, "b", block_id(1), source(c, box), h), 201
    ),
    "DeleteBlob": (lambda c, box, h: c.delete_blob(box, "b", h), 202),
}
READS: dict[str, tuple[Write, int]] = {
    "GetBlob": (lambda c, box, h: c.get_blob(box, "b", h), 200),
    "GetBlobProperties": (lambda c, box, h: c.get_blob_properties(box, "b", h), 200),
    "GetBlobMetadata": (lambda c, box, h: c.get_blob_metadata(box, "b", h), 200),
    "GetBlobTags": (lambda c, box, h: c.get_blob_tags(box, "b", h), 200),
    "GetBlockList": (lambda c, box, h: c.get_block_list(box, "b", "all", h), 200),
    "SnapshotBlob": (lambda c, box, h: c.snapshot_blob(box, "b", h), 201),
}
WITH_A, WITH_B = {"x-ms-lease-id": A}, {"x-ms-lease-id": B}


@pytest.mark.parametrize("name", WRITES)
@pytest.mark.parametrize("breaking", [False, True])
def test_a_leased_blob_is_written_by_its_holder(
    client: BlobClient, container: str, blob: str, name: str, breaking: bool
) -> None:
    write, status = WRITES[name]
    expect_error(write(client, container, WITH_A), 412, "LeaseNotPresentWithBlobOperation")
    expect(client.lease_blob(container, blob, "acquire", duration="-1", proposed=A), 201)
    if breaking:
        expect(client.lease_blob(container, blob, "break", break_period="60"), 202)
    expect_error(write(client, container, {}), 412, "LeaseIdMissing")
    expect_error(write(client, container, WITH_B), 412, "LeaseIdMismatchWithBlobOperation")
    state = shown(client, container)
    expect(write(client, container, WITH_A), status)
    if name != "DeleteBlob":
        assert shown(client, container) == state


@pytest.mark.parametrize("name", WRITES)
def test_a_write_forgets_a_lease_that_has_ended(
    client: BlobClient, container: str, blob: str, name: str
) -> None:
    write, status = WRITES[name]
    expect(client.lease_blob(container, blob, "acquire", duration="-1", proposed=A), 201)
    expect(client.lease_blob(container, blob, "break"), 202)
    expect_error(write(client, container, WITH_A), 412, "LeaseLost")
    expect_error(write(client, container, WITH_B), 412, "LeaseLost")
    expect(write(client, container, {}), status)
    if name != "DeleteBlob":
        assert shown(client, container) == ("unlocked", "available", None)
        expect_error(write(client, container, WITH_A), 412, "LeaseNotPresentWithBlobOperation")


@pytest.mark.parametrize("name", READS)
def test_a_leased_blob_is_read_by_all(
    client: BlobClient, container: str, blob: str, name: str
) -> None:
    read, status = READS[name]
    expect_error(read(client, container, WITH_A), 412, "LeaseNotPresentWithBlobOperation")
    expect(client.lease_blob(container, blob, "acquire", duration="-1", proposed=A), 201)
    expect(read(client, container, {}), status)
    expect(read(client, container, WITH_A), status)
    expect_error(read(client, container, WITH_B), 412, "LeaseIdMismatchWithBlobOperation")
    expect(client.lease_blob(container, blob, "break"), 202)
    expect(read(client, container, {}), status)
    expect_error(read(client, container, WITH_A), 412, "LeaseLost")


def test_a_snapshot_is_not_leased(client: BlobClient, container: str, blob: str) -> None:
    """Nor does the lease of its blob keep it, and the blob stays leased."""
    expect(client.lease_blob(container, blob, "acquire", duration="-1", proposed=A), 201)
    time = expect(client.snapshot_blob(container, blob), 201)["x-ms-snapshot"]
    assert time is not None
    assert shown(client, container) == ("locked", "leased", "infinite")
    for read in (client.get_blob, client.get_blob_properties):
        response = expect(read(container, blob, snapshot=time), 200)
        assert [name for name in response.headers if name.lower().startswith("x-ms-lease")] == []
        held = read(container, blob, WITH_A, snapshot=time)
        expect_error(held, 412, "LeaseNotPresentWithBlobOperation")
    page = client.list_blobs(container, prefix=blob, include="snapshots").xml()
    listed = {e.findtext("Snapshot"): e.find("Properties") for e in page.iter("Blob")}
    assert listed[time].find("LeaseState") is None and listed[None].find("LeaseState") is not None
    both = {"x-ms-delete-snapshots": "include"}
    expect_error(client.delete_blob(container, blob, both), 412, "LeaseIdMissing")
    only = {"x-ms-delete-snapshots": "only"}
    expect_error(client.delete_blob(container, blob, only), 412, "LeaseIdMissing")
    expect(client.delete_blob(container, blob, snapshot=time), 202)
    expect(client.delete_blob(container, blob, both | WITH_A), 202)


def test_the_lease_is_asked_before_conditions(
    client: BlobClient, container: str, blob: str
) -> None:
    expect(client.lease_blob(container, blob, "acquire", duration="15"), 201)
    response = client.put_blob(container, blob, b"x", {"If-None-Match": "*"})
    expect_error(response, 412, "LeaseIdMissing")


def test_it_expires_by_itself(client: BlobClient, container: str, blob: str) -> None:
    """Also as the record cache shows it, which has seen it leased."""
    expect(client.lease_blob(container, blob, "acquire", duration="15", proposed=A), 201)
    expect(client.put_blob(container, "kept", b"x"), 201)
    expect(client.lease_blob(container, "kept", "acquire", duration="15", proposed=A), 201)
    assert shown(client, container) == ("locked", "leased", "fixed")
    time.sleep(15.2)
    assert shown(client, container) == ("unlocked", "expired", None)
    expect_error(client.set_blob_metadata(container, blob, WITH_A), 412, "LeaseLost")
    expect_error(client.get_blob(container, blob, WITH_A), 412, "LeaseLost")
    # Nobody has written meanwhile, so its holder may have it back; elsewhere somebody has.
    expect(client.lease_blob(container, blob, "renew", id=A), 200)
    assert shown(client, container) == ("locked", "leased", "fixed")
    expect(client.set_blob_metadata(container, "kept"), 200)
    late = client.lease_blob(container, "kept", "renew", id=A)
    expect_error(late, 409, "LeaseIdMismatchWithLeaseOperation")


def test_an_archived_blob_can_be_leased(client: BlobClient, container: str, blob: str) -> None:
    expect(client.set_blob_tier(container, blob, "Archive"), 200)
    expect(client.lease_blob(container, blob, "acquire", duration="15", proposed=A), 201)
    expect_error(client.set_blob_tier(container, blob, "Hot"), 412, "LeaseIdMissing")
    expect(client.set_blob_tier(container, blob, "Hot", WITH_A), 202)


def test_as_it_was_before_2012(
    new_client: Callable[..., BlobClient], container: str, blob: str
) -> None:
    """A lease of a minute, without choices."""
    old = new_client(version="2011-08-18", sas=account_sas(DEVELOPMENT_ACCOUNT))
    acquired = expect(old.lease_blob(container, blob, "acquire"), 201)
    lease = acquired["x-ms-lease-id"]
    assert lease is not None
    head = expect(old.get_blob_properties(container, blob), 200)
    assert (head["x-ms-lease-status"], head["x-ms-lease-state"]) == ("locked", None)
    changed = old.lease_blob(container, blob, "change", id=lease, proposed=B)
    expect_error(changed, 400, "InvalidHeaderValue")
    left = expect(old.lease_blob(container, blob, "break"), 202)["x-ms-lease-time"]
    assert left is not None and 50 <= int(left) <= 60
    expect(new_client().lease_blob(container, blob, "release", id=lease), 200)


def test_what_a_sas_permits(
    new_client: Callable[..., BlobClient], container: str, blob: str
) -> None:
    def holder(permissions: str, version: str = "2021-12-02") -> BlobClient:
        path = f"/{container}/{blob}"
        return new_client(sas=service_sas(DEVELOPMENT_ACCOUNT, path, permissions, sv=version))

    denied = (403, "AuthorizationPermissionMismatch")
    for letters in ("r", "d", "c", "a"):
        response = holder(letters).lease_blob(container, blob, "acquire", duration="15")
        expect_error(response, *denied)
    acquire = holder("w").lease_blob(container, blob, "acquire", duration="15", proposed=A)
    expect(acquire, 201)
    expect_error(holder("d").lease_blob(container, blob, "release", id=A), *denied)
    expect_error(holder("r").lease_blob(container, blob, "break"), *denied)
    expect_error(holder("d", "2017-04-17").lease_blob(container, blob, "break"), *denied)
    expect(holder("d", "2017-07-29").lease_blob(container, blob, "break", break_period="20"), 202)
    expect(holder("w").lease_blob(container, blob, "break"), 202)


def test_it_survives_a_kill(new_server: Callable[..., LapisServer]) -> None:
    server = new_server().start()

    def owner() -> BlobClient:
        return BlobClient(server.endpoint, DEVELOPMENT_ACCOUNT.name, DEVELOPMENT_ACCOUNT)

    client = owner()
    expect(client.create_container("box"), 201)
    for name, duration in (("short", "15"), ("long", "60"), ("endless", "-1"), ("gone", "15")):
        expect(client.put_blob("box", name, b"x"), 201)
        expect(client.lease_blob("box", name, "acquire", duration=duration, proposed=A), 201)
    expect(client.lease_blob("box", "endless", "break", break_period="60"), 202)
    time.sleep(15.1)
    assert shown(client, "box", "short") == ("unlocked", "expired", None)
    server.kill()
    server.start()
    client = owner()
    assert shown(client, "box", "short") == ("unlocked", "expired", None)
    assert shown(client, "box", "long") == ("locked", "leased", "fixed")
    assert shown(client, "box", "endless") == ("locked", "breaking", None)
    expect_error(client.put_blob("box", "long", b"y"), 412, "LeaseIdMissing")
    expect(client.put_blob("box", "gone", b"y"), 201)
    server.restart()
    client = owner()
    assert shown(client, "box", "gone") == ("unlocked", "available", None)
    expect(client.put_blob("box", "long", b"y", WITH_A), 201)


def test_one_of_many_acquirers_wins(
    new_client: Callable[..., BlobClient], client: BlobClient, container: str
) -> None:
    for number in range(100):
        name = f"b{number}"
        expect(client.put_blob(container, name, b"x"), 201)

        def acquire(other: BlobClient, _: int, name: str = name) -> Response:
            return other.lease_blob(container, name, "acquire", duration="60")

        assert race(new_client, acquire) == [201] + [409] * 11
