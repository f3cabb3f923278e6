"""Blob Batch, of the account and of a container."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from azure_client import BOM, expect, expect_error
from batching import BOUNDARY, Answer, Part, answers_of, body_of, delete, set_tier, submit
from blob_client import CONTAINER, BlobClient
from lapis_server import LapisServer
from observing import eventually, metrics, wait_for_lines, write_config
from sas import account_sas, service_sas
from signing import DEVELOPMENT_ACCOUNT, sas_time

NAME = DEVELOPMENT_ACCOUNT.name
OWNER = {"account": DEVELOPMENT_ACCOUNT}


@pytest.fixture
def blobs(client: BlobClient, container: str) -> list[str]:
    names = ["a", "dir/b c", "ü"]
    for name in names:
        expect(client.put_blob(container, name, b"x"), 201)
    return names


def refused(response: object, status: int, code: str) -> Answer:
    """The batch as a whole: one part, which has no Content-ID."""
    (answer,) = answers_of(response)  # type: ignore[arg-type]
    assert (answer.content_id, answer.status, answer.error_code) == (None, status, code), answer
    assert answer.body.startswith(BOM) and f"<Code>{code}</Code>".encode() in answer.body
    return answer


@pytest.mark.parametrize("prefix", ["", f"/{NAME}"])
@pytest.mark.parametrize("scoped", [False, True])
def test_delete(
    client: BlobClient, container: str, blobs: list[str], prefix: str, scoped: bool
) -> None:
    """With paths as the SDKs for JavaScript (with the account) and for Python write them."""
    parts = [delete(f"{prefix}/{container}/{name}", **OWNER) for name in [*blobs, "none"]]
    sent = {"x-ms-client-request-id": "mine"}
    response = submit(client, parts, container if scoped else "", headers=sent)
    assert response["x-ms-client-request-id"] == "mine" and response["x-ms-version"]
    answers = answers_of(response)
    assert [answer.content_id for answer in answers] == ["0", "1", "2", "3"]
    assert [answer.status for answer in answers] == [202, 202, 202, 404]
    whole = response["x-ms-request-id"] or ""
    for answer in answers:
        assert answer.headers["x-ms-version"] == "2021-12-02"
        assert answer.headers["server"] and "x-ms-client-request-id" not in answer.headers
        assert answer.headers["x-ms-request-id"][:28] == whole[:28]
        assert answer.headers["x-ms-request-id"] != whole
    for answer in answers[:3]:
        assert answer.headers["x-ms-delete-type-permanent"] == "true"
        assert (answer.reason, answer.body) == ("Accepted", b"")
    assert answers[3].error_code == "BlobNotFound"
    assert answers[3].reason == "The specified blob does not exist."
    assert answers[3].headers["content-type"] == "application/xml"
    assert answers[3].body.startswith(BOM) and b"<Code>BlobNotFound</Code>" in answers[3].body
    assert client.names(container) == []


def test_the_answers_type(client: BlobClient, container: str) -> None:
    response = submit(client, [delete(f"/{container}/none", **OWNER)])
    kind, _, boundary = (response["Content-Type"] or "").partition("; boundary=")
    assert kind == "multipart/mixed" and boundary.startswith("batchresponse_")
    assert response["Content-Length"] == str(len(response.body))


def test_set_tier(client: BlobClient, container: str, blobs: list[str]) -> None:
    parts = [set_tier(f"/{container}/{name}", "Archive", **OWNER) for name in blobs]
    assert [a.status for a in answers_of(submit(client, parts))] == [200] * 3
    parts = [set_tier(f"/{container}/{name}", tier, **OWNER) for name, tier in zip(blobs, ["Hot", "Warm", ""])]
    answers = answers_of(submit(client, parts))
    assert [(a.status, a.error_code) for a in answers] == [
        (202, None), (400, "InvalidHeaderValue"), (400, "MissingRequiredHeader"),
    ]  # fmt: skip
    assert client.get_blob_properties(container, "a")["x-ms-access-tier"] == "Hot"
    assert client.get_blob_properties(container, "ü")["x-ms-access-tier"] == "Archive"


def test_conditions_and_ids_of_parts(client: BlobClient, container: str, blobs: list[str]) -> None:
    etag = client.get_blob_properties(container, "a")["ETag"] or ""
    sent = [{"If-None-Match": etag, "x-ms-client-request-id": "one"}, {"If-Match": etag}]
    parts = [Part("DELETE", f"/{container}/a", [], headers, **OWNER) for headers in sent]
    one = answers_of(submit(client, parts[:1]))[0]
    assert (one.status, one.error_code) == (412, "ConditionNotMet")
    assert one.headers["x-ms-client-request-id"] == "one"
    assert answers_of(submit(client, parts[1:]))[0].status == 202


def test_leases_and_snapshots(client: BlobClient, container: str, blobs: list[str]) -> None:
    """As of a request by itself: a lease guards its blob, a blob with snapshots stays."""
    lease = str(uuid.uuid4())
    sent = {"x-ms-lease-action": "acquire", "x-ms-lease-duration": "-1", "x-ms-proposed-lease-id": lease}
    expect(client.request("PUT", client.path(container, "a"), [("comp", "lease")], sent), 201)
    taken = client.request("PUT", client.path(container, "ü"), [("comp", "snapshot")])
    snapshot = expect(taken, 201)["x-ms-snapshot"] or ""
    parts = [delete(f"/{container}/{name}", **OWNER) for name in ("a", "ü")]
    assert [a.error_code for a in answers_of(submit(client, parts))] == ["LeaseIdMissing", "SnapshotsPresent"]
    path = f"/{container}/%C3%BC"
    parts = [
        Part("DELETE", f"/{container}/a", [], {"x-ms-lease-id": lease}, **OWNER),
        Part("DELETE", path, [("snapshot", snapshot)], **OWNER),
    ]
    assert [a.status for a in answers_of(submit(client, parts))] == [202, 202]
    expect(client.request("PUT", client.path(container, "ü"), [("comp", "snapshot")]), 201)
    parts = [Part("DELETE", path, [], {"x-ms-delete-snapshots": "include"}, **OWNER)]
    assert [a.status for a in answers_of(submit(client, parts))] == [202]
    assert client.names(container) == ["dir/b c"]


def test_host_style(new_client: Callable[..., BlobClient], client: BlobClient, container: str) -> None:
    expect(client.put_blob(container, "b", b"x"), 201)
    host = new_client(host=f"{NAME}.blob.lapis.test", host_style=True)
    parts = [delete(f"/{container}/b", **OWNER)]
    assert [a.status for a in answers_of(submit(host, parts))] == [202]
    expect(client.put_blob(container, "b", b"x"), 201)
    assert [a.status for a in answers_of(submit(host, parts, container))] == [202]


def test_the_path_of_the_account_as_a_container(client: BlobClient, container: str) -> None:
    """So the SDK for JavaScript writes it, for an account whose name stands in the path."""
    expect(client.put_blob(container, "b", b"x"), 201)
    body = body_of([delete(f"/{NAME}/{container}/b", **OWNER)])
    query = [("comp", "batch"), *CONTAINER]
    sent = {"Content-Type": f"multipart/mixed; boundary={BOUNDARY}"}
    response = client.request("POST", f"/{NAME}", query, sent, body)
    assert [a.status for a in answers_of(response)] == [202]


def test_credentials(
    client: BlobClient, new_client: Callable[..., BlobClient], container: str, blobs: list[str]
) -> None:
    """A batch passes with any credential of its level; each part needs one of its own."""
    d = account_sas(DEVELOPMENT_ACCOUNT, "d", srt="o")
    everything = new_client(sas=account_sas(DEVELOPMENT_ACCOUNT, "r", srt="o"))
    parts = [
        delete(f"/{container}/a", sas=account_sas(DEVELOPMENT_ACCOUNT, "w")),
        delete(f"/{container}/a", sas=service_sas(DEVELOPMENT_ACCOUNT, f"/{container}/other", "d")),
        delete(f"/{container}/a", sas=account_sas(DEVELOPMENT_ACCOUNT, "d", se=sas_time(timedelta(hours=-1)))),
        delete(f"/{container}/a"),
        Part("DELETE", f"/{container}/a", [], {"Authorization": f"SharedKey {NAME}:bad", "x-ms-date": "x"}),
        delete(f"/{container}/a", sas=d),
    ]  # fmt: skip
    answers = answers_of(submit(everything, parts))
    assert [(a.status, a.error_code) for a in answers] == [
        (403, "AuthorizationPermissionMismatch"),
        (403, "AuthenticationFailed"),
        (403, "AuthenticationFailed"),
        (401, "NoAuthenticationInformation"),
        (403, "AuthenticationFailed"),
        (202, None),
    ]
    of_container = new_client(sas=service_sas(DEVELOPMENT_ACCOUNT, f"/{container}", "d"))
    parts = [delete(f"/{NAME}/{container}/dir/b c", sas=of_container.sas)]
    assert [a.status for a in answers_of(submit(of_container, parts, container))] == [202]
    expect_error(submit(of_container, parts), 403, "AuthenticationFailed")
    anonymous = new_client(account=None)
    expect_error(submit(anonymous, [delete(f"/{container}/ü", sas=d)]), 401, "NoAuthenticationInformation")
    assert client.names(container) == ["ü"]


def test_a_batch_out_of_time(new_client: Callable[..., BlobClient], container: str) -> None:
    """Azure tells that inside an answer."""
    late = new_client(sas=account_sas(DEVELOPMENT_ACCOUNT, "d", se=sas_time(timedelta(hours=-1))))
    refused(submit(late, [delete(f"/{container}/b", **OWNER)]), 403, "AuthenticationFailed")
    forged = new_client(sas=late.sas | {"sig": "AAAA"})  # type: ignore[operator]
    expect_error(submit(forged, [delete(f"/{container}/b", **OWNER)]), 403, "AuthenticationFailed")


@pytest.mark.parametrize(
    ("content_type", "code"),
    [
        ("multipart/mixed", "InvalidHeaderValue"),
        ("multipart/mixed; boundary=", "InvalidHeaderValue"),
        (f"multipart/mixed; boundary={BOUNDARY}; boundary={BOUNDARY}", "InvalidInput"),
        ("multipart/mixed; boundary=other", "InvalidInput"),
    ],
)
def test_boundaries(client: BlobClient, container: str, blobs: list[str], content_type: str, code: str) -> None:
    parts = [delete(f"/{container}/a", **OWNER)]
    refused(submit(client, parts, content_type=content_type), 400, code)
    assert client.names(container) == sorted(blobs)


def test_how_a_boundary_may_be_written(client: BlobClient, container: str, blobs: list[str]) -> None:
    for name, kind in zip(blobs, [f"Multipart/Mixed;BOUNDARY = {BOUNDARY}", f'multipart/mixed; boundary="{BOUNDARY}"']):
        answers = answers_of(submit(client, [delete(f"/{container}/{name}", **OWNER)], content_type=kind))
        assert [a.status for a in answers] == [202]


def test_what_is_no_batch(client: BlobClient, container: str) -> None:
    body = body_of([delete(f"/{container}/b", **OWNER)])
    answer = expect_error(
        client.request("POST", client.path(), [("comp", "batch")], {}, body), 400, "MissingRequiredHeader"
    )
    assert answer.error_field("HeaderName") == "Content-Type"
    expect_error(submit(client, body, content_type="text/plain"), 400, "InvalidHeaderValue")
    for version, scope in (("2018-03-28", ""), ("2020-02-10", container)):
        old = submit(client, body, scope, headers={"x-ms-version": version})
        expect_error(old, 400, "InvalidQueryParameterValue")
    large = submit(client, body + b"\r\n" * (2 << 20))
    assert expect_error(large, 413, "RequestBodyTooLarge").error_field("MaxLimit") == str(4 << 20)


def test_bodies_that_are_none(client: BlobClient, container: str, blobs: list[str]) -> None:
    good = delete(f"/{container}/a", **OWNER).text()
    whole = body_of([good])
    cases: list[bytes | list[str]] = [
        b"", f"--{BOUNDARY}--\r\n".encode(), b"x" + whole, whole + b"x", whole[:-6],
        whole.replace(b"\r\n", b"\n"), whole.replace(b"Content-ID: 0\r\n", b""),
        whole.replace(b"application/http", b"text/plain"), whole.replace(b"Content-Transfer-Encoding: binary", b"Content-Transfer-Encoding: base64"),
        [good, "nonsense\r\n\r\n"], [good, good.replace("Content-Length: 0", "Content-Length: 1") + "x"],
        [good, f"GET /{container}/a HTTP/1.1\r\n\r\n"], [good, "POST /?comp=batch HTTP/1.1\r\n\r\n"],
        [good, f"PUT /{container}/n HTTP/1.1\r\nx-ms-blob-type: BlockBlob\r\n\r\n"],
    ]  # fmt: skip
    for case in cases:
        refused(submit(client, case), 400, "InvalidInput")
    mixed = [good, set_tier(f"/{container}/a", "Cool", **OWNER)]
    refused(submit(client, mixed), 400, "AllBatchSubRequestsShouldBeSameApi")
    other = [good, delete("/elsewhere/a", **OWNER)]
    refused(submit(client, other, container), 400, "InvalidInput")
    assert client.names(container) == sorted(blobs)


def test_256_parts_and_no_more(client: BlobClient, container: str) -> None:
    names = [f"b{number:03d}" for number in range(256)]
    for name in names:
        expect(client.put_blob(container, name, b"x"), 201)
    parts = [delete(f"/{container}/{name}", **OWNER) for name in [*names, "one more"]]
    refused(submit(client, parts), 400, "ExceedsMaxBatchRequestCount")
    assert client.names(container) == names
    answers = answers_of(submit(client, parts[:256]))
    assert [a.content_id for a in answers] == [str(number) for number in range(256)]
    assert {a.status for a in answers} == {202}
    assert client.names(container) == []


def test_batches_at_once(new_client: Callable[..., BlobClient], client: BlobClient, container: str) -> None:
    """Each blob is deleted by exactly one of them."""
    names = [f"b{number:03d}" for number in range(128)]
    for name in names:
        expect(client.put_blob(container, name, b"x"), 201)
    results: list[list[int]] = []

    def run() -> None:
        parts = [delete(f"/{container}/{name}", **OWNER) for name in names]
        results.append([a.status for a in answers_of(submit(new_client(), parts))])

    threads = [threading.Thread(target=run) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for outcomes in zip(*results, strict=True):
        assert sorted(outcomes) == [202] + [404] * 5
    assert client.names(container) == []


def test_metrics_and_log_see_the_batch_and_its_parts(
    new_server: Callable[..., LapisServer], tmp_path: Path
) -> None:
    server = new_server(config=write_config(tmp_path), admin="127.0.0.1:0").start()
    owner = BlobClient(server.endpoint, NAME, DEVELOPMENT_ACCOUNT)
    name = f"box-{uuid.uuid4().hex[:8]}"
    expect(owner.create_container(name), 201)
    expect(owner.put_blob(name, "a", b"x"), 201)
    token = account_sas(DEVELOPMENT_ACCOUNT, "d")
    parts = [delete(f"/{name}/a", **OWNER), delete(f"/{name}/none", sas=token)]
    answers = answers_of(submit(owner, parts))
    assert [a.status for a in answers] == [202, 404]
    refused(submit(owner, b""), 400, "InvalidInput")
    lines = wait_for_lines(tmp_path / "access.log", 6)[2:]
    lines.sort(key=lambda line: str(line["OperationName"]), reverse=True)
    assert [line["OperationName"] for line in lines] == ["DeleteBlob"] * 2 + ["BlobBatch"] * 2
    assert sorted(line["StatusText"] for line in lines[:2]) == ["BlobNotFound", "Success"]
    assert {line["AuthenticationType"] for line in lines[:2]} == {"AccountKey", "SAS"}
    assert {line["CorrelationId"] for line in lines[:2]} == {a.headers["x-ms-request-id"] for a in answers}
    assert [line["StatusCode"] for line in lines[2:]] == ["202", "202"]
    assert token["sig"] not in (tmp_path / "access.log").read_text()
    assert eventually(lambda: metrics(server).total("lapis_requests_total", operation="BlobBatch") == 2)
    page = metrics(server)
    assert page.total("lapis_requests_total", operation="DeleteBlob", code="OK") == 1
    assert page.total("lapis_requests_total", operation="DeleteBlob", code="BlobNotFound") == 1
    assert page.total("lapis_requests_total", operation="BlobBatch", code="InvalidInput") == 1
