"""The access log: its lines parse, add up to the requests sent, and hold no secret."""

from __future__ import annotations

import os
import ssl
import time
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest

from azure_client import encode_query, expect
from blob_client import BlobClient
from lapis_server import LapisServer
from observing import eventually, fetch, log_lines, metrics, wait_for_lines, write_config
from raw_http import connect
from sas import account_sas
from signing import DEVELOPMENT_ACCOUNT
from test_service_properties import document
from test_website import Visitor

ACCOUNT = DEVELOPMENT_ACCOUNT.name


@pytest.fixture
def server(new_server: Callable[..., LapisServer], tmp_path: Path) -> LapisServer:
    return new_server(config=write_config(tmp_path), admin="127.0.0.1:0").start()


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "access.log"


@pytest.fixture
def owner(server: LapisServer) -> BlobClient:
    return BlobClient(server.endpoint, ACCOUNT, DEVELOPMENT_ACCOUNT)


def test_lines_tell_what_was_asked_and_answered(owner: BlobClient, log: Path) -> None:
    expect(owner.create_container("data"), 201)
    request_id = str(uuid.uuid4())
    sent = {"x-ms-client-request-id": request_id, "User-Agent": "test/1", "x-ms-version": "2021-12-02"}
    put = expect(owner.put_blob("data", "dir/b", b"x" * 5000, sent), 201)
    got = expect(owner.get_blob("data", "dir/b", {"If-Match": put.headers["ETag"]}), 200)
    expect(owner.get_blob_properties("data", "dir/b"), 200)
    expect(owner.get_blob("data", "dir/none"), 404)
    expect(owner.get_blob("data", "dir/b", {"If-None-Match": put.headers["ETag"]}), 304)
    expect(owner.delete_blob("data", "dir/b"), 202)
    lines = wait_for_lines(log, 7)
    assert [line["OperationName"] for line in lines] == [
        "CreateContainer", "PutBlob", "GetBlob", "GetBlobProperties", "GetBlob", "GetBlob", "DeleteBlob",
    ]
    assert [line["StatusCode"] for line in lines] == ["201", "201", "200", "200", "404", "304", "202"]
    assert [line["StatusText"] for line in lines] == [
        "Success", "Success", "Success", "Success", "BlobNotFound", "ConditionNotMet", "Success",
    ]
    assert [line["Category"] for line in lines] == (
        ["StorageWrite"] * 2 + ["StorageRead"] * 4 + ["StorageDelete"]
    )
    write = lines[1]
    assert write["AccountName"] == ACCOUNT
    assert write["ObjectKey"] == f"/{ACCOUNT}/data/dir/b"
    assert write["ClientRequestId"] == request_id
    assert write["CorrelationId"] == put.headers["x-ms-request-id"]
    assert write["UserAgentHeader"] == "test/1"
    assert write["OperationVersion"] == "2021-12-02"
    assert write["AuthenticationType"] == "AccountKey"
    assert write["RequestBodySize"] == write["ContentLengthHeader"] == 5000
    assert write["ResponseBodySize"] == 0
    assert write["Etag"] == put.headers["ETag"]
    assert write["Protocol"] == "HTTP" and "TlsVersion" not in write
    assert write["CallerIpAddress"].startswith("127.0.0.1:")
    assert 0 < write["ServerLatencyMs"] <= write["DurationMs"] < 60_000
    assert write["PhasesUs"]["metadata"] > 0 and write["PhasesUs"]["data"] > 0
    read = lines[2]
    assert read["ResponseBodySize"] == len(got.body) == 5000
    assert read["ConditionsUsed"] == f"If-Match={put.headers['ETag']}"
    assert lines[3]["ResponseBodySize"] == 0
    assert lines[4]["MetricResponseType"] == "ClientOtherError"


