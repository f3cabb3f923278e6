"""Microsoft's SDK for JavaScript, driven by the files in js/, whose every test is one here."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from copying import daemon_of
from lapis_server import REPOSITORY, LapisServer
from past_states import config
from signing import DEVELOPMENT_ACCOUNT

FILES = sorted((Path(__file__).parent / "js").glob("*.test.js"))
MODULES = REPOSITORY / "build/clients/node_modules"
NAME = re.compile(r'^test\("(.*?)", async', re.MULTILINE)
TESTS = [(file, name) for file in FILES for name in NAME.findall(file.read_text())]

# Files that need a server of their own.
OF_ITS_OWN = {
    "versions.test.js": "keeping_endpoint",
    "restores.test.js": "keeping_endpoint",
    "last_access.test.js": "keeping_endpoint",
    "immutability.test.js": "immutable_endpoint",
    "pending.test.js": "copying_endpoint",
}

Results = dict[str, dict[str, object]]


@pytest.fixture(scope="session")
def keeping_endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Of a server that keeps versions, deleted containers and times of last access, for the files
    that need one."""
    yield from serve(tmp_path_factory.mktemp("keeping"), container_days=7, last_access=True)


@pytest.fixture(scope="session")
def immutable_endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Of one with version-level immutability."""
    yield from serve(tmp_path_factory.mktemp("immutable"), immutable=True)


@pytest.fixture(scope="session")
def copying_endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Of one that may read from loopback addresses."""
    for client in daemon_of(tmp_path_factory):
        yield client.endpoint


def serve(
    directory: Path,
    container_days: int | None = None,
    immutable: bool = False,
    last_access: bool = False,
) -> Iterator[str]:
    file = config(directory, True, container_days, immutable, last_access)
    server = LapisServer(directory, config=file).start()
    yield server.endpoint
    server.stop()
    shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture(scope="session")
def run_file(endpoint: str, request: pytest.FixtureRequest) -> Callable[[Path], Results]:
    """Runs a file of tests, once; the results by name."""
    node = shutil.which("node")
    if node is None or not (MODULES / "@azure/storage-blob").exists():
        pytest.skip("Node.js or @azure/storage-blob is not installed (scripts/setup --tests)")
    ran: dict[Path, Results] = {}

    def run(file: Path) -> Results:
        if file not in ran:
            fixture = OF_ITS_OWN.get(file.name)
            served = request.getfixturevalue(fixture) if fixture else endpoint
            environment = os.environ | {
                "NODE_PATH": str(MODULES),
                "LAPIS_ENDPOINT": served,
                "LAPIS_ACCOUNT": DEVELOPMENT_ACCOUNT.name,
                "LAPIS_KEY": DEVELOPMENT_ACCOUNT.key,
            }
            reporter = f"--test-reporter={file.parent / 'report.js'}"
            done = subprocess.run(
                [str(node), "--test", reporter, str(file)],
                env=environment, capture_output=True, text=True, timeout=240, check=False,
            )  # fmt: skip
            lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
            results = [json.loads(line) for line in lines]
            assert results, f"{file.name} did not run:\n{done.stdout}\n{done.stderr}"
            ran[file] = {str(result["name"]): result for result in results}
        return ran[file]

    return run


@pytest.mark.parametrize(
    ("file", "name"), TESTS, ids=[f"{file.name.split('.')[0]}: {name}" for file, name in TESTS]
)
def test_js(run_file: Callable[[Path], Results], file: Path, name: str) -> None:
    result = run_file(file).get(name)
    assert result is not None, f"{name!r} was not reported"
    assert result["passed"], f"\n{result['error']}"


def test_every_js_test_is_seen() -> None:
    """A test that the pattern above does not find would never be looked at."""
    for file in FILES:
        count = len(re.findall(r"^\s*(?:test|it|describe)(?:\.\w+)?\(", file.read_text(), re.MULTILINE))
        assert count == len(NAME.findall(file.read_text())) > 0, file.name
