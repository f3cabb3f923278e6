"""SIGHUP: a new certificate for new connections, while the service goes on."""

from __future__ import annotations

import hashlib
import shutil
import signal
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from azure_client import expect
from blob_client import BlobClient
from lapis_server import LapisServer
from signing import DEVELOPMENT_ACCOUNT

CONFIG = """\
listen = ["https://127.0.0.1:0", "127.0.0.1:0"]
shards = 2
[tls]
certificate = "{directory}/cert.pem"
private_key = "{directory}/key.pem"
[metadata]
path = "{directory}/data/meta"
[[pool]]
name = "flash"
class = "flash"
paths = ["{directory}/data/flash"]
[[account]]
name = "{account.name}"
keys = ["{account.key}"]
"""
LIMIT = 20.0  # seconds for what the daemon does by itself


def make_pair(directory: Path, name: str) -> tuple[Path, Path]:
    certificate, key = directory / f"{name}.crt", directory / f"{name}.key"
    names = "subjectAltName=DNS:localhost,IP:127.0.0.1"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    command += ["-nodes", "-days", "2", "-subj", f"/CN={name}", "-addext", names]
    command += ["-keyout", str(key), "-out", str(certificate)]
    subprocess.run(command, check=True, capture_output=True)
    return certificate, key


class Rotation:
    """A daemon that reads cert.pem and key.pem, and what may be put there."""

    def __init__(self, server: LapisServer, directory: Path) -> None:
        self.server = server
        self.directory = directory
        self.trust = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)

    def put(self, certificate: Path, key: Path) -> None:
        for source, name in ((certificate, "cert.pem"), (key, "key.pem")):
            shutil.copy(source, self.directory / f"{name}.new")
            (self.directory / f"{name}.new").rename(self.directory / name)

    def reload(self, outcome: str) -> None:
        """Sends SIGHUP and waits until the log tells its outcome once more."""
        before = self.server.log().count(outcome)
        self.server.signal(signal.SIGHUP)
        deadline = time.monotonic() + LIMIT
        while self.server.log().count(outcome) == before:
            assert self.server.running(), self.server.log()[-2000:]
            assert time.monotonic() < deadline, self.server.log()[-2000:]
            time.sleep(0.01)

    @property
    def endpoint(self) -> str:
        return next(e for e in self.server.endpoints if e.startswith("https://"))

    def client(self) -> BlobClient:
        account = DEVELOPMENT_ACCOUNT
        return BlobClient(self.endpoint, account.name, account, tls=self.trust, timeout=LIMIT)

    def shown(self) -> str:
        """The fingerprint of the certificate that a new connection is shown."""
        parts = urlsplit(self.endpoint)
        with socket.create_connection((parts.hostname or "", parts.port or 0), LIMIT) as plain:
            with self.trust.wrap_socket(plain, server_hostname="localhost") as stream:
                return hashlib.sha256(stream.getpeercert(True) or b"").hexdigest()


def fingerprint(certificate: Path) -> str:
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(certificate.read_text())).hexdigest()


RELOADED = "reloaded what=\"TLS certificate\""
FAILED = "reload FAILED"


@pytest.fixture
def pairs(tmp_path: Path) -> dict[str, tuple[Path, Path]]:
    return {name: make_pair(tmp_path, name) for name in ("one", "two")}


@pytest.fixture
def rotation(
    new_server: Callable[..., LapisServer], tmp_path: Path, pairs: dict[str, tuple[Path, Path]]
) -> Rotation:
    config = tmp_path / "lapis.toml"
    config.write_text(CONFIG.format(directory=tmp_path, account=DEVELOPMENT_ACCOUNT))
    rotation = Rotation(new_server(config=config), tmp_path)
    for certificate, _ in pairs.values():
        rotation.trust.load_verify_locations(certificate)
    rotation.put(*pairs["one"])
    rotation.server.start(expected_addresses=2)
    return rotation