def test_lines_add_up_to_the_requests_sent(owner: BlobClient, server: LapisServer, log: Path) -> None:
    expect(owner.create_container("data"), 201)
    for number in range(300):
        expect(owner.put_blob("data", f"b{number}", b"x"), 201)
        owner.get_blob("data", f"b{number * 2}")
    lines = wait_for_lines(log, 601)
    assert sum(line["OperationName"] == "PutBlob" for line in lines) == 300
    assert sum(line["StatusText"] == "BlobNotFound" for line in lines) > 0
    assert eventually(lambda: metrics(server).total("lapis_access_log_lines_total") == 601)
    page = metrics(server)
    assert page.total("lapis_requests_total") == 601
    assert page.total("lapis_access_log_dropped_total") == 0


def test_refused_requests_are_logged(owner: BlobClient, server: LapisServer, log: Path) -> None:
    assert fetch(f"{server.endpoint}/{ACCOUNT}/data/b").status == 409
    assert fetch(f"{server.endpoint}/{ACCOUNT}/data/b?sv=2021-12-02&sig=abc").status == 403
    with connect(server.endpoint) as connection:
        connection.send("GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n")
        assert connection.response().status == 400
    lines = wait_for_lines(log, 3)
    assert [line["AuthenticationType"] for line in lines] == ["Anonymous", "SAS", "Anonymous"]
    assert lines[0]["StatusText"] == "PublicAccessNotPermitted"
    assert lines[0]["MetricResponseType"] == "AuthorizationError"
    assert lines[1]["StatusText"] == "AuthenticationFailed"
    assert lines[1]["MetricResponseType"] == "AuthorizationError"
    assert lines[2]["OperationName"] == "Unknown" and "Uri" not in lines[2]


def test_aborted_transfer_is_a_network_error(owner: BlobClient, server: LapisServer, log: Path) -> None:
    expect(owner.create_container("data"), 201)
    expect(owner.put_blob("data", "large", bytes(30_000_000)), 201)
    query = encode_query(account_sas(DEVELOPMENT_ACCOUNT).items())
    with connect(server.endpoint) as connection:
        head = f"GET /{ACCOUNT}/data/large?{query} HTTP/1.1\r\nHost: x\r\nx-ms-version: 2021-12-02\r\n"
        connection.send(head + "\r\n")
        assert connection.stream.recv(1000)
    with connect(server.endpoint) as connection:
        head = f"PUT /{ACCOUNT}/data/b?{query} HTTP/1.1\r\nHost: x\r\nx-ms-version: 2021-12-02\r\n"
        connection.send(head + "x-ms-blob-type: BlockBlob\r\nContent-Length: 9000\r\n\r\n" + "x" * 4000)
    lines = wait_for_lines(log, 4)
    read, write = lines[2], lines[3]
    if read["OperationName"] != "GetBlob":
        read, write = write, read
    assert read["StatusCode"] == "200"
    assert read["StatusText"] == read["MetricResponseType"] == "NetworkError"
    assert 0 < read["ResponseBodySize"] < 30_000_000
    assert write["OperationName"] == "PutBlob"
    assert write["RequestBodySize"] == 4000 and write["ContentLengthHeader"] == 9000


SECRET = "c2VjcmV0LXNpZ25hdHVyZQ"


def test_no_signature_and_no_key_is_ever_written(server: LapisServer, log: Path) -> None:
    spellings = ["sig", "SIG", "%73ig", "s%69g", "si%67", "%53%49%47", "%2573ig", "sig%3D", "+sig"]
    for name in spellings:
        equals = "" if name.endswith("%3D") else "="
        token = f"sv=2021-12-02&{name}{equals}{SECRET}%3D&sp=r"
        with connect(server.endpoint) as connection:
            connection.send(
                f"GET /{ACCOUNT}/data/b?{token} HTTP/1.1\r\nHost: x\r\n"
                f"Referer: https://u:{SECRET}@host/path?{token}\r\n"
                f"x-ms-copy-source: https://host/c/b?{token}\r\n"
                f"User-Agent: agent {token}\r\n"
                f"x-ms-client-request-id: {token}\r\n"
                f"x-ms-copy-source-authorization: Bearer {SECRET}\r\n"
                f"Cookie: {SECRET}\r\n\r\n"
            )
            assert connection.response().status >= 400
    with connect(server.endpoint) as connection:
        connection.send(
            f"GET /{ACCOUNT}/data/b%3Fsv%3D1%26sig%3D{SECRET} HTTP/1.1\r\nHost: x\r\n"
            f"Authorization: SharedKey {ACCOUNT}:{SECRET}\r\n\r\n"
        )
        assert connection.response().status >= 400
    lines = wait_for_lines(log, len(spellings) + 1)
    assert SECRET not in log.read_text()
    assert SECRET not in server.log()
    assert DEVELOPMENT_ACCOUNT.key not in log.read_text()
    assert all("REDACTED" in line["Uri"] for line in lines)
    assert lines[0]["SourceUri"] == "https://host/c/b?REDACTED"
    assert lines[0]["ReferrerHeader"] == "https://host/path?REDACTED"


