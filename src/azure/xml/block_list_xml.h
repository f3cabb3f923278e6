// The body of Put Block List.
//   <BlockList>(<Committed>|<Uncommitted>|<Latest>)id…</BlockList>
#pragma once

#include <string_view>
#include <vector>

#include "lapis/base/result.h"
#include "lapis/blob/ops/put_block_list.h"

namespace lapis::azure {

// The entries in their order. No DTD, no entities but the predefined ones, nothing nested deeper
// than the ids. Errors: kInvalidXmlDocument with LineNumber, LinePosition and Reason,
// kUnsupportedXmlNode, kInvalidBlockList (an id that no block can have), kBlockListTooLong.
Result<std::vector<blob::BlockListEntry>> parse_block_list(std::string_view xml);

}  // namespace lapis::azure
