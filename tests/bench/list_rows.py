"""Listing a page of 5,000 out of many blobs."""

from __future__ import annotations

import re

from blob_servers import AzuriteInMemory, BlobServer, Lapis
from contest import REQUESTS, Contestant, Prepared, Row, Stage
from filling import PREFIX, put_numbered, random_file
from generator import SERIAL, Plan, Sample, run
from settings import Settings
from signing import Query

PAGE = 5_000
CONNECTIONS = 4
PAGES = 4  # the first ones, in turn
MARKER = re.compile(rb"<NextMarker>([^<]+)</NextMarker>")


def page_queries(server: BlobServer) -> list[Query]:
    """A marker is the server's own: the pages are walked once to learn them."""
    client = server.client()
    client.timeout = 600
    queries: list[Query] = []
    page: Query = [("maxresults", str(PAGE))]
    while len(queries) < PAGES:
        queries.append(page)
        full = [("restype", "container"), ("comp", "list"), *page]
        answer = client.request("GET", server.path(), full)
        assert answer.status == 200, answer
        marker = MARKER.search(answer.body)
        if marker is None:
            break
        page = [("maxresults", str(PAGE)), ("marker", marker.group(1).decode())]
    client.close()
    # The last page may be short.
    return queries[:-1] if len(queries) > 1 and marker is None else queries


def list_pages(server: BlobServer, settings: Settings) -> Contestant:
    queries = page_queries(server)

    def measure(round_number: int) -> Sample:
        heads = [server.list_head(query) for query in queries]
        plan = Plan(
            server.endpoint, heads, 200, settings.seconds, CONNECTIONS,
            warmup=settings.warmup, processes=server.processes(),
        )  # fmt: skip
        with server.awake():
            return run(plan, settings)

    return Contestant(server.name, measure)


def listing(stage: Stage) -> Prepared:
    """Where Azurite is not filled in time, every server holds as many as it has taken."""
    settings = stage.settings
    wanted = count = settings.listed_blobs
    body = random_file(settings, 1)
    contestants: list[Contestant] = []
    for server in stage.start_each(AzuriteInMemory, Lapis):
        count = put_numbered(server, settings, server.put_head(PREFIX + SERIAL, 1), count, body)
        contestants.insert(0, list_pages(server, settings))
    notes = []
    if count < wanted:
        notes.append(
            f"list-5000: of {count:,} blobs, not {wanted:,}, on every server: Azurite took "
            f"no more in {settings.seed_limit:g} seconds"
        )
    return contestants, notes


LIST_ROWS = [
    Row(
        "list-5000",
        "List 5,000 of {listed_blobs:,} blobs, 4 connections, SAS",
        REQUESTS,
        listing,
        {"Azurite": 50},
        ["list-5000: Azurite in memory"],
    ),
]
