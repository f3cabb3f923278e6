"""/metrics: every family moves as it should with real traffic."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from azure_client import encode_query, expect, expect_error
from blob_client import BlobClient, block_id
from lapis_server import REPOSITORY, LapisServer
from observing import Metrics, eventually, fetch, metrics, write_config
from raw_http import connect
from sas import account_sas
from signing import DEVELOPMENT_ACCOUNT

ADMIN = "127.0.0.1:0"


@pytest.fixture
def server(new_server: Callable[..., LapisServer], tmp_path: Path) -> LapisServer:
    return new_server(config=write_config(tmp_path), admin=ADMIN).start()


@pytest.fixture
def owner(server: LapisServer) -> BlobClient:
    client = BlobClient(server.endpoint, DEVELOPMENT_ACCOUNT.name, DEVELOPMENT_ACCOUNT)
    expect(client.create_container("data"), 201)
    return client


def settled(server: LapisServer) -> Metrics:
    """The page once no request runs, so that all that were answered have been counted."""
    assert eventually(lambda: metrics(server).total("lapis_requests_in_flight") == 0)
    return metrics(server)


def test_requests_count_by_operation_and_outcome(server: LapisServer, owner: BlobClient) -> None:
    for number in range(5):
        expect(owner.put_blob("data", f"b{number}", b"x" * 100), 201)
    for number in range(7):
        expect(owner.get_blob("data", f"b{number % 5}"), 200)
    expect(owner.get_blob("data", "b0", {"Range": "bytes=0-9"}), 206)
    expect_error(owner.get_blob("data", "none"), 404, "BlobNotFound")
    expect(owner.get_blob_properties("data", "none"), 404)
    page = settled(server)
    requests = "lapis_requests_total"
    assert page.total(requests, operation="CreateContainer", status="201", code="OK") == 1
    assert page.total(requests, operation="PutBlob", status="201", code="OK") == 5
    assert page.total(requests, operation="GetBlob", status="200", code="OK") == 7
    assert page.total(requests, operation="GetBlob", status="206", code="OK") == 1
    assert page.total(requests, operation="GetBlob", status="404", code="BlobNotFound") == 1
    assert page.total(requests, operation="GetBlobProperties", code="BlobNotFound") == 1
    assert page.total("lapis_request_errors_total", code="BlobNotFound", status="404") == 2
    assert page.total("lapis_request_errors_total") == 2
    assert page.total("lapis_responses_total", authentication="AccountKey", type="Success") == 14
    for histogram in ("lapis_request_duration_seconds", "lapis_request_server_duration_seconds"):
        assert page.total(f"{histogram}_count", operation="PutBlob") == 5
        assert page.total(f"{histogram}_bucket", operation="PutBlob", le="+Inf") == 5
        assert 0 < page.total(f"{histogram}_sum", operation="PutBlob") < 60


def test_what_is_no_operation_is_unknown(server: LapisServer, owner: BlobClient) -> None:
    with connect(server.endpoint) as connection:
        connection.send("NONSENSE\r\n\r\n")
        assert connection.response().status == 400
    account = DEVELOPMENT_ACCOUNT.name
    for path in (f"/{account}/data/b?comp=nonsense{n}" for n in range(20)):
        fetch(server.endpoint + path)
    page = settled(server)
    assert page.total("lapis_requests_total", operation="Unknown") == 21
    operations = {have["operation"] for _, have, _ in page.samples if "operation" in have}
    assert operations == {"Unknown", "CreateContainer"}


def test_no_label_is_a_name_that_a_client_chose(server: LapisServer, owner: BlobClient) -> None:
    expect(owner.create_container("secretname"), 201)
    expect(owner.put_blob("secretname", "blobname", b"x", {"x-ms-client-request-id": "id7"}), 201)
    text = settled(server).text
    assert not re.search(r"secretname|blobname|id7|devstoreaccount1", text)


def test_bytes_of_bodies_count(server: LapisServer, owner: BlobClient) -> None:
    body = bytes(3_000_000)
    expect(owner.put_blob("data", "large", body), 201)
    assert expect(owner.get_blob("data", "large"), 200).body == body
    page = settled(server)
    for name, operation in (
        ("lapis_ingress_bytes_total", "PutBlob"),
        ("lapis_egress_bytes_total", "GetBlob"),
    ):
        assert 3_000_000 < page.total(name, operation=operation) < 3_010_000
    assert page.total("lapis_ingress_bytes_total", operation="GetBlob") < 2_000
    phases = "lapis_request_phase_seconds_count"
    assert page.total(phases, phase="data") >= 2
    assert page.total(phases, phase="receive") >= 1
    assert page.total(phases, phase="metadata") >= 2
    assert page.total(phases, phase="authorize") == 3
    assert page.total(phases, phase="send") == 3


def test_refused_requests_count_as_such(server: LapisServer, owner: BlobClient) -> None:
    stranger = BlobClient(server.endpoint, DEVELOPMENT_ACCOUNT.name, sas={"sig": "x", "sv": "2021-12-02"})
    assert stranger.get_blob("data", "b").status == 403
    page = settled(server)
    assert page.total("lapis_responses_total", authentication="SAS", type="AuthorizationError") == 1
    assert page.total("lapis_requests_total", operation="GetBlob", code="AuthenticationFailed") == 1


def test_aborted_transfer_counts(server: LapisServer, owner: BlobClient) -> None:
    expect(owner.put_blob("data", "large", bytes(30_000_000)), 201)
    query = encode_query(account_sas(DEVELOPMENT_ACCOUNT).items())
    target = f"/{DEVELOPMENT_ACCOUNT.name}/data/large?{query}"
    with connect(server.endpoint) as connection:
        connection.send(f"GET {target} HTTP/1.1\r\nHost: x\r\nx-ms-version: 2021-12-02\r\n\r\n")
        assert connection.stream.recv(1000)
    page = settled(server)
    assert page.total("lapis_requests_aborted_total", operation="GetBlob") == 1
    assert page.total("lapis_responses_total", authentication="SAS", type="NetworkError") == 1
    assert page.total("lapis_egress_bytes_total", operation="GetBlob") < 30_000_000


def test_connections_and_requests_in_flight_show(server: LapisServer, owner: BlobClient) -> None:
    owner.close()
    assert eventually(lambda: metrics(server).total("lapis_connections") == 0)
    before = metrics(server).total("lapis_connections_accepted_total")
    query = encode_query([("comp", "block"), ("blockid", "QQ=="), *account_sas(DEVELOPMENT_ACCOUNT).items()])
    target = f"/{DEVELOPMENT_ACCOUNT.name}/data/slow?{query}"
    head = f"PUT {target} HTTP/1.1\r\nHost: x\r\nx-ms-version: 2021-12-02\r\nContent-Length: 9000\r\n\r\n"
    with connect(server.endpoint) as connection:
        connection.send(head)
        assert eventually(lambda: metrics(server).total("lapis_requests_in_flight") == 1)
        page = metrics(server)
        assert page.total("lapis_connections") == 1
        assert page.total("lapis_connections_accepted_total") == before + 1
        assert page.total("lapis_buffer_bytes", state="used") > 0
        connection.send(bytes(9000))
        assert connection.response().status == 201
    assert eventually(lambda: metrics(server).total("lapis_connections") == 0)
    assert metrics(server).total("lapis_requests_in_flight") == 0


def test_metadata_moves(server: LapisServer, owner: BlobClient) -> None:
    before = metrics(server)
    for number in range(10):
        expect(owner.put_blob("data", f"b{number}", b"x"), 201)
    page = settled(server)

    def rise(name: str) -> float:
        return page.total(name) - before.total(name)

    assert rise("lapis_meta_transactions_total") >= 10
    assert rise("lapis_meta_group_transactions_sum") >= 10
    assert rise("lapis_meta_write_seconds_count") == rise("lapis_meta_group_transactions_count") > 0
    assert page.total("lapis_meta_write_seconds_sum") > 0
    assert page.total("lapis_meta_transactions_waiting") == 0
    assert page.total("lapis_meta_writable") == 1
    assert rise("lapis_rocksdb_log_bytes") > 0
    assert page.total("lapis_rocksdb_memtable_bytes") > 0
    assert page.total("lapis_rocksdb_estimated_keys") > 10
    assert page.total("lapis_rocksdb_block_cache_capacity_bytes") == 64 << 20
    for quiet in ("write_stopped", "background_errors_total"):
        assert page.has(f"lapis_rocksdb_{quiet}") and page.total(f"lapis_rocksdb_{quiet}") == 0


def test_pools_tell_live_dead_and_free(server: LapisServer, owner: BlobClient) -> None:
    for number in range(6):
        expect(owner.put_blob("data", f"b{number}", bytes(900_000)), 201)
    live = settled(server).total("lapis_pool_extent_bytes", state="live")
    assert 6 * 900_000 < live < 6 * 1_000_000
    page = metrics(server)
    assert page.total("lapis_pool_extents", state="open") >= 1
    assert page.total("lapis_pool_capacity_bytes") > page.total("lapis_pool_available_bytes") > 0
    assert page.total("lapis_pool_writable") == 1
    assert eventually(lambda: metrics(server).total("lapis_pool_accounted") == 1)
    for number in range(6):
        expect(owner.delete_blob("data", f"b{number}"), 202)
    assert eventually(lambda: metrics(server).total("lapis_pool_extent_bytes", state="live") == 0)
    assert eventually(lambda: metrics(server).total("lapis_reclaim_entries_total") >= 6)
    assert metrics(server).total("lapis_reclaim_chunks_total") >= 6
    assert eventually(lambda: metrics(server).total("lapis_release_queue_entries") == 0)


def test_record_cache_tells_hits(server: LapisServer, owner: BlobClient) -> None:
    expect(owner.put_blob("data", "b", b"x"), 201)
    expect(owner.get_blob("data", "b"), 200)
    before = settled(server).total("lapis_record_cache_hits_total", cache="blobs")
    for _ in range(10):
        expect(owner.get_blob("data", "b"), 200)
    page = settled(server)
    assert page.total("lapis_record_cache_hits_total", cache="blobs") - before == 10
    assert page.total("lapis_record_cache_misses_total", cache="blobs") >= 1
    assert page.total("lapis_record_cache_entries", cache="blobs") == 1


def test_process_and_build_show(server: LapisServer) -> None:
    page = metrics(server)
    assert page.total("lapis_build_info") == 1
    assert page.total("process_resident_memory_bytes") > 1 << 20
    assert 1_600_000_000 < page.total("process_start_time_seconds") < 4_000_000_000
    assert 0 < page.total("process_open_fds") < page.total("process_max_fds")
    assert page.total("process_threads") > 3
    assert page.total("process_cpu_seconds_total") > 0


def exercise(owner: BlobClient) -> None:
    """A bit of everything, errors included, so that every family has a sample."""
    expect(owner.put_block("data", "blocks", block_id(1), bytes(9000)), 201)
    expect(owner.put_block_list("data", "blocks", [block_id(1)]), 201)
    expect(owner.get_blob("data", "blocks"), 200)
    expect(owner.get_blob("data", "none"), 404)


def test_promtool_finds_no_fault(server: LapisServer, owner: BlobClient) -> None:
    exercise(owner)
    text = settled(server).text
    done = subprocess.run(["promtool", "check", "metrics"], input=text, text=True, capture_output=True)
    assert done.returncode == 0 and not done.stderr, done.stderr + done.stdout


def test_every_metric_is_documented_and_every_documented_one_is_there(
    server: LapisServer, owner: BlobClient
) -> None:
    exercise(owner)
    document = (REPOSITORY / "docs/operations.md").read_text()
    section = document.split("## Metrics", 1)[1].split("\n## ", 1)[0]
    documented = dict(re.findall(r"^\| `(\w+)` \| (\w+) \|", section, re.MULTILINE))
    assert documented == settled(server).types


def test_metrics_can_be_switched_off(new_server: Callable[..., LapisServer], tmp_path: Path) -> None:
    config = write_config(tmp_path, more="[admin]\nmetrics = false\n")
    server = new_server(config=config, admin=ADMIN).start()
    assert fetch(server.admin_endpoint + "/metrics").status == 404
    assert fetch(server.admin_endpoint + "/livez").status == 200


def test_metrics_are_never_served_on_the_data_port(server: LapisServer) -> None:
    for path in ("/metrics", "/livez", "/readyz"):
        page = fetch(server.endpoint + path)
        assert page.status >= 400 and "# TYPE" not in page.text
