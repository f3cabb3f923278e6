"""Lease Container, which guards a container's deletion and nothing else."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from xml.etree.ElementTree import Element

import pytest

from azure_client import Response, expect, expect_error
from blob_client import CONTAINER, BlobClient
from lapis_server import LapisServer
from racing import race
from sas import account_sas, service_sas
from signing import DEVELOPMENT_ACCOUNT

A = "11111111-aaaa-4aaa-8aaa-111111111111"
B = "22222222-bbbb-4bbb-8bbb-222222222222"
WITH_A, WITH_B = {"x-ms-lease-id": A}, {"x-ms-lease-id": B}
PAST, FUTURE = "Mon, 01 Jan 2001 00:00:00 GMT", "Wed, 01 Jan 2098 00:00:00 GMT"


def shown(client: BlobClient, container: str) -> tuple[str | None, ...]:
    """Status, state and duration, which a read and a listing agree on."""
    head = expect(client.get_container_properties(container, "HEAD"), 200)
    listed = client.list_containers(prefix=container).xml().find("Containers/Container/Properties")
    assert isinstance(listed, Element)
    names = ("LeaseStatus", "LeaseState", "LeaseDuration")
    headers = tuple(
        head[name] for name in ("x-ms-lease-status", "x-ms-lease-state", "x-ms-lease-duration")
    )
    assert headers == tuple(listed.findtext(name) for name in names)
    return headers


@pytest.fixture
def box(client: BlobClient, container: str) -> str:
    """A container that may be left leased."""
    name = container + "-leased"
    expect(client.create_container(name), 201)
    return name


def test_a_life_of_a_lease(client: BlobClient, box: str) -> None:
    before = expect(client.get_container_properties(box), 200)

    def unchanged(response: Response) -> Response:
        for name in ("ETag", "Last-Modified"):
            assert response[name] == before[name]
        return response

    assert shown(client, box) == ("unlocked", "available", None)
    acquired = unchanged(expect(client.lease_container(box, "acquire", duration="-1"), 201))
    lease = acquired["x-ms-lease-id"]
    assert lease is not None and str(uuid.UUID(lease)) == lease
    assert shown(client, box) == ("locked", "leased", "infinite")
    renewed = unchanged(expect(client.lease_container(box, "renew", id=lease), 200))
    assert renewed["x-ms-lease-id"] == lease
    changed = client.lease_container(box, "change", id=lease, proposed="{" + A + "}")
    assert unchanged(expect(changed, 200))["x-ms-lease-id"] == A
    again = client.lease_container(box, "acquire", duration="60", proposed=A)
    assert unchanged(expect(again, 201))["x-ms-lease-id"] == A
    assert shown(client, box) == ("locked", "leased", "fixed")
    breaking = client.lease_container(box, "break", break_period="10")
    assert unchanged(expect(breaking, 202))["x-ms-lease-time"] == "10"
    assert shown(client, box) == ("locked", "breaking", None)
    expect(client.lease_container(box, "break", break_period="0"), 202)
    assert shown(client, box) == ("unlocked", "broken", None)
    unchanged(expect(client.lease_container(box, "release", id=A), 200))
    assert shown(client, box) == ("unlocked", "available", None)


def test_a_leased_container_shows_it_in_headers(client: BlobClient, box: str) -> None:
    names = ("x-ms-lease-status", "x-ms-lease-state", "x-ms-lease-duration")
    expect(client.lease_container(box, "acquire", duration="60"), 201)
    response = expect(client.get_container_properties(box), 200)
    assert [response[name] for name in names] == ["locked", "leased", "fixed"]


def test_refusals_of_actions(client: BlobClient, box: str) -> None:
    def refused(response: Response, code: str) -> None:
        expect_error(response, 409, code)
        assert "blob" not in (response.error_field("Message") or "")

    refused(client.lease_container(box, "break"), "LeaseNotPresentWithLeaseOperation")
    refused(client.lease_container(box, "renew", id=A), "LeaseIdMismatchWithLeaseOperation")
    expect(client.lease_container(box, "acquire", duration="15", proposed=A), 201)
    refused(client.lease_container(box, "acquire", duration="15"), "LeaseAlreadyPresent")
    refused(client.lease_container(box, "release", id=B), "LeaseIdMismatchWithLeaseOperation")
    expect(client.lease_container(box, "break", break_period="5"), 202)
    refused(
        client.lease_container(box, "change", id=A, proposed=B), "LeaseIsBreakingAndCannotBeChanged"
    )
    refused(client.lease_container(box, "renew", id=A), "LeaseIsBrokenAndCannotBeRenewed")
    refused(
        client.lease_container(box, "acquire", duration="15", proposed=A),
        "LeaseIsBreakingAndCannotBeAcquired",
    )
    missing = client.lease_container(box + "-none", "acquire", duration="15")
    expect_error(missing, 404, "ContainerNotFound")


@pytest.mark.parametrize(
    ("action", "headers", "code"),
    [
        ("", {}, "MissingRequiredHeader"),
        ("acquire", {}, "MissingRequiredHeader"),
        ("acquire", {"duration": "10"}, "InvalidHeaderValue"),
        ("acquire", {"duration": "15", "proposed": "x"}, "InvalidHeaderValue"),
        ("change", {"id": A}, "MissingRequiredHeader"),
        ("release", {}, "MissingRequiredHeader"),
        ("break", {"break_period": "x"}, "InvalidHeaderValue"),
        ("acquire", {"duration": "15", "If-Match": "*"}, "ConditionHeadersNotSupported"),
    ],
)
def test_headers_that_are_no_action(
    client: BlobClient, container: str, action: str, headers: dict[str, str], code: str
) -> None:
    expect_error(client.lease_container(container, action, **headers), 400, code)
    assert shown(client, container) == ("unlocked", "available", None)


def test_it_guards_deletion(client: BlobClient, box: str) -> None:
    expect(client.lease_container(box, "acquire", duration="-1", proposed=A), 201)
    expect_error(client.delete_container(box), 412, "LeaseIdMissing")
    response = client.delete_container(box, WITH_B)
    expect_error(response, 412, "LeaseIdMismatchWithContainerOperation")
    expect(client.delete_container(box, WITH_A), 202)
    # A container of the same name is another one.
    expect(client.create_container(box), 201)
    assert shown(client, box) == ("unlocked", "available", None)
    expect(client.lease_container(box, "acquire", duration="-1", proposed=A), 201)
    expect(client.lease_container(box, "break"), 202)
    expect_error(client.delete_container(box, WITH_A), 412, "LeaseLost")
    expect(client.delete_container(box), 202)


def test_other_operations_only_have_to_be_right(client: BlobClient, box: str) -> None:
    def properties(headers: dict[str, str]) -> Response:
        return client.request("GET", client.path(box), CONTAINER, headers)

    uses: list[tuple[Callable[[dict[str, str]], Response], int]] = [
        (properties, 200),
        (lambda headers: client.get_container_metadata(box, "GET", headers), 200),
        (lambda headers: client.set_container_metadata(box, headers), 200),
    ]
    code = "LeaseNotPresentWithContainerOperation"
    for use, _ in uses:
        expect_error(use(WITH_A), 412, code)
    expect(client.lease_container(box, "acquire", duration="-1", proposed=A), 201)
    for use, status in uses:
        expect(use({}), status)
        expect(use(WITH_A), status)
        expect_error(use(WITH_B), 412, "LeaseIdMismatchWithContainerOperation")
    expect(client.lease_container(box, "break"), 202)
    for use, status in uses:
        expect(use({}), status)
        expect_error(use(WITH_A), 412, "LeaseLost")
    assert shown(client, box) == ("unlocked", "broken", None)
    # What is in it is not guarded, nor does it guard the container.
    expect(client.lease_container(box, "acquire", duration="-1"), 201)
    expect(client.put_blob(box, "b", b"x"), 201)
    expect(client.put_blob(box, "b", b"y"), 201)
    expect(client.delete_blob(box, "b"), 202)


def test_leased_blobs_do_not_keep_their_container(client: BlobClient, box: str) -> None:
    expect(client.put_blob(box, "b", b"x"), 201)
    expect(client.lease_blob(box, "b", "acquire", duration="-1"), 201)
    expect(client.delete_container(box), 202)


def test_conditions(client: BlobClient, box: str) -> None:
    def acquire(**conditions: str) -> Response:
        return client.lease_container(box, "acquire", duration="15", proposed=A, **conditions)

    expect_error(acquire(**{"If-Modified-Since": FUTURE}), 412, "ConditionNotMet")
    expect_error(acquire(**{"If-Unmodified-Since": PAST}), 412, "ConditionNotMet")
    expect(acquire(**{"If-Modified-Since": PAST}), 201)
    expect(acquire(**{"If-Unmodified-Since": FUTURE}), 201)


def test_an_expired_one_may_be_renewed_after_a_change(client: BlobClient, box: str) -> None:
    expect(client.lease_container(box, "acquire", duration="15", proposed=A), 201)
    time.sleep(15.2)
    assert shown(client, box) == ("unlocked", "expired", None)
    expect(client.set_container_metadata(box, {"x-ms-meta-a": "1"}), 200)
    assert shown(client, box) == ("unlocked", "expired", None)
    expect(client.lease_container(box, "renew", id=A), 200)
    assert shown(client, box) == ("locked", "leased", "fixed")


def test_it_survives_a_kill(new_server: Callable[..., LapisServer]) -> None:
    server = new_server().start()

    def owner() -> BlobClient:
        return BlobClient(server.endpoint, DEVELOPMENT_ACCOUNT.name, DEVELOPMENT_ACCOUNT)

    client = owner()
    states = {
        "short": ("unlocked", "expired", None),
        "long": ("locked", "leased", "fixed"),
        "endless": ("locked", "leased", "infinite"),
        "breaking": ("locked", "breaking", None),
        "broken": ("unlocked", "broken", None),
    }
    for name in states:
        duration = {"short": "15", "long": "60"}.get(name, "-1")
        expect(client.create_container(name), 201)
        expect(client.lease_container(name, "acquire", duration=duration, proposed=A), 201)
    expect(client.lease_container("breaking", "break", break_period="60"), 202)
    expect(client.lease_container("broken", "break"), 202)
    time.sleep(15.1)
    for end in (server.kill, server.stop):
        assert {name: shown(client, name) for name in states} == states
        end()
        server.start()
        client = owner()
    assert {name: shown(client, name) for name in states} == states
    for name in ("long", "endless", "breaking"):
        expect_error(client.delete_container(name), 412, "LeaseIdMissing")
        expect(client.delete_container(name, WITH_A), 202)
    expect_error(client.delete_container("broken", WITH_A), 412, "LeaseLost")
    expect(client.lease_container("short", "renew", id=A), 200)


def test_versions_before_2012_do_not_know_it(
    new_client: Callable[..., BlobClient], container: str
) -> None:
    old = new_client(version="2011-08-18", sas=account_sas(DEVELOPMENT_ACCOUNT))
    response = old.lease_container(container, "acquire", duration="15")
    expect_error(response, 400, "InvalidQueryParameterValue")


def test_what_a_sas_permits(new_client: Callable[..., BlobClient], box: str) -> None:
    service = new_client(sas=service_sas(DEVELOPMENT_ACCOUNT, f"/{box}", "rwdlac"))
    response = service.lease_container(box, "acquire", duration="15")
    expect_error(response, 403, "AuthorizationFailure")
    reader = new_client(sas=account_sas(DEVELOPMENT_ACCOUNT, "rla"))
    response = reader.lease_container(box, "acquire", duration="15")
    expect_error(response, 403, "AuthorizationPermissionMismatch")
    writer = new_client(sas=account_sas(DEVELOPMENT_ACCOUNT, "w"))
    expect(writer.lease_container(box, "acquire", duration="15", proposed=A), 201)
    deleter = new_client(sas=account_sas(DEVELOPMENT_ACCOUNT, "d"))
    expect(deleter.lease_container(box, "break"), 202)


def test_one_of_many_acquirers_wins(new_client: Callable[..., BlobClient], box: str) -> None:
    for _ in range(20):

        def acquire(other: BlobClient, _: int) -> Response:
            return other.lease_container(box, "acquire", duration="60")

        assert race(new_client, acquire) == [201] + [409] * 11
        expect(new_client().lease_container(box, "break", break_period="0"), 202)
