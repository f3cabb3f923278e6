"""Get and Set Container ACL, and signatures that name a stored access policy."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta, timezone

import pytest

from azure_client import Response, expect, expect_error, md5_header
from blob_client import CONTAINER, BlobClient
from sas import account_sas, service_sas
from signing import DEVELOPMENT_ACCOUNT as OWNER
from signing import http_date, sas_time

ACL = [*CONTAINER, ("comp", "acl")]
HOUR = timedelta(hours=1)
PAST = http_date(datetime.now(timezone.utc) - HOUR)
FUTURE = http_date(datetime.now(timezone.utc) + HOUR)


def policy(name: str, permission: str = "", expiry: str = "", start: str = "") -> str:
    fields = f"<Start>{start}</Start>" if start else ""
    fields += f"<Expiry>{expiry}</Expiry>" if expiry else ""
    fields += f"<Permission>{permission}</Permission>" if permission else ""
    return f"<SignedIdentifier><Id>{name}</Id><AccessPolicy>{fields}</AccessPolicy></SignedIdentifier>"


def document(*policies: str) -> bytes:
    inside = "".join(policies)
    return f'<?xml version="1.0" encoding="utf-8"?><SignedIdentifiers>{inside}</SignedIdentifiers>'.encode()


def set_acl(
    client: BlobClient, container: str, body: bytes = b"", headers: dict[str, str] | None = None
) -> Response:
    return client.request("PUT", client.path(container), ACL, headers, body)


def get_acl(client: BlobClient, container: str, method: str = "GET", headers: dict[str, str] | None = None) -> Response:
    return client.request(method, client.path(container), ACL, headers)


def test_what_is_set_is_shown(client: BlobClient, container: str) -> None:
    before = expect(get_acl(client, container), 200)
    assert before.body.endswith(b"<SignedIdentifiers />")
    assert before["Content-Type"] == "application/xml"
    sent = document(
        policy("one", "rwd", "2031-06-11T20:00:00Z", "2021-06-11"), policy("&lt;zwei ü&gt;"), policy("x" * 64, "rl")
    )
    changed = expect(set_acl(client, container, sent), 200)
    assert changed.body == b"" and changed["ETag"] != before["ETag"]
    shown = expect(get_acl(client, container), 200)
    assert (shown["ETag"], shown["Last-Modified"]) == (changed["ETag"], changed["Last-Modified"])
    assert shown["x-ms-blob-public-access"] is None
    found = [
        (entry.findtext("Id"), *(entry.findtext(f"AccessPolicy/{name}") for name in ("Start", "Expiry", "Permission")))
        for entry in shown.xml().findall("SignedIdentifier")
    ]
    assert found == [
        ("one", "2021-06-11T00:00:00.0000000Z", "2031-06-11T20:00:00.0000000Z", "rwd"),
        ("<zwei ü>", None, None, None),
        ("x" * 64, None, None, "rl"),
    ]
    head = expect(get_acl(client, container, "HEAD"), 200)
    assert (head.body, head["ETag"]) == (b"", changed["ETag"])
    # What is shown can be sent back.
    expect(set_acl(client, container, shown.body), 200)
    assert expect(get_acl(client, container), 200).body == shown.body
    for nothing in (b"", document(), b"<SignedIdentifiers />"):
        expect(set_acl(client, container, document(policy("one", "r"))), 200)
        expect(set_acl(client, container, nothing), 200)
        assert get_acl(client, container).body.endswith(b"<SignedIdentifiers />")


def test_it_leaves_metadata_and_blobs_alone(client: BlobClient, container: str) -> None:
    expect(client.set_container_metadata(container, {"x-ms-meta-a": "1"}), 200)
    expect(client.put_blob(container, "b", b"x"), 201)
    expect(set_acl(client, container, document(policy("one", "r"))), 200)
    assert client.get_container_metadata(container).metadata() == {"a": "1"}
    expect(client.set_container_metadata(container, {"x-ms-meta-a": "2"}), 200)
    assert b"<Id>one</Id>" in get_acl(client, container).body
    assert client.names(container) == ["b"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"<SignedIdentifiers>", "InvalidXmlDocument"),
        (b"<Other />", "InvalidXmlDocument"),
        (document(*(policy(str(n), "r") for n in range(6))), "InvalidXmlDocument"),
        (document(policy("a", "r"), policy("a", "l")), "InvalidXmlDocument"),
        (document("text"), "InvalidXmlDocument"),
        (document("<SignedIdentifier><AccessPolicy /></SignedIdentifier>"), "MissingRequiredXmlNode"),
        (document("<Other />"), "UnsupportedXmlNode"),
        (document("<SignedIdentifier><Id>a</Id><Other /></SignedIdentifier>"), "UnsupportedXmlNode"),
        (document(policy("", "r")), "InvalidXmlDocument"),
        (document(policy("x" * 65, "r")), "InvalidXmlDocument"),
        (document(policy("a", "rq")), "InvalidXmlNodeValue"),
        (document(policy("a", "r", "tomorrow")), "InvalidXmlNodeValue"),
        (document(policy("a", "r", start="2021-02-30")), "InvalidXmlNodeValue"),
    ],
)
def test_documents_that_are_none(client: BlobClient, container: str, body: bytes, code: str) -> None:
    expect(set_acl(client, container, document(policy("kept", "r"))), 200)
    expect_error(set_acl(client, container, body), 400, code)
    assert b"<Id>kept</Id>" in get_acl(client, container).body


@pytest.mark.parametrize("name", ["", "x" * 65, "\u00fc" * 65])
def test_an_id_has_1_to_64_characters(client: BlobClient, container: str, name: str) -> None:
    refused = expect_error(set_acl(client, container, document(policy(name, "r"))), 400, "InvalidXmlDocument")
    reason = "Signed identifier ID cannot be empty or over 64 characters in length"
    assert refused.error_field("Reason") == reason
    expect(set_acl(client, container, document(policy("\u00fc" * 64, "r"))), 200)


def test_errors(client: BlobClient, container: str) -> None:
    expect_error(get_acl(client, "absent"), 404, "ContainerNotFound")
    assert get_acl(client, "absent", "HEAD").error_code == "ContainerNotFound"
    expect_error(set_acl(client, "absent", document()), 404, "ContainerNotFound")
    large = set_acl(client, container, document() + b" " * (17 << 10))
    assert expect_error(large, 413, "RequestBodyTooLarge").error_field("MaxLimit") == "16384"
    wrong = set_acl(client, container, document(), {"Content-MD5": md5_header(b"other")})
    expect_error(wrong, 400, "Md5Mismatch")
    for level in ("blobs", "private"):
        answer = set_acl(client, container, document(), {"x-ms-blob-public-access": level})
        expect_error(answer, 400, "InvalidHeaderValue")
        assert answer.error_field("HeaderName") == "x-ms-blob-public-access"


def test_permissions_newer_than_the_version(
    client: BlobClient, new_client: Callable[..., BlobClient], container: str
) -> None:
    old, first = new_client(version="2014-02-14"), new_client(version="2015-04-05")
    for letters in ("c", "a", "rcwd", "rawdl"):
        expect(set_acl(client, container, document(policy("one", "r"), policy("two", letters))), 200)
        expect_error(get_acl(old, container), 409, "FeatureVersionMismatch")
        assert get_acl(old, container, "HEAD").error_code == "FeatureVersionMismatch"
        for knowing in (first, client):
            assert f"<Permission>{letters}</Permission>".encode() in expect(get_acl(knowing, container), 200).body
    expect(set_acl(client, container, document(policy("one", "rwdl"), policy("two"))), 200)
    assert b"rwdl" in expect(get_acl(old, container), 200).body


def test_a_lease_id_needs_a_lease(client: BlobClient, container: str) -> None:
    sent = {"x-ms-lease-id": str(uuid.uuid4())}
    code = "LeaseNotPresentWithContainerOperation"
    expect_error(set_acl(client, container, document(), sent), 412, code)
    expect_error(get_acl(client, container, headers=sent), 412, code)


def test_dates_are_its_conditions(client: BlobClient, container: str) -> None:
    one = document(policy("one", "r"))
    for headers, status in (
        ({"If-Modified-Since": PAST}, 200),
        ({"If-Modified-Since": FUTURE}, 412),
        ({"If-Unmodified-Since": FUTURE}, 200),
        ({"If-Unmodified-Since": PAST}, 412),
    ):
        expect(set_acl(client, container), 200)
        assert set_acl(client, container, one, headers).status == status, headers
        assert (b"<Id>one</Id>" in get_acl(client, container).body) == (status == 200)
    for headers in ({"If-Match": "*"}, {"If-None-Match": '"0x1"'}):
        refused = set_acl(client, container, one, headers)
        expect_error(refused, 400, "ConditionHeadersNotSupported")


def test_no_signature_will_do(new_client: Callable[..., BlobClient], container: str) -> None:
    everything = "racwdxyltmeopif"
    for token in (account_sas(OWNER, everything), service_sas(OWNER, f"/{container}", everything)):
        client = new_client(sas=token)
        expect_error(get_acl(client, container), 403, "AuthorizationFailure")
        expect_error(set_acl(client, container), 403, "AuthorizationFailure")


# Signatures by policy


@pytest.fixture
def filled(client: BlobClient, container: str) -> str:
    expect(client.put_blob(container, "b", b"content"), 201)
    return container


def by_policy(container: str, name: str = "one", blob: str = "", **fields: str) -> dict[str, str]:
    path = f"/{container}/{blob}" if blob else f"/{container}"
    return service_sas(OWNER, path, fields.pop("sp", ""), **({"se": "", "si": name} | fields))


def test_a_policy_grants_until_it_is_gone(
    client: BlobClient, new_client: Callable[..., BlobClient], filled: str
) -> None:
    whole, single = new_client(sas=by_policy(filled)), new_client(sas=by_policy(filled, blob="b"))
    expect_error(single.get_blob(filled, "b"), 403, "AuthenticationFailed")
    expect(set_acl(client, filled, document(policy("other", "r"), policy("one", "rl", sas_time(HOUR)))), 200)
    assert expect(single.get_blob(filled, "b"), 200).body == b"content"
    assert expect(whole.get_blob(filled, "b"), 200).body == b"content"
    expect(whole.list_blobs(filled), 200)
    expect_error(whole.delete_blob(filled, "b"), 403, "AuthorizationPermissionMismatch")
    # Less, more, nothing: in force at once, and for connections that are open.
    expect(set_acl(client, filled, document(policy("one", "l", sas_time(HOUR)))), 200)
    expect_error(single.get_blob(filled, "b"), 403, "AuthorizationPermissionMismatch")
    expect(set_acl(client, filled, document(policy("one", "rd", sas_time(HOUR)))), 200)
    expect(single.get_blob(filled, "b"), 200)
    expect(set_acl(client, filled, document(policy("one", "rd", sas_time(-HOUR)))), 200)
    expired = expect_error(single.get_blob(filled, "b"), 403, "AuthenticationFailed")
    assert "not valid in the specified time frame" in (expired.error_field("AuthenticationErrorDetail") or "")
    expect(set_acl(client, filled, document(policy("other", "rd", sas_time(HOUR)))), 200)
    expect_error(single.get_blob(filled, "b"), 403, "AuthenticationFailed")
    expect_error(whole.delete_blob(filled, "b"), 403, "AuthenticationFailed")
    expect(client.get_blob(filled, "b"), 200)


SOON, LATE, EARLY = sas_time(HOUR), sas_time(2 * HOUR), sas_time(-HOUR)


@pytest.mark.parametrize(
    ("stored", "token", "status"),
    [
        (policy("one", "r", SOON), {}, 200),
        (policy("one", "r"), {"se": SOON}, 200),
        (policy("one", "", SOON), {"sp": "r"}, 200),
        (policy("one"), {"sp": "r", "se": SOON}, 200),
        (policy("one"), {"sp": "r", "se": SOON, "st": EARLY}, 200),
        (policy("one", "r", SOON, EARLY), {}, 200),
        (policy("one", "r", SOON), {"st": EARLY}, 200),
        # In two places, or in none.
        (policy("one", "r", SOON), {"sp": "r"}, 403),
        (policy("one", "r", SOON), {"se": SOON}, 403),
        (policy("one", "r", SOON, EARLY), {"st": EARLY}, 403),
        (policy("one", "r"), {}, 403),
        (policy("one", "", SOON), {}, 403),
        # Not now.
        (policy("one", "r", LATE, SOON), {}, 403),
        (policy("one", "r", EARLY), {}, 403),
        (policy("one", "r", EARLY), {"st": EARLY}, 403),
        # Of other names.
        (policy("One", "r", SOON), {}, 403),
        (policy("one ", "r", SOON), {}, 200),  # blanks around an element's text are none of it
    ],
)
def test_each_field_has_one_place(
    client: BlobClient,
    new_client: Callable[..., BlobClient],
    filled: str,
    stored: str,
    token: dict[str, str],
    status: int,
) -> None:
    expect(set_acl(client, filled, document(stored)), 200)
    answer = new_client(sas=by_policy(filled, blob="b", **token)).get_blob(filled, "b")
    assert answer.status == status, answer
    assert status == 200 or answer.error_code == "AuthenticationFailed"


def test_what_names_a_policy_is_signed(
    client: BlobClient, new_client: Callable[..., BlobClient], filled: str
) -> None:
    expect(set_acl(client, filled, document(policy("one", "r", SOON), policy("two", "rwd", SOON))), 200)
    token = by_policy(filled, blob="b")
    expect(new_client(sas=token).get_blob(filled, "b"), 200)
    for changed in (token | {"si": "two"}, token | {"sp": "r"}, token | {"se": LATE}, token | {"sig": "AAAA"}):
        answer = new_client(sas=changed).get_blob(filled, "b")
        expect_error(answer, 403, "AuthenticationFailed")
    # One of an account has no policies.
    of_account = account_sas(OWNER, "r", si="one")
    expect_error(new_client(sas=of_account).get_blob(filled, "b"), 403, "AuthenticationFailed")


def test_policies_of_another_container_do_not_count(
    client: BlobClient, new_client: Callable[..., BlobClient], filled: str
) -> None:
    other = f"other-{uuid.uuid4().hex[:8]}"
    expect(client.create_container(other), 201)
    expect(set_acl(client, other, document(policy("one", "r", SOON))), 200)
    answer = new_client(sas=by_policy(filled, blob="b")).get_blob(filled, "b")
    expect_error(answer, 403, "AuthenticationFailed")
    expect(client.delete_container(other), 202)
    # Nor does a container that is gone, or was made anew.
    expect_error(new_client(sas=by_policy(other)).list_blobs(other), 403, "AuthenticationFailed")
    expect(client.create_container(other), 201)
    expect_error(new_client(sas=by_policy(other)).list_blobs(other), 403, "AuthenticationFailed")
    expect(client.delete_container(other), 202)
