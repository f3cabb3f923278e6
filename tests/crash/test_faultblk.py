"""The programmable disks under real file systems: the test of the crash tests' ground."""

from __future__ import annotations

import shutil

import pytest

from disk_scenarios import SCENARIOS
from isolation import missing_for_power_cuts, run_script

pytestmark = pytest.mark.crash


@pytest.mark.parametrize("file_system", ["ext4", "xfs"])
@pytest.mark.parametrize("scenario", [scenario.__name__ for scenario in SCENARIOS])
def test_scenario(scenario: str, file_system: str) -> None:
    if reason := missing_for_power_cuts():
        pytest.skip(reason)
    if shutil.which(f"mkfs.{file_system}") is None:
        pytest.skip(f"needs mkfs.{file_system}")
    done = run_script("disk_scenarios.py", scenario, file_system, own_mounts=True)
    assert done.returncode == 0, done.stdout
