"""Where the daemon runs and how it is struck down: killed, or its disks lose power.

A stage makes a daemon, crashes it while requests wait, and brings its ground back. What it keeps on
its disks outlives every crash but start_over().
"""

from __future__ import annotations

import os
import random
import shutil
import time
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import Protocol

from configuration import Pool, write_config
from fault_disks import FaultDisks, run
from lapis_server import LapisServer
from signing import DEVELOPMENT_ACCOUNT
from worker import Crew

WAITING_LIMIT = 10.0  # seconds for enough requests to wait
CUT_LIMIT = 20.0  # seconds for the armed write to come


class Stage(Protocol):
    server: LapisServer
    meta: Path  # directories of the metadata
    flash: Path  # of the fast pool
    slow: Path  # and of the one behind it

    def start_over(self) -> None:
        """Empty ground; the daemon is not running."""

    def settle(self) -> None:
        """Makes durable what the disks hold by now."""

    def crash(self, rng: random.Random, crew: Crew, waiting: int) -> str:
        """Strikes while at least `waiting` requests have no answer. Afterwards the daemon is gone
        and the ground is as after a reboot. Returns what was done."""

    def crash_during_recovery(self, rng: random.Random) -> str:
        """Starts the daemon and strikes before or soon after it is ready."""

    def strike_when_stopped(self, rng: random.Random) -> None:
        """Of a daemon that runs: what the kernel still does for it, once it is stopped (SIGSTOP), is
        not to count. strike() has to follow."""

    def strike(self, rng: random.Random) -> str:
        """Strikes now. Otherwise as crash()."""

    def close(self) -> None:
        ...


# Small extents: many are opened, filled, sealed and used again within a run.
EXTENTS = 'extent_size = "8MiB"\n'
# What is written goes down at once, nearly all of it: something moves at every moment.
POLICY = """\
capacity = "160MiB"
high_watermark = 30
low_watermark = 3
"""


def make_server(
    directory: Path, meta: Path, flash: Path, slow: Path | None = None, versions: bool = False
) -> LapisServer:
    """With a pool behind `flash` where there is a `slow` directory."""
    pools = [Pool("flash", "flash", [flash], EXTENTS + (POLICY if slow else ""))]
    if slow:
        pools.append(Pool("disks", "hdd", [slow], EXTENTS))
    of_account = "container_delete_retention_days = 7"
    if versions:
        of_account += "\nversioning = true"
    config = write_config(directory / "lapis.toml", meta, pools, more=of_account)
    return LapisServer(directory / "lapis", config=config, admin="127.0.0.1:0")


def wait_for_requests(crew: Crew, waiting: int) -> None:
    limit = time.monotonic() + WAITING_LIMIT
    while crew.waiting() < waiting and time.monotonic() < limit and crew.alive():
        time.sleep(0.0002)


class KillStage:
    """kill -9: what the process had not handed to the kernel is lost."""

    def __init__(self, directory: Path, tiered: bool = False, versions: bool = False) -> None:
        self.data = directory / "data"
        self.meta, self.flash, self.slow = (
            self.data / name for name in ("meta", "flash", "disks")
        )
        slow = self.slow if tiered else None
        self.server = make_server(directory, self.meta, self.flash, slow, versions)

    def start_over(self) -> None:
        shutil.rmtree(self.data, ignore_errors=True)
        self.data.mkdir()

    def settle(self) -> None:
        os.sync()

    def crash(self, rng: random.Random, crew: Crew, waiting: int) -> str:
        run_time = rng.uniform(0.3, 1.3)
        time.sleep(run_time)
        # More than asked for: some answers are on their way while the signal is.
        wait_for_requests(crew, min(waiting + 4, len(crew.processes)))
        self.server.kill()
        return f"killed after {run_time:.2f} s"

    def crash_during_recovery(self, rng: random.Random) -> str:
        self.server.launch()
        delay = rng.uniform(0.0, 0.15)
        time.sleep(delay)
        self.server.kill()
        return f"killed {delay * 1000:.0f} ms into recovery"

    def strike_when_stopped(self, rng: random.Random) -> None:
        """The kernel goes on whenever a process is killed."""

    def strike(self, rng: random.Random) -> str:
        self.server.kill()
        return "killed"

    def close(self) -> None:
        self.server.kill()


