"""What file systems on fault_disks do when the power goes. Each scenario is run by test_faultblk.py
in a process and mount namespace of its own: disk_scenarios.py SCENARIO FILE_SYSTEM."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from fault_disks import FaultDisks

CONTENT = b"x" * 100_000

WRITER = """
import os, sys
for number in range(10000):
    with open(f"{sys.argv[1]}/f{number}", "wb") as file:
        file.write(b"y" * 20000)
        file.flush()
        os.fdatasync(file.fileno())
    fd = os.open(sys.argv[1], os.O_RDONLY); os.fsync(fd); os.close(fd)
    print(number, flush=True)
"""


def write(path: Path, content: bytes, sync: bool) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        if sync:
            os.fsync(file.fileno())
    if sync:
        directory = os.open(path.parent, os.O_RDONLY)
        os.fsync(directory)
        os.close(directory)


def synced_survives_and_unsynced_does_not(disks: FaultDisks) -> None:
    for mount in disks.mounts():
        write(mount / "synced", CONTENT, sync=True)
    write(disks.mounts()[0] / "unsynced", CONTENT, sync=False)
    disks.command("cut drop 1")
    assert disks.power_is_off()
    disks.cycle_power()
    for mount in disks.mounts():
        assert (mount / "synced").read_bytes() == CONTENT
    unsynced = disks.mounts()[0] / "unsynced"
    assert not unsynced.exists() or unsynced.read_bytes() != CONTENT


def each_disk_is_flushed_alone(disks: FaultDisks) -> None:
    meta, flash = disks.mounts()
    write(flash / "unsynced", CONTENT, sync=False)
    write(meta / "synced", CONTENT, sync=True)
    disks.command("cut drop 1")
    disks.cycle_power()
    assert (meta / "synced").read_bytes() == CONTENT
    assert not (flash / "unsynced").exists() or (flash / "unsynced").read_bytes() != CONTENT


def acknowledged_writes_survive_a_cut_at_any_write(disks: FaultDisks) -> None:
    meta = disks.mounts()[0]
    for cycle, mode in enumerate(("subset", "torn", "prefix", "drop", "subset", "torn")):
        directory = meta / f"cycle{cycle}"
        directory.mkdir()
        write(directory / "mark", b"", sync=True)
        disks.command(f"cutat {20 + 37 * cycle} {mode} {cycle}")
        command = [sys.executable, "-c", WRITER, str(directory)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
            limit = time.monotonic() + 20
            while not disks.power_is_off() and time.monotonic() < limit:
                time.sleep(0.005)
            assert disks.power_is_off(), "the cut did not come"
            time.sleep(0.05)
            assert writer.poll() is None, "the writer should hang, not fail"
            writer.send_signal(signal.SIGKILL)
            disks.command("die")
            assert writer.stdout is not None
            acknowledged = writer.stdout.read().split()
        disks.cycle_power()
        for number in acknowledged:
            assert (directory / f"f{number}").read_bytes() == b"y" * 20000, (mode, number)


def a_lying_disk_loses_what_was_synced(disks: FaultDisks) -> None:
    """The control: were this not found, a passing crash test would prove nothing."""
    write(disks.mounts()[0] / "before", CONTENT, sync=True)
    disks.command("lie 1")
    write(disks.mounts()[0] / "after", CONTENT, sync=True)
    disks.command("cut drop 1")
    disks.command("lie 0")
    disks.cycle_power()
    after = disks.mounts()[0] / "after"
    assert (disks.mounts()[0] / "before").read_bytes() == CONTENT
    assert not after.exists() or after.read_bytes() != CONTENT


SCENARIOS = [
    synced_survives_and_unsynced_does_not,
    each_disk_is_flushed_alone,
    acknowledged_writes_survive_a_cut_at_any_write,
    a_lying_disk_loses_what_was_synced,
]


def main(name: str, file_system: str) -> None:
    scenario = next(scenario for scenario in SCENARIOS if scenario.__name__ == name)
    with tempfile.TemporaryDirectory(prefix="lapis-disks-") as directory:
        disks = FaultDisks(Path(directory), mebibytes=384, file_system=file_system)
        try:
            disks.format()
            disks.mount()
            scenario(disks)
        finally:
            disks.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
