"""Two clients that want the same: exactly one gets it, ten thousand times over. And a reader of a
blob that is written over sees the one or the other, never a mixture."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable

import pytest

from azure_client import Response, expect
from blob_client import BlobClient, block_id
from sas import account_sas
from signing import DEVELOPMENT_ACCOUNT

RACES = 2_500  # of each kind
APPENDS = 10_000
Attempt = Callable[[BlobClient, int], Response]


class Race:
    """Two racers, each with a connection of its own, that start together."""

    def __init__(self, make: Callable[[], BlobClient]) -> None:
        self.clients = [make(), make()]
        self.barrier = threading.Barrier(2, timeout=60)

    def run(self, races: int, attempt: Attempt, after: Callable[[list[Response]], None]) -> None:
        """`after` sees the answers of each race, and makes ready for the next."""
        answers: list[Response | None] = [None, None]
        failures: list[BaseException] = []

        def racer(number: int) -> None:
            try:
                for _ in range(races):
                    self.barrier.wait()
                    answers[number] = attempt(self.clients[number], number)
                    self.barrier.wait()
                    if number == 0:
                        after([answer for answer in answers if answer is not None])
            except BaseException as error:  # noqa: BLE001 - told by the test
                failures.append(error)
                self.barrier.abort()

        threads = [threading.Thread(target=racer, args=(number,)) for number in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        real = [error for error in failures if not isinstance(error, threading.BrokenBarrierError)]
        if failures:
            raise (real or failures)[0]


@pytest.fixture
def make(new_client: Callable[..., BlobClient]) -> Callable[[], BlobClient]:
    """With a SAS: nothing is signed between the start and the request."""
    token = account_sas(DEVELOPMENT_ACCOUNT, se="2999-01-01")
    return lambda: new_client(sas=token)


def winner_of(answers: list[Response], won: int, lost: int, code: str) -> Response:
    statuses = sorted(answer.status for answer in answers)
    assert statuses == [won, lost], answers
    loser = next(answer for answer in answers if answer.status == lost)
    assert loser.error_code == code
    return next(answer for answer in answers if answer.status == won)


def test_who_makes_it_first(make: Callable[[], BlobClient], container: str) -> None:
    number = 0

    def attempt(client: BlobClient, racer: int) -> Response:
        body = str(racer).encode()
        return client.put_blob(container, f"b{number}", body, {"If-None-Match": "*"})

    def after(answers: list[Response]) -> None:
        nonlocal number
        won = winner_of(answers, 201, 409, "BlobAlreadyExists")
        if number % 100 == 0:
            got = expect(client.get_blob(container, f"b{number}"), 200)
            assert (got["ETag"], got.body) == (won["ETag"], str(answers.index(won)).encode())
        number += 1

    client = make()
    Race(make).run(RACES, attempt, after)
    assert number == RACES


def test_who_changes_it_first(make: Callable[[], BlobClient], container: str) -> None:
    etag = expect(make().put_blob(container, "b", b"x"), 201)["ETag"]

    def attempt(client: BlobClient, racer: int) -> Response:
        return client.put_blob(container, "b", str(racer).encode(), {"If-Match": etag})

    def after(answers: list[Response]) -> None:
        nonlocal etag
        etag = winner_of(answers, 201, 412, "ConditionNotMet")["ETag"]

    Race(make).run(RACES, attempt, after)
    assert expect(make().get_blob(container, "b"), 200)["ETag"] == etag


def test_who_commits_first(make: Callable[[], BlobClient], container: str) -> None:
    setup = make()
    blocks = [block_id(number) for number in range(8)]
    for number, block in enumerate(blocks):
        expect(setup.put_block(container, "b", block, bytes([number]) * 6_000), 201)
    etag = expect(setup.put_block_list(container, "b", blocks), 201)["ETag"]
    number = 0

    def attempt(client: BlobClient, racer: int) -> Response:
        turned = blocks[racer:] + blocks[:racer]
        entries = [("Committed", block) for block in turned]
        return client.put_block_list(container, "b", entries, {"If-Match": etag})

    def after(answers: list[Response]) -> None:
        nonlocal etag, number
        won = winner_of(answers, 201, 412, "ConditionNotMet")
        etag = won["ETag"]
        if number % 100 == 0:
            body = expect(setup.get_blob(container, "b", {"If-Match": etag}), 200).body
            first = answers.index(won)
            expected = [(first + place) % 8 for place in range(8)]
            assert body == b"".join(bytes([value]) * 6_000 for value in expected)
        number += 1

    Race(make).run(RACES, attempt, after)


def test_who_leases_it_first(make: Callable[[], BlobClient], container: str) -> None:
    setup = make()
    expect(setup.put_blob(container, "b", b"x"), 201)
    ids = [str(uuid.uuid4()), str(uuid.uuid4())]

    def lease(client: BlobClient, headers: dict[str, str]) -> Response:
        return client.request("PUT", client.path(container, "b"), [("comp", "lease")], headers)

    def attempt(client: BlobClient, racer: int) -> Response:
        headers = {
            "x-ms-lease-action": "acquire",
            "x-ms-lease-duration": "-1",
            "x-ms-proposed-lease-id": ids[racer],
        }
        return lease(client, headers)

    def after(answers: list[Response]) -> None:
        won = winner_of(answers, 201, 409, "LeaseAlreadyPresent")
        assert won["x-ms-lease-id"] == ids[answers.index(won)]
        headers = {"x-ms-lease-action": "release", "x-ms-lease-id": won["x-ms-lease-id"]}
        expect(lease(setup, headers), 200)

    Race(make).run(RACES, attempt, after)


def test_who_appends_first(make: Callable[[], BlobClient], container: str) -> None:
    setup = make()
    expect(setup.put_append_blob(container, "b"), 201)
    wins: list[int] = []

    def attempt(client: BlobClient, racer: int) -> Response:
        headers = {"x-ms-blob-condition-appendpos": str(4 * len(wins))}
        return client.append_block(container, "b", bytes([65 + racer]) * 4, headers)

    def after(answers: list[Response]) -> None:
        won = winner_of(answers, 201, 412, "AppendPositionConditionNotMet")
        assert won["x-ms-blob-append-offset"] == str(4 * len(wins))
        wins.append(answers.index(won))
        assert won["x-ms-blob-committed-block-count"] == str(len(wins))
        if len(wins) % 500 == 0:
            expected = b"".join(bytes([65 + winner]) * 4 for winner in wins)
            assert expect(setup.get_blob(container, "b"), 200).body == expected

    Race(make).run(APPENDS, attempt, after)
    assert len(wins) == APPENDS


@pytest.mark.parametrize("size", [1_000, 3 << 20])
def test_a_reader_sees_one_or_the_other(
    make: Callable[[], BlobClient], container: str, size: int
) -> None:
    bodies = [bytes([65 + number]) * (size + number) for number in range(4)]
    writer = make()
    expect(writer.put_blob(container, "b", bodies[0]), 201)
    done = threading.Event()
    wrong: list[str] = []

    def read() -> None:
        client = make()
        while not done.is_set():
            got = client.get_blob(container, "b")
            if got.status != 200 or got.body not in bodies:
                wrong.append(f"{got.status}, {len(got.body)} bytes, {set(got.body)}")

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    for number in range(120 if size > 100_000 else 1_000):
        expect(writer.put_blob(container, "b", bodies[number % 4]), 201)
    done.set()
    for reader in readers:
        reader.join()
    assert not wrong, wrong[:3]
