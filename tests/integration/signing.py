"""Signs requests as the REST reference says: SharedKey, service SAS, account SAS.

Written apart from the server's code and sharing nothing with it, so that a mistake in one is seen
by the other. Pure: strings in, strings out.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

Query = list[tuple[str, str]]

SIGNED_STANDARD_HEADERS = (
    "content-encoding", "content-language", "content-length", "content-md5", "content-type", "date",
    "if-modified-since", "if-match", "if-none-match", "if-unmodified-since", "range",
)  # fmt: skip


@dataclass(frozen=True)
class Account:
    name: str
    key: str  # base64

    def sign(self, text: str) -> str:
        digest = hmac.new(base64.b64decode(self.key), text.encode(), hashlib.sha256).digest()
        return base64.b64encode(digest).decode()


# The account and key that every emulator of the service publishes.
DEVELOPMENT_ACCOUNT = Account(
    "devstoreaccount1",
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==",
)


def http_date(moment: datetime | None = None) -> str:
    moment = moment or datetime.now(timezone.utc)
    return moment.strftime("%a, %d %b %Y %H:%M:%S GMT")


def sas_time(offset: timedelta = timedelta()) -> str:
    """Now plus `offset`, as st and se are written."""
    return (datetime.now(timezone.utc) + offset).strftime("%Y-%m-%dT%H:%M:%SZ")


def canonicalized_headers(headers: Mapping[str, str]) -> str:
    names = sorted(name for name in headers if name.startswith("x-ms-"))
    return "".join(f"{name}:{headers[name].strip()}\n" for name in names)


def canonicalized_resource(account: str, path: str, query: Iterable[tuple[str, str]]) -> str:
    values: dict[str, list[str]] = defaultdict(list)
    for name, value in query:
        values[name.lower()].append(value)
    lines = [f"\n{name}:{','.join(sorted(values[name]))}" for name in sorted(values)]
    return f"/{account}{path}" + "".join(lines)


def shared_key_text(
    account: str, method: str, path: str, query: Query, headers: Mapping[str, str]
) -> str:
    """The string to sign since 2015-02-21. `path` is as on the request line, `query` decoded."""
    lower = {name.lower(): value for name, value in headers.items()}
    standard = {name: lower.get(name, "") for name in SIGNED_STANDARD_HEADERS}
    if standard["content-length"] == "0":
        standard["content-length"] = ""
    if "x-ms-date" in lower:
        standard["date"] = ""
    lines = "\n".join([method, *standard.values()])
    resource = canonicalized_resource(account, path, query)
    return f"{lines}\n{canonicalized_headers(lower)}{resource}"


def shared_key_lite_text(
    account: str, method: str, path: str, query: Query, headers: Mapping[str, str]
) -> str:
    lower = {name.lower(): value for name, value in headers.items()}
    date = "" if "x-ms-date" in lower else lower.get("date", "")
    comp = "".join(f"?comp={value}" for name, value in query if name == "comp")
    lines = [method, lower.get("content-md5", ""), lower.get("content-type", ""), date]
    return "\n".join(lines) + f"\n{canonicalized_headers(lower)}/{account}{path}{comp}"
