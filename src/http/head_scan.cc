#include "http/head_scan.h"

#include "http/ascii.h"

namespace lapis::http {

HeadScan::State HeadScan::advance(std::string_view head) {
  // A client that speaks something else (TLS, say) is told at once, not when its time is up.
  if (!head.empty() && !kTokenChars.contains(head.front())) return State::kMalformed;
  while (true) {
    const std::size_t lf = head.find('\n', scanned_);
    if (lf == head.npos) {
      scanned_ = head.size();
      return State::kMore;
    }
    if (lf == line_start_ || head[lf - 1] != '\r') return State::kMalformed;
    const bool empty_line = lf - 1 == line_start_;
    line_start_ = scanned_ = lf + 1;
    if (empty_line) return State::kComplete;
  }
}

}  // namespace lapis::http
