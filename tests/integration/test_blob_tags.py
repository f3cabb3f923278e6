"""Tags of blobs: set, shown, and asked about by x-ms-if-tags."""

from __future__ import annotations

import base64
import hashlib
import uuid
from collections.abc import Callable

import pytest

from azure_client import Response, expect, expect_error
from blob_client import BlobClient, block_id, tags_xml
from copying import source_url
from sas import Token, account_sas, service_sas
from signing import DEVELOPMENT_ACCOUNT

OTHER = '"0x8D0000000000000"'
FUTURE = "Wed, 01 Jan 2098 00:00:00 GMT"
NEWEST = "2026-10-06"


def tags_of(response: Response) -> dict[str, str]:
    tags = expect(response, 200).xml().findall("TagSet/Tag")
    return {tag.findtext("Key") or "": tag.findtext("Value") or "" for tag in tags}


@pytest.fixture
def blob(client: BlobClient, container: str) -> str:
    expect(client.put_blob(container, "b", b"content", {"x-ms-tags": "k=1&a%20b=%2B"}), 201)
    return "b"


def test_set_and_get(client: BlobClient, container: str, blob: str) -> None:
    before = expect(client.get_blob_properties(container, blob), 200)
    assert tags_of(client.get_blob_tags(container, blob)) == {"k": "1", "a b": "+"}
    assert before["x-ms-tag-count"] == "2"
    tags = {f"key{n}": "x" * n for n in range(9)} | {"A.b-c/d:e=f_g+h 1": " v "}
    answer = expect(client.set_blob_tags(container, blob, tags_xml(tags)), 204)
    assert (answer.body, answer["ETag"], answer["Last-Modified"]) == (b"", None, None)
    assert tags_of(client.get_blob_tags(container, blob)) == tags
    after = expect(client.get_blob_properties(container, blob), 200)
    assert (after["ETag"], after["Last-Modified"]) == (before["ETag"], before["Last-Modified"])
    assert after["x-ms-tag-count"] == "10"
    assert expect(client.get_blob(container, blob), 200)["x-ms-tag-count"] == "10"
    expect(client.set_blob_tags(container, blob, tags_xml({})), 204)
    assert tags_of(client.get_blob_tags(container, blob)) == {}
    assert client.get_blob_properties(container, blob)["x-ms-tag-count"] is None


def test_writes_set_or_clear_them(client: BlobClient, container: str, blob: str) -> None:
    def tags() -> dict[str, str]:
        return tags_of(client.get_blob_tags(container, blob))

    expect(client.set_blob_metadata(container, blob, {"x-ms-meta-a": "1"}), 200)
    expect(client.set_blob_properties(container, blob), 200)
    expect(client.set_blob_tier(container, blob, "Cool"), 200)
    assert tags() == {"k": "1", "a b": "+"}
    expect(client.put_block(container, blob, block_id(1), b"x"), 201)
    assert tags() == {"k": "1", "a b": "+"}
    expect(client.put_block_list(container, blob, [block_id(1)], {"x-ms-tags": "k=2"}), 201)
    assert tags() == {"k": "2"}
    expect(client.put_block_list(container, blob, [block_id(1)]), 201)
    assert tags() == {}
    expect(client.put_blob(container, blob, b"x", {"x-ms-tags": "k=3"}), 201)
    assert tags() == {"k": "3"}
    expect(client.put_blob(container, blob, b"x"), 201)
    assert tags() == {}


def test_copies_set_them(client: BlobClient, container: str, blob: str) -> None:
    url = source_url(client, container, blob)
    tagged = {"x-ms-tags": "k=copied"}
    expect(client.put_blob_from_url(container, "put", url, tagged), 201)
    expect(client.copy_blob_from_url(container, "copy", url, tagged), 202)
    for name in ("put", "copy"):
        assert tags_of(client.get_blob_tags(container, name)) == {"k": "copied"}
    expect(client.put_blob_from_url(container, "put", url), 201)
    assert tags_of(client.get_blob_tags(container, "put")) == {}


