"""/livez and /readyz on the admin listener."""

from __future__ import annotations

import contextlib
import shutil
import socket
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from azure_client import encode_query, expect
from blob_client import BlobClient
from lapis_server import LapisServer, StartFailed
from observing import eventually, fetch, write_config
from raw_http import connect
from sas import account_sas
from signing import DEVELOPMENT_ACCOUNT

ADMIN = "127.0.0.1:0"


@pytest.fixture
def server(new_server: Callable[..., LapisServer]) -> LapisServer:
    return new_server(admin=ADMIN).start()


def test_a_serving_daemon_is_alive_and_ready(server: LapisServer) -> None:
    for path, text in (("/livez", "alive\n"), ("/readyz", "ready\n")):
        page = fetch(server.admin_endpoint + path)
        assert (page.status, page.text) == (200, text)
        assert fetch(server.admin_endpoint + path, "HEAD").status == 200


def test_other_pages_and_methods_are_refused(server: LapisServer) -> None:
    assert fetch(server.admin_endpoint + "/").status == 404
    assert fetch(server.admin_endpoint + "/livez", "PUT").status == 405
    assert fetch(server.admin_endpoint + "/livez?x=1").status == 200


def test_a_draining_daemon_is_alive_and_not_ready(server: LapisServer) -> None:
    owner = BlobClient(server.endpoint, DEVELOPMENT_ACCOUNT.name, DEVELOPMENT_ACCOUNT)
    expect(owner.create_container("data"), 201)
    query = encode_query(account_sas(DEVELOPMENT_ACCOUNT).items())
    target = f"/{DEVELOPMENT_ACCOUNT.name}/data/b?{query}"
    head = f"PUT {target} HTTP/1.1\r\nHost: x\r\nx-ms-version: 2021-12-02\r\n"
    head += "x-ms-blob-type: BlockBlob\r\nContent-Length: 10000\r\n\r\n"
    with connect(server.endpoint) as connection:
        connection.send(head)
        time.sleep(0.2)
        server.signal(15)
        assert eventually(lambda: fetch(server.admin_endpoint + "/readyz").status == 503)
        assert "stopping" in fetch(server.admin_endpoint + "/readyz").text
        assert fetch(server.admin_endpoint + "/livez").status == 200
        assert fetch(server.admin_endpoint + "/metrics").status == 200
        connection.send(bytes(10000))
        assert connection.response().status == 201
    assert server.stop() == 0


def test_a_full_daemon_is_not_ready_and_says_why(
    new_server: Callable[..., LapisServer], tmp_path: Path
) -> None:
    config = write_config(tmp_path)
    config.write_text(config.read_text().replace('extent_size = "4MiB"', 'min_free = "1000TiB"'))
    server = new_server(config=config, admin=ADMIN).start()
    page = fetch(server.admin_endpoint + "/readyz")
    assert page.status == 503
    assert "full: no path has room" in page.text


def test_full_metadata_disk_is_not_ready(
    new_server: Callable[..., LapisServer], tmp_path: Path
) -> None:
    # Less than what is to stay free, and enough for the small transactions of a start.
    min_free = shutil.disk_usage(tmp_path).free * 3 // 2
    config = write_config(tmp_path)
    config.write_text(config.read_text().replace("/meta\"", f"/meta\"\nmin_free = {min_free}"))
    server = new_server(config=config, admin=ADMIN).start()
    page = fetch(server.admin_endpoint + "/readyz")
    assert page.status == 503
    assert "metadata: less than min_free" in page.text


def test_admin_listener_can_be_off(new_server: Callable[..., LapisServer]) -> None:
    server = new_server(admin="off").start()
    assert server.admin_endpoint == ""
    assert "admin on" not in server.log()


def test_default_admin_address_that_is_taken_does_not_stop_the_start(
    new_server: Callable[..., LapisServer],
) -> None:
    with socket.socket() as other:
        with contextlib.suppress(OSError):  # somebody may have it already
            other.bind(("127.0.0.1", 10010))
            other.listen()
        server = new_server(admin="").start()
        assert server.admin_endpoint == ""
        assert "going on without the admin listener" in server.log()


def test_admin_address_that_was_asked_for_must_be_free(
    server: LapisServer, new_server: Callable[..., LapisServer]
) -> None:
    taken = server.admin_endpoint.removeprefix("http://")
    with pytest.raises(StartFailed) as failure:
        new_server("second", admin=taken).start()
    assert "cannot listen" in failure.value.log
