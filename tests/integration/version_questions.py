"""The questions of test_protocol_versions.py: each arranges what it needs, asks in the version that it is
given, and tells of the answer what goes by that."""

from __future__ import annotations

import base64
from collections.abc import Callable

from azure_client import Response, expect
from batching import delete, submit
from blob_client import block_list_xml
from copying import source_url
from paging import PAGE, make, pages, write
from signing import DEVELOPMENT_ACCOUNT
from version_asked import ID, LEASE, Asked, told

MIB = 1 << 20
WRONG_CRC64 = {"x-ms-content-crc64": base64.b64encode(bytes(8)).decode()}
DISPOSITION = {"x-ms-blob-content-disposition": "inline"}
ACCOUNT_INFORMATION = [("restype", "account"), ("comp", "properties")]
STATS = [("restype", "service"), ("comp", "stats")]
TAGS = b"<Tags><TagSet><Tag><Key>k</Key><Value>v</Value></Tag></TagSet></Tags>"


def hashes(response: Response) -> tuple[bool, bool]:
    """Which of them there are: MD5, CRC-64."""
    return response["Content-MD5"] is not None, response["x-ms-content-crc64"] is not None


def empty_range(asked: Asked) -> object:
    asked.put(body=b"")
    answer = asked.get({"Range": "bytes=0-9"})
    return told(answer), answer["Content-Range"], answer.body == b""


def several_conditions(asked: Asked) -> object:
    conditions = {"If-Match": "*", "If-None-Match": '"other"'}
    asked.put()
    return told(asked.get(conditions)), told(asked.head(conditions))


def ranges_told(asked: Asked) -> object:
    asked.put()
    return asked.get()["Accept-Ranges"], asked.head()["Accept-Ranges"]


def disposition_shown(asked: Asked) -> object:
    asked.put(DISPOSITION)
    return asked.get()["Content-Disposition"], asked.listed("Properties/Content-Disposition")


def disposition_stored(asked: Asked) -> object:
    expect(asked.client.put_blob(asked.container, asked.blob, b"", DISPOSITION), 201)
    return expect(asked.now.get_blob(asked.container, asked.blob), 200)["Content-Disposition"]


def lease_of_nothing(asked: Asked) -> object:
    asked.put()
    lease, source = {"x-ms-lease-id": LEASE}, source_url(asked.now, asked.container, asked.blob)
    put = asked.client.put_blob(asked.container, "put-" + asked.version, b"", lease)
    committed = asked.client.put_block_list(asked.container, "list-" + asked.version, [], lease)
    copied = asked.client.copy_blob(asked.container, "copy-" + asked.version, source, lease)
    return told(put), told(committed), told(copied)


def staged_deleted(asked: Asked) -> object:
    asked.stage()
    return told(asked.client.delete_blob(asked.container, asked.blob))


def lease_answer(asked: Asked) -> object:
    asked.put()
    answer = asked.client.lease_blob(asked.container, asked.blob, "acquire", duration="15")
    return told(answer), bool(answer["ETag"]), bool(answer["Last-Modified"])


def lease_of_container(asked: Asked) -> object:
    """Whether the container keeps its ETag."""
    before = expect(asked.now.get_container_properties(asked.container), 200)["ETag"]
    lease = asked.client.lease_container(asked.container, "acquire", duration="15")
    expect(lease, 201)
    after = expect(asked.now.get_container_properties(asked.container), 200)["ETag"]
    release = asked.now.lease_container(asked.container, "release", id=lease["x-ms-lease-id"] or "")
    expect(release, 200)
    return after == before


def urls_listed(asked: Asked) -> object:
    asked.put()
    blobs = expect(asked.client.list_blobs(asked.container, prefix=asked.blob), 200).xml()
    containers = expect(asked.client.list_containers(prefix=asked.container), 200).xml()
    url = asked.client.endpoint + asked.client.path(asked.container)
    found = (blobs.findtext("Blobs/Blob/Url"), containers.findtext("Containers/Container/Url"))
    assert found in ((None, None), (f"{url}/{asked.blob}", url))
    return found[0] is not None, blobs.get("ServiceEndpoint") is not None


def service_stats(asked: Asked) -> object:
    secondary = asked.by_account()
    secondary.account_name += "-secondary"
    return told(secondary.request("GET", secondary.path(), STATS))


def copied_by_sas(asked: Asked) -> object:
    """The version is that of the signature."""
    asked.put()
    copier = asked.signed_for(f"/{asked.container}/copy", "w")
    source = source_url(asked.now, asked.container, asked.blob)
    return told(copier.copy_blob(asked.container, "copy", source))


def append_blob_made(asked: Asked) -> object:
    return told(asked.client.put_append_blob(asked.container, asked.blob))


def append_blob_met(asked: Asked) -> object:
    expect(asked.now.put_append_blob(asked.container, asked.blob), 201)
    met = told(asked.get()), told(asked.head())
    return (*met, told(asked.client.list_blobs(asked.container, prefix=asked.blob)))


