"""Lapis and Azurite, which speak the same dialect."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from azure_client import Client
from lapis_server import LapisServer
from sas import Token, account_sas, service_sas
from server import CONTAINER, Server, Spawned, free_port, head_text
from settings import AZURITE, LAPIS, PROGRAMS, Settings
from signing import DEVELOPMENT_ACCOUNT, Query


class BlobServer(Server):
    """One that speaks the REST dialect."""

    def client(self, sas: Token | None = None) -> Client:
        """Signs with the key where there is no SAS."""
        account = None if sas else DEVELOPMENT_ACCOUNT
        return Client(self.endpoint, DEVELOPMENT_ACCOUNT.name, account, sas)

    def head(
        self,
        method: str,
        path: str,
        query: Query,
        headers: Mapping[str, str],
        length: int | None,
        sas: Token | None,
    ) -> str:
        target, sent = self.client(sas).head(method, path, query, headers, length)
        return head_text(method, target, sent)

    def path(self, blob: str = "") -> str:
        return f"/{DEVELOPMENT_ACCOUNT.name}/{CONTAINER}" + (f"/{blob}" if blob else "")

    def get_head(self, blob: str, shared_key: bool = False) -> str:
        sas = None if shared_key else service_sas(DEVELOPMENT_ACCOUNT, f"/{CONTAINER}", "r")
        return self.head("GET", self.path(blob), [], {}, None, sas)

    def put_head(self, blob: str, length: int) -> str:
        sas = account_sas(DEVELOPMENT_ACCOUNT)
        return self.head("PUT", self.path(blob), [], {"x-ms-blob-type": "BlockBlob"}, length, sas)

    def put_block_head(self, blob: str, block: str, length: int) -> str:
        query = [("comp", "block"), ("blockid", block)]
        return self.head(
            "PUT", self.path(blob), query, {}, length, account_sas(DEVELOPMENT_ACCOUNT)
        )

    def put_block_list_head(self, blob: str, length: int) -> str:
        query = [("comp", "blocklist")]
        return self.head(
            "PUT", self.path(blob), query, {}, length, account_sas(DEVELOPMENT_ACCOUNT)
        )

    def list_head(self, query: Query) -> str:
        full = [("restype", "container"), ("comp", "list"), *query]
        return self.head("GET", self.path(), full, {}, None, account_sas(DEVELOPMENT_ACCOUNT))

    def create_container(self) -> None:
        client = self.client()
        answer = client.request("PUT", self.path(), [("restype", "container")])
        client.close()
        assert answer.status == 201, answer


class PinnedDaemon(LapisServer):
    def __init__(self, directory: Path, core: int) -> None:
        super().__init__(directory)
        self.core = core

    def command(self) -> list[str]:
        daemon = [str(PROGRAMS / "lapisd"), *super().command()[1:]]
        return ["taskset", "-c", str(self.core), *daemon]


class Lapis(BlobServer):
    """lapisd of the release build as it is by default."""

    name = LAPIS

    def __init__(self, settings: Settings, directory: Path) -> None:
        super().__init__(settings, directory)
        self.daemon = PinnedDaemon(directory, settings.server_core)

    def start(self) -> None:
        self.endpoint = self.daemon.start().endpoint
        self.create_container()

    def end(self) -> None:
        self.daemon.stop()

    def processes(self) -> list[int]:
        return [self.daemon.pid]


class Azurite(BlobServer, Spawned):
    name = "Azurite"

    def persistence(self) -> list[str]:
        return ["--location", str(self.directory / "data")]

    def start(self) -> None:
        port = free_port()
        command = ["node", str(AZURITE), "--blobHost", "127.0.0.1", "--blobPort", str(port)]
        command += ["--silent", "--skipApiVersionCheck", "--disableTelemetry"]
        self.launch(command + self.persistence(), port)
        self.create_container()

    def processes(self) -> list[int]:
        return [self.process.pid]


class AzuriteInMemory(Azurite):
    """Its names are in memory in any case; without files for bodies it is filled sooner."""

    def persistence(self) -> list[str]:
        return ["--inMemoryPersistence"]
