"""Shared access signatures: every field is enforced, and none may be changed after signing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from azure_client import Response, expect, expect_error
from blob_client import CONTAINER, BlobClient, block_id
from sas import Token, account_sas, service_sas
from signing import DEVELOPMENT_ACCOUNT, sas_time

OWNER = DEVELOPMENT_ACCOUNT

# Every operation on a blob or a container, and the letters that permit it: of a service SAS and of
# an account SAS. A container's own life is out of a service SAS's reach.
OPERATIONS: dict[str, tuple[Callable[[BlobClient, str], Response], str, str, str]] = {
    # name: call, letters of a service SAS, of an account SAS, srt of an account SAS
    "get_blob": (lambda c, n: c.get_blob(n, "b"), "r", "r", "o"),
    "head_blob": (lambda c, n: c.get_blob_properties(n, "b"), "r", "r", "o"),
    "get_block_list": (lambda c, n: c.get_block_list(n, "b", "all"), "r", "r", "o"),
    "get_blob_metadata": (lambda c, n: c.get_blob_metadata(n, "b"), "r", "r", "o"),
    "set_blob_metadata": (lambda c, n: c.set_blob_metadata(n, "b"), "w", "w", "o"),
    "set_blob_properties": (lambda c, n: c.set_blob_properties(n, "b"), "w", "w", "o"),
    "set_blob_tier": (lambda c, n: c.set_blob_tier(n, "b", "Cool"), "w", "w", "o"),
    "put_blob": (lambda c, n: c.put_blob(n, "b", b"new"), "w", "w", "o"),
    "create_blob": (lambda c, n: c.put_blob(n, "fresh", b"new"), "cw", "cw", "o"),
    "put_block": (lambda c, n: c.put_block(n, "b", block_id(9), b"new"), "w", "w", "o"),
    "put_block_list": (lambda c, n: c.put_block_list(n, "b", []), "w", "w", "o"),
    "delete_blob": (lambda c, n: c.delete_blob(n, "b"), "d", "d", "o"),
    "list_blobs": (lambda c, n: c.list_blobs(n), "l", "l", "c"),
    "get_container": (lambda c, n: c.get_container_properties(n), "", "r", "c"),
    "create_container": (lambda c, n: c.create_container(n + "x"), "", "cw", "c"),
    "delete_container": (lambda c, n: c.delete_container(n), "", "d", "c"),
    "list_containers": (lambda c, n: c.list_containers(), "", "l", "s"),
}
LETTERS = "racwdl"


@pytest.fixture
def filled(client: BlobClient, container: str) -> str:
    expect(client.put_blob(container, "b", b"content"), 201)
    return container


@pytest.mark.parametrize("operation", OPERATIONS)
def test_account_sas_letter_by_letter(
    new_client: Callable[..., BlobClient], client: BlobClient, filled: str, operation: str
) -> None:
    call, _, permitted, resource_type = OPERATIONS[operation]
    for letter in LETTERS:
        other = new_client(sas=account_sas(OWNER, letter, srt=resource_type))
        response = call(other, filled)
        if letter in permitted:
            assert response.status < 300, (letter, response)
            client.create_container(filled)
            client.delete_blob(filled, "fresh")
            client.delete_container(filled + "x")
            expect(client.put_blob(filled, "b", b"content"), 201)
        else:
            expected = ("AuthorizationPermissionMismatch", "UnauthorizedBlobOverwrite")
            assert response.status == 403 and response.error_code in expected, (letter, response)


@pytest.mark.parametrize("operation", [name for name in OPERATIONS if OPERATIONS[name][1]])
def test_container_sas_letter_by_letter(
    new_client: Callable[..., BlobClient], client: BlobClient, filled: str, operation: str
) -> None:
    call, permitted, _, _ = OPERATIONS[operation]
    for letter in LETTERS:
        response = call(new_client(sas=service_sas(OWNER, f"/{filled}", letter)), filled)
        if letter in permitted:
            assert response.status < 300, (letter, response)
            client.delete_blob(filled, "fresh")
            expect(client.put_blob(filled, "b", b"content"), 201)
        else:
            expected = ("AuthorizationPermissionMismatch", "UnauthorizedBlobOverwrite")
            assert response.status == 403 and response.error_code in expected, (letter, response)


@pytest.mark.parametrize("operation", [name for name in OPERATIONS if not OPERATIONS[name][1]])
def test_service_sas_never_reaches_containers(
    new_client: Callable[..., BlobClient], filled: str, operation: str
) -> None:
    call = OPERATIONS[operation][0]
    response = call(new_client(sas=service_sas(OWNER, f"/{filled}", "racwdl")), filled)
    assert response.status == 403, response
    # List Containers and Create Container are of no container that the token could name: there the
    # signature cannot match.
    assert response.error_code in ("AuthorizationFailure", "AuthenticationFailed"), response


def test_create_permits_no_overwrite(new_client: Callable[..., BlobClient], filled: str) -> None:
    creator = new_client(sas=service_sas(OWNER, f"/{filled}", "c"))
    expect_error(creator.put_blob(filled, "b", b"new"), 403, "UnauthorizedBlobOverwrite")
    expect(creator.put_blob(filled, "fresh", b"new"), 201)
    expect_error(creator.put_blob(filled, "fresh", b"newer"), 403, "UnauthorizedBlobOverwrite")


def test_a_blob_sas_is_for_that_blob(new_client: Callable[..., BlobClient], filled: str) -> None:
    reader = new_client(sas=service_sas(OWNER, f"/{filled}/b", "r"))
    assert expect(reader.get_blob(filled, "b"), 200).body == b"content"
    for other in (reader.get_blob(filled, "c"), reader.get_blob(filled, "b/c")):
        expect_error(other, 403, "AuthenticationFailed")
    assert reader.list_blobs(filled).status == 403


def test_names_are_signed_decoded(
    new_client: Callable[..., BlobClient], client: BlobClient, container: str
) -> None:
    for name in ("a b/ü+%41&=", "日本/語", "a//b"):
        expect(client.put_blob(container, name, b"x"), 201)
        reader = new_client(sas=service_sas(OWNER, f"/{container}/{name}", "r"))
        expect(reader.get_blob(container, name), 200)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"se": sas_time(timedelta(minutes=-1))}, "AuthenticationFailed"),
        ({"st": sas_time(timedelta(minutes=5))}, "AuthenticationFailed"),
        ({"st": sas_time(timedelta(hours=2))}, "AuthenticationFailed"),  # after se
        ({"se": "tomorrow"}, "AuthenticationFailed"),
        ({"st": "2026-13-01"}, "AuthenticationFailed"),
        ({"se": ""}, "AuthenticationFailed"),
        ({"sp": ""}, "AuthenticationFailed"),
        ({"sip": "192.0.2.7"}, "AuthorizationSourceIPMismatch"),
        ({"sip": "10.0.0.1-10.255.255.255"}, "AuthorizationSourceIPMismatch"),
        ({"spr": "https"}, "AuthorizationProtocolMismatch"),
        ({"spr": "http"}, "AuthenticationFailed"),
    ],
)
@pytest.mark.parametrize("kind", ["service", "account"])
def test_a_field_that_does_not_fit(
    new_client: Callable[..., BlobClient], filled: str, kind: str, fields: dict[str, str], code: str
) -> None:
    make = (
        account_sas if kind == "account" else lambda o, p, **f: service_sas(o, f"/{filled}", p, **f)
    )
    response = new_client(sas=make(OWNER, "r", **fields)).get_blob(filled, "b")
    expect_error(response, 403, code)


def test_a_version_that_never_was(new_client: Callable[..., BlobClient], filled: str) -> None:
    for token in (
        service_sas(OWNER, f"/{filled}", "r", sv="1999-01-01"),
        account_sas(OWNER, "r", sv="1999-01-01"),
        account_sas(OWNER, "r", sv="yesterday"),
    ):
        assert new_client(sas=token).get_blob(filled, "b").status in (400, 403)


@pytest.mark.parametrize(
    "fields",
    [
        {"st": sas_time(timedelta(hours=-1))},
        {"st": "2020-01-01", "se": "2999-12-31"},
        {"se": "2999-12-31T23:59Z"},
        {"sip": "127.0.0.1"},
        {"sip": "127.0.0.0-127.255.255.255"},
        {"spr": "https,http"},
    ],
)
@pytest.mark.parametrize("kind", ["service", "account"])
def test_a_field_that_fits(
    new_client: Callable[..., BlobClient], filled: str, kind: str, fields: dict[str, str]
) -> None:
    make = (
        account_sas if kind == "account" else lambda o, p, **f: service_sas(o, f"/{filled}", p, **f)
    )
    expect(new_client(sas=make(OWNER, "r", **fields)).get_blob(filled, "b"), 200)


@pytest.mark.parametrize(
    "version",
    [
        "2013-08-15",
        "2015-04-05",
        "2018-03-28",
        "2018-11-09",
        "2020-10-02",
        "2020-12-06",
        "2026-10-06",
    ],
)
def test_every_layout_of_the_string_to_sign(
    new_client: Callable[..., BlobClient], filled: str, version: str
) -> None:
    token = service_sas(OWNER, f"/{filled}/b", "r", sv=version, rscc="no-cache", rsct="text/x")
    response = expect(new_client(sas=token).get_blob(filled, "b"), 200)
    assert (response["Cache-Control"], response["Content-Type"]) == ("no-cache", "text/x")
    if version >= "2015-04-05":
        expect(new_client(sas=account_sas(OWNER, "r", sv=version)).get_blob(filled, "b"), 200)


def test_response_headers_of_the_token(
    new_client: Callable[..., BlobClient], filled: str
) -> None:
    given = {"rscc": "no-cache", "rscd": "inline", "rsce": "gzip", "rscl": "la", "rsct": "text/x"}
    shown = ["Cache-Control", "Content-Disposition", "Content-Encoding", "Content-Language"]
    reader = new_client(sas=service_sas(OWNER, f"/{filled}/b", "r", **given))
    for answer in (reader.get_blob(filled, "b"), reader.get_blob_properties(filled, "b")):
        expect(answer, 200)
        assert [answer[name] for name in (*shown, "Content-Type")] == list(given.values())


@pytest.mark.parametrize(
    "name",
    ["skoid", "sktid", "skt", "ske", "sks", "skv", "saoid", "suoid", "scid", "skdutid", "sduoid",
     "srh", "srq", "sdd", "ses"],
)  # fmt: skip
def test_signatures_that_are_not_built(
    new_client: Callable[..., BlobClient], filled: str, name: str
) -> None:
    """Named, and never taken for a service SAS with a parameter too many."""
    token = service_sas(OWNER, f"/{filled}/b", "r") | {name: "1"}
    response = new_client(sas=token).get_blob(filled, "b")
    expect_error(response, 403, "AuthenticationFailed")
    assert f"({name})" in (response.error_field("AuthenticationErrorDetail") or "")


def changed(token: Token, name: str) -> Token:
    """The token with one field raised after signing; without it where it was there to limit."""
    raised = {
        "sv": "2020-12-06", "sp": "racwdl", "se": "2999-01-01T00:00:00Z", "st": "2001-01-01T00:00:00Z",
        "sr": "c", "sip": "0.0.0.0-255.255.255.255", "spr": "https,http", "ss": "bfqt", "srt": "sco",
        "rscc": "public", "rsct": "text/html", "ses": "scope", "si": "policy",
    }  # fmt: skip
    return token | {name: raised[name]}


@pytest.mark.parametrize(
    "name", ["sv", "sp", "se", "st", "sr", "sip", "spr", "rscc", "rsct", "ses", "si"]
)
def test_a_service_sas_changed_after_signing(
    new_client: Callable[..., BlobClient], filled: str, name: str
) -> None:
    token = service_sas(
        OWNER, f"/{filled}/b", "r", st=sas_time(timedelta(hours=-1)), sip="127.0.0.1", spr="https,http",
        rscc="private",
    )  # fmt: skip
    expect(new_client(sas=token).get_blob(filled, "b"), 200)
    token = changed(token, name) if name != "spr" else token | {"spr": ""}
    assert new_client(sas=token).get_blob(filled, "b").status in (400, 403)
    missing = {key: value for key, value in token.items() if key != name}
    assert (
        name in ("ses", "si", "rsct") or new_client(sas=missing).get_blob(filled, "b").status == 403
    )


@pytest.mark.parametrize("name", ["sv", "ss", "srt", "sp", "se", "st", "sip", "spr", "ses"])
def test_an_account_sas_changed_after_signing(
    new_client: Callable[..., BlobClient], filled: str, name: str
) -> None:
    token = account_sas(
        OWNER, "r", srt="o", st=sas_time(timedelta(hours=-1)), sip="127.0.0.1", spr="https,http"
    )
    expect(new_client(sas=token).get_blob(filled, "b"), 200)
    token = changed(token, name) if name != "spr" else token | {"spr": ""}
    assert new_client(sas=token).get_blob(filled, "b").status in (400, 403)
    missing = {key: value for key, value in token.items() if key != name}
    assert name == "ses" or new_client(sas=missing).get_blob(filled, "b").status == 403


@pytest.mark.parametrize("field", ["ss", "srt"])
def test_services_and_resource_types(
    new_client: Callable[..., BlobClient], filled: str, field: str
) -> None:
    wrong = {"ss": "qt", "srt": "sc"}[field]
    code = {"ss": "AuthorizationServiceMismatch", "srt": "AuthorizationResourceTypeMismatch"}[field]
    other = new_client(sas=account_sas(OWNER, "r", **{field: wrong}))
    expect_error(other.get_blob(filled, "b"), 403, code)


def test_a_parameter_given_twice(new_client: Callable[..., BlobClient], filled: str) -> None:
    token = service_sas(OWNER, f"/{filled}/b", "r")
    other = new_client(account=None)
    for extra in (("sp", "racwdl"), ("se", "2999-01-01"), ("sig", "AAAA")):
        for query in ([*token.items(), extra], [extra, *token.items()]):
            response = other.request("GET", other.path(filled, "b"), query)
            assert response.status in (400, 403), (query, response)


def test_a_damaged_signature(new_client: Callable[..., BlobClient], filled: str) -> None:
    token = service_sas(OWNER, f"/{filled}/b", "r")
    good = token["sig"]
    flipped = ("B" if good[0] == "A" else "A") + good[1:]
    for signature in ("", flipped, good[:-4], good + "AAAA", "!" * 44):
        response = new_client(sas=token | {"sig": signature}).get_blob(filled, "b")
        expect_error(response, 403, "AuthenticationFailed")
        assert good not in response.body.decode()


def test_a_stored_policy_that_is_not_there(
    new_client: Callable[..., BlobClient], filled: str
) -> None:
    token = service_sas(OWNER, f"/{filled}/b", "", se="", si="policy")
    assert new_client(sas=token).get_blob(filled, "b").status == 403


def test_the_listing_stays_within_the_token(
    new_client: Callable[..., BlobClient], filled: str
) -> None:
    lister = new_client(sas=service_sas(OWNER, f"/{filled}", "l"))
    assert lister.names(filled) == ["b"]
    assert lister.list_blobs(filled + "x").status == 403
    response = lister.request("GET", lister.path(), [("comp", "list")])
    assert response.status == 403
    assert lister.request("PUT", lister.path(filled), CONTAINER).status == 403
