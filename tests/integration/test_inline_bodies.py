"""Small bodies kept in the metadata: above its watermark those that nobody uses move into chunks,
and the metadata's files shrink by themselves. What is read stays; nothing that a client sees
changes, whatever happens meanwhile."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from azure_client import expect, expect_error
from blob_client import BlobClient
from configuration import Pool, disks, flash, write_config
from lapis_command import lapis
from lapis_server import LapisServer
from observing import Metrics, eventually, metrics
from signing import DEVELOPMENT_ACCOUNT

MIB = 1 << 20
COUNT = 4_500  # of about 3.9 KB: 16.7 MiB
BOX = "small"
SETTINGS = """\
capacity = "24MiB"
high_watermark = 60
low_watermark = 35
cold_after = "2s"
"""
HIGH = 24 * MIB * 60 // 100
LOW = 24 * MIB * 35 // 100

Make = Callable[..., LapisServer]


@pytest.fixture
def make(new_server: Callable[..., LapisServer], tmp_path: Path) -> Make:
    """A daemon with these pools, a small capacity of the metadata and these settings of it."""
    data = tmp_path / "data"

    def start(pools: list[Pool] | None = None, settings: str = SETTINGS) -> LapisServer:
        pools = pools or [flash(data / "flash"), disks(data / "disks")]
        config = write_config(
            tmp_path / "lapis.toml", data / "meta", pools, metadata_settings=settings
        )
        return new_server(config=config, shared_data=data, admin="127.0.0.1:0").start()

    return start


@contextmanager
def client_of(server: LapisServer) -> Iterator[BlobClient]:
    client = BlobClient(server.endpoint, DEVELOPMENT_ACCOUNT.name, DEVELOPMENT_ACCOUNT)
    yield client
    client.close()


def body(number: int, version: int = 0) -> bytes:
    rng = random.Random(number * 1_000 + version)
    return rng.randbytes(3_700 + rng.randrange(397))


def name(number: int) -> str:
    return f"b{number:05}"


def on_all(server: LapisServer, work: Callable[[BlobClient, int], None], numbers: range) -> None:
    def part(first: int) -> None:
        with client_of(server) as client:
            for number in numbers[first::4]:
                work(client, number)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(part, range(4)))


def put_all(server: LapisServer, numbers: range = range(COUNT)) -> None:
    on_all(server, lambda c, n: expect(c.put_blob(BOX, name(n), body(n)), 201), numbers)


def check_all(server: LapisServer, numbers: range = range(COUNT)) -> None:
    def check(client: BlobClient, number: int) -> None:
        assert expect(client.get_blob(BOX, name(number)), 200).body == body(number), number

    on_all(server, check, numbers)


def create(server: LapisServer) -> None:
    with client_of(server) as client:
        expect(client.create_container(BOX), 201)


def settled(server: LapisServer, seconds: float = 40.0) -> Metrics:
    """When the metadata has come down to its low watermark."""

    def is_low() -> bool:
        page = metrics(server)
        used = page.total("lapis_meta_used_bytes")
        return 0 < used <= LOW and page.total("lapis_meta_moving_out") == 0

    assert eventually(is_low, seconds), str(tier_status(server))
    return metrics(server)


def tier_status(server: LapisServer) -> dict:
    return lapis("tier", "status", "--config", server.config, "--json").json["metadata"]


def files_bytes(server: LapisServer) -> int:
    database = server.data_dir / "meta" / "db"
    return sum(file.stat().st_size for file in database.iterdir())


def check_clean(server: LapisServer) -> None:
    """Of a daemon that is stopped."""
    checked = lapis("fsck", "--offline", "--deep", "--config", server.config)
    assert checked.code == 0, checked.out


def live_bytes(page: Metrics, pool: str) -> float:
    return page.total("lapis_pool_extent_bytes", pool=pool, state="live")


def test_cold_bodies_move_and_the_files_shrink_by_themselves(make: Make):
    server = make()
    create(server)
    put_all(server)
    with client_of(server) as client:
        before = expect(client.get_blob_properties(BOX, name(7)), 200).headers
    assert metrics(server).total("lapis_meta_size_bytes") == 24 * MIB
    page = settled(server)
    assert page.total("lapis_meta_moved_bodies_total") > COUNT // 4
    assert page.total("lapis_meta_compactions_total") > 0
    assert live_bytes(page, "disks") > 4 * MIB
    assert live_bytes(page, "flash") == 0
    assert eventually(lambda: files_bytes(server) < HIGH)
    status = tier_status(server)
    assert status["why"] == "" and not status["moving_out"] and status["moved_bytes"] > 4 * MIB
    assert "small bodies move out above" in lapis("status", "--config", server.config).out
    check_all(server)
    with client_of(server) as client:
        after = expect(client.get_blob_properties(BOX, name(7)), 200).headers
        for header in ("ETag", "Last-Modified", "Content-Length", "Content-MD5"):
            assert after[header] == before[header], header
        # One that is written over is small again; one that is deleted gives its chunk back.
        for number in range(COUNT):
            expect(client.delete_blob(BOX, name(number)), 202)
        expect(client.put_blob(BOX, name(0), body(0)), 201)
    assert eventually(lambda: live_bytes(metrics(server), "disks") == 0, 30)
    assert server.stop() == 0
    check_clean(server)
    server.start()
    check_all(server, range(1))


def test_what_is_read_stays(make: Make, tmp_path: Path):
    server = make()
    create(server)
    put_all(server)
    hot = range(0, COUNT, 50)
    reading = threading.Event()

    def read_on() -> None:
        with client_of(server) as client:
            while not reading.is_set():
                for number in hot:
                    expect(client.get_blob(BOX, name(number)), 200)

    thread = threading.Thread(target=read_on)
    thread.start()
    try:
        settled(server)
    finally:
        reading.set()
        thread.join()
    check_all(server)
    assert server.stop() == 0
    # Without the disks only what is in the metadata can be read.
    (tmp_path / "data/disks").rename(tmp_path / "data/away")
    server.start()
    check_all(server, hot)
    with client_of(server) as client:
        answers = [client.get_blob(BOX, name(n)).status for n in range(0, COUNT, 7)]
    assert answers.count(503) > len(answers) // 4, answers


def test_a_kill_while_they_move_loses_nothing(make: Make):
    server = make()
    create(server)
    rng = random.Random(11)
    for _ in range(3):
        put_all(server)  # all of them are in the metadata again
        assert eventually(lambda: tier_status(server)["moved_bodies"] > 0, 20), tier_status(server)
        time.sleep(rng.uniform(0.0, 0.1))
        server.kill()
        check_clean(server)
        server.start()
        check_all(server)
    put_all(server)  # enough to move again, however far the last time had come
    settled(server)
    check_all(server)
    assert server.stop() == 0
    check_clean(server)


def test_without_slower_disks_they_go_to_flash(make: Make, tmp_path: Path):
    server = make([flash(tmp_path / "data/flash")])
    create(server)
    put_all(server)
    page = settled(server)
    assert live_bytes(page, "flash") > 4 * MIB
    check_all(server)


def test_without_room_they_stay_and_it_is_told(make: Make, tmp_path: Path):
    """Two extents are what there is."""
    server = make([flash(tmp_path / "data/flash", settings='capacity = "8MiB"')])
    create(server)
    put_all(server)
    assert eventually(lambda: "Insufficient" in tier_status(server)["why"], 30), tier_status(server)
    status = tier_status(server)
    assert status["moving_out"] and status["left_bytes"] > 0
    assert status["why"] in lapis("tier", "status", "--config", server.config).out
    check_all(server)
    with client_of(server) as client:
        expect(client.put_blob(BOX, "one more", b"small"), 201)
        expect_error(client.put_blob(BOX, "large", bytes(MIB)), 507, "InsufficientStorage")
    assert server.stop() == 0
    check_clean(server)


def test_what_was_just_written_stays_for_a_while(make: Make):
    server = make(settings=SETTINGS.replace('"2s"', '"1h"'))
    create(server)
    put_all(server)
    reason = "every small body was written or read in the last 60 s"
    assert eventually(lambda: tier_status(server)["why"] == reason, 20), tier_status(server)
    assert tier_status(server)["moved_bodies"] == 0
