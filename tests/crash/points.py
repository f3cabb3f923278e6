"""Leads the daemon to each named crash point while something moves, and crashes it right there.

    PYTHONPATH=tests/integration /usr/bin/python3 tests/crash/points.py
        [--by kill|power|both] [--times N] [--points NAME,...] [--seed S]

A crash-points build (LAPIS_BIN) stops itself at the point (SIGSTOP); then it is killed, or the power
of its disks is cut, in turns where it is both. It starts again, everything is compared with the
oracle (verify.py), and lapis fsck --deep must find nothing. The last line is a summary in JSON. Exit
code 1: it broke its word; 3: a point was not reached.
Power needs root and a mount namespace of its own: unshare --mount --propagation private before it.
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

from ground import Ground, Missed, Stopped
from lapis_server import StartFailed
from scenarios import WAYS, Scenario, point_names
from stages import KillStage, PowerStage
from verify import verify

MAX_STARTUP_SECONDS = 10.0


@dataclass
class Report:
    seed: int
    moments: int = 0
    hits: dict[str, dict[str, int]] = field(default_factory=dict)  # by point, by kind of crash
    scenarios: dict[str, int] = field(default_factory=dict)
    acknowledged: int = 0
    max_startup_seconds: float = 0.0
    seconds: float = 0.0
    missed: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def count(self, point: str, kind: str, scenario: str) -> None:
        self.moments += 1
        of_point = self.hits.setdefault(point, {})
        of_point[kind] = of_point.get(kind, 0) + 1
        self.scenarios[scenario] = self.scenarios.get(scenario, 0) + 1


class Run:
    def __init__(self, report: Report) -> None:
        self.report = report
        self.rng = random.Random(f"points:{report.seed}")

    def crash_at(self, ground: Ground, point: str, scenario: Scenario, most: int) -> None:
        """Nothing but faults is left of it: the daemon does not run afterwards."""
        passing = self.rng.randint(1, most)
        began = time.monotonic()
        reached = False
        ground.configure(scenario.policy)
        try:
            scenario.prepare(ground, self.rng)
            ground.launch_to(point, passing, random.Random(self.rng.random()))
            if scenario.loaded:
                ground.begin_load()
            while True:
                scenario.provoke(ground, self.rng)
                ground.pause(0.02)
        except Stopped:
            reached = f"at crash point {point}\n" in ground.server.log_since_launch()
        except Missed as why:
            self.report.missed.append(f"{point} ({scenario.name}, {ground.kind}): {why}")
            print(self.report.missed[-1], flush=True)
        reached_after = time.monotonic() - began
        how = ground.stage.strike(self.rng)
        self.report.faults += ground.end_load()
        if reached:
            self.report.count(point, ground.kind, scenario.name)
        if not self.report.faults:
            self.report.faults += self.look(ground, scenario)
        print(f"{point}:{passing} in {scenario.name} after {reached_after:.1f} s, {how};"
              f" {time.monotonic() - began:.1f} s, {len(self.report.faults)} faults", flush=True)  # fmt: skip

    def look(self, ground: Ground, scenario: Scenario) -> list[str]:
        report, server = self.report, ground.server
        report.acknowledged += sum(p.take_acknowledged() for p in ground.portfolios)
        try:
            scenario.settle(ground, self.rng)
            server.start()
        except StartFailed as error:
            return [f"the daemon does not start: {error}"]
        except (AssertionError, Missed) as error:
            return [f"{scenario.name}: {error}"]
        report.max_startup_seconds = max(report.max_startup_seconds, server.startup_seconds)
        keys = [key for portfolio in ground.portfolios for key in portfolio.keys()]
        faults = verify(server.endpoint, keys, f"{report.seed}:{report.moments}")
        faults += ground.check_shelf() + ground.fsck()
        if server.startup_seconds > MAX_STARTUP_SECONDS:
            faults.append(f"start-up took {server.startup_seconds:.1f} s")
        if self.rng.random() < 0.75:
            server.kill()  # nothing is under way
        elif server.stop() != 0:
            faults.append("it did not stop well")
        return faults

    def go_through(self, grounds: list[Ground], points: list[str], times: int) -> None:
        for time_ in range(times):
            for number, point in enumerate(points):
                way = WAYS[point]
                # By both kinds of crash in turn, and for each by all scenarios in turn.
                ground = grounds[(time_ + number) % len(grounds)]
                scenario = way.scenarios[(time_ + number // 2) % len(way.scenarios)]
                self.crash_at(ground, point, scenario, min(way.most, scenario.most))
                if self.report.faults:
                    print(ground.server.log()[-8000:])
                    return


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--by", choices=["kill", "power", "both"], default="kill")
    parser.add_argument("--times", type=int, default=1)
    parser.add_argument("--points", default="", help="only these, with commas between them")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().getrandbits(32))
    arguments = parser.parse_args()
    print(f"seed {arguments.seed}", flush=True)
    points = arguments.points.split(",") if arguments.points else point_names()
    report = Report(arguments.seed)
    began = time.monotonic()
    directory = Path(tempfile.mkdtemp(prefix="lapis-points-"))
    stages = []
    try:
        if arguments.by != "power":
            stages.append(("kill", KillStage(directory / "kill", tiered=True)))
        if arguments.by != "kill":
            (directory / "power").mkdir()
            stages.append(("power", PowerStage(directory / "power", tiered=True)))
        grounds = [Ground(stage, kind, arguments.seed) for kind, stage in stages]
        Run(report).go_through(grounds, points, arguments.times)
    finally:
        for _, stage in stages:
            stage.close()
        shutil.rmtree(directory, ignore_errors=True)
    report.seconds = round(time.monotonic() - began, 1)
    for fault in report.faults + report.missed:
        print(f"FAULT: {fault}"[:4000])
    report.faults = [fault[:500] for fault in report.faults[:20]]
    print(json.dumps(asdict(report)))
    return 1 if report.faults else 3 if report.missed else 0


if __name__ == "__main__":
    sys.exit(main())
