// The REST dialect spoken to the source of a copy: what is asked of it, and what its answer means.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "lapis/base/result.h"
#include "lapis/blob/copy_source.h"
#include "lapis/http/message.h"
#include "lapis/http/url.h"

namespace lapis::azure {

// The blob, its snapshot or its version that a GET of a URL of this server's reads, all of it;
// nothing where that is another operation than Get Blob. `version`: of the API.
std::optional<blob::BlobKey> source_blob(const http::Url& url, std::uint32_t version);

// The headers of the GET, without Host.
http::Headers source_headers(const blob::SourceRequest& request);

// The head of its answer. `body_length` is absent where the answer does not tell it. Errors:
// kCannotVerifyCopySource for an answer that is not the bytes that were asked for, kInvalidRange.
Result<blob::SourceProperties> read_source_head(const blob::SourceRequest& request, int status,
                                                const http::Headers& headers,
                                                std::optional<std::uint64_t> body_length);

// How much of a document is looked at: of an error, or of tags.
inline constexpr std::size_t kMaxSourceDocumentBytes = 64 * 1024;

// The request for the source's tags: Get Blob Tags of what `target`, of the source's URL, names.
std::string source_tags_target(std::string_view target);
http::Headers source_tags_headers(const blob::SourceRequest& request);

// Its answer. Errors: kCannotVerifyCopySource for one that is none, or that no blob has.
Result<blob::Tags> read_source_tags(int status, std::string_view document);

// The error of an answer that is a refusal: kCannotVerifyCopySource with the source's own status
// and, where it speaks Azure's dialect, its message. `body` is the document, as far as it was read.
Error source_refused(const blob::SourceRequest& request, int status, const http::Headers& headers,
                     std::string_view body);

// The error where the source is not asked at all: the policy does not allow it.
Error source_not_allowed(std::string detail);

// The error where it cannot be reached, or breaks off.
Error source_unreachable(std::string detail);

}  // namespace lapis::azure
