"""scripts/bench runs: a few rows for a moment each. What it measures is not looked at."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from azcopy_client import azcopy_binary
from lapis_server import REPOSITORY

pytestmark = pytest.mark.slow

ROWS = ["get-4k-sas", "get-4k-key", "put-4k", "put-block-list", "list-5000"]


def test_a_quick_run_has_a_number_for_each_row_and_server(tmp_path: Path) -> None:
    if shutil.which("nginx") is None:
        pytest.skip("nginx is not installed (scripts/setup --bench)")
    numbers = tmp_path / "numbers.json"
    command = [str(REPOSITORY / "scripts/bench"), "--quick", "--rows", ",".join(ROWS)]
    command += ["--against", "nginx", "--json", str(numbers), "--directory", str(tmp_path / "data")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr

    found = json.loads(numbers.read_text())
    assert found["failures"] == []
    assert list(found["rows"]) == ROWS
    for name, row in found["rows"].items():
        servers = row["contestants"]
        assert set(servers) == ({"Lapis", "nginx"} if "4k" in name else {"Lapis"})
        assert row["title"] in done.stdout
        for server in servers.values():
            assert server["rate"] > 0
            assert 0 < server["p50_us"] <= server["p99_us"]
            assert set(server["rounds"][0]["raw"]["usage"]["cores"]) == {"0", "1"}
    assert list((tmp_path / "data").iterdir()) == []


def test_tiering_compares_what_it_moved(tmp_path: Path) -> None:
    azcopy_binary()
    command = [str(REPOSITORY / "scripts/bench"), "tiering", "--gib", "0.75", "--file-mib", "16"]
    command += ["--flash-gib", "0.25", "--extent-mib", "8", "--rounds", "1"]
    command += ["--directory", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]  # not the build's
    tiering, flash_only, summary = map(json.loads, lines)
    assert tiering["tiers"]
    assert not flash_only["tiers"]
    assert tiering["demoted_bytes"] > 0
    assert tiering["direct_bytes"] > 0
    assert tiering["flash_most_bytes"] <= tiering["flash_high_bytes"]
    assert summary["faults"] == []
    assert list(tmp_path.iterdir()) == []
