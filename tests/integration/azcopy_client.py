"""azcopy as Microsoft publishes it, and how it is run."""

from __future__ import annotations

import json
import os
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from azure_client import encode_query
from host_names import with_hosts
from lapis_server import REPOSITORY
from sas import account_sas
from signing import DEVELOPMENT_ACCOUNT

PACKAGE = REPOSITORY / "build/clients/node_modules/@azure-tools/azcopy-linux/dist/bin"


def azcopy_binary() -> Path:
    """npm unpacks it without its executable bit."""
    found = Path(os.environ.get("LAPIS_AZCOPY", PACKAGE / "azcopy_linux_amd64"))
    if not found.exists():
        pytest.skip("azcopy is not installed (scripts/setup --tests)")
    if not os.access(found, os.X_OK):
        found.chmod(0o755)
    return found


@dataclass
class Azcopy:
    """Runs azcopy against `endpoint`; its jobs and logs go to `directory`."""

    binary: Path
    endpoint: str
    directory: Path
    hosts: Path | None = None  # stands in for /etc/hosts
    sas: str = field(
        default_factory=lambda: encode_query(list(account_sas(DEVELOPMENT_ACCOUNT).items()))
    )

    def url(self, path: str = "") -> str:
        base = self.endpoint if self.hosts else f"{self.endpoint}/{DEVELOPMENT_ACCOUNT.name}"
        return f"{base}/{path}?{self.sas}"

    def command(self, *arguments: str | Path) -> list[str]:
        command = [
            str(self.binary),
            *map(str, arguments),
            "--output-type",
            "json",
            "--skip-version-check",
        ]
        if self.hosts is None:
            return command
        return with_hosts(self.hosts, command)

    def environment(self) -> dict[str, str]:
        names = ("AZCOPY_LOG_LOCATION", "AZCOPY_JOB_PLAN_LOCATION", "HOME")
        return (
            os.environ
            | {name: str(self.directory) for name in names}
            | {
                "AZCOPY_DISABLE_SYSLOG": "true",
                "AZCOPY_AUTO_LOGIN_TYPE": "",
            }
        )

    def start(self, *arguments: str | Path) -> subprocess.Popen[str]:
        return subprocess.Popen(
            self.command(*arguments), env=self.environment(), text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip

    def pipe(self, *arguments: str | Path, given: bytes = b"") -> bytes:
        """With `given` for its standard input; what it writes to its standard output."""
        done = subprocess.run(
            self.command(*arguments), env=self.environment(), input=given,
            capture_output=True, timeout=120, check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"azcopy {arguments[0]}:\n{done.stderr.decode()[-4000:]}"
        return done.stdout

    def fails(self, *arguments: str | Path, seconds: float = 20) -> str:
        """What its log says of a job that must fail, and soon: a refusal is not to be tried again."""
        began = time.monotonic()
        with self.start(*arguments) as process:
            output, _ = process.communicate(timeout=120)
        assert process.returncode != 0, f"azcopy {arguments[0]} succeeded:\n{output[-4000:]}"
        assert time.monotonic() - began < seconds, "it took that for a passing failure"
        logs = (path.read_text(errors="replace") for path in self.directory.glob("*.log"))
        return output + "".join(logs)

    def run(self, *arguments: str | Path) -> str:
        with self.start(*arguments) as process:
            output, _ = process.communicate(timeout=600)
        assert process.returncode == 0, f"azcopy {arguments[0]}:\n{output[-4000:]}"
        return output


def final_status(output: str) -> dict[str, str]:
    """The figures of a finished job."""
    for line in reversed(output.splitlines()):
        message = json.loads(line) if line.startswith("{") else {}
        if message.get("MessageType") == "EndOfJob":
            return dict(json.loads(message["MessageContent"]))
    raise AssertionError(f"no end of a job in:\n{output[-3000:]}")


UP = ("--recursive", "--from-to", "LocalBlob")
DOWN = ("--recursive", "--from-to", "BlobLocal")
