"""CORS: rules of the account, preflight, and what they add to answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from azure_client import Response, expect, expect_error
from blob_client import BlobClient
from lapis_server import LapisServer
from sas import account_sas
from signing import DEVELOPMENT_ACCOUNT

NAME = DEVELOPMENT_ACCOUNT.name


def rule(origins: str, methods: str, allowed: str = "", exposed: str = "", age: int = 60) -> str:
    return (
        f"<CorsRule><AllowedOrigins>{origins}</AllowedOrigins><AllowedMethods>{methods}</AllowedMethods>"
        f"<AllowedHeaders>{allowed}</AllowedHeaders><ExposedHeaders>{exposed}</ExposedHeaders>"
        f"<MaxAgeInSeconds>{age}</MaxAgeInSeconds></CorsRule>"
    )


PAGES = rule("http://a.example,https://b.example:8080", "GET,PUT,DELETE", "x-ms-*,content-type", "x-ms-meta-*,ETag")
ANYBODY = rule("*", "GET,HEAD", "*", "x-ms-meta-k")


def set_rules(client: BlobClient, *rules: str) -> None:
    inside = "".join(rules)
    body = f"<StorageServiceProperties><Cors>{inside}</Cors></StorageServiceProperties>".encode()
    expect(client.set_service_properties(body), 202)


@pytest.fixture
def server(new_server: Callable[..., LapisServer]) -> LapisServer:
    return new_server().start()


@pytest.fixture
def owner(server: LapisServer) -> Iterator[BlobClient]:
    client = BlobClient(server.endpoint, NAME, DEVELOPMENT_ACCOUNT)
    expect(client.create_container("box"), 201)
    expect(client.put_blob("box", "b", b"content", {"x-ms-meta-k": "v"}), 201)
    yield client
    client.close()


def preflight(client: BlobClient, path: str, origin: str, method: str, headers: str = "") -> Response:
    """As a browser sends it: without a credential, and without a version."""
    sent = {"Origin": origin, "Access-Control-Request-Method": method}
    if headers:
        sent["Access-Control-Request-Headers"] = headers
    anybody = BlobClient(client.endpoint, NAME, version=None)
    try:
        return anybody.request("OPTIONS", path, [], {n: v for n, v in sent.items() if v})
    finally:
        anybody.close()


def test_rules_come_back(owner: BlobClient) -> None:
    set_rules(owner, PAGES, ANYBODY)
    cors = owner.get_service_properties().xml().find("Cors")
    assert cors is not None
    found = [{field.tag: field.text for field in entry} for entry in cors]
    assert found == [
        {"AllowedOrigins": "http://a.example,https://b.example:8080", "AllowedMethods": "GET,PUT,DELETE",
         "MaxAgeInSeconds": "60", "ExposedHeaders": "x-ms-meta-*,ETag", "AllowedHeaders": "x-ms-*,content-type"},
        {"AllowedOrigins": "*", "AllowedMethods": "GET,HEAD", "MaxAgeInSeconds": "60",
         "ExposedHeaders": "x-ms-meta-k", "AllowedHeaders": "*"},
    ]  # fmt: skip
    expect(owner.set_service_properties(owner.get_service_properties().body), 202)
    expect(owner.set_service_properties(b"<StorageServiceProperties />"), 202)
    assert len(owner.get_service_properties().xml().findall("Cors/CorsRule")) == 2
    set_rules(owner)
    assert owner.get_service_properties().xml().findall("Cors/CorsRule") == []


def test_preflight(owner: BlobClient) -> None:
    path = owner.path("box", "b")
    expect_error(preflight(owner, path, "http://a.example", "GET"), 403, "CorsPreflightFailure")
    set_rules(owner, PAGES, ANYBODY)
    good = expect(preflight(owner, path, "http://a.example", "PUT", "x-ms-version,Content-Type"), 200)
    assert good.body == b""
    assert good["Access-Control-Allow-Origin"] == "http://a.example"
    assert good["Access-Control-Allow-Methods"] == "PUT"
    assert good["Access-Control-Allow-Headers"] == "x-ms-version,Content-Type"
    assert good["Access-Control-Allow-Credentials"] == "true"
    assert good["Access-Control-Max-Age"] == "60"
    assert good["x-ms-request-id"]
    anybody = expect(preflight(owner, path, "http://elsewhere", "HEAD"), 200)
    assert (anybody["Access-Control-Allow-Origin"], anybody["Access-Control-Allow-Credentials"]) == ("*", None)
    for origin, method, headers in (
        ("http://elsewhere", "PUT", ""),
        ("http://A.example", "PUT", ""),
        ("http://a.example", "GET", "authorization"),  # the first rule that fits decides
    ):
        refused = preflight(owner, path, origin, method, headers)
        expect_error(refused, 403, "CorsPreflightFailure")
        assert refused["Access-Control-Allow-Origin"] is None
    for origin, method, missing in (
        ("", "GET", "Origin"), ("http://a.example", "", "Access-Control-Request-Method"),
    ):  # fmt: skip
        answer = expect_error(preflight(owner, path, origin, method), 400, "MissingRequiredHeader")
        assert answer.error_field("HeaderName") == missing
    # Whatever the path names, and whether or not it is there; of this account only.
    for other in (owner.path(), owner.path("none", "none"), owner.path("box") + "?comp=list&restype=container"):
        expect(preflight(owner, other, "http://a.example", "GET"), 200)
    stranger = preflight(owner, "/stranger/box/b", "http://a.example", "GET")
    expect_error(stranger, 403, "CorsPreflightFailure")


def test_actual_requests(owner: BlobClient, server: LapisServer) -> None:
    """By any credential, and whatever they come to."""
    origin = {"Origin": "http://a.example"}
    plain = owner.get_blob("box", "b", origin)
    assert plain["Access-Control-Allow-Origin"] is None and plain["Vary"] is None
    set_rules(owner, PAGES)
    got = expect(owner.get_blob("box", "b", origin), 200)
    assert (got["Access-Control-Allow-Origin"], got["Access-Control-Allow-Credentials"]) == ("http://a.example", "true")
    assert got["Vary"] == "Origin"
    assert (got["Access-Control-Expose-Headers"] or "").split(",") == ["ETag", "x-ms-meta-k"]
    signed = BlobClient(server.endpoint, NAME, sas=account_sas(DEVELOPMENT_ACCOUNT, "rwd"))
    put = expect(signed.put_blob("box", "c", b"x", origin), 201)
    assert put["Access-Control-Allow-Origin"] == "http://a.example" and put["Vary"] is None
    missing = expect_error(signed.get_blob("box", "none", origin), 404, "BlobNotFound")
    assert missing["Access-Control-Allow-Origin"] == "http://a.example"
    signed.sas = account_sas(DEVELOPMENT_ACCOUNT, "l")
    denied = signed.get_blob("box", "b", origin)
    expect_error(denied, 403, "AuthorizationPermissionMismatch")
    assert denied["Access-Control-Allow-Origin"] == "http://a.example"
    signed.close()
    for headers in ({}, {"Origin": "http://elsewhere"}):
        served = expect(owner.get_blob("box", "b", headers), 200)
        assert (served["Vary"], served["Access-Control-Allow-Origin"]) == ("Origin", None)
    set_rules(owner, ANYBODY)
    for headers in ({}, {"Origin": "http://elsewhere"}):
        served = expect(owner.get_blob_properties("box", "b", headers), 200)
        assert (served["Vary"], served["Access-Control-Allow-Origin"]) == (None, "*")
        assert served["Access-Control-Expose-Headers"] == "x-ms-meta-k"
        assert served["Access-Control-Allow-Credentials"] is None


def test_rules_are_in_force_at_once_and_after_a_restart(owner: BlobClient, server: LapisServer) -> None:
    path = owner.path("box", "b")
    for _ in range(20):
        set_rules(owner, PAGES)
        expect(preflight(owner, path, "http://a.example", "GET"), 200)
        set_rules(owner)
        expect_error(preflight(owner, path, "http://a.example", "GET"), 403, "CorsPreflightFailure")
    set_rules(owner, PAGES)
    owner.close()
    assert server.stop() == 0
    server.start()
    again = BlobClient(server.endpoint, NAME, DEVELOPMENT_ACCOUNT)
    expect(preflight(again, path, "http://a.example", "GET"), 200)
    again.close()
