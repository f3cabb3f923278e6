// If-* headers to conditions.
#pragma once

#include "lapis/azure/call.h"
#include "lapis/base/result.h"
#include "lapis/blob/absent_blob.h"
#include "lapis/blob/conditions.h"

namespace lapis::azure {

// The first version with tags, and with x-ms-if-tags; that whose operations on tags take leases.
inline constexpr std::uint32_t kBlobTags = 20191212;
inline constexpr std::uint32_t kLeasesOfTags = 20200408;

// A date; nothing where there is no header. Errors: kInvalidHeaderValue.
Result<std::optional<Timestamp>> parse_date(const http::Headers& headers, std::string_view name);

// For Get Blob and Get Blob Properties. Errors: kInvalidHeaderValue (an empty header, a date that
// is none, an expression that is none), and for several tags before 2013-08-15
// kMultipleConditionHeadersNotSupported. If-None-Match: * was passed over before 2016-05-31 and
// still is at those versions.
Result<blob::Conditions> parse_read_conditions(const Call& call);
// Whether they take what writes take, and no more: before 2013-08-15.
bool reads_by_single_condition(const Call& call);
// What a request of this version may say of a blob that it makes and that was not there.
blob::AbsentBlob absent_blob(const Call& call);

// For writes: the same, and one tag only.
Result<blob::Conditions> parse_write_conditions(const Call& call);

inline constexpr std::string_view kSourceIfTags = "x-ms-source-if-tags";

// x-ms-source-if-*: what a copy expects of its source. Errors: as for writes.
Result<blob::Conditions> parse_source_conditions(const Call& call);

// For Delete Container and Lease Container, which take dates only. Errors: as above, and
// kConditionHeadersNotSupported for tags, for they must not pass over a condition.
Result<blob::Conditions> parse_date_conditions(const Call& call);

// For Set Container Metadata, which knows If-Modified-Since and, as Azure does, passes over the
// others.
Result<blob::Conditions> parse_modified_since(const Call& call);

// For Set Blob Immutability Policy, which knows If-Unmodified-Since only, and for what is done to
// policies and holds besides, which knows none: they must not pass over a condition. Errors: as
// above, kConditionHeadersNotSupported for the others.
Result<blob::Conditions> parse_unmodified_since(const Call& call);
Result<void> refuse_conditions(const Call& call);

// For operations that take x-ms-if-tags and nothing else.
Result<blob::Conditions> parse_if_tags(const Call& call);

// For operations on tags: x-ms-if-tags, and from 2026-02-06 on x-ms-blob-if-*.
Result<blob::Conditions> parse_tag_operation_conditions(const Call& call);

}  // namespace lapis::azure
