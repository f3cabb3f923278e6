// Parses responses, on Beast. The client's.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "lapis/base/result.h"
#include "lapis/http/client.h"

namespace lapis::http {

// One response, fed in pieces of any size.
class ResponseParser {
 public:
  struct Limits {
    std::uint32_t max_head_bytes;
    std::uint64_t max_body_bytes;
  };
  virtual ~ResponseParser() = default;
  // `to_head`: the response has no body, whatever its fields say. `pauses`: `put` takes nothing
  // behind the head in the call that completes it.
  static std::unique_ptr<ResponseParser> make(const Limits& limits, bool to_head,
                                              bool pauses = false);

  // Takes what it can of `bytes` and returns how much; the rest comes again with more behind it.
  virtual Result<std::size_t> put(std::string_view bytes) = 0;
  // The stream has ended: the end of a body without a length, an error anywhere else.
  virtual Result<void> put_end() = 0;
  virtual bool done() const = 0;
  virtual ClientResponse take() = 0;  // once, when done

  // For a body that is read piece by piece.
  virtual bool head_done() const = 0;
  virtual ClientResponse take_head() = 0;  // once, when the head is done: without the body
  virtual std::string take_body() = 0;     // what has come of it since the last call
};

}  // namespace lapis::http