def test_a_snapshot_keeps_them(client: BlobClient, container: str, blob: str) -> None:
    taken = expect(client.snapshot_blob(container, blob), 201)["x-ms-snapshot"] or ""
    expect(client.set_blob_tags(container, blob, tags_xml({"k": "2"})), 204)
    query = [("comp", "tags"), ("snapshot", taken)]
    response = client.request("GET", client.path(container, blob), query)
    assert tags_of(response) == {"k": "1", "a b": "+"}
    response = client.request("PUT", client.path(container, blob), query, {}, tags_xml({}))
    expect_error(response, 400, "InvalidQueryParameterValue")
    found = [name for page in client.find_pages("k >= '1'", container) for name in page]
    assert found == [blob]


def test_listings_show_them(client: BlobClient, container: str, blob: str) -> None:
    expect(client.put_blob(container, "c", b"x"), 201)
    plain = client.list_blobs(container).xml()
    assert [node.findtext("Properties/TagCount") for node in plain.iter("Blob")] == ["2", None]
    assert plain.find("Blobs/Blob/Tags") is None
    tagged, untagged = client.list_blobs(container, include="tags").xml().iter("Blob")
    pairs = [(t.findtext("Key"), t.findtext("Value")) for t in tagged.findall("Tags/TagSet/Tag")]
    assert pairs == [("k", "1"), ("a b", "+")]
    assert untagged.find("Tags") is None


@pytest.mark.parametrize(
    "tags",
    ["a", "=1", "a=1&a=2", "a=!", "a=%", "&".join(f"k{n}=v" for n in range(11)),
     "k" * 129 + "=v", "k=" + "v" * 257],
)  # fmt: skip
def test_tags_that_no_blob_can_have(client: BlobClient, container: str, tags: str) -> None:
    response = client.put_blob(container, "b", b"x", {"x-ms-tags": tags})
    expect_error(response, 400, "InvalidHeaderValue")
    assert response.error_field("HeaderName") == "x-ms-tags"
    expect_error(client.get_blob(container, "b"), 404, "BlobNotFound")


@pytest.mark.parametrize(
    ("document", "code"),
    [
        (b"", "InvalidXmlDocument"),
        (b"<Tags><TagSet>", "InvalidXmlDocument"),
        (b"<Tags/>", "MissingRequiredXmlNode"),
        (b"<Tags><TagSet><Tag><Key>a</Key></Tag></TagSet></Tags>", "MissingRequiredXmlNode"),
        (b"<Tags><TagSet><Label/></TagSet></Tags>", "UnsupportedXmlNode"),
        (tags_xml({"": "1"}), "InvalidInput"),
        (tags_xml({"a": "\u00e4"}), "InvalidInput"),
        (tags_xml({f"k{n}": "" for n in range(11)}), "InvalidInput"),
    ],
)
def test_documents_that_are_refused(
    client: BlobClient, container: str, blob: str, document: bytes, code: str
) -> None:
    expect_error(client.set_blob_tags(container, blob, document), 400, code)
    assert tags_of(client.get_blob_tags(container, blob)) == {"k": "1", "a b": "+"}


def test_the_document_is_held_against_its_hash(
    client: BlobClient, container: str, blob: str
) -> None:
    document = tags_xml({"k": "2"})
    wrong = {"Content-MD5": base64.b64encode(hashlib.md5(b"other").digest()).decode()}
    expect_error(client.set_blob_tags(container, blob, document, wrong), 400, "Md5Mismatch")
    right = {"Content-MD5": base64.b64encode(hashlib.md5(document).digest()).decode()}
    expect(client.set_blob_tags(container, blob, document, right), 204)


def test_errors(client: BlobClient, container: str, blob: str) -> None:
    document = tags_xml({"k": "2"})
    for name, status, code in (
        (container, 404, "BlobNotFound"),
        ("none", 404, "ContainerNotFound"),
    ):
        expect_error(client.get_blob_tags(name, "none"), status, code)
        expect_error(client.set_blob_tags(name, "none", document), status, code)
    expect(client.put_block(container, "staged", block_id(1), b"x"), 201)
    expect_error(client.get_blob_tags(container, "staged"), 404, "BlobNotFound")
    too_large = tags_xml({"k": "x" * 70_000})
    expect_error(client.set_blob_tags(container, blob, too_large), 413, "RequestBodyTooLarge")


