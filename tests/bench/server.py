"""The servers that are compared: each on its one core, loopback and a free port, with its data in a
directory of the run. They are started once for a row and stand still (SIGSTOP) while another one is
measured, so that the background work of one never slows the other; what is put off so is done in
its own next round."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar

from settings import Settings

CONTAINER = "bench"
START_LIMIT = 30.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def head_text(method: str, target: str, headers: Mapping[str, str]) -> str:
    lines = [
        f"{method} {target} HTTP/1.1",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    return "\r\n".join(lines) + "\r\n\r\n"


class Server(ABC):
    """`directory` is its own. It is awake after start."""

    name: ClassVar[str]
    overwritten = 201  # the answer to a PUT of what is there

    def __init__(self, settings: Settings, directory: Path) -> None:
        self.settings = settings
        self.directory = directory
        self.endpoint = ""

    @abstractmethod
    def start(self) -> None:
        ...

    @abstractmethod
    def end(self) -> None:
        """Stops the process."""

    @abstractmethod
    def processes(self) -> list[int]:
        """Those that serve."""

    @abstractmethod
    def get_head(self, blob: str, shared_key: bool = False) -> str:
        """Of a request that reads a blob."""

    @abstractmethod
    def put_head(self, blob: str, length: int) -> str:
        """Of a request that writes a blob; `blob` may hold the generator's serial mark."""

    def signal(self, number: signal.Signals) -> None:
        for pid in self.processes():
            os.kill(pid, number)

    def pause(self) -> None:
        self.signal(signal.SIGSTOP)

    @contextmanager
    def awake(self) -> Iterator[None]:
        """From pause to pause."""
        self.signal(signal.SIGCONT)
        try:
            yield
        finally:
            self.pause()

    def stop(self) -> None:
        self.signal(signal.SIGCONT)
        self.end()
        self.remove_data()

    def remove_data(self) -> None:
        shutil.rmtree(self.directory, ignore_errors=True)

    def pinned(self, command: list[str]) -> list[str]:
        return ["taskset", "-c", str(self.settings.server_core), *command]


class Spawned(Server):
    """A program that says nothing of its own when it is ready: its port is tried."""

    process: subprocess.Popen[bytes]

    def launch(self, command: list[str], port: int) -> None:
        log = self.directory / "output.log"
        with log.open("wb") as output:
            self.process = subprocess.Popen(self.pinned(command), stdout=output, stderr=output)
        self.endpoint = f"http://127.0.0.1:{port}"
        deadline = time.monotonic() + START_LIMIT
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                return
            except OSError:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    self.end()
                    raise RuntimeError(f"{self.name} does not start: {log.read_text()}") from None
                time.sleep(0.02)

    def end(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
