"""A real Prometheus scrapes the daemon; what it then knows is asked of its HTTP API."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import urllib.parse
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from azure_client import expect
from blob_client import BlobClient
from lapis_server import LapisServer
from observing import eventually, fetch
from signing import DEVELOPMENT_ACCOUNT

CONFIG = """\
global:
  scrape_interval: 200ms
scrape_configs:
  - job_name: lapis
    static_configs: [{{ targets: ["{target}"] }}]
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Prometheus:
    def __init__(self, directory: Path, target: str) -> None:
        config = directory / "prometheus.yml"
        config.write_text(CONFIG.format(target=target))
        address = f"127.0.0.1:{free_port()}"
        self.url = f"http://{address}"
        command = ["prometheus", f"--config.file={config}", f"--web.listen-address={address}"]
        command += [f"--storage.tsdb.path={directory / 'tsdb'}", "--log.level=warn"]
        self.log = (directory / "prometheus.log").open("w")
        self.process = subprocess.Popen(command, stdout=self.log, stderr=subprocess.STDOUT)

    def ready(self) -> bool:
        try:
            return fetch(self.url + "/-/ready").status == 200
        except OSError:
            return False

    def query(self, expression: str) -> float | None:
        """The value of an expression that yields one; None where it yields none."""
        page = fetch(f"{self.url}/api/v1/query?query={urllib.parse.quote(expression)}")
        result = json.loads(page.text)["data"]["result"]
        assert len(result) <= 1, result
        return float(result[0]["value"][1]) if result else None

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(30)
        self.log.close()


@pytest.fixture
def server(new_server: Callable[..., LapisServer]) -> LapisServer:
    return new_server(admin="127.0.0.1:0").start()


@pytest.fixture
def prometheus(server: LapisServer, tmp_path: Path) -> Iterator[Prometheus]:
    if shutil.which("prometheus") is None:
        pytest.skip("prometheus is not installed")
    started = Prometheus(tmp_path, server.admin_endpoint.removeprefix("http://"))
    yield started
    started.stop()


def test_prometheus_scrapes_and_answers_questions(
    server: LapisServer, prometheus: Prometheus
) -> None:
    owner = BlobClient(server.endpoint, DEVELOPMENT_ACCOUNT.name, DEVELOPMENT_ACCOUNT)
    expect(owner.create_container("data"), 201)
    assert eventually(prometheus.ready, 30)
    assert eventually(lambda: prometheus.query('up{job="lapis"}') == 1)

    for number in range(20):
        expect(owner.put_blob("data", f"b{number}", b"x" * 5000), 201)
    total = 'lapis_requests_total{operation="PutBlob",status="201",code="OK"}'
    assert eventually(lambda: prometheus.query(total) == 20)
    # A second wave, so that a rate can be seen: the first sample of a counter has none.
    for number in range(30):
        expect(owner.put_blob("data", f"c{number}", b"x" * 5000), 201)
    assert eventually(lambda: prometheus.query(total) == 50)
    assert (prometheus.query(f"increase({total}[1m])") or 0) > 0

    buckets = "lapis_request_duration_seconds_bucket"
    quantile = f'histogram_quantile(0.9, rate({buckets}{{operation="PutBlob"}}[1m]))'
    assert 0 < (prometheus.query(quantile) or 0) < 60
    assert (prometheus.query("sum(lapis_pool_capacity_bytes)") or 0) > 0

    server.kill()
    assert eventually(lambda: prometheus.query('up{job="lapis"}') == 0)
