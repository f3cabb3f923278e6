#include "storage/chunk/check/payload_check.h"

#include <algorithm>

namespace lapis::storage {

io::Task<FrameFindings> read_and_check(io::File& file, const ChunkRow& row,
                                       FrameCheck::Expected expected, io::Buffer& buffer) {
  FrameCheck check(row, expected);
  while (check.taken() < check.bytes()) {
    const std::uint64_t left = check.bytes() - check.taken();
    const MutableBytes into = buffer.bytes().first(std::min<std::uint64_t>(left, buffer.size()));
    const auto count = co_await file.read_at(expected.place.offset + check.taken(), into);
    if (count && *count == into.size()) {
      check.add(into);
    } else {
      const Error why = count ? Error{ErrorCode::kInternalError, "the file ends"} : count.error();
      check.add_unreadable(into.size(), why);
    }
  }
  co_return check.finish();
}

}  // namespace lapis::storage
