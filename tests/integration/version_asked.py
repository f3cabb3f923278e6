"""What the tests of protocol versions share: a question asked in one version, and the version before
another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from azure_client import Response, expect
from blob_client import BlobClient, Headers
from sas import account_sas, service_sas
from signing import DEVELOPMENT_ACCOUNT

# Every version of the Blob service from 2012-02-12 on, oldest first.
VERSIONS = (
    "2012-02-12", "2013-08-15", "2014-02-14", "2015-02-21", "2015-04-05", "2015-07-08", "2015-12-11",
    "2016-05-31", "2017-04-17", "2017-07-29", "2017-11-09", "2018-03-28", "2018-11-09", "2019-02-02",
    "2019-07-07", "2019-12-12", "2020-02-10", "2020-04-08", "2020-06-12", "2020-08-04", "2020-10-02",
    "2020-12-06", "2021-02-12", "2021-04-10", "2021-06-08", "2021-08-06", "2021-10-04", "2021-12-02",
    "2022-11-02", "2023-01-03", "2023-05-03", "2023-08-03", "2023-11-03", "2024-02-04", "2024-05-04",
    "2024-08-04", "2024-11-04", "2025-01-05", "2025-05-05", "2025-07-05", "2025-11-05", "2026-02-06",
    "2026-04-06", "2026-06-06", "2026-10-06",
)  # fmt: skip

ALL_LETTERS = "rwdlacutfxy"
LEASE = "8d4ee4a2-2b5c-4e5f-9f0b-6f5f0a3f1c11"
ID = "QUFBQQ=="  # of a block


def version_before(version: str) -> str:
    return VERSIONS[VERSIONS.index(version) - 1]


def told(response: Response) -> str:
    """The status, and the code of an error."""
    return f"{response.status} {response.error_code or ''}".strip()


@dataclass
class Asked:
    """In a version, of a blob that no other question is about. `client` speaks the version; `now`,
    which arranges, the usual one."""

    version: str
    client: BlobClient
    now: BlobClient
    new_client: Callable[..., BlobClient]
    container: str

    @property
    def blob(self) -> str:
        return f"b-{self.version}"

    def put(self, headers: Headers = None, body: bytes = b"content") -> Response:
        return expect(self.now.put_blob(self.container, self.blob, body, headers), 201)

    def stage(self) -> None:
        expect(self.now.put_block(self.container, self.blob, ID, b"staged"), 201)

    def snapshot(self) -> str:
        taken = expect(self.now.snapshot_blob(self.container, self.blob), 201)
        return taken["x-ms-snapshot"] or ""

    def get(self, headers: Headers = None, **query: str) -> Response:
        return self.client.get_blob(self.container, self.blob, headers, **query)

    def head(self, headers: Headers = None) -> Response:
        return self.client.get_blob_properties(self.container, self.blob, headers)

    def ask(self, method: str, comp: str, headers: Headers = None, body: bytes = b"") -> Response:
        """An operation on the blob that `comp` names, with more of the query behind a '&'."""
        query = [tuple(pair.split("=", 1)) for pair in f"comp={comp}".split("&")]
        path = self.client.path(self.container, self.blob)
        return self.client.request(method, path, query, headers, body)  # type: ignore[arg-type]

    def listed(self, element: str, **query: str) -> str | None:
        """Of the blob's entry; None where it has no such element."""
        page = expect(self.client.list_blobs(self.container, prefix=self.blob, **query), 200)
        node = page.xml().find(f"Blobs/Blob/{element}")
        return None if node is None else (node.text or "")

    def by_account(self, permissions: str = ALL_LETTERS, **fields: str) -> BlobClient:
        """With an account SAS, in the version that is asked in."""
        token = account_sas(DEVELOPMENT_ACCOUNT, permissions, **fields)
        return self.new_client(sas=token, version=self.version)

    def signed_for(self, path: str, permissions: str) -> BlobClient:
        """With a service SAS of the version; it speaks the usual one where the SAS does not decide."""
        return self.new_client(
            sas=service_sas(DEVELOPMENT_ACCOUNT, path, permissions, sv=self.version)
        )
