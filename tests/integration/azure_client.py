"""A small client of the REST protocol over http.client.

It retries nothing and interprets nothing: what was sent and what came back is there to be checked.
One client holds one connection and belongs to one thread.
"""

from __future__ import annotations

import base64
import hashlib
import http.client
import ssl
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import BinaryIO
from urllib.parse import quote, quote_plus, urlsplit

from sas import Token
from signing import Account, Query, http_date, shared_key_text

VERSION = "2021-12-02"
BOM = b"\xef\xbb\xbf"
STREAM_BLOCK = 1 << 20  # how much of a streamed body is read at a time

Body = bytes | BinaryIO


def md5_header(data: bytes) -> str:
    return base64.b64encode(hashlib.md5(data).digest()).decode()


def encode_query(query: Query) -> str:
    return "&".join(f"{quote_plus(name)}={quote(value, safe='')}" for name, value in query)


@dataclass
class Response:
    status: int
    reason: str
    headers: http.client.HTTPMessage
    body: bytes

    def __getitem__(self, name: str) -> str | None:
        return self.headers[name]

    @property
    def error_code(self) -> str | None:
        return self.headers["x-ms-error-code"]

    def xml(self) -> ElementTree.Element:
        return ElementTree.fromstring(self.body)

    def error_field(self, name: str) -> str | None:
        """A child of <Error>; None where there is none, "" where it is empty."""
        node = self.xml().find(name)
        return None if node is None else (node.text or "")

    def metadata(self) -> dict[str, str]:
        prefix = "x-ms-meta-"
        found = {
            n[len(prefix) :]: v for n, v in self.headers.items() if n.lower().startswith(prefix)
        }
        return found

    def __str__(self) -> str:
        shown = self.body[:2000].decode(errors="replace")
        return f"{self.status} {self.reason}\n{self.headers}\n{shown}"


def expect(response: Response, status: int) -> Response:
    assert response.status == status, f"expected {status}, got {response}"
    return response


def expect_error(response: Response, status: int, code: str) -> Response:
    """The status, the code in the header, and, where there is a body, the code in it."""
    assert (response.status, response.error_code) == (status, code), f"got {response}"
    if response.body:
        assert response.body.startswith(BOM), "the error document starts with a BOM"
        assert response.error_field("Code") == code
    return response


@dataclass
class Client:
    """Sends to `endpoint` (http://host:port), with the account as the first path segment unless
    `host_style`. Signs with `account`'s key, else appends `sas`, else is anonymous."""

    endpoint: str
    account_name: str
    account: Account | None = None
    sas: Token | None = None
    version: str | None = VERSION
    host: str | None = None  # the Host header; given where it is not the endpoint's
    host_style: bool = False
    tls: ssl.SSLContext | None = None
    timeout: float = 120.0
    _connection: http.client.HTTPConnection | None = field(default=None, repr=False)

    def connection(self) -> http.client.HTTPConnection:
        if self._connection is None:
            parts = urlsplit(self.endpoint)
            if parts.scheme == "https":
                self._connection = http.client.HTTPSConnection(
                    parts.netloc, timeout=self.timeout, context=self.tls, blocksize=STREAM_BLOCK
                )
            else:
                self._connection = http.client.HTTPConnection(
                    parts.netloc, timeout=self.timeout, blocksize=STREAM_BLOCK
                )
        return self._connection

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def path(self, container: str = "", blob: str = "") -> str:
        """The path on the request line, percent-encoded, slashes of blob names kept."""
        path = "" if self.host_style else f"/{self.account_name}"
        path += f"/{quote(container, safe='$')}" if container else "/"
        return path + (f"/{quote(blob, safe='/')}" if blob else "")

    def head(
        self, method: str, path: str, query: Query, headers: Mapping[str, str], length: int | None
    ) -> tuple[str, dict[str, str]]:
        """The request target and all headers, signed. `length` None sends no Content-Length."""
        sent = {"Host": self.host or urlsplit(self.endpoint).netloc}
        if self.version is not None:
            sent["x-ms-version"] = self.version
        if length is not None and (length > 0 or method in ("PUT", "POST")):
            sent["Content-Length"] = str(length)
        if self.account is not None and not any(
            n.lower() in ("x-ms-date", "date") for n in headers
        ):
            sent["x-ms-date"] = http_date()
        sent |= headers
        if self.account is not None and "Authorization" not in sent:
            text = shared_key_text(self.account.name, method, path, query, sent)
            sent["Authorization"] = f"SharedKey {self.account.name}:{self.account.sign(text)}"
        full = query + list((self.sas or {}).items())
        return (f"{path}?{encode_query(full)}" if full else path), sent

    def send(
        self,
        method: str,
        path: str,
        query: Query | None = None,
        headers: Mapping[str, str] | None = None,
        body: Body = b"",
        length: int | None = None,
    ) -> http.client.HTTPResponse:
        """Sends and returns the response with its body unread. `length` is that of a stream."""
        if isinstance(body, bytes):
            length = len(body)
        target, sent = self.head(method, path, query or [], headers or {}, length)
        connection = self.connection()
        try:
            connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
            for name, value in sent.items():
                connection.putheader(name, value)
            connection.endheaders(body or None)
            return connection.getresponse()
        except BaseException:
            self.close()
            raise

    def request(
        self,
        method: str,
        path: str,
        query: Query | None = None,
        headers: Mapping[str, str] | None = None,
        body: Body = b"",
        length: int | None = None,
    ) -> Response:
        answer = self.send(method, path, query, headers, body, length)
        try:
            content = answer.read()
        except BaseException:
            self.close()
            raise
        if answer.will_close:
            self.close()
        return Response(answer.status, answer.reason, answer.headers, content)

    @contextmanager
    def streamed(
        self, method: str, path: str, query: Query, headers: Mapping[str, str]
    ) -> Iterator[http.client.HTTPResponse]:
        """A response whose body the caller reads; the connection is dropped afterwards."""
        try:
            yield self.send(method, path, query, headers)
        finally:
            self.close()
