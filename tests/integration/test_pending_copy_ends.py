"""How pending copies end: sources that break off, refuse or change; restarts, many at once, and
containers that go."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from azure_client import Response, expect
from blob_client import BlobClient
from copying import (
    FROM_LOOPBACK,
    WITH_OTHER,
    client_of,
    copied,
    copying_server,
    daemon_of,
    ended,
    observed_server,
    other_client,
    other_url,
)
from held_source import LONG, MIB, HeldSource
from lapis_command import lapis
from lapis_server import LapisServer
from observing import eventually, metrics
from source_server import answer, azure_error

MIDDLE = 10 * MIB  # of the source
FAST = LONG[: 9 * MIB]
BUSY = azure_error(503, "ServerBusy", "The server is busy.")
GONE = azure_error(404, "BlobNotFound", "The specified blob does not exist.")
READING = ' "Copy failed when reading the source."'


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Of a daemon that may read from loopback addresses, and waits a second for them."""
    limits = ['stall_timeout = "1s"']
    for client in daemon_of(tmp_path_factory, copy_sources=WITH_OTHER, limits=limits):
        yield client.endpoint


@pytest.fixture
def server(new_server: Callable[..., LapisServer], tmp_path: Path) -> LapisServer:
    """Of the test's own, with one shard: two copies go on at a time."""
    server = copying_server(new_server, tmp_path, copy_sources=WITH_OTHER, top="shards = 1").start()
    for client in (client_of(server), other_client(server.endpoint)):
        expect(client.create_container("box"), 201)
        client.close()
    return server


def start(client: BlobClient, container: str, blob: str, url: str) -> str:
    """A copy with metadata; its id."""
    response = expect(client.copy_blob(container, blob, url, {"x-ms-meta-k": "v"}), 202)
    assert response["x-ms-copy-status"] == "pending"
    return response["x-ms-copy-id"] or ""


def start_halfway(client: BlobClient, container: str, held: HeldSource) -> str:
    """The copy "c" of the source, of which a part has been read; its id."""
    copy = start(client, container, "c", held.url)
    held.let(MIDDLE)
    assert eventually(lambda: copied(client.get_blob_properties(container, "c")) > 0)
    return copy


def statuses(client: BlobClient, container: str, blobs: list[str]) -> set[str | None]:
    return {client.get_blob_properties(container, blob)["x-ms-copy-status"] for blob in blobs}


def expect_copied(client: BlobClient, container: str, blob: str, content: bytes = LONG) -> Response:
    shown = ended(client, container, blob)
    assert shown["x-ms-copy-progress"] == f"{len(content)}/{len(content)}"
    got = expect(client.get_blob(container, blob), 200)
    assert (got.body, got.metadata()) == (content, {"k": "v"})
    return shown


def expect_failed(client: BlobClient, container: str, blob: str, described: str) -> None:
    """With a description that begins so; the blob is empty, and can be written again."""
    shown = ended(client, container, blob, "failed")
    description = shown["x-ms-copy-status-description"] or ""
    assert description.startswith(described)
    assert re.fullmatch(r'[45]\d\d [A-Za-z]+ ".+"', description), description
    assert (shown["Content-Length"], shown.metadata()) == ("0", {"k": "v"})
    assert shown["x-ms-copy-completion-time"]
    page = expect(client.list_blobs(container, include="copy", prefix=blob), 200).xml()
    assert page.findtext("Blobs/Blob/Properties/CopyStatus") == "failed"
    assert page.findtext("Blobs/Blob/Properties/CopyStatusDescription") == description
    assert expect(client.get_blob(container, blob), 200).body == b""
    expect(client.set_blob_metadata(container, blob, {"x-ms-meta-a": "1"}), 200)
    expect(client.put_blob(container, blob, b"again"), 201)


def expect_sound(server: LapisServer, *flags: str) -> None:
    ran = lapis("fsck", "--config", server.config, "--deep", "--json", *flags)
    assert ran.code == 0 and ran.json["clean"] is True, ran


def test_a_source_that_breaks_off_once(
    client: BlobClient, container: str, held: HeldSource
) -> None:
    held.break_at = MIDDLE
    held.let_all()
    start(client, container, "c", held.url)
    expect_copied(client, container, "c")
    assert held.break_at is None


def test_a_source_that_stalls_once(client: BlobClient, container: str, held: HeldSource) -> None:
    held.stall_at = MIDDLE
    held.let_all()
    start(client, container, "c", held.url)
    expect_copied(client, container, "c")
    assert held.stall_at is None


