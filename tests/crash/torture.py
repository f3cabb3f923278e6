"""Crashes the daemon under load, over and over, and checks that it kept its word.

    PYTHONPATH=tests/integration /usr/bin/python3 tests/crash/torture.py kill|power
        [--crashes N] [--seed S] [--file-system ext4|xfs] [--settled] [--keeping deleted|versions]

Every cycle: workers change their keys until the crash, which comes while at least eight requests
wait for their answer; in one of four cycles a second crash hits the recovery; then the daemon
starts again, everything that it holds is compared with the oracle (model.py), and lapis fsck must
find nothing. Where what is deleted is kept, the whole container is deleted and restored before that. The last line is a summary in JSON. Exit code 1: it broke its word, and the lines before say how; the seed makes the
same load again.
power needs root and a mount namespace of its own: unshare --mount --propagation private before it.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import sys
import tempfile
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

from lapis_command import lapis
from lapis_server import LapisServer, StartFailed
from model import CONTAINER, RELAY
from observing import metrics
from past_states import keep_deleted
from sender import Portfolio, crash_client, signing_client
from stages import KillStage, PowerStage, Stage
from verify import verify
from worker import Crew

WORKERS = 16
MIN_IN_FLIGHT = 8
MAX_STARTUP_SECONDS = 10.0
START_OVER_EVERY = 10  # cycles, so that the disks of the power stage stay small


@dataclass
class Report:
    mode: str
    seed: int
    crashes: int = 0
    second_crashes: int = 0
    acknowledged: int = 0
    min_in_flight: int = WORKERS
    max_startup_seconds: float = 0.0
    moved_bytes: int = 0  # between pools and extents, as far as the daemon lived to tell
    seconds: float = 0.0
    faults: list[str] = field(default_factory=list)


def moved_bytes(server: LapisServer) -> int:
    page = metrics(server)
    counters = ("lapis_tier_demoted_bytes_total", "lapis_tier_compacted_bytes_total")
    return int(sum(page.total(name) for name in counters))


class Torture:
    def __init__(self, stage: Stage, report: Report, settled: bool, keeping: bool) -> None:
        self.stage = stage
        self.report = report
        self.settled = settled  # the new store itself is durable before the load begins
        self.keeping = keeping  # all that is overwritten or deleted: no space is ever freed
        self.rng = random.Random(f"torture:{report.mode}:{report.seed}")
        self.portfolios: list[Portfolio] = []

    def run(self, crashes: int) -> None:
        for cycle in range(crashes):
            if cycle % (START_OVER_EVERY // 2 if self.keeping else START_OVER_EVERY) == 0:
                self.start_over()
            self.one_cycle(cycle)
            if self.report.faults:
                break

    def start_over(self) -> None:
        self.stage.server.stop()
        self.stage.start_over()
        self.portfolios = [Portfolio(number) for number in range(WORKERS)]
        self.start()
        for name in (CONTAINER, RELAY):
            response = crash_client(self.stage.server.endpoint).create_container(name)
            assert response.status == 201, response
        if self.keeping:
            keep_deleted(signing_client(self.stage.server.endpoint), 7)
        if self.settled:
            self.stage.settle()

    def start(self) -> None:
        server = self.stage.server
        try:
            server.start()
        except StartFailed as error:
            self.report.faults.append(f"the daemon does not start: {error}")
            return
        self.report.max_startup_seconds = max(
            self.report.max_startup_seconds, server.startup_seconds
        )
        if server.startup_seconds > MAX_STARTUP_SECONDS:
            self.report.faults.append(f"start-up took {server.startup_seconds:.1f} s")

    def one_cycle(self, cycle: int) -> None:
        report, endpoint = self.report, self.stage.server.endpoint
        crew = Crew(self.portfolios, endpoint, f"{report.seed}:{cycle}")
        what = self.stage.crash(self.rng, crew, MIN_IN_FLIGHT)
        self.portfolios = crew.collect()
        waiting = crew.waiting()
        report.crashes += 1
        report.acknowledged += sum(portfolio.take_acknowledged() for portfolio in self.portfolios)
        report.min_in_flight = min(report.min_in_flight, waiting)
        report.faults += [p.trouble for p in self.portfolios if p.trouble]
        if self.rng.random() < 0.25:
            what += "; " + self.stage.crash_during_recovery(self.rng)
            report.second_crashes += 1
        self.start()
        if self.keeping and not report.faults:
            what += "; " + self.take_the_container_away()
        keys = [key for portfolio in self.portfolios for key in portfolio.keys()]
        if not report.faults:
            report.faults += verify(self.stage.server.endpoint, keys, f"{report.seed}:{cycle}")
            report.faults += self.check_store()
        if not report.faults:
            report.moved_bytes += moved_bytes(self.stage.server)
        startup = self.stage.server.startup_seconds
        print(f"cycle {cycle}: {what}; {waiting} waiting, {len(keys)} keys, ready in {startup:.2f} s,"
              f" {len(report.faults)} faults", flush=True)  # fmt: skip

    def take_the_container_away(self) -> str:
        """Deletes and restores it, with a kill behind each answer. What is in it must not notice."""
        server = self.stage.server
        response = signing_client(server.endpoint).delete_container(CONTAINER)
        assert response.status == 202, response
        server.kill()
        self.start()
        if self.report.faults:
            return "no start after the container was deleted"
        client = signing_client(server.endpoint)
        page = client.list_containers(include="deleted", prefix=CONTAINER)
        listed = page.xml().findall("Containers/Container")
        versions = [entry.findtext("Version") or "" for entry in listed]
        if len(versions) != 1 or not versions[0]:
            self.report.faults.append(f"after a deletion that was acknowledged: {versions}")
            return "the deleted container is not there"
        response = client.restore_container(CONTAINER, CONTAINER, versions[0])
        assert response.status == 201, response
        server.kill()
        self.start()
        return "container deleted and restored"

    def check_store(self) -> list[str]:
        """Nothing is lost, leaked or doubled, beside what the oracle sees."""
        ran = lapis("fsck", "--deep", "--config", self.stage.server.config)
        return [] if ran.code == 0 else [f"fsck says {ran.code}: {ran.out or ran.err}"]


def make_stage(arguments: argparse.Namespace, directory: Path) -> Stage:
    if arguments.mode == "kill":
        return KillStage(directory, arguments.tiered, arguments.keeping == "versions")
    return PowerStage(directory, arguments.file_system, arguments.tiered)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("mode", choices=["kill", "power"])
    parser.add_argument("--crashes", type=int, default=50)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().getrandbits(32))
    parser.add_argument("--file-system", choices=["ext4", "xfs"], default="ext4")
    parser.add_argument("--settled", action="store_true")
    parser.add_argument(
        "--keeping", choices=["deleted", "versions"],
        help="soft delete is on, and with it versions (of kill only)",
    )  # fmt: skip
    parser.add_argument("--tiered", action="store_true", help="with a slower pool behind flash")
    arguments = parser.parse_args()
    print(f"seed {arguments.seed}", flush=True)
    report = Report(arguments.mode, arguments.seed)
    began = time.monotonic()
    directory = Path(tempfile.mkdtemp(prefix="lapis-torture-"))
    stage = make_stage(arguments, directory)
    try:
        keeping = arguments.keeping is not None
        Torture(stage, report, arguments.settled, keeping).run(arguments.crashes)
        if report.faults:
            print(stage.server.log()[-8000:])
    finally:
        stage.close()
        shutil.rmtree(directory, ignore_errors=True)
    report.seconds = round(time.monotonic() - began, 1)
    for fault in report.faults:
        print(f"FAULT: {fault}"[:4000])
    report.faults = [fault[:500] for fault in report.faults[:20]]
    print(json.dumps(asdict(report)))
    return 1 if report.faults else 0


if __name__ == "__main__":
    sys.exit(main())
