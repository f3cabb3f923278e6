"""Many clients that do the same at the same moment."""

from __future__ import annotations

import threading
from collections.abc import Callable

from azure_client import Response
from blob_client import BlobClient


def race(
    new_client: Callable[..., BlobClient], attempt: Callable[[BlobClient, int], Response]
) -> list[int]:
    """The statuses of twelve attempts, sorted."""
    clients = [new_client() for _ in range(12)]
    statuses: list[int] = []
    start = threading.Barrier(len(clients))

    def run(client: BlobClient, number: int) -> None:
        start.wait()
        statuses.append(attempt(client, number).status)

    threads = [threading.Thread(target=run, args=(c, n)) for n, c in enumerate(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(statuses) == len(clients)
    return sorted(statuses)
