"""HTTP by hand, for what a well-behaved client never sends."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

SHORT = 0.3  # seconds in which nothing may come


@dataclass
class RawResponse:
    status: int
    headers: dict[str, str]  # lower-case names
    body: bytes


class RawConnection:
    def __init__(self, stream: socket.socket) -> None:
        self.stream = stream
        self.received = b""

    def send(self, data: str | bytes) -> None:
        self.stream.sendall(data.encode() if isinstance(data, str) else data)

    def _fill(self) -> bool:
        """False at the end of the stream."""
        try:
            data = self.stream.recv(1 << 16)
        except ConnectionResetError:
            data = b""
        self.received += data
        return bool(data)

    def response(self, to_head: bool = False) -> RawResponse:
        """The next response; interim ones (1xx) have no body. Fails where the stream ends early."""
        while b"\r\n\r\n" not in self.received:
            assert self._fill(), f"the connection ended within a head: {self.received!r}"
        head, self.received = self.received.split(b"\r\n\r\n", 1)
        lines = head.decode("latin-1").split("\r\n")
        fields = (line.split(":", 1) for line in lines[1:])
        headers = {name.strip().lower(): value.strip() for name, value in fields}
        status = int(lines[0].split()[1])
        length = int(headers.get("content-length", "0"))
        if to_head or status < 200 or status in (204, 304):
            length = 0
        if headers.get("transfer-encoding") == "chunked":
            return RawResponse(status, headers, self._chunked())
        while len(self.received) < length:
            assert self._fill(), "the connection ended within a body"
        body, self.received = self.received[:length], self.received[length:]
        return RawResponse(status, headers, body)

    def _chunked(self) -> bytes:
        body = b""
        while True:
            while b"\r\n" not in self.received:
                assert self._fill(), "the connection ended within a chunk"
            line, self.received = self.received.split(b"\r\n", 1)
            size = int(line.split(b";")[0], 16)
            while len(self.received) < size + 2:
                assert self._fill(), "the connection ended within a chunk"
            body += self.received[:size]
            self.received = self.received[size + 2 :]
            if size == 0:
                return body

    def is_silent(self) -> bool:
        """Nothing comes for a moment, and the connection stays open."""
        self.stream.settimeout(SHORT)
        try:
            return not self.received and self._fill() and False
        except TimeoutError:
            return True
        finally:
            self.stream.settimeout(10)

    def is_closed(self) -> bool:
        """The server closes, with nothing more to say."""
        try:
            return not self.received and not self._fill()
        except TimeoutError:
            return False


@contextmanager
def connect(endpoint: str, tls: ssl.SSLContext | None = None) -> Iterator[RawConnection]:
    parts = urlsplit(endpoint)
    with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=10) as plain:
        if tls is None:
            yield RawConnection(plain)
            return
        with tls.wrap_socket(plain, server_hostname=parts.hostname) as secure:
            yield RawConnection(secure)
