"""The daemon is killed at each named crash point, while something moves. See points.py.

The build is build/crash-points (cmake --preset crash-points); without it the test is skipped.
"""

from __future__ import annotations

import json
import os

import pytest

from fault_disks import faultblk_binary
from isolation import missing_for_power_cuts, run_script
from lapis_server import REPOSITORY
from scenarios import WAYS, point_names

TIMES = os.environ.get("LAPIS_POINT_TIMES", "1")
DAEMON = REPOSITORY / "build/crash-points/bin/lapisd"
# Where a lost sector would be felt: what is durable by then, and in which order it became so.
CUT_AT = [
    "move-synced", "move-swapped", "out-synced", "out-swapped", "extent-made",
    "extent-header-synced", "reclaim-freed", "path-occupied", "add-registered", "retire-rows-gone",
]  # fmt: skip


def crash(*arguments: str, points: list[str], own_mounts: bool = False) -> None:
    if not DAEMON.exists():
        pytest.skip(f"{DAEMON} is not built: cmake --preset crash-points")
    done = run_script(
        "points.py", "--times", TIMES, "--points", ",".join(points), *arguments,
        own_mounts=own_mounts,
        environment={"LAPIS_BIN": str(DAEMON), "LAPIS_FAULTBLK": str(faultblk_binary())},
    )  # fmt: skip
    print(done.stdout)
    assert done.returncode == 0, done.stdout[-6000:]
    report = json.loads(done.stdout.splitlines()[-1])
    assert report["faults"] == [] and report["missed"] == []
    assert report["acknowledged"] > 0
    hits = {point: sum(kinds.values()) for point, kinds in report["hits"].items()}
    assert hits == dict.fromkeys(points, int(TIMES))


def test_every_point_has_a_way_to_it() -> None:
    assert list(WAYS) == point_names()


def test_every_point_is_in_the_code() -> None:
    ids = [
        line.split("(", 1)[1].split(",", 1)[0]
        for line in (REPOSITORY / "include/lapis/base/crash_points.def").read_text().splitlines()
        if line.startswith("X(")
    ]
    sources = "\n".join(path.read_text() for path in (REPOSITORY / "src").rglob("*.cc"))
    assert len(ids) == len(point_names())
    assert [name for name in ids if f"crash_point(CrashPoint::{name})" not in sources] == []


@pytest.mark.crash
@pytest.mark.slow
def test_kill_at_every_point() -> None:
    crash(points=point_names())


@pytest.mark.crash
@pytest.mark.slow
def test_power_cut_at_the_points_that_order_writes() -> None:
    if reason := missing_for_power_cuts():
        pytest.skip(reason)
    crash("--by", "power", points=CUT_AT, own_mounts=True)
