"""File systems on disks whose power can be cut: faultblk under loop devices.

Needs root, /dev/fuse, and a mount namespace of its own (see isolation.py): in a shared one, other
namespaces hold copies of a mount, and the next one silently gets the aborted file system again.
"""

from __future__ import annotations

import os
import socket
import subprocess
import time
from pathlib import Path

from lapis_server import binary

UNMOUNT_LIMIT = 30.0  # seconds
NAMES = ("meta", "flash")  # of the disks, in order; each mounted in a directory of its name


def faultblk_binary() -> Path:
    return Path(os.environ.get("LAPIS_FAULTBLK", binary("faultblk")))


def run(*command: str | Path) -> str:
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, command))}: {done.stderr.strip()}")
    return done.stdout.strip()


class FaultDisks:
    def __init__(
        self,
        directory: Path,
        mebibytes: int = 2048,
        file_system: str = "ext4",
        names: tuple[str, ...] = NAMES,
    ) -> None:
        self.directory = directory
        self.names = names
        self.file_system = file_system
        self.loops: list[str] = []
        self.mounted: list[Path] = []
        self.backing = directory / "backing"
        self.socket = directory / "faultblk.sock"
        for path in (self.backing, *self.mounts()):
            path.mkdir(parents=True, exist_ok=True)
        command = [faultblk_binary(), self.backing, self.socket, len(names), mebibytes]
        self.process = subprocess.Popen([str(part) for part in command])
        self._wait_for(self.backing / f"disk{len(names) - 1}")

    def mounts(self) -> list[Path]:
        return [self.directory / name for name in self.names]

    def _wait_for(self, path: Path) -> None:
        limit = time.monotonic() + 10
        while not path.exists():
            if self.process.poll() is not None or time.monotonic() > limit:
                raise RuntimeError("faultblk did not start")
            time.sleep(0.01)

    def command(self, line: str) -> str:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as control:
            control.connect(str(self.socket))
            control.sendall(line.encode() + b"\n")
            answer = control.makefile().readline().strip()
        if not answer or answer.startswith("error"):
            raise RuntimeError(f"faultblk: {line}: {answer}")
        return answer

    def status(self) -> dict[str, str]:
        return dict(pair.split("=") for pair in self.command("status").split())

    def power_is_off(self) -> bool:
        return self.status()["power"] == "off"

    def format(self) -> None:
        self._attach()
        for loop in self.loops:
            if self.file_system == "ext4":
                run("mkfs.ext4", "-q", "-F", "-E", "nodiscard", "-J", "size=16", loop)
            else:
                run("mkfs.xfs", "-q", "-f", "-K", loop)
        self.command("flushall")

    def _attach(self) -> None:
        for number in range(len(self.names)):
            if len(self.loops) <= number:
                loop = run("losetup", "-f", "--show", self.backing / f"disk{number}")
                self.loops.append(loop)

    def mount(self) -> None:
        self._attach()
        for loop, mount in zip(self.loops, self.mounts(), strict=True):
            run("mount", "-t", self.file_system, loop, mount)
            self.mounted.append(mount)
            if os.statvfs(mount).f_flag & os.ST_RDONLY:
                raise RuntimeError(f"{mount} came up read-only")

    def unmount(self) -> None:
        """Gives the loop devices back as well: their caches must not outlive a power cut."""
        while self.mounted:
            self._unmount(self.mounted.pop())
        while self.loops:
            run("losetup", "-d", self.loops.pop())

    def _unmount(self, mount: Path) -> None:
        """A killed process's io_uring may hold its files for a moment after it is gone."""
        limit = time.monotonic() + UNMOUNT_LIMIT
        while True:
            try:
                run("umount", mount)
                return
            except RuntimeError as error:
                if "busy" not in str(error) or time.monotonic() > limit:
                    raise
            time.sleep(0.02)

    def cycle_power(self) -> None:
        """After a cut, when all that used the disks was sent SIGKILL: lets the kernel go, and
        switches on again. The file systems are mounted afterwards."""
        self.command("die")
        self.unmount()
        self.command("restore")
        self.mount()

    def close(self) -> None:
        try:
            self.command("die")
            self.unmount()
        finally:
            subprocess.run(["fusermount3", "-u", "-q", str(self.backing)], check=False)
            self.process.terminate()
            self.process.wait()
