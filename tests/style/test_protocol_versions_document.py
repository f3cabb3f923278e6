"""docs/protocol-versions.md against the tests: each row names tests that are there, and each rule of
test_protocol_versions.py has its row, under its version."""

from __future__ import annotations

import ast
import re

from source_tree import ROOT
from test_api_document import source_of

DOCUMENT = ROOT / "docs/protocol-versions.md"
RULES = ROOT / "tests/integration/test_protocol_versions.py"
TITLES = "| from | what | before | test |"


def listed() -> list[tuple[str, list[str]]]:
    """(version, tests) of each row."""
    table = DOCUMENT.read_text().split(TITLES)[1].split("\n\n")[0]
    found = []
    for line in table.splitlines()[2:]:
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        assert len(cells) == 4, line
        found.append((cells[0].split()[0], re.findall(r"`([^`]*)`", cells[3])))
    return found


def rules() -> dict[str, str]:
    """The version of each rule, by its name."""
    calls = [node for node in ast.walk(ast.parse(RULES.read_text())) if isinstance(node, ast.Call)]
    named = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "Rule"]
    return {ast.literal_eval(call.args[0]): ast.literal_eval(call.args[1]) for call in named}


def test_rows_are_in_order() -> None:
    versions = [version for version, _ in listed()]
    assert len(versions) > 60
    assert versions == sorted(versions)


def test_rows_name_tests() -> None:
    known = rules()
    for version, tests in listed():
        assert tests, f"a row of {version} names no test"
        for test in tests:
            if ".py" in test:
                assert source_of(test) is not None, f"{test} of {version} is not there"
            elif "/" in test:
                assert (ROOT / test).is_file(), f"{test} of {version} is not there"
            else:
                assert known.get(test) == version, f"{test} is no rule of {version}"


def test_rules_have_rows() -> None:
    named = {test for _, tests in listed() for test in tests}
    assert rules().keys() - named == set()