def test_a_source_that_is_out_of_order_for_a_while(
    client: BlobClient, container: str, held: HeldSource
) -> None:
    empty = answer(200, {"ETag": held.etag}, length=len(LONG))
    replies = [BUSY, answer(500), answer(429), b"", empty]
    blobs = [f"c{number}" for number in range(len(replies))]
    for blob in blobs:
        start(client, container, blob, held.url)
    assert eventually(lambda: held.going > 1)
    held.instead = list(replies)
    held.let_all()
    held.cut()
    for blob in blobs:
        expect_copied(client, container, blob)
    assert held.instead == []


@pytest.mark.parametrize(
    ("reply", "described"),
    [
        (GONE, "404 BlobNotFound"),
        (azure_error(403, "AuthenticationFailed", "No."), "403 "),
        (answer(302, {"Location": "http://127.0.0.1:1/"}), "400 "),
    ],
    ids=["gone", "forbidden", "elsewhere"],
)
def test_a_source_that_refuses(
    client: BlobClient, container: str, held: HeldSource, reply: bytes, described: str
) -> None:
    """At once: it will not go better the next time."""
    start_halfway(client, container, held)
    asked = len(held.requests)
    held.instead = [reply]
    held.cut()
    expect_failed(client, container, "c", described)
    assert len(held.requests) == asked + 1


def test_an_abort_ends_the_reading(server: LapisServer, held: HeldSource) -> None:
    """Of a source that sends nothing more, long before that would be noticed (a minute)."""
    client = client_of(server)
    copy = start_halfway(client, "box", held)
    expect(client.abort_copy("box", "c", copy), 204)
    assert eventually(lambda: held.going == 0)
    client.close()


def test_a_source_that_has_changed(client: BlobClient, container: str, held: HeldSource) -> None:
    start_halfway(client, container, held)
    held.become(LONG[::-1], '"two"')
    expect_failed(client, container, "c", "412 ConditionNotMet" + READING)
    assert held.requests[-1].headers["if-match"] == '"one"'


@pytest.mark.parametrize("etag", ["", 'W/"weak"'])
@pytest.mark.parametrize("length", [len(LONG) - 1, 9])
def test_a_source_of_another_length(
    client: BlobClient, container: str, held: HeldSource, etag: str, length: int
) -> None:
    """Which is all that tells it from the one before."""
    held.etag = etag
    start_halfway(client, container, held)
    held.become(LONG[:length], etag)
    expect_failed(client, container, "c", "412 ConditionNotMet" + READING)


@pytest.mark.slow
def test_a_source_that_does_not_come_back(
    client: BlobClient, container: str, held: HeldSource
) -> None:
    """It is asked five times, ever more seldom."""
    start(client, container, "c", held.url)
    assert eventually(lambda: held.going == 1)
    asked = len(held.requests)
    began = time.monotonic()
    held.instead = [BUSY] * 10
    held.cut()
    shown = ended(client, container, "c", "failed", seconds=40)
    assert 14 < time.monotonic() - began < 30
    assert len(held.requests) in (asked + 4, asked + 5)
    assert (shown["x-ms-copy-status-description"] or "").startswith("503 ")
    held.instead = []
    held.let_all()
    start(client, container, "c", held.url)
    expect_copied(client, container, "c")


def test_nothing_is_left_of_what_failed(server: LapisServer, held: HeldSource) -> None:
    client = client_of(server)
    start_halfway(client, "box", held)
    expect_sound(server)
    held.instead = [GONE]
    held.cut()
    ended(client, "box", "c", "failed")
    copy = start_halfway(client, "box", held)
    expect(client.abort_copy("box", "c", copy), 204)
    held.let_all()
    assert eventually(lambda: held.going == 0)
    expect_sound(server)
    assert server.stop() == 0
    expect_sound(server, "--offline")
    client.close()


def kill(server: LapisServer) -> None:
    server.kill()


def stop(server: LapisServer) -> None:
    began = time.monotonic()
    assert server.stop() == 0, server.log()[-4000:]
    assert time.monotonic() - began < 10


End = Callable[[LapisServer], None]
both_ends = pytest.mark.parametrize("end", [stop, kill], ids=["stop", "kill"])


def restarted(server: LapisServer, end: End) -> BlobClient:
    """A client after a restart, which may be at another port."""
    end(server)
    expect_sound(server, "--offline")
    return client_of(server.start())