def test_hostile_bytes_do_not_break_a_line(server: LapisServer, log: Path) -> None:
    hostile = bytes(b for b in range(1, 256) if b not in b"\r\n\0" and (b >= 0x20 or b == 9) and b != 0x7F)
    with connect(server.endpoint) as connection:
        connection.send(
            b"GET /x HTTP/1.1\r\nHost: x\r\nUser-Agent: " + hostile
            + b"\r\nx-ms-client-request-id: \"},{\"a\":\"\\\r\nReferer: " + hostile + b"\r\n\r\n"
        )
        connection.response()
    (line,) = wait_for_lines(log, 1)
    assert line["ClientRequestId"] == '"},{"a":"\\'
    assert "\ufffd" in line["UserAgentHeader"]


def test_pages_of_a_website(owner: BlobClient, server: LapisServer, log: Path) -> None:
    """What is not there is told as that, with and without a page in its place."""
    website = "<IndexDocument>i</IndexDocument><ErrorDocument404Path>lost</ErrorDocument404Path>"
    expect(owner.set_service_properties(document(
        f"<StaticWebsite><Enabled>true</Enabled>{website}</StaticWebsite>"
    )), 202)  # fmt: skip
    expect(owner.put_blob("$web", "i", b"index"), 201)
    visitor = Visitor(server)
    assert visitor.ask("/").status == 200
    assert visitor.ask("/none").status == 404
    expect(owner.put_blob("$web", "lost", b"lost"), 201)
    assert visitor.ask("/none").body == b"lost"
    assert visitor.ask("/", "PUT").status == 405
    visitor.connection.close()
    pages = [line for line in wait_for_lines(log, 7) if line["Uri"].startswith(f"http://{ACCOUNT}.z6.")]
    assert [(line["StatusCode"], line["StatusText"], line["OperationName"]) for line in pages[:3]] == [
        ("200", "AnonymousSuccess", "GetBlob"), ("404", "BlobNotFound", "GetBlob"), ("404", "BlobNotFound", "GetBlob"),
    ]
    assert [line["ObjectKey"] for line in pages[:2]] == [f"/{ACCOUNT}/$web", f"/{ACCOUNT}/$web/none"]
    assert (pages[3]["StatusCode"], pages[3]["StatusText"]) == ("405", "UnsupportedHttpVerb")


def test_reopens_on_sighup(owner: BlobClient, server: LapisServer, log: Path) -> None:
    expect(owner.create_container("one"), 201)
    wait_for_lines(log, 1)
    moved = log.with_suffix(".1")
    log.rename(moved)
    expect(owner.create_container("two"), 201)
    assert eventually(lambda: len(log_lines(moved)) == 2)
    server.signal(1)
    assert eventually(log.exists)
    # The file is there before the writing thread has taken it over.
    time.sleep(0.3)
    expect(owner.create_container("three"), 201)
    (line,) = wait_for_lines(log, 1)
    assert line["ObjectKey"] == f"/{ACCOUNT}/three"
    assert len(log_lines(moved)) == 2


