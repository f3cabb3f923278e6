"""Incremental Copy Blob: what the copies show, how long they last, and what is refused, also of the
blob that they make."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from azure_client import Response, encode_query, expect, expect_error
from blob_client import BlobClient, tags_xml
from copying import (
    OTHER,
    WITH_OTHER,
    bare_url,
    client_of,
    copying_server,
    other_client,
    source_url,
)
from lapis_server import LapisServer
from paging import KIB, PAGE, clear, make, page_list, pages, put_page, ranges, span, write
from sas import account_sas, service_sas
from signing import DEVELOPMENT_ACCOUNT
from source_server import SourceServer, answer

SIZE = 1024 * KIB
AT = 100 * KIB
DATA = pages(700, 1)
IMAGE = b"\0" * AT + DATA + b"\0" * (SIZE - AT - len(DATA))
SNAPSHOT = "2021-06-28T05:51:11.5743121Z"
OTHER_ETAG = '"0x8D0000000000000"'
INCLUDE = {"x-ms-delete-snapshots": "include"}


def make_disk(client: BlobClient, container: str, blob: str = "d") -> None:
    headers = {
        "x-ms-blob-sequence-number": "7",
        "x-ms-blob-content-type": "a/b",
        "x-ms-meta-k": "v",
    }
    expect(make(client, container, blob, SIZE, headers), 201)
    expect(write(client, container, blob, AT, DATA), 201)


@pytest.fixture
def disk(client: BlobClient, container: str) -> None:
    """The blob "d", which shows IMAGE."""
    make_disk(client, container)


@pytest.fixture(params=["same container", "another container"])
def target(
    request: pytest.FixtureRequest, client: BlobClient, container: str, disk: None
) -> str:
    """Where the copies go: where the pages are, and where they are borrowed."""
    if request.param == "same container":
        return container
    expect(client.create_container(container + "-2"), 201)
    request.addfinalizer(lambda: client.delete_container(container + "-2"))
    return container + "-2"


def taken(client: BlobClient, container: str, blob: str = "d") -> str:
    """The URL of a new snapshot."""
    time = expect(client.snapshot_blob(container, blob), 201)["x-ms-snapshot"]
    return f"{bare_url(client, container, blob)}?snapshot={time}"


def copied(client: BlobClient, container: str, source: str, blob: str = "c") -> str:
    """The snapshot that the copy makes."""
    answered = expect(client.incremental_copy_blob(container, blob, source), 202)
    assert answered["x-ms-copy-status"] == "success"
    shown = expect(client.get_blob_properties(container, blob), 200)
    return shown["x-ms-copy-destination-snapshot"] or ""


@pytest.fixture
def first(client: BlobClient, container: str, target: str) -> str:
    """The snapshot that the first copy of the disk has made."""
    return copied(client, target, taken(client, container))


def listed(client: BlobClient, container: str, blob: str = "c") -> list[tuple[str | None, ...]]:
    """(Snapshot, IncrementalCopy, CopyDestinationSnapshot) of each state of the blob."""
    page = expect(client.list_blobs(container, include="snapshots,copy", prefix=blob), 200)
    names = ("Snapshot", "Properties/IncrementalCopy", "Properties/CopyDestinationSnapshot")
    return [
        tuple(entry.findtext(name) for name in names) for entry in page.xml().findall("Blobs/Blob")
    ]


def content(client: BlobClient, container: str, snapshot: str, blob: str = "c") -> bytes:
    return expect(client.get_blob(container, blob, snapshot=snapshot), 200).body


def one(page: int, count: int = 1, tag: str = "PageRange") -> tuple[str, int, int]:
    return (tag, page * PAGE, (page + count) * PAGE - 1)


def test_the_answer(client: BlobClient, container: str, target: str) -> None:
    source = taken(client, container)
    answered = expect(client.incremental_copy_blob(target, "c", source), 202)
    assert (answered.body, answered["x-ms-copy-status"]) == (b"", "success")
    assert re.fullmatch(r"[0-9a-f-]{36}", answered["x-ms-copy-id"] or "")
    shown = expect(client.get_blob_properties(target, "c"), 200)
    for name in ("ETag", "Last-Modified", "x-ms-copy-id", "x-ms-copy-status"):
        assert answered[name] and shown[name] == answered[name]
    assert (shown["x-ms-blob-type"], shown["Content-Length"]) == ("PageBlob", str(SIZE))
    assert (shown["x-ms-incremental-copy"], shown["x-ms-copy-source"]) == ("true", source)
    assert shown["x-ms-copy-progress"] == f"{SIZE}/{SIZE}"
    assert shown["x-ms-copy-completion-time"] == shown["Last-Modified"]
    made = shown["x-ms-copy-destination-snapshot"]
    assert listed(client, target) == [(made, "true", made), (None, "true", made)]
    for plain in ({}, {"snapshot": source.rpartition("=")[2]}):
        shown = expect(client.get_blob_properties(container, "d", **plain), 200)
        assert shown["x-ms-incremental-copy"] is None
        assert shown["x-ms-copy-destination-snapshot"] is None


def test_the_snapshot_is_that_of_the_source(
    client: BlobClient, container: str, target: str
) -> None:
    source = taken(client, container)
    expect(write(client, container, "d", 0, pages(9, 2)), 201)
    expect(clear(client, container, "d", AT, PAGE), 201)
    expect(client.set_blob_metadata(container, "d", {"x-ms-meta-k": "later"}), 200)
    made = copied(client, target, source)
    assert content(client, target, made) == IMAGE
    got = expect(client.get_blob(target, "c", span(AT + 7, 99), snapshot=made), 206)
    assert (got.body, got.metadata(), got["Content-Type"]) == (DATA[7:106], {"k": "v"}, "a/b")
    assert (got["x-ms-blob-sequence-number"], got["x-ms-incremental-copy"]) == ("7", "true")
    assert ranges(client, target, "c", snapshot=made) == [one(AT // PAGE, 700)]
    shown = client.get_blob_properties(target, "c")
    assert (shown.metadata(), shown["Content-Type"]) == ({"k": "v"}, "a/b")


def test_a_later_snapshot(client: BlobClient, container: str, target: str, first: str) -> None:
    before = client.get_blob_properties(target, "c")
    expect(write(client, container, "d", 0, pages(9, 2)), 201)
    expect(clear(client, container, "d", AT, PAGE), 201)
    expect(client.set_blob_metadata(container, "d", {"x-ms-meta-k": "later"}), 200)
    longer = {"x-ms-blob-content-length": str(SIZE + PAGE)}
    expect(client.set_blob_properties(container, "d", longer), 200)
    source = taken(client, container)
    expect(write(client, container, "d", 9 * PAGE, pages(1, 3)), 201)
    second = copied(client, target, source)
    assert second > first
    shown = client.get_blob_properties(target, "c")
    assert (shown["x-ms-copy-source"], shown["Content-Length"]) == (source, str(SIZE + PAGE))
    assert (shown["ETag"] != before["ETag"], shown.metadata()) == (True, {"k": "later"})
    assert listed(client, target) == [
        (first, "true", first), (second, "true", second), (None, "true", second),
    ]  # fmt: skip
    assert content(client, target, first) == IMAGE
    later = pages(9, 2) + IMAGE[9 * PAGE : AT] + b"\0" * PAGE + IMAGE[AT + PAGE :] + b"\0" * PAGE
    assert content(client, target, second) == later
    changed = [one(0, 9), one(AT // PAGE, 1, "ClearRange")]
    assert ranges(client, target, "c", snapshot=second, prevsnapshot=first) == changed


def test_snapshots_may_be_passed_over(
    client: BlobClient, container: str, target: str, first: str
) -> None:
    """Those of the source that are not copied, or are gone."""
    expect(write(client, container, "d", 0, pages(1, 2)), 201)
    passed = taken(client, container)
    expect(write(client, container, "d", 4 * PAGE, pages(1, 3)), 201)
    expect(client.delete_blob(container, "d", {"x-ms-delete-snapshots": "only"}), 202)
    second = copied(client, target, taken(client, container))
    found = ranges(client, target, "c", snapshot=second, prevsnapshot=first)
    assert found == [one(0), one(4)]
    response = client.incremental_copy_blob(target, "e", passed)
    expect_error(response, 404, "BlobNotFound")


def test_they_last_without_their_source(
    client: BlobClient, container: str, target: str, first: str
) -> None:
    expect(write(client, container, "d", 0, pages(1, 2)), 201)
    second = copied(client, target, taken(client, container))
    expect(client.delete_blob(container, "d", INCLUDE), 202)
    make_disk(client, container)
    expect(clear(client, container, "d", 0, SIZE), 201)
    assert content(client, target, first) == IMAGE
    assert content(client, target, second) == pages(1, 2) + IMAGE[PAGE:]


@pytest.fixture
def server(new_server: Callable[..., LapisServer]) -> LapisServer:
    return new_server().start()


@pytest.fixture
def owner(server: LapisServer) -> Iterator[BlobClient]:
    client = client_of(server)
    expect(client.create_container("data"), 201)
    expect(client.create_container("far"), 201)
    make_disk(client, "data")
    yield client
    client.close()


def test_they_survive_stops_and_kills(server: LapisServer, owner: BlobClient) -> None:
    """Also without the container of their source. What a restart brings is copied from, too."""
    made = {box: [copied(owner, box, taken(owner, "data"))] for box in ("data", "far")}
    images = [IMAGE]
    for number, stop in enumerate((server.stop, server.kill)):
        expect(write(owner, "data", "d", number * PAGE, pages(1, number)), 201)
        stop()
        owner = client_of(server.start())
        images.append(pages(1, number) if number == 0 else pages(1, 0) + pages(1, 1))
        images[-1] += IMAGE[len(images[-1]) :]
        for box, times in made.items():
            times.append(copied(owner, box, taken(owner, "data")))
            assert [content(owner, box, time) for time in times] == images
    assert owner.delete_container("data").status == 202
    for stop in (server.stop, server.kill):
        assert [content(owner, "far", time) for time in made["far"]] == images
        owner.close()
        stop()
        owner = client_of(server.start())
    times = made["far"]
    changed = ranges(owner, "far", "c", snapshot=times[2], prevsnapshot=times[1])
    assert changed == [one(1)]
    owner.close()


def test_copies_of_copies(client: BlobClient, container: str, target: str, first: str) -> None:
    """Into a third container, which keeps what both of the others lose."""
    third = container + "-3"
    expect(client.create_container(third), 201)
    url = bare_url(client, target, "c") + "?snapshot="
    made = [copied(client, third, url + first)]
    expect(write(client, container, "d", 0, pages(1, 2)), 201)
    second = copied(client, target, taken(client, container))
    made.append(copied(client, third, url + second))
    assert ranges(client, third, "c", snapshot=made[1], prevsnapshot=made[0]) == [one(0)]
    expect(client.delete_blob(target, "c", INCLUDE), 202)
    expect(client.delete_blob(container, "d", INCLUDE), 202)
    assert content(client, third, made[0]) == IMAGE
    assert content(client, third, made[1]) == pages(1, 2) + IMAGE[PAGE:]
    expect(client.delete_container(third), 202)


def test_sources_that_are_refused(client: BlobClient, container: str, target: str) -> None:
    url = bare_url(client, container, "d")
    expect(client.put_blob(container, "block", b"x"), 201)
    expect(client.put_append_blob(container, "append"), 201)
    cases = [
        (url, 409, "IncrementalCopySourceMustBeSnapshot"),
        (taken(client, container, "block"), 409, "InvalidSourceBlobType"),
        (taken(client, container, "append"), 409, "InvalidSourceBlobType"),
        (f"{url}?snapshot={SNAPSHOT}", 404, "BlobNotFound"),
        (f"{bare_url(client, container, 'none')}?snapshot={SNAPSHOT}", 404, "BlobNotFound"),
        (f"{bare_url(client, container + 'x', 'd')}?snapshot={SNAPSHOT}", 404, "BlobNotFound"),
        ("nothing", 400, "InvalidHeaderValue"),
    ]
    for source, status, code in cases:
        expect_error(client.incremental_copy_blob(target, "c", source), status, code)
    source = taken(client, container)
    unmet = {"x-ms-source-if-match": OTHER_ETAG}
    response = client.incremental_copy_blob(target, "c", source, unmet)
    expect_error(response, 400, "UnsupportedHeader")
    response = client.incremental_copy_blob(container + "x", "c", source)
    expect_error(response, 404, "ContainerNotFound")
    client.version = "2015-12-11"
    response = expect_error(
        client.incremental_copy_blob(target, "c", source), 400, "UnsupportedHeader"
    )
    assert response.error_field("HeaderName") == "x-ms-copy-source"
    client.version = "2016-05-31"
    assert client.get_blob_properties(target, "c").status == 404
    expect(client.incremental_copy_blob(target, "c", source), 202)


def test_blobs_that_are_no_copies_of_the_source(
    client: BlobClient, container: str, target: str, first: str
) -> None:
    make_disk(client, container, "other")
    make_disk(client, target, "e")
    expect(client.copy_blob(target, "f", bare_url(client, container, "d")), 202)
    expect(client.put_blob(target, "block", b"x"), 201)
    etags = {name: client.get_blob_properties(target, name)["ETag"] for name in "cef"}
    refused = [("c", taken(client, container, "other"))]
    refused += [(name, taken(client, container)) for name in ("e", "f", "block")]
    refused += [("d", taken(client, container))] if target == container else []
    for name, source in refused:
        response = client.incremental_copy_blob(target, name, source)
        expect_error(response, 409, "IncrementalCopyBlobMismatch")
    assert {n: client.get_blob_properties(target, n)["ETag"] for n in etags} == etags
    assert [snapshot for snapshot, *_ in listed(client, target)] == [first, None]


def test_only_later_snapshots(client: BlobClient, container: str, target: str) -> None:
    early, middle, late = [taken(client, container) for _ in range(3)]
    made = copied(client, target, middle)
    for source in (middle, early):
        response = client.incremental_copy_blob(target, "c", source)
        expect_error(response, 409, "IncrementalCopyOfEarlierVersionSnapshotNotAllowed")
    assert listed(client, target) == [(made, "true", made), (None, "true", made)]
    assert copied(client, target, late) > made
    expect(client.delete_blob(target, "c", INCLUDE), 202)
    copied(client, target, early)


def test_a_source_that_was_made_anew(
    client: BlobClient, container: str, target: str, first: str
) -> None:
    make_disk(client, container)
    source = taken(client, container)
    response = client.incremental_copy_blob(target, "c", source)
    expect_error(response, 409, "BlobOverwritten")
    assert listed(client, target) == [(first, "true", first), (None, "true", first)]
    assert content(client, target, first) == IMAGE
    assert content(client, target, copied(client, target, source, "e"), "e") == IMAGE


def test_conditions(client: BlobClient, container: str, target: str) -> None:
    source = taken(client, container)

    def unmet(headers: dict[str, str]) -> None:
        response = client.incremental_copy_blob(target, "c", source, headers)
        expect_error(response, 412, "TargetConditionNotMet")

    unmet({"If-Match": OTHER_ETAG})
    assert client.get_blob_properties(target, "c").status == 404
    expect(client.incremental_copy_blob(target, "c", source, {"If-None-Match": "*"}), 202)
    before = client.get_blob_properties(target, "c")
    etag = before["ETag"] or ""
    source = taken(client, container)
    unmet({"If-Match": OTHER_ETAG})
    unmet({"If-None-Match": etag})
    unmet({"If-None-Match": "*"})
    unmet({"If-Modified-Since": before["Last-Modified"] or ""})
    unmet({"If-Unmodified-Since": "Wed, 01 Jan 2003 00:00:00 GMT"})
    unmet({"x-ms-if-tags": "a='b'"})
    two = {"If-Match": etag, "If-None-Match": OTHER_ETAG}
    response = client.incremental_copy_blob(target, "c", source, two)
    expect_error(response, 400, "MultipleConditionHeadersNotSupported")
    assert client.get_blob_properties(target, "c")["ETag"] == etag
    expect(client.incremental_copy_blob(target, "c", source, {"If-Match": etag}), 202)


def signed(client: BlobClient, source: str) -> str:
    """The URL of a snapshot with a token for its container."""
    bare, _, time = source.partition("?snapshot=")
    container, blob = bare.split("/")[-2:]
    token = service_sas(DEVELOPMENT_ACCOUNT, f"/{container}", "r") | {"snapshot": time}
    return source_url(client, container, blob, token)


def test_with_a_token_the_source_needs_its_own(
    client: BlobClient, new_client: Callable[..., BlobClient], container: str, target: str
) -> None:
    writer = new_client(sas=account_sas(DEVELOPMENT_ACCOUNT, "rw"))
    source = taken(client, container)
    response = writer.incremental_copy_blob(target, "c", source)
    expect_error(response, 409, "CannotVerifyCopySource")
    expect(writer.incremental_copy_blob(target, "c", signed(client, source)), 202)
    shown = client.get_blob_properties(target, "c")
    bare = bare_url(client, container, "d")
    time = encode_query([("snapshot", source.partition("=")[2])])
    assert shown["x-ms-copy-source"] == f"{bare}?{time}", "without the token"
    assert content(client, target, shown["x-ms-copy-destination-snapshot"] or "") == IMAGE
    url = source_url(client, container, "d")
    response = writer.incremental_copy_blob(target, "c", url)
    expect_error(response, 409, "IncrementalCopySourceMustBeSnapshot")
    expect(client.incremental_copy_blob(target, "c", signed(client, taken(client, container))), 202)
    expect(client.put_blob(container, "block", b"x"), 201)
    block = signed(client, taken(client, container, "block"))
    expect_error(writer.incremental_copy_blob(target, "e", block), 409, "InvalidSourceBlobType")
    assert len(listed(client, target)) == 3


def test_who_may(
    client: BlobClient, new_client: Callable[..., BlobClient], container: str, target: str
) -> None:
    """A token for creating only makes the blob, and adds no more to it."""
    creator = new_client(sas=account_sas(DEVELOPMENT_ACCOUNT, "c"))
    source = signed(client, taken(client, container))
    expect(creator.incremental_copy_blob(target, "c", source), 202)
    source = signed(client, taken(client, container))
    response = creator.incremental_copy_blob(target, "c", source)
    expect_error(response, 403, "UnauthorizedBlobOverwrite")
    reader = new_client(sas=account_sas(DEVELOPMENT_ACCOUNT, "rl"))
    response = reader.incremental_copy_blob(target, "c", source)
    expect_error(response, 403, "AuthorizationPermissionMismatch")
    assert len(listed(client, target)) == 2


def test_sources_outside_the_account(
    new_server: Callable[..., LapisServer], tmp_path: Path
) -> None:
    server = copying_server(new_server, tmp_path, copy_sources=WITH_OTHER).start()
    client = client_of(server)
    stranger = other_client(server.endpoint)
    for each in (client, stranger):
        expect(each.create_container("box"), 201)
    make_disk(stranger, "box")
    source = taken(stranger, "box")
    token = service_sas(OTHER, "/box", "r") | {"snapshot": source.rpartition("=")[2]}
    elsewhere = SourceServer().start()
    headers = {"x-ms-blob-type": "PageBlob"}
    urls = [source_url(stranger, "box", "d", token), elsewhere.serve("/d", answer(headers=headers))]
    for url in urls:
        response = client.incremental_copy_blob("box", "c", url)
        expect_error(response, 501, "NotImplemented")
        operation = response.error_field("OperationName") or ""
        assert operation == "IncrementalCopyBlob of a source outside the account"
    expect_error(client.incremental_copy_blob("box", "c", source), 409, "CannotVerifyCopySource")
    assert client.names("box", include="snapshots") == []
    elsewhere.stop()
    stranger.close()
    client.close()


Attempt = Callable[[BlobClient, str], Response]  # with a container, where "d" is another blob
REFUSED: dict[str, Attempt] = {
    "GetBlob": lambda c, box: c.get_blob(box, "c"),
    "GetBlob of a range": lambda c, box: c.get_blob(box, "c", span(0, PAGE)),
    "GetPageRanges": lambda c, box: page_list(c, box, "c"),
    "PutPage": lambda c, box: write(c, box, "c", 0, pages(1, 2)),
    "PutPage that clears": lambda c, box: clear(c, box, "c", 0, PAGE),
    "PutPageFromURL": lambda c, box: put_page(
        c,
        box,
        "c",
        {
            "x-ms-copy-source": source_url(c, box, "d"),
            "x-ms-page-write": "update",
            "x-ms-source-range": f"bytes=0-{PAGE - 1}",
        }
        | span(0, PAGE),
    ),
    "SetBlobMetadata": lambda c, box: c.set_blob_metadata(box, "c", {"x-ms-meta-a": "1"}),
    "SetBlobProperties": lambda c, box: c.set_blob_properties(box, "c"),
    "SetBlobProperties that resizes": lambda c, box: c.set_blob_properties(
        box, "c", {"x-ms-blob-content-length": str(PAGE)}
    ),
    "SetBlobTags": lambda c, box: c.set_blob_tags(box, "c", tags_xml({"a": "b"})),
    "LeaseBlob": lambda c, box: c.lease_blob(box, "c", "acquire", duration="60"),
    "SnapshotBlob": lambda c, box: c.snapshot_blob(box, "c"),
    "PutPageBlob": lambda c, box: make(c, box, "c", PAGE),
    "CopyBlob to it": lambda c, box: c.copy_blob(box, "c", bare_url(c, box, "d")),
    "CopyBlob of it": lambda c, box: c.copy_blob(box, "e", bare_url(c, box, "c")),
}


@pytest.mark.parametrize("name", REFUSED)
def test_nothing_else_is_done_with_the_blob(
    client: BlobClient, container: str, disk: None, name: str
) -> None:
    copied(client, container, taken(client, container))
    before = listed(client, container)
    shown = client.get_blob_properties(container, "c")
    response = REFUSED[name](client, container)
    expect_error(response, 409, "OperationNotAllowedOnIncrementalCopyBlob")
    assert client.get_blob_properties(container, "c")["ETag"] == shown["ETag"]
    assert listed(client, container) == before
    assert client.names(container) == ["c", "d"]
    copied(client, container, taken(client, container))


def test_block_blobs_do_not_replace_it(
    client: BlobClient, container: str, target: str, first: str
) -> None:
    expect(client.put_blob(container, "block", b"x"), 201)
    block = source_url(client, container, "block")
    for response in (
        client.put_blob(target, "c", b"x"),
        client.copy_blob(target, "c", block),
        client.copy_blob_from_url(target, "c", block),
        client.put_blob_from_url(target, "c", block),
    ):
        assert response.status == 409
    assert listed(client, target) == [(first, "true", first), (None, "true", first)]


def test_what_is_done_with_its_snapshots(
    client: BlobClient, container: str, target: str, first: str
) -> None:
    expect(write(client, container, "d", 0, pages(1, 2)), 201)
    second = copied(client, target, taken(client, container))
    url = bare_url(client, target, "c") + "?snapshot="
    for box, time in ((target, first), (container, second)):
        expect(client.copy_blob(box, "e", url + time), 202)
        shown = expect(client.get_blob(box, "e"), 200)
        assert (shown.body, shown["x-ms-incremental-copy"]) == (content(client, target, time), None)
        expect(write(client, box, "e", 0, pages(1, 3)), 201)
    expect(client.delete_blob(target, "c", snapshot=second), 202)
    assert content(client, target, first) == IMAGE
    expect_error(client.get_blob(target, "c", snapshot=second), 404, "BlobNotFound")
    expect(write(client, container, "d", 4 * PAGE, pages(1, 4)), 201)
    third = copied(client, target, taken(client, container))
    assert ranges(client, target, "c", snapshot=third, prevsnapshot=first) == [one(0), one(4)]


def test_it_is_deleted(client: BlobClient, container: str, target: str, first: str) -> None:
    expect_error(client.delete_blob(target, "c"), 409, "SnapshotsPresent")
    expect(client.delete_blob(target, "c", {"x-ms-delete-snapshots": "only"}), 202)
    assert listed(client, target) == [(None, "true", first)]
    second = copied(client, target, taken(client, container))
    assert content(client, target, second) == IMAGE
    expect(client.delete_blob(target, "c", INCLUDE), 202)
    assert listed(client, target) == []
    expect(client.put_blob(target, "c", b"x"), 201)
    assert client.get_blob(target, "c").body == b"x"
