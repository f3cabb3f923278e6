"""Compares the daemon with the oracle after a crash, and settles what was open."""

from __future__ import annotations

import base64
import hashlib
import http.client
import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from azure_client import Response
from blob_client import BlobClient
from model import Key, State, md5_of
from worker import CONTAINER, TAG_VALUES, crash_client

READERS = 4


@dataclass
class Observed:
    """What the daemon says about one name."""

    size: int | None  # None: no committed blob
    md5: str
    etag: str | None
    blocks: list[tuple[str, int]]
    staged: set[tuple[str, int]]
    snapshots: list[tuple[int, str]]  # sizes and MD5s, oldest first
    tags: dict[str, str]

    def matches(self, state: State) -> bool:
        if (self.size is not None) != state.exists():
            return False
        if state.exists() and (self.size, self.md5) != (state.size(), md5_of(state.pieces or ())):
            return False
        if self.blocks != [(name, piece.size) for name, piece in state.blocks]:
            return False
        if self.snapshots != [(past.size(), md5_of(past.pieces)) for past in state.snapshots]:
            return False
        if self.tags != dict(state.tags):
            return False
        return self.staged == {(name, piece.size) for name, piece in state.staged}


def block_sizes(response: Response, element: str) -> list[tuple[str, int]]:
    found = response.xml().findall(f"{element}/Block")
    return [(node.findtext("Name") or "", int(node.findtext("Size") or -1)) for node in found]


def observe_snapshots(client: BlobClient, name: str) -> list[tuple[int, str]]:
    """Of this name alone; no other begins with it."""
    found = []
    for page in client.list_pages(CONTAINER, prefix=name, include="snapshots"):
        for blob in page.xml().findall("Blobs/Blob"):
            if time := blob.findtext("Snapshot"):
                got = client.get_blob(CONTAINER, name, snapshot=time)
                if got.status != 200:
                    raise AssertionError(f"{name} at {time}: {got}")
                found.append((len(got.body), hashlib.md5(got.body).hexdigest()))
    return found


def observe_tags(client: BlobClient, name: str) -> dict[str, str]:
    got = client.get_blob_tags(CONTAINER, name)
    if got.status != 200:
        raise AssertionError(f"the tags of {name}: {got}")
    tags = got.xml().iter("Tag")
    return {tag.findtext("Key") or "": tag.findtext("Value") or "" for tag in tags}


def observe(client: BlobClient, name: str) -> Observed:
    got = client.get_blob(CONTAINER, name)
    lists = client.get_block_list(CONTAINER, name, "all")
    has_no_list = got["x-ms-blob-type"] == "AppendBlob" and lists.error_code == "InvalidBlobType"
    for response in [got] if has_no_list else [got, lists]:
        if response.status not in (200, 404):
            raise AssertionError(f"{name}: {response}")
    exists = got.status == 200
    digest = hashlib.md5(got.body).hexdigest()
    if exists and got["Content-MD5"] is not None:
        stored = base64.b64decode(got["Content-MD5"]).hex()
        if stored != digest:
            raise AssertionError(f"{name}: the stored MD5 is {stored}, that of the bytes {digest}")
    return Observed(
        size=len(got.body) if exists else None,
        md5=digest if exists else "",
        etag=got["ETag"] if exists else None,
        blocks=block_sizes(lists, "CommittedBlocks") if lists.status == 200 else [],
        staged=set(block_sizes(lists, "UncommittedBlocks")) if lists.status == 200 else set(),
        snapshots=observe_snapshots(client, name),
        tags=observe_tags(client, name) if exists else {},
    )


def check_range(client: BlobClient, key: Key, rng: random.Random) -> str | None:
    content = key.state.content()
    first, last = sorted((rng.randrange(len(content)), rng.randrange(len(content))))
    headers = {"x-ms-range": f"bytes={first}-{last}"}
    response = client.get_blob(CONTAINER, key.name, headers)
    if response.status != 206 or response.body != content[first : last + 1]:
        return f"{key.name}: range {first}-{last} of {len(content)} is wrong ({response.status})"
    return None


def check_key(client: BlobClient, key: Key, rng: random.Random) -> str | None:
    """What is wrong with the key, or None; settles it."""
    try:
        observed = observe(client, key.name)
    except (AssertionError, OSError, http.client.HTTPException) as error:
        return f"{key.name}: cannot be read: {error}"
    matching = [state for state in key.possible() if observed.matches(state)]
    if not matching:
        possible = " | ".join(str(state) for state in key.possible())
        return f"{key.name}: found {observed}, possible were {possible}"
    # An empty blob over an empty one, a log that is begun anew, a copy made again: the request that was
    # cut off may have been carried out.
    acknowledged = matching == [key.state] and key.pending != key.state
    if acknowledged and key.etag is not None and observed.etag not in (None, key.etag):
        return f"{key.name}: the ETag changed from {key.etag} to {observed.etag}"
    key.settle(matching[0], observed.etag)
    if key.state.size() > 0 and rng.random() < 0.1:
        return check_range(client, key, rng)
    return None


def check_listing(client: BlobClient, keys: list[Key]) -> list[str]:
    """Of settled keys: the listing shows those that exist, and no other."""
    committed = sorted(key.name for key in keys if key.state.exists())
    either = sorted(key.name for key in keys if key.state.exists() or key.state.staged)
    faults = []
    for expected, query in ((committed, {}), (either, {"include": "uncommittedblobs"})):
        found = client.names(CONTAINER, maxresults="200", **query)
        if found != expected:
            extra, missing = set(found) - set(expected), set(expected) - set(found)
            faults.append(
                f"the listing {query} has {extra or 'no'} extra, lacks {missing or 'none'}"
            )
    return faults


def check_index(client: BlobClient, keys: list[Key]) -> list[str]:
    """Of settled keys: tags find those that have them, and no other."""
    faults = []
    for value in map(str, range(TAG_VALUES)):
        for where, fits in (
            (f"a = '{value}'", lambda tags, value=value: tags.get("a") == value),
            (f"a = '0' AND b >= '{value}'",
             lambda tags, value=value: tags.get("a") == "0" and tags.get("b", "") >= value),
        ):  # fmt: skip
            expected = sorted(key.name for key in keys if fits(dict(key.state.tags)))
            found = [name for page in client.find_pages(where, CONTAINER) for name in page]
            if found != expected:
                faults.append(f"{where} finds {found}, not {expected}")
    return faults


def verify(endpoint: str, keys: list[Key], seed: str) -> list[str]:
    """Everything that is wrong; empty where all is as it may be."""

    def check_some(part: int) -> list[str]:
        client, rng = crash_client(endpoint), random.Random(f"{seed}:verify:{part}")
        found = [check_key(client, key, rng) for key in keys[part::READERS]]
        client.close()
        return [fault for fault in found if fault is not None]

    with ThreadPoolExecutor(READERS) as pool:
        faults = [fault for part in pool.map(check_some, range(READERS)) for fault in part]
    client = crash_client(endpoint)
    return faults or check_listing(client, keys) + check_index(client, keys)
