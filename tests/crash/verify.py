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
from model import CONTAINER, Key, Piece, State, md5_of
from page_model import written_in
from paging import page_list, ranges_in
from sender import TAG_VALUES, crash_client, snapshot_times

READERS = 4


@dataclass(frozen=True)
class Content:
    """Of a blob or a snapshot."""

    size: int
    md5: str | None  # None: it may not be read
    written: tuple[tuple[int, int], ...] | None  # of its pages; None: it has none, or as above

    def shows(self, pieces: tuple[Piece, ...]) -> bool:
        if self.size != sum(piece.size for piece in pieces):
            return False
        return self.md5 in (None, md5_of(pieces)) and self.written in (None, written_in(pieces))


@dataclass
class Observed:
    """What the daemon says about one name."""

    content: Content | None  # None: no committed blob
    etag: str | None
    blocks: list[tuple[str, int]]
    staged: set[tuple[str, int]]
    snapshots: list[Content]  # oldest first
    tags: dict[str, str]
    is_backup: bool = False

    def matches(self, state: State) -> bool:
        if (self.content is not None) != state.exists():
            return False
        if self.content is not None and not self.content.shows(state.pieces or ()):
            return False
        if self.blocks != [(name, piece.size) for name, piece in state.blocks]:
            return False
        if len(self.snapshots) != len(state.snapshots):
            return False
        pairs = zip(self.snapshots, state.snapshots, strict=True)
        if not all(content.shows(past.pieces) for content, past in pairs):
            return False
        if self.tags != dict(state.tags) or self.is_backup != (state.source is not None):
            return False
        return self.staged == {(name, piece.size) for name, piece in state.staged}


def block_sizes(response: Response, element: str) -> list[tuple[str, int]]:
    found = response.xml().findall(f"{element}/Block")
    return [(node.findtext("Name") or "", int(node.findtext("Size") or -1)) for node in found]


def content_of(client: BlobClient, key: Key, got: Response, **query: str) -> Content:
    """`got` is the whole blob."""
    written = None
    if got["x-ms-blob-type"] == "PageBlob":
        listed = ranges_in(page_list(client, key.container, key.name, **query))
        written = tuple((first, last) for _, first, last in listed)
    return Content(len(got.body), hashlib.md5(got.body).hexdigest(), written)


def observe_snapshots(client: BlobClient, key: Key) -> list[Content]:
    found = []
    for time in snapshot_times(client, key):
        got = client.get_blob(key.container, key.name, snapshot=time)
        if got.status != 200:
            raise AssertionError(f"{key.name} at {time}: {got}")
        found.append(content_of(client, key, got, snapshot=time))
    return found


def observe_tags(client: BlobClient, key: Key) -> dict[str, str]:
    got = client.get_blob_tags(key.container, key.name)
    if got.status != 200:
        raise AssertionError(f"the tags of {key.name}: {got}")
    tags = got.xml().iter("Tag")
    return {tag.findtext("Key") or "": tag.findtext("Value") or "" for tag in tags}


def observe_backup(client: BlobClient, key: Key) -> Observed:
    """It shows which of its snapshots is the newest, and no content."""
    head = client.get_blob_properties(key.container, key.name)
    times, newest = snapshot_times(client, key), head["x-ms-copy-destination-snapshot"]
    if newest is None or (times and newest != times[-1]):
        raise AssertionError(f"{key.name} is as it was at {newest}, its snapshots are of {times}")
    return Observed(
        content=Content(int(head["Content-Length"] or -1), None, None),
        etag=head["ETag"],
        blocks=[],
        staged=set(),
        snapshots=observe_snapshots(client, key),
        tags=observe_tags(client, key),
        is_backup=True,
    )


def observe(client: BlobClient, key: Key) -> Observed:
    got = client.get_blob(key.container, key.name)
    if got.error_code == "OperationNotAllowedOnIncrementalCopyBlob":
        return observe_backup(client, key)
    lists = client.get_block_list(key.container, key.name, "all")
    has_blocks = got["x-ms-blob-type"] not in ("AppendBlob", "PageBlob")
    if not has_blocks and lists.error_code != "InvalidBlobType":
        raise AssertionError(f"the blocks of {key.name}: {lists}")
    for response in [got, lists] if has_blocks else [got]:
        if response.status not in (200, 404):
            raise AssertionError(f"{key.name}: {response}")
    exists = got.status == 200
    content = content_of(client, key, got) if exists else None
    if content is not None and got["Content-MD5"] is not None:
        stored = base64.b64decode(got["Content-MD5"]).hex()
        if stored != content.md5:
            raise AssertionError(f"{key.name}: stored MD5 {stored}, of the bytes {content.md5}")
    return Observed(
        content=content,
        etag=got["ETag"] if exists else None,
        blocks=block_sizes(lists, "CommittedBlocks") if lists.status == 200 else [],
        staged=set(block_sizes(lists, "UncommittedBlocks")) if lists.status == 200 else set(),
        snapshots=observe_snapshots(client, key),
        tags=observe_tags(client, key) if exists else {},
    )


def check_range(client: BlobClient, key: Key, rng: random.Random) -> str | None:
    content = key.state.content()
    first, last = sorted((rng.randrange(len(content)), rng.randrange(len(content))))
    headers = {"x-ms-range": f"bytes={first}-{last}"}
    response = client.get_blob(key.container, key.name, headers)
    if response.status != 206 or response.body != content[first : last + 1]:
        return f"{key.name}: range {first}-{last} of {len(content)} is wrong ({response.status})"
    return None


def check_key(client: BlobClient, key: Key, rng: random.Random) -> str | None:
    """What is wrong with the key, or None; settles it."""
    try:
        observed = observe(client, key)
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
    # Where both look alike, as a disk that was made anew and one that was not, the ETag tells.
    was_done = observed.etag not in (None, key.etag)
    key.settle(matching[-1 if was_done else 0], observed.etag)
    if key.state.size() > 0 and not observed.is_backup and rng.random() < 0.1:
        return check_range(client, key, rng)
    return None


def check_listing(client: BlobClient, keys: list[Key]) -> list[str]:
    """Of settled keys: the listing shows those that exist, and no other."""
    keys = [key for key in keys if key.container == CONTAINER]
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
