"""A server that copies read from, which answers what a test tells it to: raw bytes over a socket, so
that it can lie, stall and die."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class Request:
    method: str
    target: str
    headers: dict[str, str]  # by their names in lower case

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]


def answer(
    status: int = 200, headers: dict[str, str] | None = None, body: bytes = b"", length: int | None = None
) -> bytes:
    """A whole response; `length` is what it claims, where that is not what it sends."""
    sent = {"Content-Length": str(len(body) if length is None else length)} | (headers or {})
    head = "".join(f"{name}: {value}\r\n" for name, value in sent.items() if value)
    return f"HTTP/1.1 {status} Whatever\r\n{head}\r\n".encode() + body


def azure_error(status: int, code: str, message: str) -> bytes:
    document = (
        '\ufeff<?xml version="1.0" encoding="utf-8"?><Error><Code>' + code + "</Code><Message>"
        f"{message}\nRequestId:0\nTime:0</Message></Error>"
    )
    headers = {"x-ms-error-code": code, "Content-Type": "application/xml"}
    return answer(status, headers, document.encode())


@dataclass
class SourceServer:
    """Serves /PATH with answers[PATH]: bytes to send, or a function that is given the connection.
    Everything else is a 404. Each connection is closed after its answer."""

    answers: dict[str, bytes | Callable[[socket.socket, Request], None]] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)
    poured: int = 0
    _socket: socket.socket | None = None
    _stopping: threading.Event = field(default_factory=threading.Event)

    def start(self, address: str = "127.0.0.1") -> SourceServer:
        self._socket = socket.create_server((address, 0))
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def stop(self) -> None:
        self._stopping.set()
        if self._socket is not None:
            self._socket.close()

    @property
    def port(self) -> int:
        assert self._socket is not None
        return int(self._socket.getsockname()[1])

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    def serve(self, path: str, reply: bytes | Callable[[socket.socket, Request], None]) -> str:
        self.answers[path] = reply
        return self.url(path)

    def stall(self, first: bytes) -> Callable[[socket.socket, Request], None]:
        """Sends `first` and then nothing, without closing, until the server is stopped."""

        def reply(connection: socket.socket, _: Request) -> None:
            connection.sendall(first)
            self._stopping.wait(60)

        return reply

    def trickle(
        self, head: bytes, pause: float, piece: bytes = b"x"
    ) -> Callable[[socket.socket, Request], None]:
        """Sends `head`, then `piece` every `pause` seconds."""

        def reply(connection: socket.socket, _: Request) -> None:
            connection.sendall(head)
            while not self._stopping.is_set():
                connection.sendall(piece)
                time.sleep(pause)

        return reply

    def pour(self, head: bytes, piece: bytes, most: int = 64 << 20) -> Callable[[socket.socket, Request], None]:
        """Sends `head`, then `piece` over and over until the other side has had enough: `poured`
        tells how much of it went. Gives up at `most`."""

        def reply(connection: socket.socket, _: Request) -> None:
            self.poured = 0
            connection.sendall(head)
            while self.poured < most and not self._stopping.is_set():
                connection.sendall(piece)
                self.poured += len(piece)

        return reply

    def _accept(self) -> None:
        assert self._socket is not None
        while not self._stopping.is_set():
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            with connection:
                request = self._read(connection)
                if request is None:
                    return
                self.requests.append(request)
                reply = self.answers.get(request.path, answer(404, {}, b"no such thing"))
                if isinstance(reply, bytes):
                    connection.sendall(reply)
                else:
                    reply(connection, request)
        except OSError:
            pass  # the other side has had enough

    def _read(self, connection: socket.socket) -> Request | None:
        data = b""
        while b"\r\n\r\n" not in data:
            piece = connection.recv(65536)
            if not piece:
                return None
            data += piece
        lines = data.partition(b"\r\n\r\n")[0].decode().split("\r\n")
        method, target, _ = lines[0].split(" ")
        headers = {}
        for line in lines[1:]:
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        return Request(method, target, headers)
