// Rules that the operations share which copy from a URL. Pure.
#pragma once

#include <string>
#include <string_view>

#include "blob/blob_rows.h"
#include "lapis/base/result.h"
#include "lapis/blob/copy_source.h"
#include "lapis/blob/ops/put_blob.h"

namespace lapis::blob {

// Errors: kRequestBodyTooLarge.
Result<void> check_source_length(std::uint64_t length, std::uint64_t most);

// Whether a blob of this type may be copied so. Errors: kInvalidSourceBlobType (a page blob, for
// which there is page_copy.h; a seal, which only append blobs have), kInvalidBlobType (a tier,
// which only block blobs have).
Result<void> check_copied_type(BlobType source, std::optional<AccessTier> tier,
                               std::optional<bool> seal);

// Whether a blob in the tier `source` may be copied where `made` is asked for: an archived one only
// into another tier, which has to be named.
bool may_be_copied(AccessTier source, std::optional<AccessTier> made);

// A condition of the destination that is not met is called so where there are two sides.
Error of_target(Error error);

// A condition of the source that is not met is called so, and a source in this store that is not
// there is a blob that is not.
Error of_source(Error error);

// The source's URL as it is kept and shown: without what authorises reading it. Of its parameters
// those that say which blob is meant stay.
std::string shown_source(std::string_view url);

// What a copy takes over from its source: properties that the request leaves out (none where
// `properties` is false, but the type that a blob has to have), and metadata and tags where it
// names none. Errors: those of metadata that no blob can have.
struct TakenOver {
  bool properties = true;
  bool md5 = true;  // the stored one, too
};
Result<void> take_over(const SourceProperties& source, TakenOver what, PutBlob& into);

// Likewise of a source in this store, whose properties are at hand: the copy that `blob` asks for.
NewBlob copy_of(const BlobProperties& source, const PutBlob& blob, Timestamp now);

}  // namespace lapis::blob
