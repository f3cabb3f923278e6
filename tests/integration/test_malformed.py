"""Requests that no SDK sends: each has its code, and none changes anything."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from azure_client import encode_query, expect, expect_error, md5_header
from blob_client import CONTAINER, BlobClient, block_id
from raw_http import RawConnection, connect
from sas import Token, account_sas
from signing import DEVELOPMENT_ACCOUNT, http_date

VERSION = "x-ms-version: 2021-12-02\r\n"
A, B = block_id(1), block_id(2)


@pytest.fixture
def blob(client: BlobClient, container: str) -> Iterator[str]:
    """A blob with a staged block beside it, which must both be afterwards as they were."""
    expect(client.put_blob(container, "b", b"0123456789"), 201)
    expect(client.put_block(container, "b", A, b"staged"), 201)
    etag = client.get_blob_properties(container, "b")["ETag"]
    yield "b"
    found = expect(client.get_blob(container, "b"), 200)
    assert (found.body, found["ETag"]) == (b"0123456789", etag)
    document = expect(client.get_block_list(container, "b", "uncommitted"), 200).xml()
    assert [node.text for node in document.findall(".//Name")] == [A]
    assert client.names(container, include="uncommittedblobs") == ["b"]


# Block lists

LATEST = f"<Latest>{A}</Latest>"
BLOCK_LISTS = {
    "an unknown element": (f"<BlockList><Newest>{A}</Newest></BlockList>", "UnsupportedXmlNode"),
    "another case": (f"<BlockList><latest>{A}</latest></BlockList>", "UnsupportedXmlNode"),
    "another root": (f"<Blocks>{LATEST}</Blocks>", "InvalidXmlDocument"),
    "no root": ("", "InvalidXmlDocument"),
    "only a declaration": ('<?xml version="1.0"?>', "InvalidXmlDocument"),
    "two roots": ("<BlockList/><BlockList/>", "InvalidXmlDocument"),
    "an end too early": (f"<BlockList>{LATEST}", "InvalidXmlDocument"),
    "crossed tags": (f"<BlockList><Latest>{A}</BlockList></Latest>", "InvalidXmlDocument"),
    "an open quote": (f'<BlockList a="b>{LATEST}</BlockList>', "InvalidXmlDocument"),
    "a bare ampersand": ("<BlockList><Latest>A&A=</Latest></BlockList>", None),
    "text between": (f"<BlockList>{LATEST}text</BlockList>", "InvalidXmlDocument"),
    "text behind": (f"<BlockList>{LATEST}</BlockList>text", "InvalidXmlDocument"),
    "an entry within": (f"<BlockList><Latest>{LATEST}</Latest></BlockList>", None),
    "an id that is no base64": ("<BlockList><Latest>not base64</Latest></BlockList>", None),
    "an id without padding": ("<BlockList><Latest>AAA</Latest></BlockList>", None),
    "an empty id": ("<BlockList><Latest></Latest></BlockList>", None),
    "an empty element": ("<BlockList><Latest/></BlockList>", None),
    "an id too long": (
        f"<BlockList><Latest>{base64.b64encode(bytes(65)).decode()}</Latest></BlockList>",
        None,
    ),
    "an unknown id": (f"<BlockList>{LATEST}<Latest>{B}</Latest></BlockList>", "InvalidBlockList"),
    "JSON": (f'{{"Latest": ["{A}"]}}', "InvalidXmlDocument"),
    "NUL": (f"<BlockList>\0{LATEST}</BlockList>", "InvalidXmlDocument"),
    "a processing instruction alone": ("<?BlockList?>", "InvalidXmlDocument"),
}


@pytest.mark.parametrize("kind", BLOCK_LISTS)
def test_malformed_block_lists(client: BlobClient, container: str, blob: str, kind: str) -> None:
    document, code = BLOCK_LISTS[kind]
    response = expect(client.put_block_list_xml(container, blob, document.encode()), 400)
    accepted = {"InvalidXmlDocument", "InvalidXmlNodeValue", "InvalidBlockList"}
    assert response.error_code in ({code} if code else accepted), response


# Hashes

HASHES = {
    "an MD5 that is no base64": ("Content-MD5", "not base64!", "InvalidMd5"),
    "an MD5 without padding": ("Content-MD5", md5_header(b"x").rstrip("="), "InvalidMd5"),
    "an MD5 too short": ("Content-MD5", base64.b64encode(bytes(15)).decode(), "InvalidMd5"),
    "an MD5 too long": ("Content-MD5", base64.b64encode(bytes(17)).decode(), "InvalidMd5"),
    "an MD5 in hexadecimal": ("Content-MD5", bytes(16).hex(), "InvalidMd5"),
    "a blob's MD5 that is none": ("x-ms-blob-content-md5", "AAAA", "InvalidMd5"),
    "a CRC that is no base64": ("x-ms-content-crc64", "not base64!", "InvalidHeaderValue"),
    "a CRC too short": ("x-ms-content-crc64", "AAAA", "InvalidHeaderValue"),
    "a CRC too long": ("x-ms-content-crc64", base64.b64encode(bytes(9)).decode(), "Crc64Mismatch"),
}


@pytest.mark.parametrize("kind", HASHES)
def test_malformed_hashes(client: BlobClient, container: str, blob: str, kind: str) -> None:
    header, value, code = HASHES[kind]
    expect_error(client.put_blob(container, blob, b"other", {header: value}), 400, code)
    if header != "x-ms-blob-content-md5":  # which Put Block ignores, whatever it says
        expect_error(client.put_block(container, blob, B, b"other", {header: value}), 400, code)
    expect_error(client.put_block_list(container, blob, [A], {header: value}), 400, code)


# Headers and parameters given twice

Target = Callable[..., str]


@pytest.fixture
def target(client: BlobClient) -> Target:
    """A path with a SAS: target(container, blob, "comp=block&…")."""
    token: Token = account_sas(DEVELOPMENT_ACCOUNT)

    def make(container: str = "", blob: str = "", query: str = "") -> str:
        parts = [part for part in (query, encode_query(list(token.items()))) if part]
        return f"{client.path(container, blob)}?{'&'.join(parts)}"

    return make


@contextmanager
def sent(endpoint: str, head: str, body: bytes = b"") -> Iterator[RawConnection]:
    with connect(endpoint) as connection:
        connection.send(head.encode("latin-1") + body)
        yield connection


def put_head(target: str, headers: str, length: int | str = 1) -> str:
    head = f"PUT {target} HTTP/1.1\r\nHost: x\r\n{VERSION}x-ms-blob-type: BlockBlob\r\n"
    return f"{head}Content-Length: {length}\r\n{headers}\r\n"


@pytest.mark.parametrize(
    "query",
    ["comp=block&comp=block", "comp=block&Comp=blocklist", "comp=metadata&c%6Fmp=block",
     "comp=block&blockid=AAAA&blockid=BBBB", "timeout=5&timeout=6", "sp=r", "sig=AAAA",
     "se=2999-01-01"],
)  # fmt: skip
def test_parameters_given_twice(
    endpoint: str, container: str, blob: str, target: Target, query: str
) -> None:
    """One of them would have been checked and the other obeyed."""
    with sent(endpoint, put_head(target(container, blob, query), ""), b"x") as connection:
        response = connection.response()
        assert response.status == 400, response
        assert response.headers["x-ms-error-code"] == "InvalidQueryParameterValue"


@pytest.mark.parametrize(
    "header",
    ["x-ms-version: 2021-12-02", "x-ms-blob-type: BlockBlob", "x-ms-meta-a: 1", "X-MS-META-A: 2",
     "x-ms-blob-content-type: text/x", "Content-MD5: nOTHEHASH", "If-Match: *", "x-ms-lease-id: x",
     "x-ms-date: x", "Authorization: SharedKey a:b", "Range: bytes=0-1", "Content-Type: text/x"],
)  # fmt: skip
def test_headers_given_twice(
    endpoint: str, container: str, blob: str, target: Target, header: str
) -> None:
    name = header.split(":")[0]
    twice = f"{header}\r\n" + f"{name.lower()}: other\r\n"
    with sent(endpoint, put_head(target(container, blob), twice), b"x") as connection:
        response = connection.response()
        assert 400 <= response.status < 500, response
        assert response.headers["x-ms-error-code"] in (
            "InvalidHeaderValue", "InvalidMetadata", "InvalidAuthenticationInfo",
            "AuthenticationFailed", "InvalidRequest",
        ), response  # fmt: skip


# Lengths


@pytest.mark.parametrize(
    "length", ["-1", "1 1", "1,1", "0x1", "1.0", "+1", "one", "", "99999999999999999999999"]
)
def test_lengths_that_are_none(
    endpoint: str, container: str, blob: str, target: Target, length: str
) -> None:
    with sent(endpoint, put_head(target(container, blob), "", length), b"x") as connection:
        response = connection.response()
        assert response.status in (400, 411, 413), response
        assert connection.is_closed()


def test_a_body_longer_than_it_says(endpoint: str, container: str, target: Target) -> None:
    """What is over is the next request, and is none: it is refused, and is not in the blob."""
    with sent(endpoint, put_head(target(container, "b"), "", 3), b"abcdefgh\r\n\r\n") as connection:
        assert connection.response().status == 201
        assert connection.response().status == 400
        assert connection.is_closed()
    with sent(
        endpoint, f"GET {target(container, 'b')} HTTP/1.1\r\nHost: x\r\n{VERSION}\r\n"
    ) as again:
        assert again.response().body == b"abc"


def test_a_body_shorter_than_it_says(
    client: BlobClient, endpoint: str, container: str, blob: str, target: Target
) -> None:
    for query in ("", f"comp=block&blockid={B}", "comp=blocklist"):
        with sent(
            endpoint, put_head(target(container, blob, query), "", 1000), b"<Bl"
        ) as connection:
            connection.stream.shutdown(1)  # no more is sent; the answer, if any, is an error
            try:
                assert connection.response().status >= 400
            except (AssertionError, ConnectionError):
                pass


def test_a_get_may_have_a_body(endpoint: str, container: str, blob: str, target: Target) -> None:
    """It is read over, and the connection goes on."""
    head = (
        f"GET {target(container, blob)} HTTP/1.1\r\nHost: x\r\n{VERSION}Content-Length: 3\r\n\r\n"
    )
    with sent(endpoint, head, b"abc") as connection:
        assert connection.response().body == b"0123456789"
        connection.send(head.encode() + b"abc")
        assert connection.response().body == b"0123456789"


# Ranges

IGNORED = [
    "bytes=-1", "bytes=-", "bytes=--1", "bytes=1", "bytes=1-0", "bytes=0-1,3-4", "bytes=0-1,",
    "bytes=a-", "bytes=0-b", "bytes=0x0-0x1", "bytes=+0-1", "bytes=0-+1", "bytes=0-1-2",
    "bytes:0-1", "bytes 0-1", "=0-1", "bytes=", "bytes", "0-1", "octets=0-1", "bytes=1e0-2",
    "bytes=18446744073709551616-",
    "bytes=0-99999999999999999999999",
]  # fmt: skip


@pytest.mark.parametrize("value", IGNORED)
@pytest.mark.parametrize("header", ["Range", "x-ms-range"])
def test_ranges_that_are_none_are_ignored(
    client: BlobClient, container: str, blob: str, header: str, value: str
) -> None:
    response = expect(client.get_blob(container, blob, {header: value}), 200)
    assert response.body == b"0123456789"
    assert response["Content-Range"] is None


@pytest.mark.parametrize("value", ["bytes=10-", "bytes=10-10", "bytes=9223372036854775807-",
                                   "bytes=18446744073709551615-18446744073709551615"])  # fmt: skip
def test_ranges_beyond_the_end(client: BlobClient, container: str, blob: str, value: str) -> None:
    response = expect_error(client.get_blob(container, blob, {"Range": value}), 416, "InvalidRange")
    assert response["Content-Range"] == "bytes */10"


def test_head_ignores_ranges(client: BlobClient, container: str, blob: str) -> None:
    response = expect(client.get_blob_properties(container, blob, {"Range": "bytes=0-1"}), 200)
    assert response["Content-Length"] == "10"


# Values of headers and parameters


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("x-ms-version", "2021-13-01"),
        ("x-ms-version", "2021-12-2"),
        ("x-ms-version", "latest"),
        ("x-ms-version", "1999-01-01"),
        ("x-ms-blob-type", "Blob"),
        ("x-ms-access-tier", "Lukewarm"),
        ("x-ms-lease-id", "no-guid"),
        ("If-Modified-Since", "yesterday"),
        ("If-Unmodified-Since", "2021-01-01T00:00:00Z"),
    ],
)
def test_values_of_headers(
    client: BlobClient, container: str, blob: str, header: str, value: str
) -> None:
    response = client.put_blob(container, blob, b"other", {header: value})
    expect_error(response, 400, "InvalidHeaderValue")
    assert (response.error_field("HeaderName") or "").lower() == header.lower()
    assert response.error_field("HeaderValue") == value


@pytest.mark.parametrize(
    ("parameter", "value", "code"),
    [
        ("maxresults", "0", "OutOfRangeQueryParameterValue"),
        ("maxresults", "-1", "OutOfRangeQueryParameterValue"),
        ("maxresults", "ten", "InvalidQueryParameterValue"),
        ("maxresults", "1.5", "InvalidQueryParameterValue"),
        ("include", "everything", "InvalidQueryParameterValue"),
        ("include", "metadata,everything", "InvalidQueryParameterValue"),
        ("marker", "garbage", "OutOfRangeInput"),
        ("marker", "2!4!AAAA", "OutOfRangeInput"),
    ],
)
def test_values_of_parameters(
    client: BlobClient, container: str, parameter: str, value: str, code: str
) -> None:
    query = [*CONTAINER, ("comp", "list"), (parameter, value)]
    expect_error(client.request("GET", client.path(container), query), 400, code)


AUTHORIZATIONS = [
    "", "SharedKey", "SharedKey devstoreaccount1", "SharedKey devstoreaccount1:", "SharedKey :AAAA",
    "Basic ZGV2OmRldg==", "Bearer x.y.z", "SharedKey devstoreaccount1:not base64!", "Digest a=b",
    "SharedKey devstoreaccount1:AAAA", "SharedKey other:AAAA", "SharedKey  ", "\t",
]  # fmt: skip


@pytest.mark.parametrize("value", AUTHORIZATIONS)
def test_authorizations(
    endpoint: str, client: BlobClient, container: str, blob: str, value: str
) -> None:
    head = f"GET {client.path(container, blob)} HTTP/1.1\r\nHost: x\r\n{VERSION}"
    head += f"x-ms-date: {http_date()}\r\nAuthorization: {value}\r\n\r\n"
    with sent(endpoint, head) as connection:
        response = connection.response()
        assert response.status in (400, 401, 403), response
        assert response.headers["x-ms-error-code"] in (
            "InvalidAuthenticationInfo", "NoAuthenticationInformation", "AuthenticationFailed",
        ), response  # fmt: skip


@pytest.mark.parametrize("key", ["", "not base64!", "AAA", "=", "A" * 100_000])
def test_signatures_of_a_sas(
    endpoint: str, client: BlobClient, container: str, blob: str, key: str
) -> None:
    token = account_sas(DEVELOPMENT_ACCOUNT) | {"sig": key}
    path = f"{client.path(container, blob)}?{encode_query(list(token.items()))}"
    with sent(endpoint, f"GET {path} HTTP/1.1\r\nHost: x\r\n{VERSION}\r\n") as connection:
        assert connection.response().status in (401, 403, 414)
