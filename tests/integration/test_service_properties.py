"""Get and Set Blob Service Properties."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterator

import pytest

from azure_client import Response, expect, expect_error
from blob_client import BlobClient
from lapis_server import LapisServer
from sas import account_sas, service_sas
from signing import DEVELOPMENT_ACCOUNT

OFF = "<RetentionPolicy><Enabled>false</Enabled></RetentionPolicy>"
LOGGING = (
    "<Logging><Version>1.0</Version><Read>false</Read><Write>false</Write><Delete>false</Delete>"
    f"{OFF}</Logging>"
)
SOFT_DELETE = "<DeleteRetentionPolicy><Enabled>false</Enabled></DeleteRetentionPolicy>"
WEBSITE = "<StaticWebsite><Enabled>false</Enabled></StaticWebsite>"


def metrics(name: str, retention: str = OFF) -> str:
    return f"<{name}><Version>1.0</Version><Enabled>false</Enabled>{retention}</{name}>"


def kept_for(days: int | str) -> str:
    return f"<RetentionPolicy><Enabled>true</Enabled><Days>{days}</Days></RetentionPolicy>"


def document(*elements: str) -> bytes:
    content = "".join(elements)
    declaration = '<?xml version="1.0" encoding="utf-8"?>'
    return f"{declaration}<StorageServiceProperties>{content}</StorageServiceProperties>".encode()


@pytest.fixture
def server(new_server: Callable[..., LapisServer]) -> LapisServer:
    """Of the test's own: the properties are the account's."""
    return new_server().start()


@pytest.fixture
def at(server: LapisServer) -> Iterator[Callable[..., BlobClient]]:
    """Clients of that server, by version and credential."""
    clients: list[BlobClient] = []

    def make(version: str | None = "2021-12-02", **fields: object) -> BlobClient:
        credential = {} if "sas" in fields else {"account": DEVELOPMENT_ACCOUNT}
        settings = {"endpoint": server.endpoint, "account_name": DEVELOPMENT_ACCOUNT.name}
        settings["version"] = version
        clients.append(BlobClient(**settings | credential | fields))  # type: ignore[arg-type]
        return clients[-1]

    yield make
    for client in clients:
        client.close()


def content(response: Response) -> str:
    text = expect(response, 200).body.decode("utf-8-sig")
    start, end = "<StorageServiceProperties>", "</StorageServiceProperties>"
    assert text.endswith(end)
    return text[text.index(start) + len(start) : -len(end)]


def test_what_a_new_account_has_by_version(at: Callable[..., BlobClient]) -> None:
    old = LOGGING + metrics("Metrics")
    since_2013 = LOGGING + metrics("HourMetrics") + metrics("MinuteMetrics") + "<Cors />"
    shown = {
        "2009-09-19": old,
        "2012-02-12": old,
        "2013-08-15": since_2013,
        "2017-04-17": since_2013,
        "2017-07-29": since_2013 + SOFT_DELETE,
        "2018-03-28": since_2013 + SOFT_DELETE + WEBSITE,
        "2026-10-06": since_2013 + SOFT_DELETE + WEBSITE,
    }
    for version, expected in shown.items():
        response = at(version).get_service_properties()
        assert response["Content-Type"] == "application/xml"
        assert content(response) == expected, version


def test_parts_are_set_and_survive(server: LapisServer, at: Callable[..., BlobClient]) -> None:
    client = at()
    changes = [
        document(metrics("HourMetrics", kept_for(365))),
        document(LOGGING.replace(OFF, kept_for(1)).replace("1.0", "2.0")),
        document("<DefaultServiceVersion>2019-12-12</DefaultServiceVersion>"),
        document("<Cors />", SOFT_DELETE, WEBSITE),
        document(),
    ]
    for change in changes:
        response = expect(client.set_service_properties(change), 202)
        assert response.body == b""
    expected = (
        LOGGING.replace(OFF, kept_for(1)).replace("1.0", "2.0")
        + metrics("HourMetrics", kept_for(365))
        + metrics("MinuteMetrics")
        + "<Cors /><DefaultServiceVersion>2019-12-12</DefaultServiceVersion>"
        + SOFT_DELETE
        + WEBSITE
    )
    assert content(client.get_service_properties()) == expected
    server.kill()
    server.start()
    assert content(at().get_service_properties()) == expected
    whole = expect(at().get_service_properties(), 200).body
    expect(at().set_service_properties(whole), 202)
    assert content(at().get_service_properties()) == expected, "what is shown can be sent back"


def test_before_2013_both_parts_are_needed(at: Callable[..., BlobClient]) -> None:
    old = at("2012-02-12")
    both = document(LOGGING, metrics("Metrics", kept_for(9)))
    expect(old.set_service_properties(both), 202)
    assert kept_for(9) in content(old.get_service_properties())
    assert metrics("HourMetrics", kept_for(9)) in content(at().get_service_properties())
    for part, missing in ((LOGGING, "Metrics"), (metrics("Metrics"), "Logging")):
        response = old.set_service_properties(document(part))
        expect_error(response, 400, "MissingRequiredXmlNode")
        assert response.error_field("XmlNodeName") == missing


RULE = (
    "<CorsRule><AllowedOrigins>{origins}</AllowedOrigins><AllowedMethods>{methods}</AllowedMethods>"
    "<AllowedHeaders>{headers}</AllowedHeaders><ExposedHeaders /><MaxAgeInSeconds>5"
    "</MaxAgeInSeconds></CorsRule>"
)


def rule(origins: str = "*", methods: str = "GET", headers: str = "*") -> str:
    return RULE.format(origins=origins, methods=methods, headers=headers)


# What Lapis cannot honour, by the element that asks for it.
NOT_HONOURED = {
    "Logging": LOGGING.replace("<Delete>false", "<Delete>true"),
    "HourMetrics": "<HourMetrics><Version>1.0</Version><Enabled>true</Enabled>"
    f"<IncludeAPIs>true</IncludeAPIs>{OFF}</HourMetrics>",
    "MinuteMetrics": "<MinuteMetrics><Version>1.0</Version><Enabled>true</Enabled>"
    f"<IncludeAPIs>false</IncludeAPIs>{OFF}</MinuteMetrics>",
}


@pytest.mark.parametrize("element", NOT_HONOURED)
def test_what_cannot_be_honoured_is_refused(at: Callable[..., BlobClient], element: str) -> None:
    """By name, and the rest of the document with it."""
    client = at()
    before = content(client.get_service_properties())
    change = "<DefaultServiceVersion>2015-04-05</DefaultServiceVersion>" + NOT_HONOURED[element]
    response = client.set_service_properties(document(change))
    expect_error(response, 501, "NotImplemented")
    assert response.error_field("XmlNodeName") == element
    assert content(client.get_service_properties()) == before


WRONG = {
    "nothing": (b"", "InvalidXmlDocument", None),
    "no XML": (b"hello", "InvalidXmlDocument", None),
    "cut short": (document(LOGGING)[:-4], "InvalidXmlDocument", None),
    "DTD": (b"<!DOCTYPE a [<!ENTITY b 'c'>]>" + document(), "InvalidXmlDocument", None),
    "another root": (b"<Properties />", "InvalidXmlDocument", None),
    "days 0": (document(metrics("HourMetrics", kept_for(0))), "InvalidXmlDocument", None),
    "days 366": (document(metrics("HourMetrics", kept_for(366))), "InvalidXmlDocument", None),
    "six rules": (document(f"<Cors>{rule() * 6}</Cors>"), "InvalidXmlDocument", None),
    "65 origins": (
        document("<Cors>" + rule(",".join(f"http://a{n}" for n in range(65))) + "</Cors>"),
        "InvalidXmlNodeValue",
        "AllowedOrigins",
    ),
    "65 headers": (
        document("<Cors>" + rule(headers=",".join(f"x-{n}" for n in range(65))) + "</Cors>"),
        "InvalidXmlNodeValue",
        "AllowedHeaders",
    ),
    "no such method": (
        document(f"<Cors>{rule(methods='FETCH')}</Cors>"),
        "InvalidXmlNodeValue",
        "AllowedMethods",
    ),
    "no boolean": (
        document("<StaticWebsite><Enabled>perhaps</Enabled></StaticWebsite>"),
        "InvalidXmlNodeValue",
        "Enabled",
    ),
    "no version": (
        document("<DefaultServiceVersion>newest</DefaultServiceVersion>"),
        "InvalidXmlNodeValue",
        "DefaultServiceVersion",
    ),
    "half a rule": (document("<Cors><CorsRule /></Cors>"), "MissingRequiredXmlNode", "AllowedOrigins"),
    "half a policy": (
        document(metrics("HourMetrics", "<RetentionPolicy />")),
        "MissingRequiredXmlNode",
        "Enabled",
    ),
    "unknown element": (document("<Versioning />"), "UnsupportedXmlNode", "Versioning"),
    "element of old": (document(metrics("Metrics")), "UnsupportedXmlNode", "Metrics"),
}  # fmt: skip


def test_wrong_documents(at: Callable[..., BlobClient]) -> None:
    client = at()
    before = content(client.get_service_properties())
    for name, (body, code, node) in WRONG.items():
        response = expect_error(client.set_service_properties(body), 400, code)
        assert response.error_field("XmlNodeName") == node, name
        if code == "InvalidXmlDocument":
            assert response.error_field("LineNumber") and response.error_field("Reason"), name
    assert content(client.get_service_properties()) == before


def test_elements_by_version(at: Callable[..., BlobClient]) -> None:
    both = LOGGING + metrics("Metrics")
    too_early = [
        ("2009-09-19", both + "<DefaultServiceVersion />", "DefaultServiceVersion"),
        ("2012-02-12", both + "<Cors />", "Cors"),
        ("2012-02-12", both + metrics("HourMetrics"), "HourMetrics"),
        ("2017-04-17", SOFT_DELETE, "DeleteRetentionPolicy"),
        ("2017-11-09", WEBSITE, "StaticWebsite"),
    ]
    for version, elements, node in too_early:
        response = at(version).set_service_properties(document(elements))
        expect_error(response, 400, "UnsupportedXmlNode")
        assert response.error_field("XmlNodeName") == node


def test_a_document_has_its_bounds(at: Callable[..., BlobClient]) -> None:
    client = at()
    large = client.set_service_properties(document("<!--" + "x" * 70_000 + "-->"))
    expect_error(large, 413, "RequestBodyTooLarge")
    md5 = base64.b64encode(hashlib.md5(document()).digest()).decode()
    expect(client.set_service_properties(document(), {"Content-MD5": md5}), 202)
    wrong = client.set_service_properties(document("<Cors />"), {"Content-MD5": md5})
    expect_error(wrong, 400, "Md5Mismatch")


def test_the_default_version_is_used(at: Callable[..., BlobClient]) -> None:
    """By requests that name none: with SharedKey they need it, anonymous ones have another."""
    unversioned, anonymous = at(None), at(None, account=None)
    expect_error(unversioned.list_containers(), 400, "MissingRequiredHeader")
    expect_error(anonymous.delete_blob("box", "b"), 404, "ResourceNotFound")
    setting = "<DefaultServiceVersion>{}</DefaultServiceVersion>"
    for version, endpoint in (("2012-02-12", "AccountName"), ("2021-12-02", "ServiceEndpoint")):
        expect(at().set_service_properties(document(setting.format(version))), 202)
        response = expect(unversioned.list_containers(), 200)
        assert response["x-ms-version"] == version
        assert response.xml().get(endpoint)
    expect_error(anonymous.delete_blob("box", "b"), 401, "NoAuthenticationInformation")
    named = expect(at("2015-04-05").list_containers(), 200)
    assert named["x-ms-version"] == "2015-04-05"
    signed = expect(at(None, sas=account_sas(DEVELOPMENT_ACCOUNT)).list_containers(), 200)
    assert signed["x-ms-version"] == "2021-12-02"
    expect(at().set_service_properties(document("<DefaultServiceVersion />")), 202)
    expect_error(unversioned.list_containers(), 400, "MissingRequiredHeader")
    assert "DefaultServiceVersion" not in content(at().get_service_properties())


def test_permissions(at: Callable[..., BlobClient]) -> None:
    read = at(sas=account_sas(DEVELOPMENT_ACCOUNT, "r", srt="s"))
    expect(read.get_service_properties(), 200)
    denied = read.set_service_properties(document())
    expect_error(denied, 403, "AuthorizationPermissionMismatch")
    write = at(sas=account_sas(DEVELOPMENT_ACCOUNT, "w", srt="s"))
    expect(write.set_service_properties(document()), 202)
    denied = write.get_service_properties()
    expect_error(denied, 403, "AuthorizationPermissionMismatch")
    objects = at(sas=account_sas(DEVELOPMENT_ACCOUNT, srt="co"))
    denied = objects.get_service_properties()
    expect_error(denied, 403, "AuthorizationResourceTypeMismatch")
    service = at(sas=service_sas(DEVELOPMENT_ACCOUNT, "/box", "rw"))
    for denied in (service.get_service_properties(), service.set_service_properties(document())):
        expect_error(denied, 403, "AuthenticationFailed")


def test_the_python_sdk_reads_and_sets(server: LapisServer) -> None:
    blob = pytest.importorskip("azure.storage.blob")
    url = f"{server.endpoint}/{DEVELOPMENT_ACCOUNT.name}"
    service = blob.BlobServiceClient(url, credential=DEVELOPMENT_ACCOUNT.key)
    found = service.get_service_properties()
    assert found["cors"] == [] and not found["delete_retention_policy"].enabled
    assert not found["static_website"].enabled and not found["hour_metrics"].enabled
    service.set_service_properties(
        analytics_logging=blob.BlobAnalyticsLogging(),
        hour_metrics=blob.Metrics(enabled=False),
        minute_metrics=blob.Metrics(enabled=False),
        cors=[],
        delete_retention_policy=blob.RetentionPolicy(enabled=False),
        static_website=blob.StaticWebsite(enabled=False),
        target_version="2019-12-12",
    )
    assert service.get_service_properties()["target_version"] == "2019-12-12"
    service.set_service_properties(static_website=blob.StaticWebsite(enabled=True, index_document="i"))
    website = service.get_service_properties()["static_website"]
    assert website.enabled and website.index_document == "i"
    with pytest.raises(Exception, match="NotImplemented"):
        service.set_service_properties(hour_metrics=blob.Metrics(enabled=True, include_apis=True))
