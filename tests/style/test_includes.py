"""A module includes only what its row of the architecture allows, here and in CMake."""

from __future__ import annotations

import re

import pytest
from source_tree import ROOT, product_sources

EDGES: dict[str, set[str]] = {
    "base": set(),
    "io": {"base"},
    "storage": {"io", "base"},
    "http": {"io", "base"},
    "blob": {"storage", "io", "base"},
    "azure": {"blob", "http", "base", "io"},
    "tier": {"blob", "storage", "io", "base"},
    "source": {"azure", "blob", "http", "io", "base"},
    "gateway": {"azure", "blob", "http", "io", "base"},
    "admin": {"tier", "blob", "storage", "io", "base"},
    "daemon": {
        "gateway", "source", "admin", "azure", "tier", "blob", "http", "storage", "io", "base",
    },  # fmt: skip
    "ctl": {"gateway", "admin", "azure", "tier", "blob", "http", "storage", "io", "base"},
}

# Each costs seconds a file, so they stay behind our own headers (and out of all but these modules).
HEAVY = {
    "boost/": {"io", "http"},
    "spdlog/": {"base"},
    "rocksdb/": {"storage"},
    "openssl/": {"base", "http"},
    "toml++/": {"daemon", "ctl"},
    "nlohmann/json.hpp": {"admin", "daemon", "ctl"},
    "CLI/": {"daemon", "ctl"},
    "prometheus/": {"daemon"},
    "pugixml.hpp": {"azure"},
    "liburing.h": {"io"},
}
# Public headers that may show a heavy one.
PUBLIC_HEAVY = {"include/lapis/io/asio_shard.h"}

INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]')


def includes(source):
    for number, line in enumerate(source.lines, 1):
        if match := INCLUDE.match(line):
            yield number, match.group(1)


def included_module(name: str) -> str | None:
    parts = name.split("/")
    if parts[0] == "lapis" and len(parts) > 2:
        return parts[1]
    return parts[0] if parts[0] in EDGES and len(parts) > 1 else None


def test_modules_include_only_along_their_edges():
    wrong = []
    for source in product_sources():
        if source.module is None:
            continue
        assert source.module in EDGES, f"{source.path}: a module without a row"
        allowed = EDGES[source.module] | {source.module}
        for number, name in includes(source):
            module = included_module(name)
            if module is not None and module not in allowed:
                wrong.append(f"{source.path}:{number}: {source.module} includes {name}")
    assert not wrong, "\n".join(wrong)


def test_private_headers_stay_in_their_module():
    wrong = []
    for source in product_sources():
        for number, name in includes(source):
            first = name.split("/")[0]
            if first in EDGES and "/" in name and source.module != first:
                wrong.append(f"{source.path}:{number}: {name} is private to {first}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("prefix", HEAVY)
def test_heavy_headers_stay_where_they_belong(prefix):
    wrong = []
    for source in product_sources():
        if source.module is None:
            continue
        public = source.path.parts[0] == "include"
        for number, name in includes(source):
            if not name.startswith(prefix):
                continue
            hidden = str(source.path) in PUBLIC_HEAVY or not public
            if source.module not in HEAVY[prefix] or not hidden:
                wrong.append(f"{source.path}:{number}: {name}")
    assert not wrong, "\n".join(wrong)


def test_cmake_carries_the_same_edges():
    text = (ROOT / "src/CMakeLists.txt").read_text()
    for module, deps in re.findall(r"lapis_module\((\w+)(?: DEPS ([\w ]+?))?(?: LIBS[^)]*)?\)", text):
        beyond = set((deps or "").split()) - EDGES[module]
        assert not beyond, f"{module} is linked to {beyond}"
