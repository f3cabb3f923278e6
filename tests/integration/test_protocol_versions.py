"""What goes by x-ms-version, each at the last version that had it otherwise and at the first that has
it so. docs/protocol-versions.md holds the same list, with what other files test of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

import version_questions as ask
from blob_client import BlobClient
from version_asked import Asked, version_before

NO_COMP = "400 InvalidQueryParameterValue"
NO_HEADER = "400 UnsupportedHeader"
LEASE_OF_NOTHING = "412 LeaseNotPresentWithBlobOperation"
SEVERAL = "400 MultipleConditionHeadersNotSupported"
MISMATCH = "409 FeatureVersionMismatch"
RESOURCE_TYPE = "403 AuthorizationResourceTypeMismatch"
LACKS_OBJECT = "SignedResourceTypes 'o' is required to perform this operation."

PAGES_FROM_URL = {"x-ms-page-write": "update", "x-ms-range": "bytes=0-511",
                  "x-ms-source-range": "bytes=0-511"}  # fmt: skip


@dataclass(frozen=True)
class Rule:
    name: str
    since: str
    question: Callable[[Asked], object]
    before: object
    after: object


RULES = (
    Rule("empty-range", "2013-08-15", ask.empty_range,
         ("206", None, True), ("416 InvalidRange", "bytes */0", False)),
    Rule("several-conditions", "2013-08-15", ask.several_conditions, (SEVERAL, SEVERAL), ("200", "200")),
    Rule("accept-ranges", "2013-08-15", ask.ranges_told, ("bytes", None), ("bytes", "bytes")),
    Rule("disposition-shown", "2013-08-15", ask.disposition_shown, (None, None), ("inline", "inline")),
    Rule("disposition-stored", "2013-08-15", ask.disposition_stored, None, "inline"),
    Rule("lease-of-nothing", "2013-08-15", ask.lease_of_nothing,
         ("201", "201", "202"), (LEASE_OF_NOTHING,) * 3),
    Rule("staged-deleted", "2013-08-15", ask.staged_deleted, "404 BlobNotFound", "202"),
    Rule("lease-answer", "2013-08-15", ask.lease_answer, ("201", False, False), ("201", True, True)),
    Rule("lease-of-container", "2013-08-15", ask.lease_of_container, False, True),
    Rule("urls-listed", "2013-08-15", ask.urls_listed, (True, False), (False, True)),
    Rule("service-stats", "2013-08-15", ask.service_stats, NO_COMP, "200"),
    Rule("copied-by-sas", "2013-08-15", ask.copied_by_sas, "404 ResourceNotFound", "202"),
    Rule("append-blob-made", "2015-02-21", ask.append_blob_made, "400 InvalidHeaderValue", "201"),
    Rule("append-blob-met", "2015-02-21", ask.append_blob_met, (MISMATCH,) * 3, ("200",) * 3),
    Rule("page-differences", "2015-07-08", ask.page_differences, 1, 0),
    Rule("encryption-told", "2015-12-11", ask.encryption_told, (None,) * 3, ("false",) * 3),
    Rule("md5-beside-a-range", "2016-05-31", ask.md5_beside_a_range, False, True),
    Rule("none-match-any", "2016-05-31", ask.none_match_any,
         ("200", "200"), ("400 UnsatisfiableCondition",) * 2),
    Rule("any-of-staged", "2017-04-17", ask.any_of_staged, "201", "412 ConditionNotMet"),
    Rule("any-over-staged", "2017-04-17", ask.any_over_staged, "201", "412 ConditionNotMet"),
    Rule("tier-told", "2017-04-17", ask.tier_told, (None, None), ("Hot", "Hot")),
    Rule("tier-set", "2017-04-17", ask.tier_set(), NO_COMP, "200"),
    Rule("undeleted", "2017-07-29", ask.undeleted, NO_COMP, "200"),
    Rule("deletion-told", "2017-07-29", ask.deletion_told, None, "true"),
    Rule("creation-told", "2017-11-09", ask.creation_told, [False] * 2, [True] * 2),
    Rule("retention-told", "2017-11-09",
         ask.container_header("x-ms-has-immutability-policy"), False, True),
    Rule("nobody", "2017-11-09", ask.nobody, "404 ResourceNotFound", "401 NoAuthenticationInformation"),
    Rule("account-information", "2018-03-28", ask.account_information, NO_COMP, "200"),
    Rule("block-from-url", "2018-03-28", ask.from_url("block"), NO_HEADER, "201"),
    Rule("copy-from-url", "2018-03-28", ask.from_url("", **{"x-ms-requires-sync": "true"}),
         NO_HEADER, "202"),
    Rule("append-from-url", "2018-11-09", ask.from_url("appendblock"), NO_HEADER, "201"),
    Rule("pages-from-url", "2018-11-09", ask.from_url("page", **PAGES_FROM_URL), NO_HEADER, "201"),
    Rule("batch", "2018-11-09", ask.batch(False), NO_COMP, "202"),
    Rule("tier-of-new-blob", "2018-11-09", ask.tier_of_new_blob,
         ("Hot", "201"), ("Cool", "400 InvalidHeaderValue")),
    Rule("crc64-checked", "2019-02-02", ask.crc64_checked, "201", "400 Crc64Mismatch"),
    Rule("hash-of-blob", "2019-02-02", ask.hash_of_blob, (True, False), (True, True)),
    Rule("hash-of-block", "2019-02-02", ask.hash_of_block, (True, False), (False, True)),
    Rule("crc64-of-range", "2019-02-02", ask.crc64_of_range, (False, False), (False, True)),
    Rule("crc64-listed", "2019-02-02", ask.crc64_listed, False, True),
    Rule("request-id-echoed", "2019-02-02", ask.request_id_echoed, None, "mine"),
    Rule("priority-of-tier", "2019-02-02", ask.tier_set(**{"x-ms-rehydrate-priority": "Soon"}),
         "200", "400 InvalidHeaderValue"),
    Rule("priority-of-copy", "2019-02-02", ask.priority_of_copy, "202", "400 InvalidHeaderValue"),
    Rule("encryption-of-snapshot", "2019-02-02", ask.encryption_of_snapshot, None, "false"),
    Rule("hierarchy-told", "2019-07-07", ask.hierarchy_told, None, "false"),
    Rule("scopes-told", "2019-07-07", ask.container_header("x-ms-default-encryption-scope"), False, True),
    Rule("tags-set", "2019-12-12", ask.tags_set, (NO_COMP, NO_COMP), ("204", "200")),
    Rule("tags-put", "2019-12-12", ask.tags_put, NO_HEADER, "201"),
    Rule("tags-counted", "2019-12-12", ask.tags_counted, (None, None), ("1", "1")),
    Rule("if-tags", "2019-12-12", ask.if_tags, NO_HEADER, "412 ConditionNotMet"),
    Rule("found", "2019-12-12", ask.found, NO_COMP, "200"),
    Rule("version-named", "2019-12-12", ask.version_named,
         "400 UnsupportedQueryParameter", "404 BlobNotFound"),
    Rule("sealed", "2019-12-12", ask.sealed, NO_COMP, "200"),
    Rule("tier-of-snapshot", "2019-12-12", ask.tier_of_snapshot, NO_COMP, "200"),
    Rule("long-block", "2019-12-12", ask.long_block, (MISMATCH,) * 4, ("200",) * 4),
    Rule("replication-listed", "2019-12-12", ask.replication_listed, None, ""),
    Rule("deleted-for-good", "2020-02-10", ask.deleted_for_good,
         "400 UnsupportedQueryParameter", "409 BlobOperationNotSupported"),
    Rule("tags-found", "2020-02-10", ask.tags_found, ("2019-12-12", None), (None, "2020-02-10")),
    Rule("blob-from-url", "2020-04-08", ask.from_url("", **{"x-ms-blob-type": "BlockBlob"}),
         NO_HEADER, "201"),
    Rule("batch-of-container", "2020-04-08", ask.batch(True), NO_COMP, "202"),
    Rule("lease-on-tags", "2020-04-08", ask.lease_on_tags, "200", LEASE_OF_NOTHING),
    Rule("version-retention-told", "2020-06-12",
         ask.container_header("x-ms-immutable-storage-with-versioning-enabled"), False, True),
    Rule("showonly", "2020-08-04", ask.listed_with(showonly="deleted"), "200", NO_COMP),
    Rule("page-list-of-one", "2020-10-02", ask.page_list_of_one, 2, 1),
    Rule("found-in-container", "2021-04-10", ask.found_in_container, NO_COMP, "200"),
    Rule("found-by-sas", "2021-04-10", ask.found_by_sas, "403 AuthorizationPermissionMismatch", "200"),
    Rule("cold", "2021-12-02", ask.tier_set("Cold"), "400 InvalidHeaderValue", "200"),
    Rule("detail-of-refusal", "2024-08-04", ask.detail_of_refusal,
         (RESOURCE_TYPE, None), (RESOURCE_TYPE, LACKS_OBJECT)),
    Rule("started-from", "2026-02-06", ask.started_from, False, True),
    Rule("condition-on-tags", "2026-02-06", ask.condition_on_tags, "200", "412 ConditionNotMet"),
    Rule("smart", "2026-06-06", ask.tier_set("Smart"), "400 InvalidHeaderValue", "200"),
    Rule("tier-on-get", "2026-10-06", ask.tier_on_get, None, "Hot"),
    Rule("both-hashes", "2026-10-06", ask.hash_of_block, (False, True), (True, True)),
    Rule("end-before", "2026-10-06", ask.listed_with(endBefore="c"),
         "200", "400 UnsupportedQueryParameter"),
)  # fmt: skip


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_it_goes_by_the_version(
    new_client: Callable[..., BlobClient], container: str, rule: Rule
) -> None:
    now = new_client()
    for version, expected in ((version_before(rule.since), rule.before), (rule.since, rule.after)):
        asked = Asked(version, now, now, new_client, container)
        asked.client = asked.by_account()
        assert rule.question(asked) == expected, f"{rule.name} in {version}"
