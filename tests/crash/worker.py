"""The load: processes that change their own keys until the daemon goes away.

A worker keeps one connection, sends one request at a time, and records in its keys what was
acknowledged and what was under way at the end. Processes, not threads: all of them have to be
waiting for the daemon at once.
"""

from __future__ import annotations

import http.client
import multiprocessing
import multiprocessing.connection
import random
from multiprocessing.sharedctypes import SynchronizedArray

from blob_client import block_id
from copying import bare_url
from model import (
    CONTAINER,
    Key,
    append_block,
    copy_blob,
    put_append_blob,
    put_blob,
    put_block,
    put_block_list,
)
from page_load import PageLoad
from sender import Portfolio, Refused, Sender, draw_tags, tags_header

COLD_KEYS = 8  # a worker; written once, verified ever after, at last deleted
MOST_APPENDED = 1 << 20  # a snapshot of a short log keeps all that is appended to it later
MOST_KEPT = 256 << 10  # neither snapshots nor copies of what is longer: some stores are small
FORK = multiprocessing.get_context("fork")

# Upper bounds of a body's size and how often it is drawn from there. Up to 4 KiB lives inline.
SIZES = [(0, 5), (64, 15), (4096, 25), (5000, 10), (65_536, 20), (1 << 20, 20), (8 << 20, 3)]


def draw_size(rng: random.Random) -> int:
    index = rng.choices(range(len(SIZES)), weights=[weight for _, weight in SIZES])[0]
    lower = SIZES[index - 1][0] + 1 if index else 0
    return rng.randint(lower, SIZES[index][0]) if index else 0


class Worker(Sender):
    def put_blob(self, key: Key) -> None:
        piece = key.next_piece(draw_size(self.rng))
        body, tags = piece.content(), draw_tags(self.rng)
        change, client, headers = put_blob(piece, tags), self.client, tags_header(tags)
        self.send(key, change, 201, lambda: client.put_blob(CONTAINER, key.name, body, headers))

    def put_block(self, key: Key) -> None:
        piece = key.next_piece(max(1, draw_size(self.rng)))
        name, body = block_id(self.rng.randrange(6)), piece.content()
        change = put_block(name, piece)
        self.send(key, change, 201, lambda: self.client.put_block(CONTAINER, key.name, name, body))

    def put_block_list(self, key: Key) -> None:
        """All staged blocks, some that were committed before, some twice; in any order."""
        entries = [
            e for e in key.state.committable() if e[0] == "Uncommitted" or self.rng.random() < 0.5
        ]
        entries += self.rng.choices(entries, k=self.rng.randrange(3))
        self.rng.shuffle(entries)
        tags, client = draw_tags(self.rng), self.client
        change, headers = put_block_list(entries, tags), tags_header(tags)
        self.send(
            key, change, 201, lambda: client.put_block_list(CONTAINER, key.name, entries, headers)
        )

    def append(self, key: Key) -> None:
        piece = key.next_piece(min(MOST_APPENDED, max(1, draw_size(self.rng))))
        change, body = append_block(piece), piece.content()
        self.send(key, change, 201, lambda: self.client.append_block(CONTAINER, key.name, body))

    def change_log(self, key: Key) -> None:
        client, chance = self.client, self.rng.random()
        if not key.state.exists() or key.state.size() > MOST_APPENDED or chance < 0.04:
            create = lambda: client.put_append_blob(CONTAINER, key.name)  # noqa: E731
            self.send(key, put_append_blob, 201, create)
        elif chance < 0.06:
            self.delete(key)
        elif chance < 0.16 and key.state.size() <= MOST_KEPT:
            self.snapshot(key)
        else:
            self.append(key)

    def sources(self) -> list[Key]:
        """What can be copied: any of the worker's block blobs, the target among them."""
        keys = self.portfolio.hot + self.portfolio.cold
        return [key for key in keys if key.state.exists() and key.state.size() <= MOST_KEPT]

    def copy(self, key: Key, source: Key) -> None:
        """By way of another container half of the time: both then hold the first one's bytes."""
        tags, url = draw_tags(self.rng), bare_url(self.copier, CONTAINER, source.name)
        relay = f"w{self.portfolio.number:02d}" if self.rng.random() < 0.5 else None
        change = copy_blob(source.state, tags)
        self.send(key, change, 202, lambda: self.copy_url(key, url, relay, tags))

    def step(self) -> None:
        if self.rng.random() < 0.05:
            if len(self.portfolio.cold) >= COLD_KEYS:
                victim = self.portfolio.cold[0]
                if victim.state.exists():  # else a crash came after its deletion
                    self.delete(victim)
                self.portfolio.cold.remove(victim)
            self.put_blob(self.portfolio.new_cold())
            return
        if self.rng.random() < 0.15:
            self.change_log(self.rng.choice(self.portfolio.logs))
            return
        if self.rng.random() < 0.25:
            PageLoad(self).step()
            return
        key = self.rng.choice(self.portfolio.hot)
        chance = self.rng.random()
        short = key.state.exists() and key.state.size() <= MOST_KEPT
        if short and self.rng.random() < 0.15:
            self.snapshot(key)
        elif key.state.exists() and self.rng.random() < 0.1:
            self.set_tags(key)
        elif self.rng.random() < 0.1 and (sources := self.sources()):
            self.copy(key, self.rng.choice(sources))
        elif key.state.staged and chance < 0.45:
            self.put_block_list(key)
        elif chance < 0.65:
            self.put_block(key)
        elif chance < 0.85 or not (key.state.exists() or key.state.staged):
            self.put_blob(key)
        else:
            self.delete(key)

    def run(self) -> Portfolio:
        """Until the connection breaks, which is the crash."""
        try:
            while True:
                self.step()
        except Refused as error:
            self.portfolio.trouble = str(error)
        except (OSError, http.client.HTTPException):
            pass
        return self.portfolio


class Crew:
    """All workers of a cycle."""

    def __init__(self, portfolios: list[Portfolio], endpoint: str, seed: str) -> None:
        self.in_flight = FORK.Array("b", len(portfolios))
        self.pipes: list[multiprocessing.connection.Connection] = []
        self.processes = []
        for portfolio in portfolios:
            ours, theirs = FORK.Pipe(duplex=False)
            worker_seed = f"{seed}:{portfolio.number}"
            arguments = (portfolio, endpoint, worker_seed, self.in_flight, theirs)
            process = FORK.Process(target=_run_worker, args=arguments, daemon=True)
            process.start()
            theirs.close()
            self.pipes.append(ours)
            self.processes.append(process)

    def waiting(self) -> int:
        """How many requests are without an answer."""
        return sum(self.in_flight[:])

    def alive(self) -> bool:
        return all(process.is_alive() for process in self.processes)

    def collect(self) -> list[Portfolio]:
        """The portfolios as the workers left them; after the daemon has gone."""
        portfolios = []
        for pipe, process in zip(self.pipes, self.processes, strict=True):
            if not pipe.poll(60):
                process.kill()
                raise AssertionError("a worker did not notice that the daemon is gone")
            portfolios.append(pipe.recv())
            process.join()
        return portfolios


def _run_worker(
    portfolio: Portfolio,
    endpoint: str,
    seed: str,
    in_flight: SynchronizedArray[int],
    result: multiprocessing.connection.Connection,
) -> None:
    result.send(Worker(portfolio, endpoint, seed, in_flight).run())
