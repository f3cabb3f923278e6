// A request head as it arrives: the scan for its end, the strict check, Beast's second opinion.
// Nothing may crash; what is accepted has one reading.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "http/head_check.h"
#include "http/head_parser.h"
#include "http/head_scan.h"

namespace lapis::http {
namespace {

// In two pieces and at once: the same.
HeadScan scan(std::string_view input, HeadScan::State& state) {
  HeadScan at_once;
  state = at_once.advance(input);
  HeadScan in_pieces;
  auto then = in_pieces.advance(input.substr(0, input.size() / 2));
  if (then == HeadScan::State::kMore) then = in_pieces.advance(input);
  if (then != state) std::abort();
  if (state == HeadScan::State::kComplete && in_pieces.size() != at_once.size()) std::abort();
  return at_once;
}

bool has_control_character(std::string_view text) {
  for (const char c : text) {
    if ((static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f) return true;
  }
  return false;
}

void run(std::string_view input) {
  auto state = HeadScan::State::kMore;
  const HeadScan scanned = scan(input, state);
  if (state != HeadScan::State::kComplete) return;
  if (scanned.size() > input.size()) std::abort();
  const std::string_view head = input.substr(0, scanned.size());
  const auto checked = head_check(head, {});
  if (!checked) return;
  if (checked->chunked && checked->content_length) std::abort();
  if (!checked->target.starts_with('/') && checked->target != "*") std::abort();
  Request request;
  if (!parse_head(head, *checked, request)) return;
  if (request.headers.count("Host") > 1 || request.headers.count("Content-Length") > 1) {
    std::abort();
  }
  for (const Header& field : request.headers.all()) {
    if (field.name.empty() || has_control_character(field.value)) std::abort();
  }
}

}  // namespace
}  // namespace lapis::http

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  lapis::http::run({reinterpret_cast<const char*>(data), size});
  return 0;
}
