#include "lapis/io/pulled_bytes.h"

#include <algorithm>
#include <cstring>

namespace lapis::io {

std::uint64_t PulledBytes::remaining() const {
  return lent_.size() + (source_ ? source_->remaining() : 0);
}

Task<Result<std::size_t>> PulledBytes::read(MutableBytes into) {
  if (lent_.empty() && source_) {
    LAPIS_CO_TRY(lent_, co_await source_->next());
  }
  const std::size_t count = std::min(into.size(), lent_.size());
  if (count != 0) std::memcpy(into.data(), lent_.data(), count);
  lent_ = lent_.subspan(count);
  co_return count;
}

}  // namespace lapis::io
