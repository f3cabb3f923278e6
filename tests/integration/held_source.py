"""A source of long copies that a test holds: how much of it may go, where it breaks off, what it is."""

from __future__ import annotations

import random
import select
import socket
import threading
from dataclasses import dataclass, field

from source_server import Request, SourceServer, answer

MIB = 1 << 20
LONG = random.Random(7).randbytes(20 * MIB + 7)
PIECE = 64 << 10
PAUSE = 0.02  # seconds between two looks at what may go


@dataclass
class HeldSource:
    """A server with one long source, of which nothing goes before it is let go. Asked for another
    ETag than it has (If-Match), it answers 412 as Azure does."""

    content: bytes = LONG
    etag: str = '"one"'  # none where it is empty
    headers: dict[str, str] = field(default_factory=dict)
    instead: list[bytes] = field(default_factory=list)  # what the next requests are answered
    break_at: int | None = None  # after so many bytes the next answer that gets there breaks off
    stall_at: int | None = None  # likewise, without an end
    going: int = 0  # answers that have begun, to a client that is still there
    server: SourceServer = field(default_factory=SourceServer)
    _let: int = 0
    _round: int = 0  # of answers; those of an earlier one have been cut
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def start(self) -> HeldSource:
        self.server.start().serve("/long", self._answer)
        return self

    @property
    def url(self) -> str:
        return self.server.url("/long")

    @property
    def requests(self) -> list[Request]:
        return self.server.requests

    def let(self, count: int) -> None:
        """The first `count` bytes of each answer may go."""
        self._let = count

    def let_all(self) -> None:
        self._let = 1 << 62

    def cut(self) -> None:
        """Breaks off all answers that are going on."""
        self._round += 1

    def become(self, content: bytes, etag: str = "") -> None:
        """Another source; whoever reads the one before is cut off."""
        self.content, self.etag = content, etag
        self.cut()

    def _answer(self, connection: socket.socket, request: Request) -> None:
        with self._lock:
            instead = self.instead.pop(0) if self.instead else None
            number, content, etag = self._round, self.content, self.etag
        if instead is None and request.headers.get("if-match", etag) != etag:
            instead = answer(412, {"x-ms-error-code": "ConditionNotMet"})
        if instead is not None:
            connection.sendall(instead)
            return
        with self._lock:
            self.going += 1
        try:
            headers = {"ETag": etag} | self.headers
            connection.sendall(answer(headers=headers, length=len(content)))
            self._send(connection, content, number)
        finally:
            with self._lock:
                self.going -= 1

    def _send(self, connection: socket.socket, content: bytes, number: int) -> None:
        sent, stalls = 0, False
        while sent < len(content) and number == self._round:
            most = min(self._let, sent + PIECE)
            if self.break_at is not None and sent >= self.break_at:
                self.break_at = None
                return
            if self.stall_at is not None and sent >= self.stall_at:
                self.stall_at, stalls = None, True
            if most <= sent or stalls:
                if is_gone(connection):
                    return
                continue
            connection.sendall(content[sent:most])
            sent = min(most, len(content))


def is_gone(connection: socket.socket) -> bool:
    """Whether the other side has closed it; waits a moment for that."""
    readable, _, _ = select.select([connection], [], [], PAUSE)
    return bool(readable) and not connection.recv(1, socket.MSG_PEEK)
