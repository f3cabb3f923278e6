"""docs/api.md against the sources and the tests: every operation, parameter and header has its row,
and every row says what is true: "yes" or "not yet" with the test that shows it, or "no" and why."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from source_tree import ROOT, product_sources

DOCUMENT = ROOT / "docs/api.md"
TESTS = ROOT / "tests/integration"
COLUMNS = ["operations", "served", "test or reason"]
NAMED = {"parameter", "request header", "response header"}

# What may be told from the sources alone that it is read from a request or written to an answer.
HEADER = re.compile(r'"(x-ms-[a-z0-9-]+\*?|[A-Z][A-Za-z0-9]*(?:-[A-Z][A-Za-z0-9]*)+|ETag|Host|Date|'
                    r'Range|Authorization|Connection|Expect)"')
PARAMETER = re.compile(r'(?:query\.(?:find|get|has)|given\(query|_parameter)\W*"([A-Za-z-]+)"')
PARAMETER_LISTS = {"kNames", "kNotBuilt", "kRootOnly"}  # of src/azure/sas_fields.cc and its like
LIST = re.compile(r"constexpr [^;={]*\b(k\w+)\[?[^={]*=\s*\{(.*?)\};", re.DOTALL)
XML = re.compile(r"""\b(plain_|name_)?element\(|\bempty\("|\bopen\(""")  # tags look like headers


@dataclass(frozen=True)
class Row:
    line: int
    kind: str  # the title of the table's first column
    names: tuple[str, ...]
    operations: str
    served: str
    says: str

    def __str__(self) -> str:
        return f"docs/api.md:{self.line}: {', '.join(self.names)}"

    @property
    def tests(self) -> list[str]:
        return re.findall(r"`([^`]*)`", self.says)


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def tables() -> Iterator[tuple[list[str], list[tuple[int, list[str]]]]]:
    """(titles, [(line number, cells)]) of each table of the document."""
    titles: list[str] | None = None
    rows: list[tuple[int, list[str]]] = []
    for number, line in enumerate([*DOCUMENT.read_text().splitlines(), ""], 1):
        if line.startswith("| "):
            if titles is None:
                titles, rows = cells(line), []
            elif not line.startswith("| ---"):
                rows.append((number, cells(line)))
        elif titles is not None:
            yield titles, rows
            titles = None


@cache
def rows() -> list[Row]:
    """The rows of all tables that say what is served."""
    found = []
    for titles, lines in tables():
        if titles[1:] not in (COLUMNS, ["request", *COLUMNS[1:]], ["value", *COLUMNS[1:]]):
            continue
        for number, row in lines:
            assert len(row) == 4, f"docs/api.md:{number}: {len(row)} cells instead of 4"
            names = tuple(re.findall(r"`([^`]*)`", row[0])) or (row[0],)
            found.append(Row(number, titles[0], names, row[1], row[2], row[3]))
    return found


def named_rows() -> list[Row]:
    return [row for row in rows() if row.kind in NAMED]


def operations() -> dict[str, Row]:
    return {row.names[0]: row for row in rows() if row.kind == "operation"}


def groups() -> dict[str, list[str]]:
    """The groups of operations that rows speak of, from their own table."""
    for titles, lines in tables():
        if titles == ["group", "operations"]:
            return {row[0]: row[1].split(", ") for _, row in lines}
    return {}


def mentions(text: str, name: str) -> bool:
    """Whether it is there as a whole name: x-ms-tag is not in x-ms-tag-count. A name that ends with
    * stands for all that begin so."""
    end = "" if name.endswith("*") else r"(?![\w-])"
    name = name.removesuffix("*")
    return re.search(rf"(?<![\w-]){re.escape(name)}{end}", text, re.IGNORECASE) is not None


def mentions_parameter(text: str, name: str) -> bool:
    """In quotes or in a query: the name of a parameter is a common word."""
    quoted = rf"""["'?&]{re.escape(name)}["'=]|(?<![\w-]){re.escape(name)}="""
    return re.search(quoted, text, re.IGNORECASE) is not None


@cache
def definitions(path: Path) -> dict[str, str]:
    """What a test file defines at its top level, with decorators."""
    text = path.read_text()
    lines = text.splitlines()
    found = {}
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef):
            first = min([node.lineno, *(mark.lineno for mark in node.decorator_list)])
            found[node.name] = "\n".join(lines[first - 1 : node.end_lineno])
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in (t for t in targets if isinstance(t, ast.Name)):
                found[target.id] = "\n".join(lines[node.lineno - 1 : node.end_lineno])
    return found


