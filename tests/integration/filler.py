"""Writes many small blobs or blocks quickly: pipelined requests over many connections, from several
processes. Every answer is checked."""

from __future__ import annotations

import multiprocessing
import re
import socket
from collections.abc import Mapping, Sequence
from urllib.parse import quote, urlsplit

from azure_client import VERSION, encode_query
from sas import account_sas
from signing import DEVELOPMENT_ACCOUNT, Query

PROCESSES = 2
CONNECTIONS = 48  # a process
PIPELINE = 8  # requests under way on a connection

STATUS = re.compile(rb"HTTP/1\.1 (\d{3}) ")
HEAD_END = b"\r\n\r\n"

# A PUT: path with slashes kept, query, body, headers.
Put = tuple[str, Query, bytes, Mapping[str, str]]


class Pipe:
    """One connection. Answers must have no body, as those of successful PUTs have none."""

    def __init__(self, endpoint: str) -> None:
        parts = urlsplit(endpoint)
        self.stream = socket.create_connection((parts.hostname or "", parts.port or 0), timeout=120)
        self.stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.waiting = 0

    def send(self, requests: Sequence[bytes]) -> None:
        self.stream.sendall(b"".join(requests))
        self.waiting += len(requests)

    def settle(self) -> None:
        """Takes all answers that are due; fails on any but 201."""
        received = b""
        while received.count(HEAD_END) < self.waiting:
            data = self.stream.recv(1 << 16)
            assert data, f"the connection ended: {received[-500:]!r}"
            received += data
            statuses = STATUS.findall(received)
            assert set(statuses) <= {b"201"}, received[-2000:].decode(errors="replace")
        assert len(STATUS.findall(received)) == self.waiting
        self.waiting = 0


def _request(put: Put, sas: str) -> bytes:
    path, query, body, headers = put
    extra = f"{encode_query(query)}&" if query else ""
    head = (
        f"PUT /{DEVELOPMENT_ACCOUNT.name}/{quote(path)}?{extra}{sas} HTTP/1.1\r\n"
        f"Host: lapis\r\nx-ms-version: {VERSION}\r\nx-ms-blob-type: BlockBlob\r\n"
        + "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        + f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def _fill_part(endpoint: str, puts: Sequence[Put]) -> None:
    sas = encode_query(list(account_sas(DEVELOPMENT_ACCOUNT, "rwdlact").items()))
    pipes = [Pipe(endpoint) for _ in range(CONNECTIONS)]
    for start in range(0, len(puts), CONNECTIONS * PIPELINE):
        round_puts = puts[start : start + CONNECTIONS * PIPELINE]
        for number, pipe in enumerate(pipes):
            pipe.send([_request(put, sas) for put in round_puts[number::CONNECTIONS]])
        for pipe in pipes:
            pipe.settle()


def fill(endpoint: str, puts: Sequence[Put]) -> None:
    """Returns when all of them have been answered by 201. Their order is not kept."""
    context = multiprocessing.get_context("fork")
    parts = [(endpoint, puts[number::PROCESSES]) for number in range(PROCESSES)]
    processes = [context.Process(target=_fill_part, args=part) for part in parts]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert all(process.exitcode == 0 for process in processes), "a filler failed; see its output"


def fill_blobs(endpoint: str, container: str, names: Sequence[str]) -> None:
    fill(endpoint, [(f"{container}/{name}", [], b"x", {}) for name in names])


def fill_tagged_blobs(endpoint: str, container: str, tags: Mapping[str, str]) -> None:
    """Of names to what x-ms-tags says."""
    fill(
        endpoint,
        [(f"{container}/{name}", [], b"x", {"x-ms-tags": text}) for name, text in tags.items()],
    )


def fill_blocks(
    endpoint: str, container: str, blob: str, blocks: Sequence[tuple[str, bytes]]
) -> None:
    path = f"{container}/{blob}"
    fill(
        endpoint,
        [(path, [("comp", "block"), ("blockid", name)], body, {}) for name, body in blocks],
    )