def test_new_connections_get_the_new_certificate(
    rotation: Rotation, pairs: dict[str, tuple[Path, Path]]
) -> None:
    old = rotation.client()
    expect(old.create_container("box"), 201)
    socket_before = old.connection().sock
    rotation.put(*pairs["two"])
    assert rotation.shown() == fingerprint(pairs["one"][0]), "nothing changes before the signal"
    rotation.reload(RELOADED)
    for _ in range(8):  # whichever shard takes the connection
        assert rotation.shown() == fingerprint(pairs["two"][0])
    expect(old.put_blob("box", "b", b"content"), 201)
    assert old.connection().sock is socket_before, "the old connection goes on"
    assert expect(rotation.client().get_blob("box", "b"), 200).body == b"content"


BAD = {
    "no certificate": lambda d, pairs: (d / "cert.pem").unlink(),
    "no key": lambda d, pairs: (d / "key.pem").unlink(),
    "certificate is no PEM": lambda d, pairs: (d / "cert.pem").write_text("no PEM"),
    "key is cut short": lambda d, pairs: (d / "key.pem").write_text(
        pairs["one"][1].read_text()[:100]
    ),
    "key of another": lambda d, pairs: shutil.copy(pairs["two"][1], d / "key.pem"),
    "certificate of another": lambda d, pairs: shutil.copy(pairs["two"][0], d / "cert.pem"),
}


def test_what_cannot_be_used_changes_nothing(
    rotation: Rotation, pairs: dict[str, tuple[Path, Path]]
) -> None:
    for name, damage in BAD.items():
        rotation.put(*pairs["one"])
        damage(rotation.directory, pairs)
        rotation.reload(FAILED)
        last = [line for line in rotation.server.log().splitlines() if FAILED in line][-1]
        assert " error " in last.lower() and "TLS" in last, last
        for _ in range(4):
            assert rotation.shown() == fingerprint(pairs["one"][0]), name
    rotation.put(*pairs["two"])
    rotation.reload(RELOADED)
    assert rotation.shown() == fingerprint(pairs["two"][0])


def test_no_request_fails_while_certificates_rotate(
    rotation: Rotation, pairs: dict[str, tuple[Path, Path]]
) -> None:
    expect(rotation.client().create_container("box"), 201)
    stop = threading.Event()
    failures: list[str] = []
    done = [0, 0, 0, 0]

    def work(number: int) -> None:
        """Even ones keep their connection; odd ones make one for each request."""
        client = rotation.client()
        body = bytes([number]) * 40_000
        try:
            while not stop.is_set():
                expect(client.put_blob("box", str(number), body), 201)
                if number % 2:
                    client.close()
                assert expect(client.get_blob("box", str(number)), 200).body == body
                done[number] += 1
        except Exception as error:  # noqa: BLE001 - whatever it is, it is a failed request
            failures.append(f"{number}: {error!r}")

    workers = [threading.Thread(target=work, args=(number,)) for number in range(len(done))]
    for worker in workers:
        worker.start()
    for turn in range(20):
        before = list(done)
        pair = pairs["two" if turn % 2 == 0 else "one"]
        rotation.put(*pair)
        rotation.reload(RELOADED)
        assert rotation.shown() == fingerprint(pair[0])
        deadline = time.monotonic() + LIMIT
        while not failures and any(now == then for now, then in zip(done, before)):
            assert time.monotonic() < deadline, "a worker stands still"
            time.sleep(0.005)
    stop.set()
    for worker in workers:
        worker.join()
    assert failures == []
    assert rotation.server.log().count(RELOADED) == 20


def test_without_tls_nothing_happens(new_server: Callable[..., LapisServer]) -> None:
    server = new_server().start()
    server.signal(signal.SIGHUP)
    deadline = time.monotonic() + LIMIT
    while "nothing is configured that can be reloaded" not in server.log():
        assert server.running() and time.monotonic() < deadline, server.log()
        time.sleep(0.01)
    expect(
        BlobClient(server.endpoint, DEVELOPMENT_ACCOUNT.name, DEVELOPMENT_ACCOUNT).list_containers(),
        200,
    )
