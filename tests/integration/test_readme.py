"""The README's first steps, as printed."""

from __future__ import annotations

import re
import subprocess

import pytest

from lapis_server import REPOSITORY, LapisServer, binary

README = REPOSITORY / "README.md"
CURL_BLOCK = re.compile(r"^```sh curl\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_the_curl_lines(shared_server: LapisServer) -> None:
    """Only the port and the place of the built programs differ from the page."""
    blocks = CURL_BLOCK.findall(README.read_text())
    assert blocks, "README.md has no ```sh curl block"
    if not binary("lapis").exists():
        pytest.fail(f"{binary('lapis')} is not built")
    for block in blocks:
        assert "http://127.0.0.1:10000/" in block
        script = block.replace("http://127.0.0.1:10000/", f"{shared_server.endpoint}/")
        script = script.replace("build/release/bin/lapis ", f"{binary('lapis')} ")
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script],
            cwd=REPOSITORY, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"{script}\n{done.stdout}\n{done.stderr}"
        assert "<Name>README.md</Name>" in done.stdout