@both_ends
def test_it_goes_on_after_a_restart(server: LapisServer, held: HeldSource, end: End) -> None:
    client = client_of(server)
    url = held.url + "?sig=a%2Bb"
    sent = {"x-ms-copy-source-authorization": "Bearer token", "x-ms-meta-k": "v"}
    answered = expect(client.copy_blob("box", "c", url, sent), 202)
    held.let(MIDDLE)
    assert eventually(lambda: copied(client.get_blob_properties("box", "c")) > 0)
    for _ in range(2):
        asked = len(held.requests)
        client = restarted(server, end)
        shown = expect(client.get_blob_properties("box", "c"), 200)
        assert (shown["x-ms-copy-status"], shown.metadata()) == ("pending", {"k": "v"})
        assert (shown["x-ms-copy-id"], shown["ETag"]) == (
            answered["x-ms-copy-id"],
            answered["ETag"],
        )
        assert client.put_blob("box", "c", b"x").error_code == "PendingCopyOperation"
        assert eventually(lambda: len(held.requests) > asked)
    held.let_all()
    assert expect_copied(client, "box", "c")["x-ms-copy-id"] == answered["x-ms-copy-id"]
    for request in held.requests[1:]:
        assert request.target.endswith("?sig=a%2Bb")
        assert request.headers["authorization"] == "Bearer token"
        assert request.headers["if-match"] == '"one"'
    client = restarted(server, end)
    assert client.get_blob("box", "c").body == LONG
    expect_sound(server)
    client.close()


@both_ends
def test_pages_go_on_after_a_restart(server: LapisServer, held: HeldSource, end: End) -> None:
    """What the try before has brought lies behind the blob's end, and goes first."""
    client = client_of(server)
    held.content = LONG[: 9 * MIB]
    held.headers = {"x-ms-blob-type": "PageBlob"}
    copies = [start(client, "box", blob, held.url) for blob in ("c", "d")]
    held.let(6 * MIB)
    assert eventually(lambda: copied(client.get_blob_properties("box", "c")) > 5 * MIB)
    client = restarted(server, end)
    assert statuses(client, "box", ["c", "d"]) == {"pending"}
    expect(client.abort_copy("box", "d", copies[1]), 204)
    held.let_all()
    expect_copied(client, "box", "c", held.content)
    assert client.get_blob("box", "d").body == b""
    expect_sound(server)
    client.close()


@both_ends
def test_between_two_tries(server: LapisServer, held: HeldSource, end: End) -> None:
    client = client_of(server)
    start_halfway(client, "box", held)
    asked = len(held.requests)
    held.instead = [BUSY] * 2
    held.cut()
    assert eventually(lambda: len(held.requests) == asked + 2)
    client = restarted(server, end)
    held.let_all()
    expect_copied(client, "box", "c")
    client.close()


@both_ends
def test_what_has_ended_stays_so(server: LapisServer, held: HeldSource, end: End) -> None:
    client = client_of(server)
    expect(client.abort_copy("box", "c", start_halfway(client, "box", held)), 204)
    expect(client.copy_blob("box", "d", held.url), 202)
    held.become(LONG, '"two"')
    ended(client, "box", "d", "failed")
    held.let_all()
    assert eventually(lambda: held.going == 0)
    asked = len(held.requests)
    client = restarted(server, end)
    time.sleep(0.5)
    for blob, status in (("c", "aborted"), ("d", "failed")):
        shown = ended(client, "box", blob, status)
        assert shown["Content-Length"] == "0"
    assert len(held.requests) == asked
    client.close()


@both_ends
def test_sources_in_this_store(server: LapisServer, held: HeldSource, end: End) -> None:
    """Also where it has another port then, and with a token that is bound to who asked for the copy."""
    client = client_of(server)
    other = other_client(server.endpoint)
    url = other_url(other, "box", "b", sip="127.0.0.1")
    for blob in ("b", "gone", "changed"):
        expect(other.put_blob("box", blob, FAST, {"x-ms-meta-from": "b"}), 201)
    for blob in ("c", "d"):
        start(client, "box", blob, held.url)
    start(client, "box", "from b", url)
    start(client, "box", "from gone", other_url(other, "box", "gone"))
    start(client, "box", "from changed", other_url(other, "box", "changed"))
    expect(other.delete_blob("box", "gone"), 202)
    expect(other.put_blob("box", "changed", FAST[::-1]), 201)
    other.close()
    copies = ["c", "d", "from b", "from gone", "from changed"]
    assert statuses(client, "box", copies) == {"pending"}, "two go on at a time"
    client = restarted(server, end)
    held.let_all()
    for blob in ("c", "d"):
        expect_copied(client, "box", blob)
    shown = expect_copied(client, "box", "from b", FAST)
    assert shown["x-ms-copy-source"] == url.partition("?")[0]
    expect_failed(client, "box", "from gone", "404 BlobNotFound")
    expect_failed(client, "box", "from changed", "412 ConditionNotMet" + READING)
    client.close()


def test_two_go_on_at_a_time(server: LapisServer, held: HeldSource) -> None:
    client = client_of(server)
    blobs = [f"c{number}" for number in range(6)]
    copies = {blob: start(client, "box", blob, held.url) for blob in blobs}
    for _ in range(10):
        assert eventually(lambda: held.going == 2)
        time.sleep(0.05)
    assert statuses(client, "box", blobs) == {"pending"}
    expect_sound(server)
    for blob in (blobs[1], blobs[4]):  # one that goes on, and one that waits
        expect(client.abort_copy("box", blob, copies[blob]), 204)
        expect(client.put_blob("box", blob, b"x"), 201)
    held.let_all()
    for blob in (blobs[0], blobs[2], blobs[3], blobs[5]):
        expect_copied(client, "box", blob)
    for blob in (blobs[1], blobs[4]):
        assert client.get_blob("box", blob).body == b"x"
    client.close()


