// Bytes that lie in memory or are lent, for who pulls them: what one part of the server answers as
// a body for another.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "lapis/io/streams.h"

namespace lapis::io {

class PulledBytes final : public ByteSource {
 public:
  PulledBytes() = default;  // none
  explicit PulledBytes(std::string text) : text_(std::move(text)), lent_(as_bytes(text_)) {}
  // Errors: those of `source`.
  explicit PulledBytes(std::unique_ptr<BufferSource> source) : source_(std::move(source)) {}
  PulledBytes(const PulledBytes&) = delete;
  PulledBytes& operator=(const PulledBytes&) = delete;

  std::uint64_t remaining() const override;
  Task<Result<std::size_t>> read(MutableBytes into) override;

 private:
  std::string text_;
  std::unique_ptr<BufferSource> source_;
  Bytes lent_;
};

}  // namespace lapis::io