def test_leases(client: BlobClient, container: str, blob: str) -> None:
    document = tags_xml({"k": "2"})
    other = {"x-ms-lease-id": str(uuid.uuid4())}
    code = "LeaseNotPresentWithBlobOperation"
    expect_error(client.get_blob_tags(container, blob, other), 412, code)
    lease = expect(client.lease_blob(container, blob, "acquire", duration="-1"), 201)
    holder = {"x-ms-lease-id": lease["x-ms-lease-id"] or ""}
    code = "LeaseIdMismatchWithBlobOperation"
    expect_error(client.get_blob_tags(container, blob, other), 412, code)
    expect_error(client.set_blob_tags(container, blob, document, other), 412, code)
    expect_error(client.set_blob_tags(container, blob, document), 412, "LeaseIdMissing")
    expect(client.get_blob_tags(container, blob), 200)
    expect(client.get_blob_tags(container, blob, holder), 200)
    expect(client.set_blob_tags(container, blob, document, holder), 204)


def test_an_archived_blob_has_tags(client: BlobClient, container: str, blob: str) -> None:
    expect(client.set_blob_tier(container, blob, "Archive"), 200)
    expect(client.set_blob_tags(container, blob, tags_xml({"k": "2"})), 204)
    assert tags_of(client.get_blob_tags(container, blob)) == {"k": "2"}


def test_conditions_of_the_operations(
    new_client: Callable[..., BlobClient], client: BlobClient, container: str, blob: str
) -> None:
    newest = new_client(version=NEWEST)
    etag = client.get_blob_properties(container, blob)["ETag"] or ""
    document = tags_xml({"k": "1"})
    expect(newest.get_blob_tags(container, blob, {"x-ms-blob-if-match": etag}), 200)
    expect(newest.set_blob_tags(container, blob, document, {"x-ms-blob-if-match": etag}), 204)
    for unmet, status in (
        ({"x-ms-blob-if-match": OTHER}, 412),
        ({"x-ms-blob-if-none-match": etag}, 304),
        ({"x-ms-blob-if-modified-since": FUTURE}, 304),
        ({"x-ms-blob-if-unmodified-since": "Mon, 01 Jan 2001 00:00:00 GMT"}, 412),
    ):
        expect_error(newest.get_blob_tags(container, blob, unmet), status, "ConditionNotMet")
        expect_error(newest.set_blob_tags(container, blob, document, unmet), 412, "ConditionNotMet")
        expect(client.get_blob_tags(container, blob, unmet), 200)  # before 2026-02-06


Use = Callable[[BlobClient, str, dict[str, str]], Response]

USES: dict[str, tuple[Use, int]] = {
    "GetBlob": (lambda c, box, h: c.get_blob(box, "b", h), 200),
    "GetBlobProperties": (lambda c, box, h: c.get_blob_properties(box, "b", h), 200),
    "GetBlobMetadata": (lambda c, box, h: c.get_blob_metadata(box, "b", h), 200),
    "GetBlobTags": (lambda c, box, h: c.get_blob_tags(box, "b", h), 200),
    "GetBlockList": (lambda c, box, h: c.get_block_list(box, "b", "all", h), 200),
    "SetBlobMetadata": (lambda c, box, h: c.set_blob_metadata(box, "b", h), 200),
    "SetBlobProperties": (lambda c, box, h: c.set_blob_properties(box, "b", h), 200),
    "SetBlobTier": (lambda c, box, h: c.set_blob_tier(box, "b", "Cool", h), 200),
    "SetBlobTags": (lambda c, box, h: c.set_blob_tags(box, "b", tags_xml({"k": "1"}), h), 204),
    "LeaseBlob": (lambda c, box, h: c.lease_blob(box, "b", "acquire", duration="15", **h), 201),
    "PutBlockList": (lambda c, box, h: c.put_block_list(box, "b", [], h), 201),
    "PutBlob": (lambda c, box, h: c.put_blob(box, "b", b"new", h), 201),
    "DeleteBlob": (lambda c, box, h: c.delete_blob(box, "b", h), 202),
}