def page_differences(asked: Asked) -> object:
    """How many ranges differ from a snapshot that is no different."""
    expect(make(asked.now, asked.container, asked.blob, 2 * PAGE), 201)
    expect(write(asked.now, asked.container, asked.blob, 0, pages(1, 1)), 201)
    answer = asked.ask("GET", f"pagelist&prevsnapshot={asked.snapshot()}")
    return len(expect(answer, 200).xml().findall("PageRange"))


def encryption_told(asked: Asked) -> object:
    put = expect(asked.client.put_blob(asked.container, asked.blob, b""), 201)
    shown = asked.get()["x-ms-server-encrypted"], asked.listed("Properties/ServerEncrypted")
    return (put["x-ms-request-server-encrypted"], *shown)


def md5_beside_a_range(asked: Asked) -> object:
    asked.put()
    return asked.get({"Range": "bytes=0-1"})["x-ms-blob-content-md5"] is not None


def none_match_any(asked: Asked) -> object:
    asked.put()
    return told(asked.get({"If-None-Match": "*"})), told(asked.head({"If-None-Match": "*"}))


def any_of_staged(asked: Asked) -> object:
    asked.stage()
    document = block_list_xml([("Latest", ID)])
    return told(asked.ask("PUT", "blocklist", {"If-Match": "*"}, document))


def any_over_staged(asked: Asked) -> object:
    asked.stage()
    return told(asked.client.put_blob(asked.container, asked.blob, b"", {"If-Match": "*"}))


def tier_told(asked: Asked) -> object:
    asked.put()
    return asked.head()["x-ms-access-tier"], asked.listed("Properties/AccessTier")


def tier_set(tier: str = "Cool", **headers: str) -> Callable[[Asked], object]:
    def ask(asked: Asked) -> object:
        asked.put()
        return told(asked.client.set_blob_tier(asked.container, asked.blob, tier, headers))

    return ask


def undeleted(asked: Asked) -> object:
    asked.put()
    return told(asked.ask("PUT", "undelete"))


def deletion_told(asked: Asked) -> object:
    asked.put()
    gone = expect(asked.client.delete_blob(asked.container, asked.blob), 202)
    return gone["x-ms-delete-type-permanent"]


def creation_told(asked: Asked) -> object:
    asked.put()
    listed = asked.listed("Properties/Creation-Time")
    return [time is not None for time in (asked.get()["x-ms-creation-time"], listed)]


def container_header(name: str) -> Callable[[Asked], object]:
    """Whether Get Container Properties answers with it."""
    return lambda asked: asked.client.get_container_properties(asked.container)[name] is not None


def nobody(asked: Asked) -> object:
    stranger = asked.new_client(account=None, version=asked.version)
    return told(stranger.delete_blob(asked.container, asked.blob))


def account_information(asked: Asked) -> object:
    return told(asked.client.request("GET", asked.client.path(), ACCOUNT_INFORMATION))


def hierarchy_told(asked: Asked) -> object:
    answer = asked.client.request("GET", asked.client.path(), ACCOUNT_INFORMATION)
    return answer["x-ms-is-hns-enabled"]


def from_url(comp: str, **headers: str) -> Callable[[Asked], object]:
    """An operation on a part of a blob, or (`comp` empty) on a whole one, from another's content."""

    def ask(asked: Asked) -> object:
        source = asked.blob + "-source"
        expect(asked.now.put_blob(asked.container, source, pages(1, 3)), 201)
        if comp == "appendblock":
            expect(asked.now.put_append_blob(asked.container, asked.blob), 201)
        if comp == "page":
            expect(make(asked.now, asked.container, asked.blob, PAGE), 201)
        sent = {"x-ms-copy-source": source_url(asked.now, asked.container, source)} | headers
        if comp:
            return told(asked.ask("PUT", f"{comp}&blockid={ID}", sent))
        path = asked.client.path(asked.container, asked.blob)
        return told(asked.client.request("PUT", path, [], sent))

    return ask


def batch(container: bool) -> Callable[[Asked], object]:
    def ask(asked: Asked) -> object:
        path = f"/{asked.container}/{asked.blob}"
        owner = asked.new_client(version=asked.version)
        scope = asked.container if container else ""
        return told(submit(owner, [delete(path, account=DEVELOPMENT_ACCOUNT)], container=scope))

    return ask


def tier_of_new_blob(asked: Asked) -> object:
    made = asked.client.put_blob(asked.container, asked.blob, b"", {"x-ms-access-tier": "Cool"})
    expect(made, 201)
    shown = asked.now.get_blob_properties(asked.container, asked.blob)["x-ms-access-tier"]
    strange = {"x-ms-access-tier": "Lukewarm"}
    return shown, told(asked.client.put_block_list(asked.container, asked.blob, [], strange))


def crc64_checked(asked: Asked) -> object:
    return told(asked.client.put_blob(asked.container, asked.blob, b"x", WRONG_CRC64))


def hash_of_blob(asked: Asked) -> object:
    return hashes(expect(asked.client.put_blob(asked.container, asked.blob, b"x"), 201))


def hash_of_block(asked: Asked) -> object:
    return hashes(expect(asked.client.put_block(asked.container, asked.blob, ID, b"x"), 201))


