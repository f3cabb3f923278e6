// The two byte streams that everything composes with: bodies going in, bodies going out.
#pragma once

#include <cstdint>

#include "lapis/base/bytes.h"
#include "lapis/base/result.h"
#include "lapis/io/task.h"

namespace lapis::io {

// Bytes that are pulled into the caller's memory: a request body on its way to an extent.
// One read at a time.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  // Bytes still to come; exact, known before the first read.
  virtual std::uint64_t remaining() const = 0;
  // Fills some of `into` and returns how much (at least 1 unless the end is reached or `into` is
  // empty). `into` stays valid until completion. Errors: the peer vanished or was too slow.
  virtual Task<Result<std::size_t>> read(MutableBytes into) = 0;
};

// Bytes that are lent: a chunk's verified bytes on their way to a socket.
class BufferSource {
 public:
  virtual ~BufferSource() = default;
  virtual std::uint64_t remaining() const = 0;
  // The next run of bytes, empty at the end. Valid until the next call or destruction. The
  // implementation reads ahead: the buffer after this one fills while the caller uses this one.
  virtual Task<Result<Bytes>> next() = 0;
};

// Reads exactly `into.size()` bytes. Errors: those of `source`; kBadRequest where it ends early.
Task<Result<void>> read_exactly(ByteSource& source, MutableBytes into);

}  // namespace lapis::io
