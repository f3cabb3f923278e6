"""Batches of requests: multipart bodies and answers, taken apart by hand."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote

from azure_client import Response, encode_query
from blob_client import CONTAINER, BlobClient
from sas import Token
from signing import Account, Query, http_date, shared_key_text

BOUNDARY = "batch_7d6f4c1e-0d5e-4a39-9a4e-3f0c5a5f9f10"
TYPE = f"multipart/mixed; boundary={BOUNDARY}"


@dataclass
class Part:
    """A request of a batch, signed for its own path unless it carries a token."""

    method: str
    path: str  # encoded
    query: Query = field(default_factory=list)
    headers: Mapping[str, str] = field(default_factory=dict)
    account: Account | None = None
    sas: Token | None = None

    def text(self) -> str:
        sent = dict(self.headers)
        if self.account is not None:
            sent = {"x-ms-date": http_date(), "Content-Length": "0"} | sent
            text = shared_key_text(self.account.name, self.method, self.path, self.query, sent)
            sent["Authorization"] = f"SharedKey {self.account.name}:{self.account.sign(text)}"
        query = encode_query(self.query + list((self.sas or {}).items()))
        target = f"{self.path}?{query}" if query else self.path
        lines = [f"{name}: {value}\r\n" for name, value in sent.items()]
        return f"{self.method} {target} HTTP/1.1\r\n{''.join(lines)}\r\n"


def delete(path: str, **fields: object) -> Part:
    return Part("DELETE", quote(path), **fields)  # type: ignore[arg-type]


def set_tier(path: str, tier: str, **fields: object) -> Part:
    headers = {"x-ms-access-tier": tier}
    return Part("PUT", quote(path), [("comp", "tier")], headers, **fields)  # type: ignore[arg-type]


def body_of(parts: Sequence[Part | str]) -> bytes:
    text = ""
    for number, part in enumerate(parts):
        request = part if isinstance(part, str) else part.text()
        text += f"--{BOUNDARY}\r\nContent-Type: application/http\r\nContent-ID: {number}\r\n"
        text += f"Content-Transfer-Encoding: binary\r\n\r\n{request}\r\n"
    return f"{text}--{BOUNDARY}--\r\n".encode()


def submit(
    client: BlobClient,
    parts: Sequence[Part | str] | bytes,
    container: str = "",
    content_type: str = TYPE,
    headers: Mapping[str, str] | None = None,
) -> Response:
    body = parts if isinstance(parts, bytes) else body_of(parts)
    sent = {"Content-Type": content_type} | dict(headers or {})
    query = (CONTAINER if container else []) + [("comp", "batch")]
    return client.request("POST", client.path(container), query, sent, body)


@dataclass
class Answer:
    content_id: str | None
    status: int
    reason: str
    headers: dict[str, str]
    body: bytes

    @property
    def error_code(self) -> str | None:
        return self.headers.get("x-ms-error-code")


def answers_of(response: Response) -> list[Answer]:
    """The parts of a batch's answer, checked to be well-formed."""
    assert response.status == 202, response
    kind = re.fullmatch(r"multipart/mixed; boundary=(batchresponse_[0-9a-f-]{36})", response["Content-Type"] or "")
    assert kind, response["Content-Type"]
    mark = f"--{kind[1]}".encode()
    before, *pieces, end = response.body.split(mark)
    assert (before, end) == (b"", b"--\r\n")
    found = []
    for piece in pieces:
        outer, head, rest = piece.split(b"\r\n\r\n", 2)
        fields = outer.decode().split("\r\n")
        assert fields[0] == "" and fields[1] == "Content-Type: application/http"
        content_id = fields[2].removeprefix("Content-ID: ") if len(fields) > 2 else None
        status_line, *lines = head.decode().split("\r\n")
        version, status, reason = status_line.split(" ", 2)
        assert version == "HTTP/1.1"
        headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
        length = int(headers.get("content-length", "0"))
        assert rest[length:] == b"\r\n"
        found.append(Answer(content_id, int(status), reason, headers, rest[:length]))
    return found
