"""Runs a script in a mount namespace of its own, and says what is missing for it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from fault_disks import faultblk_binary

HERE = Path(__file__).resolve().parent
PATHS = [HERE, HERE.parent / "integration"]


def missing_for_power_cuts() -> str | None:
    """Why disks cannot lose power here; None if they can."""
    if os.geteuid() != 0:
        return "needs root (mount, losetup)"
    if not os.access("/dev/fuse", os.R_OK | os.W_OK):
        return "needs /dev/fuse"
    for tool in ("unshare", "losetup", "mkfs.ext4", "fusermount3"):
        if shutil.which(tool) is None:
            return f"needs {tool}"
    if not faultblk_binary().exists():
        return f"{faultblk_binary()} is not built (needs libfuse3-dev)"
    return None


def run_script(
    script: str, *arguments: str, own_mounts: bool, environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Runs tests/crash/SCRIPT; its output is captured, standard error with it."""
    command = ["unshare", "--mount", "--propagation", "private"] if own_mounts else []
    command += [sys.executable, str(HERE / script), *arguments]
    variables = os.environ | {"PYTHONPATH": os.pathsep.join(map(str, PATHS))} | (environment or {})
    return subprocess.run(
        command,
        env=variables,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
