"""The daemon keeps its word through kill -9 and through power cuts. See torture.py."""

from __future__ import annotations

import json
import os
from typing import Any

import pytest

from isolation import missing_for_power_cuts, run_script
from lapis_server import binary

pytestmark = [pytest.mark.crash, pytest.mark.slow]

CRASHES = os.environ.get("LAPIS_CRASHES", "50")


def torture(mode: str, *arguments: str, crashes: str = CRASHES) -> dict[str, Any]:
    if not binary().exists():
        pytest.fail(f"{binary()} is not built")
    done = run_script(
        "torture.py", mode, "--crashes", crashes, *arguments, own_mounts=mode == "power"
    )
    print(done.stdout)
    assert done.returncode == 0, done.stdout[-6000:]
    return dict(json.loads(done.stdout.splitlines()[-1]))


def check(report: dict[str, Any], crashes: str = CRASHES) -> None:
    assert report["faults"] == []
    assert report["crashes"] == int(crashes)
    assert report["min_in_flight"] >= 8
    assert report["acknowledged"] > 0
    assert report["max_startup_seconds"] < 10


def test_kill_at_any_instant() -> None:
    check(torture("kill"))


@pytest.mark.parametrize("keeping", ["deleted", "versions"])
def test_kill_where_past_states_are_kept(keeping: str) -> None:
    """What is overwritten and deleted stays beside what the oracle knows; fsck counts it."""
    some = str(max(1, int(CRASHES) // 3))
    check(torture("kill", "--keeping", keeping, crashes=some), some)


def test_power_cut_at_any_write() -> None:
    if reason := missing_for_power_cuts():
        pytest.skip(reason)
    check(torture("power"))


def test_kill_while_chunks_move() -> None:
    report = torture("kill", "--tiered")
    check(report)
    assert report["moved_bytes"] > 0


def test_power_cut_while_chunks_move() -> None:
    if reason := missing_for_power_cuts():
        pytest.skip(reason)
    report = torture("power", "--tiered")
    check(report)
    assert report["moved_bytes"] > 0