def crc64_of_range(asked: Asked) -> object:
    asked.put()
    return hashes(asked.get({"Range": "bytes=0-1", "x-ms-range-get-content-crc64": "true"}))


def request_id_echoed(asked: Asked) -> object:
    asked.put()
    return asked.head({"x-ms-client-request-id": "mine"})["x-ms-client-request-id"]


def priority_of_copy(asked: Asked) -> object:
    asked.put()
    source = source_url(asked.now, asked.container, asked.blob)
    headers = {"x-ms-rehydrate-priority": "Soon"}
    return told(asked.client.copy_blob(asked.container, asked.blob + "-copy", source, headers))


def encryption_of_snapshot(asked: Asked) -> object:
    asked.put()
    return asked.ask("PUT", "snapshot")["x-ms-request-server-encrypted"]


def crc64_listed(asked: Asked) -> object:
    asked.put()
    return asked.listed("Properties/Content-CRC64") is not None


def tags_set(asked: Asked) -> object:
    asked.put()
    return told(asked.ask("PUT", "tags", {}, TAGS)), told(asked.ask("GET", "tags"))


def tags_put(asked: Asked) -> object:
    return told(asked.client.put_blob(asked.container, asked.blob, b"", {"x-ms-tags": "k=v"}))


def if_tags(asked: Asked) -> object:
    asked.put()
    return told(asked.get({"x-ms-if-tags": "k='v'"}))


def tags_counted(asked: Asked) -> object:
    asked.put({"x-ms-tags": "k=v"})
    return asked.head()["x-ms-tag-count"], asked.listed("Properties/TagCount")


def found(asked: Asked) -> object:
    return told(asked.client.find_blobs("k='none'"))


def found_in_container(asked: Asked) -> object:
    return told(asked.client.find_blobs("k='none'", asked.container))


def found_by_sas(asked: Asked) -> object:
    """The version is that of the signature."""
    finder = asked.signed_for(f"/{asked.container}", "f")
    return told(finder.find_blobs("k='none'", asked.container))


def tags_found(asked: Asked) -> object:
    asked.put({"x-ms-tags": f"asked={asked.version}"})
    entry = asked.client.find_blobs(f"asked='{asked.version}'").xml().find("Blobs/Blob")
    assert entry is not None
    return entry.findtext("TagValue"), entry.findtext("Tags/TagSet/Tag/Value")


def version_named(asked: Asked) -> object:
    asked.put()
    return told(asked.get(versionid="2021-01-01T00:00:00.0000000Z"))


def sealed(asked: Asked) -> object:
    expect(asked.now.put_append_blob(asked.container, asked.blob), 201)
    return told(asked.client.seal_append_blob(asked.container, asked.blob))


def tier_of_snapshot(asked: Asked) -> object:
    asked.put()
    set_tier = asked.client.set_blob_tier
    return told(set_tier(asked.container, asked.blob, "Cool", snapshot=asked.snapshot()))


def long_block(asked: Asked) -> object:
    """Of each list that can be asked for, where one over 100 MiB is committed."""
    now, length = asked.now, 100 * MIB + 1
    expect(now.put_block(asked.container, asked.blob, ID, bytes(length)), 201)
    staged = told(asked.client.get_block_list(asked.container, asked.blob, "uncommitted"))
    expect(now.put_block_list(asked.container, asked.blob, [ID]), 201)
    kinds = ("committed", "uncommitted", "all")
    lists = [asked.client.get_block_list(asked.container, asked.blob, kind) for kind in kinds]
    return (staged, *map(told, lists))


def replication_listed(asked: Asked) -> object:
    asked.put()
    return asked.listed("OrMetadata")


def deleted_for_good(asked: Asked) -> object:
    asked.put()
    return told(asked.client.delete_blob(asked.container, asked.blob, deletetype="permanent"))


def lease_on_tags(asked: Asked) -> object:
    asked.put()
    return told(asked.ask("GET", "tags", {"x-ms-lease-id": LEASE}))


def condition_on_tags(asked: Asked) -> object:
    asked.put()
    return told(asked.ask("GET", "tags", {"x-ms-blob-if-match": '"other"'}))


def listed_with(**query: str) -> Callable[[Asked], object]:
    return lambda asked: told(asked.client.list_blobs(asked.container, **query))


def page_list_of_one(asked: Asked) -> object:
    expect(make(asked.now, asked.container, asked.blob, 4 * PAGE), 201)
    for first in (0, 2 * PAGE):
        expect(write(asked.now, asked.container, asked.blob, first, pages(1, 1)), 201)
    return len(asked.ask("GET", "pagelist&maxresults=1").xml().findall("PageRange"))


def started_from(asked: Asked) -> object:
    asked.put()
    return asked.listed("Name", startFrom="c") is None


def detail_of_refusal(asked: Asked) -> object:
    refused = asked.by_account(srt="sc").get_blob(asked.container, asked.blob)
    return told(refused), refused.error_field("ExtendedErrorDetail")


def tier_on_get(asked: Asked) -> object:
    asked.put()
    return asked.get()["x-ms-access-tier"]