@pytest.mark.parametrize("name", USES)
def test_if_tags(client: BlobClient, container: str, blob: str, name: str) -> None:
    use, status = USES[name]
    for unmet in ("k = '2'", "k <> '1'", "none <> '1'", "k = '1' AND \"a b\" = '-'", "k > '1'"):
        response = use(client, container, {"x-ms-if-tags": unmet})
        expect_error(response, 412, "ConditionNotMet")
    for bad in ("k", "k = 1", "@container = 'c'", "k = '1' AND"):
        response = use(client, container, {"x-ms-if-tags": bad})
        expect_error(response, 400, "InvalidHeaderValue")
        if response.body:
            assert response.error_field("HeaderName") == "x-ms-if-tags"
    met = "(k = '2' OR k >= '1') AND \"a b\" = '+' AND none <> 'x' OR k='1'"
    expect(use(client, container, {"x-ms-if-tags": met}), status)


def test_if_tags_of_no_blob(client: BlobClient, container: str) -> None:
    response = client.put_blob(container, "b", b"x", {"x-ms-if-tags": "k = '1'"})
    expect_error(response, 412, "ConditionNotMet")
    expect_error(client.get_blob(container, "b"), 404, "BlobNotFound")


def test_if_tags_is_refused_where_it_is_no_condition(client: BlobClient, container: str) -> None:
    condition = {"x-ms-if-tags": "k = '1'"}
    staged = client.put_block(container, "b", block_id(1), b"x", condition)
    expect_error(staged, 400, "UnsupportedHeader")
    expect_error(client.set_container_metadata(container, condition), 400, "UnsupportedHeader")
    tagged = client.set_container_metadata(container, {"x-ms-tags": "k=1"})
    expect_error(tagged, 400, "UnsupportedHeader")


def test_versions_before_tags(
    new_client: Callable[..., BlobClient], container: str, blob: str
) -> None:
    old = new_client(version="2019-07-07")
    expect_error(old.get_blob_tags(container, blob), 400, "InvalidQueryParameterValue")
    response = old.set_blob_tags(container, blob, tags_xml({}))
    expect_error(response, 400, "InvalidQueryParameterValue")
    for header in ({"x-ms-tags": "k=1"}, {"x-ms-if-tags": "k='1'"}):
        response = old.put_blob(container, blob, b"x", header)
        expect_error(response, 400, "UnsupportedHeader")
    assert expect(old.get_blob_properties(container, blob), 200)["x-ms-tag-count"] is None


def test_what_a_sas_permits(
    new_client: Callable[..., BlobClient], container: str, blob: str
) -> None:
    def holder(permissions: str, version: str = "2021-12-02") -> BlobClient:
        path = f"/{container}/{blob}"
        return new_client(sas=service_sas(DEVELOPMENT_ACCOUNT, path, permissions, sv=version))

    denied = (403, "AuthorizationPermissionMismatch")
    document = tags_xml({"k": "1"})
    expect_error(holder("rwd").get_blob_tags(container, blob), *denied)
    expect_error(holder("rwd").set_blob_tags(container, blob, document), *denied)
    expect(holder("t").get_blob_tags(container, blob), 200)
    expect(holder("t").set_blob_tags(container, blob, document), 204)
    tagged = {"x-ms-tags": "k=1"}
    expect_error(holder("rwdc").put_blob(container, blob, b"x", tagged), *denied)
    expect_error(holder("t").put_blob(container, blob, b"x", tagged), *denied)
    expect(holder("wt").put_blob(container, blob, b"x", tagged), 201)
    condition = {"x-ms-if-tags": "k = '1'"}
    expect_error(holder("r").get_blob(container, blob, condition), *denied)
    expect(holder("rt").get_blob(container, blob, condition), 200)


def test_what_a_sas_permits_to_list(
    new_client: Callable[..., BlobClient], container: str, blob: str
) -> None:
    def tokens(permissions: str) -> list[Token]:
        of_container = service_sas(DEVELOPMENT_ACCOUNT, f"/{container}", permissions)
        return [of_container, account_sas(DEVELOPMENT_ACCOUNT, permissions)]

    for sas in tokens("rl") + tokens("t"):
        for include in ("tags", "metadata,TAGS"):
            response = new_client(sas=sas).list_blobs(container, include=include)
            expect_error(response, 403, "AuthorizationPermissionMismatch")
    for sas in tokens("l"):
        assert not list(expect(new_client(sas=sas).list_blobs(container), 200).xml().iter("Tag"))
    for sas in tokens("lt"):
        assert list(expect(new_client(sas=sas).list_blobs(container, include="tags"), 200).xml().iter("Tag"))