def test_full_disk_does_not_disturb_serving(
    new_server: Callable[..., LapisServer], tmp_path: Path
) -> None:
    config = write_config(tmp_path, more='[access_log]\npath = "/dev/full"\n')
    server = new_server(config=config, admin="127.0.0.1:0").start()
    owner = BlobClient(server.endpoint, ACCOUNT, DEVELOPMENT_ACCOUNT)
    expect(owner.create_container("data"), 201)
    for number in range(50):
        expect(owner.put_blob("data", f"b{number}", b"x"), 201)
    dropped = "lapis_access_log_dropped_total"
    assert eventually(lambda: metrics(server).total(dropped, reason="write_failed") == 51)
    assert eventually(lambda: "lines were dropped" in server.log())


def test_reader_that_stands_still_does_not_disturb_serving(
    new_server: Callable[..., LapisServer], tmp_path: Path
) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        more = f'[access_log]\npath = "{pipe}"\nbuffer = "64KiB"\n'
        server = new_server(config=write_config(tmp_path, more=more), admin="127.0.0.1:0").start()
        owner = BlobClient(server.endpoint, ACCOUNT, DEVELOPMENT_ACCOUNT)
        expect(owner.create_container("data"), 201)
        for number in range(800):
            expect(owner.get_blob("data", "none" * 50), 404)
        assert eventually(lambda: metrics(server).total("lapis_access_log_dropped_total") > 0)
        assert server.stop() == 0
    finally:
        os.close(reader)


def test_goes_to_standard_output(new_server: Callable[..., LapisServer], tmp_path: Path) -> None:
    config = write_config(tmp_path, more='[access_log]\npath = "-"\n')
    server = new_server(config=config).start()
    owner = BlobClient(server.endpoint, ACCOUNT, DEVELOPMENT_ACCOUNT)
    expect(owner.create_container("data"), 201)
    assert eventually(lambda: '"OperationName":"CreateContainer"' in server.log())


def test_cannot_start_with_a_log_that_cannot_be_written(
    new_server: Callable[..., LapisServer], tmp_path: Path
) -> None:
    config = write_config(tmp_path, more='[access_log]\npath = "/nowhere/access.log"\n')
    with pytest.raises(Exception, match="cannot open the access log /nowhere/access.log"):
        new_server(config=config).start()


def test_slow_requests_are_warned_of(new_server: Callable[..., LapisServer], tmp_path: Path) -> None:
    config = write_config(tmp_path, top='slow_request = "1ms"')
    server = new_server(config=config, admin="127.0.0.1:0").start()
    owner = BlobClient(server.endpoint, ACCOUNT, DEVELOPMENT_ACCOUNT)
    expect(owner.create_container("data"), 201)
    for number in range(20):
        expect(owner.put_blob("data", "b", bytes(5_000_000)), 201)
    assert eventually(lambda: "request was slow operation=PutBlob" in server.log())
    assert metrics(server).total("lapis_slow_requests_total") > 0


def test_tells_of_tls(
    new_server: Callable[..., LapisServer], tmp_path: Path, certificate: tuple[Path, Path], log: Path
) -> None:
    tls = f'[tls]\ncertificate = "{certificate[0]}"\nprivate_key = "{certificate[1]}"\n'
    config = write_config(tmp_path, more=tls)
    config.write_text(config.read_text().replace('"127.0.0.1:0"', '"https://127.0.0.1:0"'))
    server = new_server(config=config).start()
    versions = [(ssl.TLSVersion.TLSv1_2, "TLS 1.2"), (ssl.TLSVersion.TLSv1_3, "TLS 1.3")]
    for version, _ in versions:
        trusting = ssl.create_default_context(cafile=str(certificate[0]))
        trusting.minimum_version = trusting.maximum_version = version
        client = BlobClient(server.endpoint, ACCOUNT, DEVELOPMENT_ACCOUNT, tls=trusting)
        expect(client.list_containers(), 200)
        client.close()
    lines = wait_for_lines(log, 2)
    assert [line["TlsVersion"] for line in lines] == [text for _, text in versions]
    assert all(line["Protocol"] == "HTTPS" for line in lines)
    assert all(line["Uri"].startswith("https://") for line in lines)
