"""The test of the crash tests: builds with a sync left out, or a step too early, must be found out.

The store is made durable first (--settled): what is found is the loss of an acknowledged write, not
of the store's first rows. A build is in build/mutant-NAME (cmake --preset mutant-NAME); without it the test is skipped.
"""

from __future__ import annotations

import json

import pytest

from fault_disks import faultblk_binary
from isolation import missing_for_power_cuts, run_script
from lapis_server import REPOSITORY

pytestmark = [pytest.mark.crash, pytest.mark.slow]

CUTS = "20"  # within which it has to be found


@pytest.mark.parametrize("mutant", ["no-extent-sync", "no-wal-sync"])
def test_a_fault_is_found(mutant: str) -> None:
    if reason := missing_for_power_cuts():
        pytest.skip(reason)
    daemon = REPOSITORY / f"build/mutant-{mutant}/bin/lapisd"
    if not daemon.exists():
        pytest.skip(f"{daemon} is not built: cmake --preset mutant-{mutant}")
    environment = {"LAPIS_BIN": str(daemon), "LAPIS_FAULTBLK": str(faultblk_binary())}
    done = run_script(
        "torture.py", "power", "--crashes", CUTS, "--settled",
        own_mounts=True, environment=environment,
    )  # fmt: skip
    print(done.stdout[-3000:])
    assert done.returncode == 1, f"not found in {CUTS} cuts:\n{done.stdout[-3000:]}"
    report = json.loads(done.stdout.splitlines()[-1])
    assert report["faults"], "the run failed for another reason"
    assert report["crashes"] > 0


def test_an_early_release_is_found_at_its_crash_point() -> None:
    """A build that uses the old place of a chunk that moves before the move is durable. Killed right
    between the two: the first time is enough."""
    daemon = REPOSITORY / "build/mutant-early-release/bin/lapisd"
    if not daemon.exists():
        pytest.skip(f"{daemon} is not built: cmake --preset mutant-early-release")
    done = run_script(
        "points.py", "--points", "move-before-swap",
        own_mounts=False, environment={"LAPIS_BIN": str(daemon)},
    )  # fmt: skip
    print(done.stdout[-3000:])
    assert done.returncode == 1, f"not found:\n{done.stdout[-3000:]}"
    report = json.loads(done.stdout.splitlines()[-1])
    assert report["faults"] and report["hits"] == {"move-before-swap": {"kill": 1}}
