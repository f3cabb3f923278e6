"""One shard for each core that the daemon may run on."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from lapis_server import LapisServer


def shards_of(server: LapisServer) -> set[str]:
    threads = Path(f"/proc/{server.pid}/task").iterdir()
    names = {(thread / "comm").read_text().strip() for thread in threads}
    return {name for name in names if name.startswith("lapis-io-")}


@pytest.mark.parametrize("cores", [1, 2])
def test_shards_are_as_many_as_usable_cores(
    new_server: Callable[..., LapisServer], cores: int
) -> None:
    usable = os.sched_getaffinity(0)
    if len(usable) < cores:
        pytest.skip(f"needs {cores} cores")
    os.sched_setaffinity(0, sorted(usable)[:cores])
    try:
        server = new_server().start()
    finally:
        os.sched_setaffinity(0, usable)
    assert shards_of(server) == {f"lapis-io-{index}" for index in range(cores)}
