"""Runs the real daemon: starts it on free ports, stops or kills it by its pid, keeps its log."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
READY = re.compile(r"^listening on (https?://\S+)$", re.MULTILINE)
ADMIN = re.compile(r"^admin on (http://\S+)$", re.MULTILINE)
START_LIMIT = 30.0  # seconds until every address is announced
STOP_LIMIT = 60.0  # seconds that SIGTERM may take


def binary(name: str = "lapisd") -> Path:
    """LAPIS_BIN names the daemon; its siblings are the other programs."""
    daemon = Path(os.environ.get("LAPIS_BIN", REPOSITORY / "build/release/bin/lapisd"))
    return daemon if name == "lapisd" else daemon.with_name(name)


@cache
def is_sanitized(program: Path) -> bool:
    content = program.read_bytes()
    return b"__asan_init" in content or b"__tsan_init" in content


class StartFailed(Exception):
    """The daemon ended before it was ready. Carries its exit code and log."""

    def __init__(self, code: int | None, log: str) -> None:
        super().__init__(f"exit code {code}\n{log}")
        self.code = code
        self.log = log


@dataclass
class LapisServer:
    """One daemon over one data directory. Starting it again serves the same data. stdout and stderr
    are appended to `directory`/lapisd.log across restarts."""

    directory: Path
    arguments: list[str] = field(default_factory=list)  # beside those for listening and data
    config: Path | None = None  # then it says where to listen and where the data is
    shared_data: Path | None = None  # instead of `directory`/data
    listen: list[str] = field(default_factory=lambda: ["127.0.0.1:0"])
    endpoints: list[str] = field(default_factory=list)  # as announced, in order
    admin: str = "off"  # where to listen for /metrics and its like; "": as configured
    admin_endpoint: str = ""  # as announced
    environment: dict[str, str] = field(default_factory=dict)  # beside ours
    startup_seconds: float = 0.0
    _process: subprocess.Popen[bytes] | None = None
    _log_offset: int = 0  # where the log of the present process begins
    _launched: float = 0.0

    @property
    def data_dir(self) -> Path:
        return self.shared_data or self.directory / "data"

    @property
    def log_path(self) -> Path:
        return self.directory / "lapisd.log"

    @property
    def endpoint(self) -> str:
        return self.endpoints[0]

    @property
    def pid(self) -> int:
        assert self._process is not None, "the daemon is not running"
        return self._process.pid

    def log(self) -> str:
        return self.log_path.read_text(errors="replace") if self.log_path.exists() else ""

    def command(self) -> list[str]:
        command = [str(binary())] + (["--admin-listen", self.admin] if self.admin else [])
        if self.config is not None:
            return command + ["--config", str(self.config), *self.arguments]
        for address in self.listen:
            command += ["--listen", address]
        return command + ["--data-dir", str(self.data_dir), *self.arguments]

    def start(self, expected_addresses: int | None = None) -> LapisServer:
        """Returns once every address is announced; raises StartFailed if the daemon ends first."""
        self.launch()
        return self.wait_ready(expected_addresses)

    def launch(self) -> None:
        """Starts the process and does not wait."""
        assert self._process is None, "the daemon is already running"
        self.directory.mkdir(parents=True, exist_ok=True)
        self._log_offset = self.log_path.stat().st_size if self.log_path.exists() else 0
        self._launched = time.monotonic()
        with self.log_path.open("ab") as log:
            self._process = subprocess.Popen(
                self.command(), stdout=log, stderr=subprocess.STDOUT,
                env=os.environ | self.environment,
            )  # fmt: skip

    def log_since_launch(self) -> str:
        return self.log_path.read_bytes()[self._log_offset :].decode(errors="replace")

    def wait_ready(self, expected_addresses: int | None = None) -> LapisServer:
        while not self.is_ready(expected_addresses):
            time.sleep(0.01)
        return self

    def is_ready(self, expected_addresses: int | None = None) -> bool:
        """Whether every address is announced; raises StartFailed if none is to be expected."""
        assert self._process is not None
        expected = expected_addresses or len(self.listen)
        ended = self._process.poll()  # before the log is read, so that nothing of it is missed
        text = self.log_since_launch()
        self.endpoints = READY.findall(text)
        if len(self.endpoints) >= expected:
            self.admin_endpoint = "".join(ADMIN.findall(text))
            self.startup_seconds = time.monotonic() - self._launched
            return True
        if ended is not None:
            self._process = None
            raise StartFailed(ended, text)
        if time.monotonic() - self._launched > START_LIMIT:
            self.kill()
            raise StartFailed(None, text)
        return False

    def is_stopped(self) -> bool:
        """By SIGSTOP: it is there, and does nothing."""
        stat = Path(f"/proc/{self.pid}/stat").read_text()
        return stat.rpartition(")")[2].split()[0] == "T"

    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def stop(self) -> int:
        """SIGTERM, then waits; returns the exit code."""
        if self._process is None:
            return 0
        self._process.send_signal(signal.SIGTERM)
        try:
            code = self._process.wait(STOP_LIMIT)
        except subprocess.TimeoutExpired:
            self.kill()
            raise
        self._process = None
        return code

    def kill(self) -> None:
        """SIGKILL, then waits."""
        if self._process is not None:
            self._process.kill()
            self.wait_ended()

    def wait_ended(self) -> None:
        if self._process is not None:
            self._process.wait()
            self._process = None

    def signal(self, number: int) -> None:
        os.kill(self.pid, number)

    def restart(self) -> LapisServer:
        assert self.stop() == 0, self.log()
        return self.start()

    def peak_memory(self) -> int:
        """VmHWM in bytes: the most that was ever resident."""
        for line in Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
        raise AssertionError("no VmHWM")

    def stayed_below(self, limit: int) -> bool:
        """The peak is below `limit`. A sanitizer's own memory says nothing of the daemon's."""
        return is_sanitized(binary()) or self.peak_memory() < limit

    def reset_peak_memory(self) -> None:
        Path(f"/proc/{self.pid}/clear_refs").write_text("5")
