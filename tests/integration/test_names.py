"""Names of blobs: every character goes in by a PUT and comes back by a listing, unchanged."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from urllib.parse import quote, unquote
from xml.etree.ElementTree import Element

import pytest

from azure_client import Response, encode_query, expect, expect_error
from blob_client import CONTAINER, BlobClient
from sas import account_sas
from signing import DEVELOPMENT_ACCOUNT

PUT = {"x-ms-blob-type": "BlockBlob"}
# What XML 1.0 cannot carry, or a parser might change.
UNSPEAKABLE = re.compile("[\x01-\x1f\ufffe\uffff]")

LATIN = [f"x{chr(code)}y" for code in range(1, 0x100)]
EDGES = [chr(code) for code in range(1, 0x100) if chr(code) not in "./"]
ELSEWHERE = [
    "\u0100", "\u0300\u0301", "e\u0301", "\u00e9", "\u05d0\u05d1", "\u0627\u202e\u0628", "\u200b",
    "\u200d", "\u2028\u2029", "\u3000", "\u3042", "\uac00", unicodedata.normalize("NFD", "\uac00"),
    "\ud7ff", "\ue000", "\uf8ff", "\ufb01", "\ufdd0", "\ufeff", "\ufffd", "\ufffe", "\uffff",
    "\U00010000", "\U0001f600", "\U0001f468\u200d\U0001f469\u200d\U0001f467",
    "\U0001f1e9\U0001f1ea", "\U000e0041", "\U0010fffd", "\U0010ffff", "\u0130i\u0131", "\u00df\u1e9e",
]  # fmt: skip
SHAPES = [
    "a.", "a..", "a/", "a//", "a//b", "/a", "//", "/", ".", "..", "./a", "../a", "a/./b", "a/../b",
    "a/..", " a", "a ", " ", "a+b", "a%20b", "a%2Fb", "a%2fb", "%", "%%", "%41", "a&b=c", "a?b#c",
    "a;b", "a\\b", "a\r\nb", "a\rb", "a\tb", "CON", "con", "Con", "~", "&amp;", "<![CDATA[x]]>",
    "]]>", "{0}", "$root", "a:b", "*", "\"'",
]  # fmt: skip


def shown(node: Element) -> str:
    """The name in a <Name>, <BlobPrefix> or the like, decoded where it says that it is encoded."""
    text = node.text or ""
    return unquote(text) if node.get("Encoded") == "true" else text


def listed(client: BlobClient, container: str, **query: str) -> list[str]:
    pages = client.list_pages(container, **query)
    return [shown(node) for page in pages for node in page.xml().findall("Blobs/Blob/Name")]


def round_trip(client: BlobClient, container: str, names: Iterable[str]) -> None:
    """Stores, lists (whole, in pages, by its own prefix), reads and deletes each name."""
    names = list(names)
    for name in names:
        expect(client.put_blob(container, name, name.encode()), 201)
    expected = sorted(names, key=str.encode)
    assert listed(client, container) == expected
    assert listed(client, container, maxresults="7") == expected
    for name in names:
        assert expect(client.get_blob(container, name), 200).body == name.encode(), repr(name)
        page = expect(client.list_blobs(container, prefix=name, maxresults="1"), 200).xml()
        node, prefix = page.find("Blobs/Blob/Name"), page.find("Prefix")
        assert node is not None and shown(node) == name, repr(name)
        assert prefix is not None and shown(prefix) == name, repr(name)
        assert (node.get("Encoded") == "true") == bool(UNSPEAKABLE.search(name)), repr(name)
    for name in names:
        expect(client.delete_blob(container, name), 202)
    assert listed(client, container, include="uncommittedblobs") == []


@pytest.mark.parametrize("names", [LATIN, EDGES], ids=["within a name", "as a name"])
def test_every_character_of_latin_1(client: BlobClient, container: str, names: list[str]) -> None:
    round_trip(client, container, names)


def test_characters_from_elsewhere(client: BlobClient, container: str) -> None:
    round_trip(client, container, ELSEWHERE + [f"dir/{name}/file" for name in ELSEWHERE])


def test_dots_slashes_and_escapes(client: BlobClient, container: str) -> None:
    round_trip(client, container, SHAPES)


def test_what_differs_is_another_name(client: BlobClient, container: str) -> None:
    """No normalisation, no case folding, no trimming."""
    pairs = [("a", "A"), ("\u00e9", "e\u0301"), ("a", "a "), ("a", "a/"), ("a", "./a"),
             ("b/c", "b//c"), ("a+b", "a b"), ("\u212b", "\u00c5"), ("ss", "\u00df"), ("a", "a\u200b")]  # fmt: skip
    for one, other in pairs:
        expect(client.put_blob(container, one, b"one"), 201)
        assert client.get_blob(container, other).status == 404, (one, other)
        expect(client.delete_blob(container, one), 202)


def put(client: BlobClient, path: str) -> Response:
    return client.request("PUT", path, [], PUT, b"x")


@pytest.mark.parametrize("form", ["upper", "lower", "everything", "as few as may be"])
def test_one_name_has_many_spellings(client: BlobClient, container: str, form: str) -> None:
    """Escapes in either case, escapes of what needs none, and none where none is needed."""
    name = "a b/c+d%e=f&g~h\u00fc\U0001f600"
    spelt = {
        "upper": quote(name, safe=""),
        "lower": re.sub("%..", lambda m: m[0].lower(), quote(name, safe="/")),
        "everything": "".join(f"%{byte:02X}" for byte in name.encode()),
        "as few as may be": quote(name, safe="/+=&~"),
    }[form]
    expect(put(client, f"{client.path(container)}/{spelt}"), 201)
    assert listed(client, container) == [name]
    assert expect(client.get_blob(container, name), 200).body == b"x"


def test_characters_that_need_no_escape(client: BlobClient, container: str) -> None:
    """As curl and browsers send them."""
    name = "-._~!$&'()*+,;=:@/[]{}|^`\\\""
    expect(put(client, f"{client.path(container)}/{name}"), 201)
    assert listed(client, container) == [name]


# (in the path, why)
NOT_UTF8 = {
    "%80": "a continuation alone",
    "%C3": "cut short",
    "%E2%82": "cut short",
    "%F0%9F%98": "cut short",
    "%C0%AF": "an overlong slash",
    "%E0%80%AF": "an overlong slash",
    "%C1%81": "an overlong letter",
    "%ED%A0%80": "a surrogate",
    "%ED%B0%80": "a surrogate",
    "%ED%A0%BD%ED%B8%80": "a pair of surrogates",
    "%F4%90%80%80": "beyond Unicode",
    "%F8%88%80%80%80": "five bytes",
    "%FE": "no byte of UTF-8",
    "%FF": "no byte of UTF-8",
}
NO_NAME = NOT_UTF8 | {
    "%00": "NUL",
    "a%00b": "NUL",
    "%": "no escape",
    "%4": "no escape",
    "%zz": "no escape",
    "%u0041": "no escape",
    "a%": "no escape",
}


@pytest.mark.parametrize("text", NO_NAME)
def test_what_is_no_name(client: BlobClient, container: str, text: str) -> None:
    path = f"{client.path(container)}/x{text}"
    expect_error(put(client, path), 400, "InvalidUri")
    expect_error(client.request("GET", path), 400, "InvalidUri")
    expect_error(client.request("DELETE", path), 400, "InvalidUri")
    assert client.request("HEAD", path).status == 400
    assert listed(client, container, include="uncommittedblobs") == []


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("x" * 1024, 201),
        ("x" * 1025, 400),
        ("\u00fc" * 1024, 201),
        ("\u00fc" * 1025, 400),
        ("\u6f22" * 1024, 201),
        ("\U0001f600" * 512, 201),  # a pair each in UTF-16, in which Azure counts
        ("\U0001f600" * 512 + "x", 400),
        ("\x01" * 1024, 201),
        ("/".join(["s"] * 254), 201),
        ("/".join(["s"] * 255), 400),
        ("/".join(["123"] * 254), 201),
        ("/" * 253, 201),
        ("/" * 254, 400),
        ("s/" * 512, 400),
    ],
    ids=lambda value: f"{value[:2]!r}x{len(value)}" if isinstance(value, str) else str(value),
)
def test_lengths(client: BlobClient, container: str, name: str, status: int) -> None:
    response = expect(client.put_blob(container, name, b"x"), status)
    if status == 201:
        assert listed(client, container) == [name]
        assert listed(client, container, prefix=name) == [name]
        expect(client.delete_blob(container, name), 202)
    else:
        assert response.error_code in ("OutOfRangeInput", "InvalidUri")
    assert listed(client, container) == []


def test_prefixes_of_a_hierarchy_round_trip(client: BlobClient, container: str) -> None:
    directories = ["a b", "a+b", "\u0001", "\uffff", "<&>", "a\rb", "%2F", "\U0001f600", "\u05d0"]
    for name in directories:
        expect(client.put_blob(container, f"{name}/file", b"x"), 201)
    page = expect(client.list_blobs(container, delimiter="/"), 200).xml()
    found = [shown(node) for node in page.findall("Blobs/BlobPrefix/Name")]
    assert found == [f"{name}/" for name in sorted(directories, key=str.encode)]
    for prefix in found:
        assert listed(client, container, prefix=prefix, delimiter="/") == [f"{prefix}file"]


@pytest.mark.parametrize("delimiter", ["\u0001", "\uffff", "\r", "<", "%", "\U0001f600", "ab", " "])
def test_any_delimiter(client: BlobClient, container: str, delimiter: str) -> None:
    expect(client.put_blob(container, f"x{delimiter}y", b"x"), 201)
    page = expect(client.list_blobs(container, delimiter=delimiter), 200).xml()
    echoed, prefix = page.find("Delimiter"), page.find("Blobs/BlobPrefix/Name")
    assert echoed is not None and shown(echoed) == delimiter
    assert prefix is not None and shown(prefix) == f"x{delimiter}"


def test_a_plus_in_a_query_is_a_blank(
    client: BlobClient, anonymous: BlobClient, container: str
) -> None:
    """As form encoders write one (Go's, Java's, Rust's). Who signs with a key may have signed it as
    either; a plus that is meant comes as %2B."""
    for name in ("a b", "a+b"):
        expect(client.put_blob(container, name, b"x"), 201)
    for spelt, found, signed in (
        ("a+b", "a b", ["a b", "a+b"]),
        ("a%20b", "a b", ["a b"]),
        ("a%2Bb", "a+b", ["a+b"]),
    ):
        path = client.path(container)
        target = f"{path}?restype=container&comp=list&prefix={spelt}"
        sas = encode_query(list(account_sas(DEVELOPMENT_ACCOUNT).items()))
        page = expect(anonymous.request("GET", f"{target}&{sas}"), 200).xml()
        assert page.findtext("Blobs/Blob/Name") == found
        for prefix in signed:
            query = [*CONTAINER, ("comp", "list"), ("prefix", prefix)]
            _, headers = client.head("GET", path, query, {}, None)
            page = expect(anonymous.request("GET", target, [], headers), 200).xml()
            assert page.findtext("Blobs/Blob/Name") == found