class PowerStage:
    """Power cut: of what was not flushed, each disk keeps what it pleases."""

    # XFS does not recover from a directory block of which only some sectors were written: its log
    # skips a block whose first sector says that it is newer. That is no fault of ours.
    MODES = {"ext4": ("subset", "torn", "prefix", "drop"), "xfs": ("subset", "drop")}

    def __init__(
        self, directory: Path, file_system: str = "ext4", tiered: bool = False
    ) -> None:
        self.modes = self.MODES[file_system]
        self.mode = ""  # of the last strike
        self.watching: Thread | None = None
        # A disk for each pool: on a common one the syncs of requests would hide that a move lacks one.
        names = ("meta", "flash", "slow")
        self.disks = FaultDisks(directory / "disks", file_system=file_system, names=names)
        self.meta, self.flash, self.slow = (mount / "data" for mount in self.disks.mounts())
        slow = self.slow if tiered else None
        self.server = make_server(directory, self.meta, self.flash, slow)

    def start_over(self) -> None:
        self.disks.unmount()
        self.disks.format()
        self.disks.mount()
        for path in (self.meta, self.flash, self.slow):
            path.mkdir()

    def settle(self) -> None:
        run("sync", "--file-system", *self.disks.mounts())
        self.disks.command("flushall")

    def _strike(self) -> str:
        """The power is off and all that needs it hangs: takes the process down and reboots."""
        cut = self.disks.status()
        if self.server.running():
            self.server.signal(9)
        self.disks.command("die")
        self.server.wait_ended()
        self.disks.cycle_power()
        return f"{cut['cut_pending']} writes in the caches, {cut['cut_kept']} kept"

    def crash(self, rng: random.Random, crew: Crew, waiting: int) -> str:
        mode, writes = rng.choice(self.modes), rng.randint(40, 1500)
        time.sleep(rng.uniform(0.05, 0.3))
        self.disks.command(f"cutat {writes} {mode} {rng.getrandbits(32)}")
        limit = time.monotonic() + CUT_LIMIT
        while not self.disks.power_is_off():
            if not crew.alive():  # a worker was answered wrongly: its portfolio says how
                self.disks.command(f"cut {mode} {rng.getrandbits(32)}")
            elif time.monotonic() > limit:
                raise RuntimeError(
                    f"write {writes} did not come, {crew.waiting()} requests wait;"
                    f" {self.disks.status()}\n{self.server.log()[-3000:]}"
                )
            time.sleep(0.005)
        wait_for_requests(crew, waiting)
        return f"power cut at write {writes} ({mode}): {self._strike()}"

    def crash_during_recovery(self, rng: random.Random) -> str:
        mode, writes = rng.choice(self.modes), rng.randint(1, 30)
        self.disks.command(f"cutat {writes} {mode} {rng.getrandbits(32)}")
        self.server.launch()
        limit = time.monotonic() + 1.0
        while not self.disks.power_is_off() and time.monotonic() < limit:
            time.sleep(0.005)
        if not self.disks.power_is_off():  # recovery wrote less than that
            self.disks.command(f"cut {mode} {rng.getrandbits(32)}")
        return f"power cut {writes} writes into recovery ({mode}): {self._strike()}"

    def _cut(self, rng: random.Random) -> None:
        self.mode = rng.choice(self.modes)
        self.disks.command(f"cut {self.mode} {rng.getrandbits(32)}")

    def strike_when_stopped(self, rng: random.Random) -> None:
        """At once: flushes that are under way would empty the caches."""

        def watch(pid: int) -> None:
            with suppress(ChildProcessError):  # it was never stopped, and is gone
                ended = os.waitid(os.P_PID, pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)
                if ended is not None and ended.si_code == os.CLD_STOPPED:
                    self._cut(rng)

        self.watching = Thread(target=watch, args=(self.server.pid,))
        self.watching.start()

    def strike(self, rng: random.Random) -> str:
        if self.watching is not None and self.server.running() and self.server.is_stopped():
            self.watching.join()
        if not self.disks.power_is_off():
            self._cut(rng)
        return f"power cut ({self.mode}): {self._strike()}"

    def close(self) -> None:
        if self.server.running():
            self.server.signal(9)
        self.disks.command("die")
        self.server.wait_ended()
        self.disks.close()
