"""Names for the daemon that no name server knows: an /etc/hosts of a command's own."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from signing import DEVELOPMENT_ACCOUNT

DOMAIN = "blob.lapis.test"
HOST = f"{DEVELOPMENT_ACCOUNT.name}.{DOMAIN}"


def hosts_file(directory: Path) -> Path:
    """A file that names HOST; to be given to `with_hosts`."""
    if os.geteuid() != 0 or shutil.which("unshare") is None:
        pytest.skip("host style needs root (an /etc/hosts of its own)")
    file = directory / "hosts"
    file.write_text(f"127.0.0.1 localhost {HOST}\n")
    return file


def with_hosts(hosts: Path, command: list[str]) -> list[str]:
    """The command in a mount namespace where `hosts` stands in for /etc/hosts."""
    script = f'mount --bind "{hosts}" /etc/hosts && exec "$@"'
    return ["unshare", "--mount", "--propagation", "private", "sh", "-c", script, "sh", *command]