def source_of(test: str) -> str | None:
    """The text of "test_x.py" (of tests/integration; a path from the root, where it has one) or, of
    "test_x.py::test_y", of the function and of what it uses of its file; None where there is no such
    thing."""
    file, _, function = test.partition("::")
    path = ROOT / file if file.startswith("tests/") else TESTS / file
    if not path.is_file():
        return None
    if not function:
        return path.read_text()
    defined = definitions(path)
    if function not in defined or not function.startswith("test_"):
        return None
    wanted, seen = [function], set()
    while wanted:
        name = wanted.pop()
        if name in seen:
            continue
        seen.add(name)
        used = set(re.findall(r"\w+", defined[name])) & defined.keys()
        wanted += [other for other in used if not other.startswith("test_")]
    return "\n".join(defined[name] for name in seen)


def scanned() -> list[tuple[str, str]]:
    """(path, text) of what reads requests and writes answers."""
    return [
        (str(source.path), source.text)
        for source in product_sources()
        if source.path.parts[:2] in {("src", "azure"), ("src", "gateway")}
        or str(source.path) == "src/http/head_check.cc"
    ]


@cache
def header_literals() -> dict[str, str]:
    """Names of headers in the sources, with one place of each."""
    found: dict[str, str] = {}
    for path, text in scanned():
        if path.startswith("src/azure/xml/"):
            continue
        for number, line in enumerate(text.splitlines(), 1):
            for name in [] if XML.search(line) else HEADER.findall(line):
                found.setdefault(name, f"{path}:{number}")
    return found


@cache
def parameter_literals() -> dict[str, str]:
    found: dict[str, str] = {}
    for path, text in scanned():
        for name in PARAMETER.findall(text):
            found.setdefault(name, path)
        for title, body in LIST.findall(text):
            if title in PARAMETER_LISTS:
                for name in re.findall(r'"([a-z]+)"', body):
                    found.setdefault(name, f"{path} ({title})")
    return found


@cache
def literals_of_what_is_served() -> str:
    return "\n".join(
        literal
        for source in product_sources()
        if source.module in {"azure", "gateway", "http"}
        and source.path.name != "header_rules.cc"  # which only refuses
        for literal in re.findall(r'"[^"\n]*"', source.text)
    )


def documented(kinds: set[str]) -> set[str]:
    """The names with a row that says more than no."""
    return {
        name.lower()
        for row in rows()
        if row.kind in kinds and row.served != "no"
        for name in row.names
    }


def covers(name: str, literal: str) -> bool:
    """Whether the name of a row is, or begins with, what a literal says: "x-ms-source-*" and
    "x-ms-meta-" speak of many names."""
    if literal.endswith(("*", "-")):
        return name.startswith(literal.rstrip("*"))
    return name == literal


def test_rows_say_one_of_three_things() -> None:
    wrong = []
    for row in rows():
        if row.served not in {"yes", "not yet", "no"}:
            wrong.append(f'{row}: served "{row.served}" is none of yes, not yet, no')
        elif row.served == "no" and not row.says:
            wrong.append(f"{row}: says no, but not why")
        elif row.served != "no" and not row.tests:
            wrong.append(f"{row}: says {row.served}, but names no test")
        elif row.served != "no" and ", ".join(f"`{test}`" for test in row.tests) != row.says:
            wrong.append(f'{row}: "{row.says}" is no list of tests (`test_x.py::test_y`)')
    assert not wrong, "\n".join(wrong)


