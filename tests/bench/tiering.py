"""What moving chunks down costs who writes: azcopy uploads more than the flash pool holds, with and
without a pool of disks below it, on the same device.

    scripts/bench tiering --help

Rounds alternate between a store that tiers and one whose flash pool takes all. Of each: the rate of
the upload. Of the one that tiers also: how full flash was at most, what moved down meanwhile and
until it was at rest, what went to disks directly; afterwards every file is downloaded and compared,
and lapis fsck --deep must find nothing. Exit code 1 where it does not hold.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

from azcopy_client import DOWN, UP, Azcopy, azcopy_binary
from azure_client import expect
from blob_client import BlobClient
from configuration import Pool, write_config
from lapis_command import lapis
from lapis_server import LapisServer
from observing import Metrics, metrics
from signing import DEVELOPMENT_ACCOUNT

MIB = 1 << 20
GIB = 1 << 30
HIGH, LOW = 80, 60  # percent
LOOK_EVERY = 0.1  # seconds
REST_LIMIT = 300.0  # seconds until nothing moves any more
CONTAINER = "tiering"


@dataclass
class Options:
    directory: Path
    file_bytes: int
    files: int
    flash_bytes: int
    extent_bytes: int
    rounds: int


@dataclass
class Round:
    tiers: bool
    upload_mib_per_second: float
    seconds: float = 0.0
    flash_most_bytes: float = 0.0  # in extents that are not free
    flash_high_bytes: float = 0.0
    demoted_meanwhile_bytes: float = 0.0
    demoted_bytes: float = 0.0
    compacted_bytes: float = 0.0
    direct_bytes: float = 0.0  # that never were on flash
    rest_seconds: float = 0.0
    faults: list[str] = field(default_factory=list)


def make_files(options: Options) -> Path:
    source = options.directory / "source"
    source.mkdir()
    rng = random.Random(1)
    for number in range(options.files):
        with (source / f"{number:05}.bin").open("wb") as file:
            for _ in range(options.file_bytes // MIB):
                file.write(rng.randbytes(MIB))
    return source


class Watch(threading.Thread):
    """Looks at flash while azcopy uploads."""

    def __init__(self, server: LapisServer, extent_bytes: int) -> None:
        super().__init__(daemon=True)
        self.server = server
        self.extent_bytes = extent_bytes
        self.most = 0.0
        self.ended = threading.Event()

    def run(self) -> None:
        while not self.ended.wait(LOOK_EVERY):
            self.most = max(self.most, used(metrics(self.server), self.extent_bytes))

    def end(self) -> None:
        self.ended.set()
        if self.is_alive():
            self.join()


def used(page: Metrics, extent_bytes: int) -> float:
    states = ("open", "sealed")
    extents = sum(page.total("lapis_pool_extents", pool="flash", state=s) for s in states)
    return extents * extent_bytes


def demoted(page: Metrics) -> float:
    return page.total("lapis_tier_demoted_bytes_total", pool="flash")


def wait_for_rest(server: LapisServer) -> float:
    """Until nothing has moved for two seconds; how long that took."""
    began = time.monotonic()
    last, since = -1.0, began
    while time.monotonic() - since < 2.0:
        page = metrics(server)
        if page.total("lapis_tier_demoting") != 0 or demoted(page) != last:
            last, since = demoted(page), time.monotonic()
        if time.monotonic() - began > REST_LIMIT:
            raise TimeoutError("chunks move down and down")
        time.sleep(LOOK_EVERY)
    return since - began


def configure(options: Options, data: Path, tiers: bool) -> Path:
    extents = f'extent_size = "{options.extent_bytes // MIB}MiB"\n'
    limits = f'capacity = "{options.flash_bytes}B"\nhigh_watermark = {HIGH}\nlow_watermark = {LOW}'
    pools = [Pool("flash", "flash", [data / "flash"], extents + (limits if tiers else ""))]
    if tiers:
        pools.append(Pool("disks", "hdd", [data / "disks"], extents))
    return write_config(data / "lapis.toml", data / "meta", pools)


def compare(source: Path, down: Path) -> list[str]:
    done = subprocess.run(
        ["diff", "-rq", str(source), str(down)], capture_output=True, text=True, check=False
    )
    return done.stdout.splitlines()[:10] if done.returncode != 0 else []


def check(options: Options, server: LapisServer, azcopy: Azcopy, source: Path) -> list[str]:
    down = options.directory / "down"
    azcopy.run("copy", azcopy.url(CONTAINER + "/source"), down, *DOWN)
    faults = compare(source, down / "source" if (down / "source").is_dir() else down)
    shutil.rmtree(down)
    fsck = lapis("fsck", "--deep", "--config", str(server.config))
    return faults + ([f"fsck: {fsck.out[-1000:]}"] if fsck.code != 0 else [])


def one_round(options: Options, source: Path, tiers: bool) -> Round:
    data = options.directory / "data"
    server = LapisServer(
        data, config=configure(options, data, tiers), shared_data=data, admin="127.0.0.1:0"
    ).start()
    watch = Watch(server, options.extent_bytes)
    try:
        azcopy = Azcopy(azcopy_binary(), server.endpoint, options.directory / "azcopy")
        client = BlobClient(server.endpoint, DEVELOPMENT_ACCOUNT.name, DEVELOPMENT_ACCOUNT)
        expect(client.create_container(CONTAINER), 201)
        client.close()
        watch.start()
        began = time.monotonic()
        azcopy.run("copy", source, azcopy.url(CONTAINER), *UP)
        seconds = time.monotonic() - began
        total = options.files * options.file_bytes
        result = Round(tiers, total / MIB / seconds, seconds)
        page = metrics(server)
        if tiers:
            result.demoted_meanwhile_bytes = demoted(page)
            result.rest_seconds = wait_for_rest(server)
            page = metrics(server)
            result.demoted_bytes = demoted(page)
            result.compacted_bytes = page.total("lapis_tier_compacted_bytes_total")
            result.flash_high_bytes = page.total("lapis_tier_high_bytes", pool="flash")
            on_disks = page.total("lapis_pool_extent_bytes", pool="disks", state="live")
            result.direct_bytes = on_disks - result.demoted_bytes
            result.flash_most_bytes = watch.most
            if result.flash_most_bytes > result.flash_high_bytes:
                result.faults.append("flash was above its high watermark")
            result.faults += check(options, server, azcopy, source)
        return result
    finally:
        watch.end()
        server.stop()
        shutil.rmtree(data)


def arguments() -> Options:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--gib", type=float, default=10.0, help="that are uploaded")
    parser.add_argument("--file-mib", type=int, default=64, help="of each file")
    parser.add_argument("--flash-gib", type=float, default=2.0, help="capacity of the flash pool")
    parser.add_argument("--extent-mib", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=3, help="of each of the two")
    parser.add_argument("--directory", type=Path, help="on the device that is measured")
    given = parser.parse_args()
    directory = Path(tempfile.mkdtemp(prefix="tiering-", dir=given.directory))
    size = given.file_mib * MIB
    files = max(1, round(given.gib * GIB / size))
    flash = int(given.flash_gib * GIB)
    return Options(directory, size, files, flash, given.extent_mib * MIB, given.rounds)


def main() -> int:
    options = arguments()
    try:
        source = make_files(options)
        rounds = []
        for _ in range(options.rounds):
            for tiers in (True, False):
                rounds.append(one_round(options, source, tiers))
                print(json.dumps(asdict(rounds[-1])), flush=True)
    finally:
        shutil.rmtree(options.directory)

    def rate(tiers: bool) -> float:
        return statistics.median(r.upload_mib_per_second for r in rounds if r.tiers == tiers)

    faults = [fault for one in rounds for fault in one.faults]
    summary = {
        "tiering_mib_per_second": rate(True),
        "flash_only_mib_per_second": rate(False),
        "ratio": rate(True) / rate(False),
        "faults": faults,
    }
    print(json.dumps(summary))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
