"""Spellings that are banned, and sizes that mean a second purpose."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest
from source_tree import ROOT, cpp_sources, product_sources, tracked_files, without_comments

MAX_LINES = 500
MEDIAN_LINES = 110
P90_LINES = 280

# (what, pattern, where it is allowed)
BANNED = [
    ("detached coroutine", r"\bdetached\b", ()),
    ("asio::awaitable", r"asio::awaitable|use_awaitable", ()),
    ("naked new", r"(?<![\w.])new\s+[\w:(]", ()),
    ("naked delete", r"(?<![\w.=])\s*\bdelete\s*(\[\])?\s+\w", ()),
    ("sleep", r"sleep_for|\busleep\(|\bnanosleep\(|(?<!_)\bsleep\(\d", ()),
    ("wall clock", r"system_clock::now|\bgettimeofday\b|\bstd::time\(|clock_gettime", ("src/base/",)),
    ("monotonic clock", r"steady_clock::now", ("src/base/",)),
    ("getenv", r"\bgetenv\b", ("src/daemon/",)),
    ("std::cout", r"std::(cout|cerr)|\bprintf\(", ("src/daemon/", "src/ctl/", "src/base/")),
    ("vague name", r"\b(class|struct|enum class)\s+\w*(Manager|Helper|Util|Utils)\b", ()),
    ("using namespace", r"using namespace (?!std::(string_view_)?literals|std::chrono_literals)", ()),
]


@pytest.mark.parametrize("what,pattern,allowed", BANNED, ids=[row[0] for row in BANNED])
def test_banned_spelling(what, pattern, allowed):
    wrong = []
    for source in product_sources():
        if str(source.path).startswith(tuple(allowed)):
            continue
        for number, line in enumerate(source.lines, 1):
            if re.search(pattern, without_comments(line).split('"')[0]):
                wrong.append(f"{source.path}:{number}: {line.strip()}")
    assert not wrong, f"{what}:\n" + "\n".join(wrong)


def test_no_file_is_too_long():
    long = [f"{s.path}: {len(s.lines)}" for s in cpp_sources() if len(s.lines) > MAX_LINES]
    assert not long, "\n".join(long)


def test_files_stay_small_on_the_whole():
    sizes = sorted(len(source.lines) for source in product_sources())
    assert sizes[len(sizes) // 2] <= MEDIAN_LINES
    assert sizes[len(sizes) * 9 // 10] <= P90_LINES


def test_headers_open_with_what_they_are():
    wrong = [
        str(source.path)
        for source in product_sources()
        if source.path.suffix == ".h" and not source.text.startswith("//")
    ]
    assert not wrong, "\n".join(wrong)


def test_top_level_holds_only_what_belongs_there():
    allowed = {"CMakeLists.txt", "CMakePresets.json", "src", "include", "tests", "conf", "docs",
               "scripts", "LICENSE", "README.md"}
    top = {path.parts[0] for path in tracked_files()}
    assert {name for name in top if not name.startswith(".")} <= allowed


def test_the_tree_is_formatted():
    formatter = shutil.which("clang-format-19")
    if formatter is None:
        pytest.skip("clang-format-19 is not installed")
    files = [str(source.path) for source in cpp_sources() if source.path.suffix != ".def"]
    done = subprocess.run([formatter, "--dry-run", "--Werror", *files], cwd=ROOT,
                          capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[:4000]


def test_nothing_tells_where_it_was_written():
    wrong = []
    for path in tracked_files():
        try:
            text = (ROOT / path).read_text()
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(text.splitlines(), 1):
            if re.search(r"/wo" r"rk/|\.\./sha" r"red", line):
                wrong.append(f"{path}:{number}: {line.strip()}")
    assert not wrong, "\n".join(wrong)
