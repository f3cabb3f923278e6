#include "http/request_body.h"

#include <algorithm>
#include <string>

namespace lapis::http {
namespace {

constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

}  // namespace

std::unexpected<Error> RequestBody::fail_with(ErrorCode code, std::string_view detail) {
  failed_ = true;
  return fail(code, std::string(detail));
}

io::Task<Result<std::size_t>> RequestBody::read(MutableBytes into) {
  if (failed_) co_return fail(ErrorCode::kBadRequest, "body has failed before");
  const std::uint64_t wanted = std::min<std::uint64_t>(into.size(), remaining_);
  if (wanted == 0) co_return std::size_t{0};
  into = into.first(static_cast<std::size_t>(wanted));
  const std::size_t buffered = input_.take(into);
  if (buffered != 0) {
    remaining_ -= buffered;
    expects_continue_ = false;
    co_return buffered;
  }
  // Started reads overlap with other waiting, so this is measured here and not by their caller.
  const PhaseTimer waiting(trace_, Phase::kReceive);
  if (expects_continue_) {
    expects_continue_ = false;
    const Pieces go_on{as_bytes(kContinue), {}};
    const bool told = co_await link_.write(go_on);
    if (!told) co_return fail_with(ErrorCode::kBadRequest, "peer vanished before its body");
  }
  const IoResult got = co_await link_.read_body(into);
  if (link_.timed_out()) co_return fail_with(ErrorCode::kRequestTimeout, "body stalled");
  if (got.bytes == 0) co_return fail_with(ErrorCode::kBadRequest, "peer vanished in its body");
  remaining_ -= got.bytes;
  co_return got.bytes;
}

io::Task<bool> RequestBody::drain(MutableBytes scratch) {
  expects_continue_ = false;
  while (remaining_ != 0) {
    const Result<std::size_t> got = co_await read(scratch);
    if (!got) co_return false;
  }
  co_return true;
}

}  // namespace lapis::http