def test_they_are_counted(
    new_server: Callable[..., LapisServer], tmp_path: Path, held: HeldSource
) -> None:
    server, client = observed_server(new_server, tmp_path)

    def count() -> float:
        return metrics(server).total("lapis_pending_copies")

    assert count() == 0
    copies = [start(client, "box", blob, held.url) for blob in ("c", "d")]
    assert count() == 2
    expect(client.abort_copy("box", "d", copies[1]), 204)
    held.let_all()
    expect_copied(client, "box", "c")
    assert eventually(lambda: count() == 0)
    client.close()


@pytest.mark.parametrize("place", ["elsewhere", "in another account"])
def test_many_at_once(client: BlobClient, container: str, held: HeldSource, place: str) -> None:
    held.content = FAST
    held.let_all()
    other = other_client(client.endpoint)
    expect(other.create_container(container), 201)
    expect(other.put_blob(container, "b", FAST), 201)
    url = held.url if place == "elsewhere" else other_url(other, container, "b")
    other.close()
    blobs = [f"c{number}" for number in range(8)]
    for blob in blobs:
        start(client, container, blob, url)
    for blob in blobs:
        expect_copied(client, container, blob, FAST)


def test_one_that_waits_for_its_next_try_lets_others_go_on(
    server: LapisServer, held: HeldSource
) -> None:
    client = client_of(server)
    blobs = [f"c{number}" for number in range(2)]
    for blob in blobs:
        start(client, "box", blob, held.url)
    assert eventually(lambda: held.going == 2)
    held.instead = [BUSY] * 6  # for seven seconds
    held.cut()
    assert eventually(lambda: held.going == 0 and len(held.instead) <= 4)
    other = other_client(server.endpoint)
    expect(other.put_blob("box", "b", FAST), 201)
    start(client, "box", "d", other_url(other, "box", "b"))
    other.close()
    expect_copied(client, "box", "d", FAST)
    assert statuses(client, "box", blobs) == {"pending"}
    held.instead = []
    held.let_all()
    for blob in blobs:
        expect_copied(client, "box", blob)
    client.close()


def test_the_container_goes(server: LapisServer, held: HeldSource) -> None:
    """And with it what is to be copied into it; its name can be had again."""
    client = client_of(server)
    blobs = ["c", "d", "waits"]
    for blob in blobs:
        start(client, "box", blob, held.url)
    assert eventually(lambda: held.going == 2)
    expect(client.delete_container("box"), 202)
    expect(client.create_container("box"), 201)
    expect(client.put_blob("box", "d", b"another"), 201)
    expect_sound(server)
    held.let_all()
    assert eventually(lambda: held.going == 0)
    start(client, "box", "c", held.url)
    expect_copied(client, "box", "c")
    assert client.names("box") == ["c", "d"]
    assert client.get_blob("box", "d").body == b"another"
    expect_sound(server)
    asked = len(held.requests)
    client = restarted(server, kill)
    assert client.names("box") == ["c", "d"]
    time.sleep(0.5)
    assert len(held.requests) == asked, "nothing of it is left to do"
    expect_sound(server)
    client.close()


@pytest.mark.parametrize("waits", [False, True], ids=["restored at once", "restored later"])
def test_a_container_that_comes_back(
    new_server: Callable[..., LapisServer], tmp_path: Path, held: HeldSource, waits: bool
) -> None:
    """Its copies end, one way or the other: none is pending without end."""
    text = "container_delete_retention_days = 7\n" + FROM_LOOPBACK
    server = copying_server(new_server, tmp_path, copy_sources=text).start()
    client = client_of(server)
    expect(client.create_container("box"), 201)
    start_halfway(client, "box", held)
    expect(client.delete_container("box"), 202)
    if waits:
        held.let_all()
        assert eventually(lambda: held.going == 0)
        client = restarted(server, stop)
    page = expect(client.list_containers(include="deleted"), 200).xml()
    version = page.findtext("Containers/Container/Version") or ""
    expect(client.restore_container("box", "box", version), 201)
    held.let_all()
    assert eventually(lambda: statuses(client, "box", ["c"]) != {"pending"})
    shown = client.get_blob("box", "c")
    assert (shown["x-ms-copy-status"], shown.body) in (("success", LONG), ("failed", b""))
    expect(client.put_blob("box", "c", b"x"), 201)
    expect_sound(server)
    client.close()
