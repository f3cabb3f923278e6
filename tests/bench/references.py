"""What the machine can do without any server: the bounds that some rows are held against."""

from __future__ import annotations

import json
import subprocess

from contest import Contestant
from generator import MIB, Sample
from settings import FIO, MD5, Settings

MD5_BLOCK = 65536
WRITE_JOBS = 4
WRITE_BLOCK = 8 * MIB


def on_server_core(settings: Settings, *command: str) -> str:
    pinned = ["taskset", "-c", str(settings.server_core), *command]
    return subprocess.run(pinned, capture_output=True, text=True, check=True).stdout


def whole_seconds(settings: Settings) -> int:
    """All that these tools take."""
    return max(1, round(settings.seconds))


def md5_alone(settings: Settings) -> Contestant:
    """One core that does nothing but MD5 over bytes in its cache."""

    def measure(round_number: int) -> Sample:
        output = on_server_core(
            settings, "openssl", "speed", "-mr", "-seconds", str(whole_seconds(settings)),
            "-bytes", str(MD5_BLOCK), "-evp", "md5",
        )  # fmt: skip
        # "+F:22:MD5:650000000.00": bytes a second.
        line = next(line for line in output.splitlines() if line.startswith("+F:"))
        return Sample(float(line.split(":")[-1]) / MIB, 0, 0, {"output": line})

    return Contestant(MD5, measure)


def durable_writes(settings: Settings) -> Contestant:
    """Past the page cache, each block synced, into files that are there already."""
    directory = settings.directory / "fio"
    directory.mkdir(exist_ok=True)

    def measure(round_number: int) -> Sample:
        output = on_server_core(
            settings, "fio", "--name=blocks", f"--directory={directory}", "--rw=write",
            f"--bs={WRITE_BLOCK}", "--direct=1", "--ioengine=psync", "--fdatasync=1",
            f"--numjobs={WRITE_JOBS}", "--size=1G", "--time_based",
            f"--runtime={whole_seconds(settings)}",
            "--group_reporting", "--output-format=json",
        )  # fmt: skip
        write = json.loads(output[output.index("{") :])["jobs"][0]["write"]
        times = write["clat_ns"].get("percentile", {})
        p50, p99 = (times.get(f"{share}.000000", 0) / 1000 for share in (50, 99))
        return Sample(write["bw_bytes"] / MIB, p50, p99, {"fio": write})

    return Contestant(FIO, measure)
