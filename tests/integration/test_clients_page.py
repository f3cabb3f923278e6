"""The recipes of docs/clients.md, as printed, one test a section.

Only addresses differ: the ports where the daemon is, the name and the certificate that the tests
have, and where programs were built or installed.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from azcopy_client import azcopy_binary
from host_names import DOMAIN, hosts_file, with_hosts
from lapis_server import REPOSITORY, LapisServer, binary

PAGE = (REPOSITORY / "docs/clients.md").read_text()
MODULES = REPOSITORY / "build/clients/node_modules"
BLOCK = re.compile(r"^```(sh|js|python)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SECTIONS = dict(
    part.split("\n", 1) for part in re.split(r"^## ", PAGE, flags=re.MULTILINE)[1:]
)  # fmt: skip
PRELUDE = "Addresses and credentials"
WITH_BLOCKS = [name for name, text in SECTIONS.items() if BLOCK.search(text) and name != PRELUDE]


def script(section: str, directory: Path) -> str:
    """The section's blocks as one shell script."""
    lines = ["set -euo pipefail"]
    for number, (language, text) in enumerate(BLOCK.findall(SECTIONS[section])):
        if language == "sh":
            lines.append(text)
            continue
        file = directory / f"block{number}.{language}"
        file.write_text(text)
        lines.append(f"{'node' if language == 'js' else '/usr/bin/python3'} '{file}'")
    return "\n".join(lines)


def require(section: str, programs: Path) -> None:
    """What the section uses, in `programs` or installed; else the test is skipped."""
    (programs / "lapis").symlink_to(binary("lapis"))
    if section == "azcopy":
        (programs / "azcopy").symlink_to(azcopy_binary())
    needs = {
        "curl": shutil.which("curl"),
        "azcopy": "found above",
        "rclone": shutil.which("rclone"),
        "SDK for JavaScript": shutil.which("node") and (MODULES / "@azure/storage-blob").exists(),
        "SDK for Python": pytest.importorskip("azure.storage.blob"),
    }
    if not needs[section]:
        pytest.skip(f"{section} is not installed (scripts/setup --tests)")


@pytest.mark.parametrize("section", WITH_BLOCKS)
def test_a_recipe(
    tls_server: LapisServer, certificate: tuple[Path, Path], tmp_path: Path, section: str
) -> None:
    directory, programs = tmp_path / "here", tmp_path / "bin"
    directory.mkdir()
    programs.mkdir()
    require(section, programs)
    plain, secure = sorted(tls_server.endpoints)  # "http:" before "https:"
    text = script(PRELUDE, directory) + "\n" + script(section, directory)
    for printed, here in (
        ("http://127.0.0.1:10000", plain),
        ("blob.storage.example", f"{DOMAIN}:{urlsplit(secure).port}"),
        ("/etc/lapis/ca.pem", str(certificate[0])),
    ):
        text = text.replace(printed, here)
    environment = os.environ | {
        "PATH": f"{programs}:{os.environ['PATH']}",
        "HOME": str(directory),
        "NODE_PATH": str(MODULES),
        "NODE_OPTIONS": "--require " + str(Path(__file__).parent / "js/webcrypto.js"),
        "NODE_EXTRA_CA_CERTS": str(certificate[0]),
        "REQUESTS_CA_BUNDLE": str(certificate[0]),
        "RCLONE_CONFIG": "/dev/null",
        "AZCOPY_DISABLE_SYSLOG": "true",
    }
    done = subprocess.run(
        with_hosts(hosts_file(tmp_path), ["bash", "-c", text]),
        cwd=directory, env=environment, capture_output=True, text=True, timeout=180, check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"{text}\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}"


def test_the_page_has_what_is_tested() -> None:
    assert len(WITH_BLOCKS) == 5
    assert len(BLOCK.findall(PAGE)) == PAGE.count("```") // 2, "a block of another language"
