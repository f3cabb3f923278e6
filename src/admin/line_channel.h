// LineChannel: lines over a socket, with a bound on their length and on the time they take. Blocks
// the calling thread; another may end that by making `wake` readable.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "lapis/base/clock.h"
#include "lapis/base/result.h"
#include "lapis/io/unique_fd.h"

namespace lapis::admin {

// Used by one thread, `is_closed` apart.
class LineChannel {
 public:
  // `socket` does not block. `wake` is -1 where nobody ends it; it outlives the channel.
  LineChannel(io::UniqueFd socket, int wake, const Clock& clock)
      : socket_(std::move(socket)), wake_(wake), clock_(clock) {}

  struct ReadLimits {
    std::size_t bytes;
    std::chrono::milliseconds until_begun;  // how long the first byte of the line may take
    std::chrono::milliseconds until_whole;  // and from there the rest
  };
  // The next line without its end; nothing where the other side has ended at a line's beginning.
  // Errors: kRequestBodyTooLarge, kOperationTimedOut, kServerBusy after a wake, kInternalError
  // where the connection breaks.
  Result<std::optional<std::string>> read_line(const ReadLimits& limits);

  // The line and its end. Errors as above; `stalled`: how long the other side may take nothing.
  Result<void> write_line(std::string_view line, std::chrono::milliseconds stalled);

  // Ends the connection; the descriptor stays until the channel goes.
  void hang_up();

  // The other side has hung up (or ended, which is taken for the same). Any thread.
  bool is_closed() const;

 private:
  Result<void> wait(short events, Instant deadline) const;

  const io::UniqueFd socket_;
  const int wake_;
  const Clock& clock_;
  std::string held_;  // bytes of lines to come
};

}  // namespace lapis::admin