def test_rows_name_tests_that_exist_and_mention_them() -> None:
    wrong = []
    for row in rows():
        if row.served == "no":
            continue
        texts = {test: source_of(test) for test in row.tests}
        wrong += [f"{row}: there is no {test}" for test, text in texts.items() if text is None]
        together = "\n".join(text for text in texts.values() if text)
        found = mentions_parameter if row.kind == "parameter" else mentions
        if row.kind in NAMED or (row.kind, row.served) == ("operation", "not yet"):
            wrong += [
                f"{row}: {name} is nowhere in {', '.join(row.tests)}"
                for name in row.names
                if together and not found(together, name)
            ]
            wrong += [
                f"{row}: {test} has none of these names"
                for test, text in texts.items()
                if text and not any(found(text, name) for name in row.names)
            ]
    assert not wrong, "\n".join(wrong)


def test_rows_speak_of_operations_that_there_are() -> None:
    known = operations()
    wrong = [
        f"docs/api.md: the group {group} has no operation {member}"
        for group, members in groups().items()
        for member in members
        if member not in known and member not in groups()
    ]
    for row in named_rows():
        wrong += [
            f"{row}: {operation} is neither an operation nor a group of them"
            for operation in row.operations.split(", ")
            if operation not in known and operation not in groups() and operation != "all"
        ]
        if row.served == "yes":
            wrong += [
                f"{row}: {operation} is not served yet"
                for operation in row.operations.split(", ")
                if operation in known and known[operation].served != "yes"
            ]
    assert not wrong, "\n".join(wrong)


def test_every_header_of_the_sources_has_a_row() -> None:
    """One that says what is done with it: they do not pass over what they know."""
    names = documented({"request header", "response header"})
    missing = [
        f"{literal} ({place})"
        for literal, place in sorted(header_literals().items())
        if not any(covers(name, literal.lower()) for name in names)
    ]
    assert not missing, "add to the tables of docs/api.md:\n" + "\n".join(missing)


def test_every_parameter_of_the_sources_has_a_row() -> None:
    names = documented({"parameter"})
    missing = [
        f"{literal} ({place})"
        for literal, place in sorted(parameter_literals().items())
        if literal.lower() not in names
    ]
    assert not missing, "add to the tables of docs/api.md:\n" + "\n".join(missing)


def test_what_is_served_is_known_to_the_sources() -> None:
    parameters = {literal.lower() for literal in parameter_literals()}
    wrong = [
        f"{row}: served, but {name} is nowhere in src"
        for row in named_rows()
        if row.served == "yes"
        for name in row.names
        if not (
            name.lower() in parameters
            if row.kind == "parameter"
            else mentions(literals_of_what_is_served(), name)
        )
    ]
    assert not wrong, "\n".join(wrong)


def test_no_name_is_both_served_and_not_for_one_operation() -> None:
    said: dict[tuple[str, str, str], Row] = {}
    wrong = []
    for row in named_rows():
        for name in row.names:
            for operation in row.operations.split(", "):
                for member in groups().get(operation, [operation]):
                    earlier = said.setdefault((row.kind, name.lower(), member), row)
                    if earlier is not row:
                        wrong.append(f"{row}: {member} has {name} in line {earlier.line} too")
    assert not wrong, "\n".join(wrong)


def test_every_operation_has_its_row() -> None:
    routes = (ROOT / "src/gateway/routes.cc").read_text()
    routed = set(re.findall(r'\brow\("(\w+)"', routes))
    assert routed, "no route was found in src/gateway/routes.cc"
    assert routed == operations().keys()


def test_the_scans_find_what_they_are_for() -> None:
    assert {"x-ms-version", "x-ms-source-*", "If-Match", "ETag"} <= header_literals().keys()
    assert {"comp", "blockid", "startFrom", "snapshot", "skoid"} <= parameter_literals().keys()
    assert NAMED <= {row.kind for row in rows()} and operations()
