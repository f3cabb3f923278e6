"""A stage with a store of two pools on it, and what crash points are led to with: configurations,
operators' commands, blobs on a shelf that nobody changes."""

from __future__ import annotations

import http.client
import json
import random
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from blob_client import BlobClient
from configuration import Pool, write_config
from lapis_command import Ran, lapis
from lapis_server import LapisServer, binary
from model import CONTAINER, RELAY
from observing import metrics
from sas import account_sas
from sender import Portfolio, crash_client
from signing import DEVELOPMENT_ACCOUNT
from stages import EXTENTS, Stage
from worker import Crew

WORKERS = 8
REACH_LIMIT = 60.0  # seconds from the start of the daemon to the crash point
SHELF = "shelf"
SHELF_SIZES = (20_000, 300_000, 1_200_000, 3_000_000)
SHELF_BLOBS = 16
MIB = 1 << 20


@dataclass(frozen=True)
class Policy:
    """How full, in percent, the pools may be: (high, low) watermarks."""

    flash: tuple[int, int] = (95, 90)
    disks: tuple[int, int] = (95, 90)
    promote_reads: int = 0
    scrub: bool = False
    out: bool = False  # small bodies leave the metadata once they are a second old


CALM = Policy()  # nothing moves by itself
DEMOTE = Policy(flash=(30, 3))
COMPACT = Policy(flash=(95, 3), disks=(95, 1))
PROMOTE = Policy(promote_reads=1)
SCRUB = Policy(scrub=True)
OUT = Policy(out=True)
OUT_SETTINGS = 'capacity = "1MiB"\nhigh_watermark = 2\nlow_watermark = 1\ncold_after = "1s"\n'


class Stopped(Exception):
    """The daemon stands at its crash point."""


class Missed(Exception):
    """It did not get there in time, or cannot."""


class Ground:
    def __init__(self, stage: Stage, kind: str, seed: int) -> None:
        self.stage = stage
        self.kind = kind
        self.seed = seed
        self.portfolios = [Portfolio(number) for number in range(WORKERS)]
        self.crew: Crew | None = None
        self.crews = 0
        self.extra_number = 0
        self.deadline = 0.0
        stage.start_over()
        self.configure(CALM)
        self.server.start()
        client = crash_client(self.server.endpoint)
        for container in (CONTAINER, RELAY, SHELF):
            assert client.create_container(container).status == 201
        for number in range(SHELF_BLOBS):
            assert client.put_blob(SHELF, f"b{number}", self.shelved(number)).status == 201
        client.close()
        stage.settle()
        assert self.server.stop() == 0

    @property
    def server(self) -> LapisServer:
        return self.stage.server

    # --- configuration, start ---

    def configure(self, policy: Policy) -> None:
        def pool(name: str, kind: str, path: Path, capacity: str, marks: tuple[int, int]) -> Pool:
            text = f'capacity = "{capacity}"\nhigh_watermark = {marks[0]}\nlow_watermark = {marks[1]}\n'
            return Pool(name, kind, [path], EXTENTS + text)

        pools = [
            pool("flash", "flash", self.stage.flash, "160MiB", policy.flash),
            pool("disks", "hdd", self.stage.slow, "512MiB", policy.disks),
        ]
        scrub = 'period = "1s"\nrate = "1GiB"' if policy.scrub else "enabled = false"
        more = f"[tiering]\npromote_reads = {policy.promote_reads}\n[scrub]\n{scrub}\n"
        assert self.server.config is not None
        write_config(
            self.server.config, self.stage.meta, pools, more=more,
            metadata_settings=OUT_SETTINGS if policy.out else "",
        )  # fmt: skip

    def launch_to(self, point: str, passing: int, rng: random.Random) -> None:
        """Starts the daemon so that it stops at the point; returns when it is ready."""
        self.deadline = time.monotonic() + REACH_LIMIT
        self.server.environment = {"LAPIS_CRASH_AT": f"{point}:{passing}"}
        self.server.launch()
        self.server.environment = {}
        self.stage.strike_when_stopped(rng)
        while not self.server.is_ready():
            self.pause(0.01)

    def pause(self, seconds: float) -> None:
        """Raises Stopped once the daemon stands still, Missed where that is not to be expected."""
        until = time.monotonic() + seconds
        while True:
            if not self.server.running():
                raise Missed("the daemon has ended")
            if self.server.is_stopped():
                raise Stopped
            if time.monotonic() > self.deadline:
                raise Missed(f"not within {REACH_LIMIT} s")
            if self.crew is not None and not self.crew.alive():
                raise Missed("a worker has ended")
            if time.monotonic() >= until:
                return
            time.sleep(0.002)

    # --- load ---

    def begin_load(self) -> None:
        self.crews += 1
        self.crew = Crew(self.portfolios, self.server.endpoint, f"{self.seed}:{self.crews}")

    def end_load(self) -> list[str]:
        """After the daemon has gone. What was answered as it should not have been."""
        if self.crew is not None:
            self.portfolios, self.crew = self.crew.collect(), None
        return [portfolio.trouble for portfolio in self.portfolios if portfolio.trouble]

    # --- the shelf ---

    def shelved(self, number: int) -> bytes:
        size = SHELF_SIZES[number % len(SHELF_SIZES)]
        return random.Random(f"{self.seed}:{number}").randbytes(size)

    def read_shelf(self) -> None:
        """While the daemon may stop at any moment."""
        token = account_sas(DEVELOPMENT_ACCOUNT, se="2999-01-01")
        client = BlobClient(self.server.endpoint, DEVELOPMENT_ACCOUNT.name, sas=token, timeout=2)
        for number in range(SHELF_BLOBS):
            try:
                client.get_blob(SHELF, f"b{number}")
            except (OSError, http.client.HTTPException):
                client.close()
            self.pause(0)
        client.close()

    def check_shelf(self) -> list[str]:
        client = crash_client(self.server.endpoint)
        faults = []
        for number in range(SHELF_BLOBS):
            answer = client.get_blob(SHELF, f"b{number}")
            if answer.status != 200 or answer.body != self.shelved(number):
                faults.append(f"{SHELF}/b{number}: {answer.status}, {len(answer.body)} bytes")
        client.close()
        return faults

    # --- operators' commands ---

    def command(self, *arguments: object) -> Ran:
        """As lapis(), while the daemon may stop at any moment."""
        line = [str(binary("lapis")), *map(str, arguments), "--config", str(self.server.config)]
        with subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as ran:
            try:
                while ran.poll() is None:
                    self.pause(0.005)
            except (Stopped, Missed):
                ran.kill()
                raise
            out, err = ran.communicate()
            return Ran(ran.returncode, out, err)

    def paths(self) -> dict[Path, dict[str, Any]]:
        ran = self.command("pool", "status", "--json")
        if ran.code != 0:
            raise Missed(f"pool status: {ran.err}")
        shown = json.loads(ran.out)["pools"]
        return {Path(path["path"]): path for pool in shown for path in pool["paths"]}

    def extra(self) -> Path:
        """The directory of a path that comes and goes."""
        return self.stage.flash.with_name(f"extra{self.extra_number}")

    def damaged_chunks(self) -> int:
        return int(metrics(self.server).total("lapis_scrub_damaged_chunks"))

    def fsck(self) -> list[str]:
        ran = lapis("fsck", "--deep", "--config", self.server.config)
        return [] if ran.code == 0 else [f"fsck says {ran.code}: {ran.out or ran.err}"]
