// The bytes of a blob of this store, pulled into the caller's memory.
#pragma once

#include <algorithm>
#include <cstring>
#include <memory>
#include <utility>

#include "lapis/io/streams.h"

namespace lapis::blob {

class LentBody final : public io::ByteSource {
 public:
  explicit LentBody(std::unique_ptr<io::BufferSource> source) : source_(std::move(source)) {}
  std::uint64_t remaining() const override { return lent_.size() + source_->remaining(); }
  io::Task<Result<std::size_t>> read(MutableBytes into) override {
    if (lent_.empty()) {
      LAPIS_CO_TRY(lent_, co_await source_->next());
    }
    const std::size_t count = std::min(into.size(), lent_.size());
    if (count != 0) std::memcpy(into.data(), lent_.data(), count);
    lent_ = lent_.subspan(count);
    co_return count;
  }

 private:
  std::unique_ptr<io::BufferSource> source_;
  Bytes lent_;
};

}  // namespace lapis::blob
