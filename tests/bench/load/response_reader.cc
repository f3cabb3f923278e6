#include "load/response_reader.h"

#include <strings.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>

namespace lapis::bench {
namespace {

constexpr std::size_t kBufferBytes = 1 << 20;
// One thread, and nothing of it outlives a call: all connections share it.
std::array<char, kBufferBytes> buffer;  // NOLINT

bool is_header(std::string_view line, std::string_view name) {
  return line.size() > name.size() && line[name.size()] == ':' &&
         strncasecmp(line.data(), name.data(), name.size()) == 0;
}

std::string_view value_of(std::string_view line) {
  line.remove_prefix(line.find(':') + 1);
  while (line.starts_with(' ')) line.remove_prefix(1);
  return line;
}

template <typename Number>
bool parse(std::string_view text, Number& number, int base = 10) {
  return std::from_chars(text.data(), text.data() + text.size(), number, base).ec == std::errc{};
}

}  // namespace

void ResponseReader::reset() {
  phase_ = Phase::kHead;
  partial_.clear();
  line_.clear();
  text_.clear();
  chunked_ = closes_ = false;
  status_ = 0;
  remaining_ = body_bytes_ = 0;
}

ResponseReader::Progress ResponseReader::read(int fd) {
  if (phase_ == Phase::kHead) {
    const auto progress = receive_head(fd);
    if (progress != Progress::kPending || phase_ == Phase::kHead) return progress;
  }
  while (true) {
    if (phase_ == Phase::kLength) return drop_body(fd);
    const auto got = recv(fd, buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (got == 0) return Progress::kBroken;
    if (got < 0) return errno == EAGAIN ? Progress::kPending : Progress::kBroken;
    const auto progress = take_body({buffer.data(), static_cast<std::size_t>(got)});
    if (progress != Progress::kPending) return progress;
  }
}

ResponseReader::Progress ResponseReader::receive_head(int fd) {
  const auto got = recv(fd, buffer.data(), buffer.size(), MSG_DONTWAIT);
  if (got == 0) return partial_.empty() ? Progress::kClosed : Progress::kBroken;
  if (got < 0) {
    if (errno == EAGAIN) return Progress::kPending;
    return errno == ECONNRESET && partial_.empty() ? Progress::kClosed : Progress::kBroken;
  }
  const std::string_view received(buffer.data(), static_cast<std::size_t>(got));
  if (partial_.empty()) return take_head(received);
  partial_ += received;
  const auto whole = std::move(partial_);
  partial_.clear();
  return take_head(whole);
}

ResponseReader::Progress ResponseReader::take_head(std::string_view received) {
  const auto end = received.find("\r\n\r\n");
  if (end == received.npos) {
    partial_ = received;
    return Progress::kPending;
  }
  if (!parse_head(received.substr(0, end + 2))) return Progress::kBroken;
  if (status_ >= 300) text_ = received.substr(0, 4096);
  return take_body(received.substr(end + 4));
}

// `head` ends with the line end of its last line.
bool ResponseReader::parse_head(std::string_view head) {
  if (!head.starts_with("HTTP/1.") || head.size() < 14 || !parse(head.substr(9, 3), status_)) {
    return false;
  }
  closes_ = head[7] == '0';
  for (auto at = head.find("\r\n") + 2; at < head.size();) {
    const auto end = head.find("\r\n", at);
    const auto line = head.substr(at, end - at);
    at = end + 2;
    const char first = static_cast<char>(line.empty() ? '\0' : line[0] | 0x20);
    if (first == 'c' && is_header(line, "content-length")) {
      if (!parse(value_of(line), remaining_)) return false;
    } else if (first == 'c' && is_header(line, "connection")) {
      closes_ = closes_ || strncasecmp(value_of(line).data(), "close", 5) == 0;
    } else if (first == 't' && is_header(line, "transfer-encoding")) {
      chunked_ = true;
    }
  }
  if (status_ == 204 || status_ == 304) remaining_ = 0;
  phase_ = chunked_ ? Phase::kChunkSize : Phase::kLength;
  if (!chunked_) body_bytes_ = remaining_;
  return status_ >= 200;
}

ResponseReader::Progress ResponseReader::take_body(std::string_view received) {
  if (chunked_) return take_chunks(received);
  if (received.size() > remaining_) return Progress::kBroken;
  remaining_ -= received.size();
  if (remaining_ > 0) return Progress::kPending;
  phase_ = Phase::kDone;
  return Progress::kComplete;
}

ResponseReader::Progress ResponseReader::take_chunks(std::string_view received) {
  while (!received.empty()) {
    if (phase_ == Phase::kChunkData) {
      const auto taken = std::min<std::uint64_t>(received.size(), remaining_);
      received.remove_prefix(taken);
      remaining_ -= taken;
      if (remaining_ == 0) phase_ = Phase::kChunkSize;
      continue;
    }
    const auto end = received.find('\n');
    line_ += received.substr(0, end);
    if (end == received.npos) break;
    received.remove_prefix(end + 1);
    const auto line = std::move(line_);
    line_.clear();
    if (phase_ == Phase::kTrailer) {
      if (line != "\r") continue;
      phase_ = Phase::kDone;
      return received.empty() ? Progress::kComplete : Progress::kBroken;
    }
    std::uint64_t size = 0;
    if (!parse(line, size, 16)) return Progress::kBroken;
    body_bytes_ += size;
    remaining_ = size + 2;
    phase_ = size == 0 ? Phase::kTrailer : Phase::kChunkData;
  }
  return Progress::kPending;
}

ResponseReader::Progress ResponseReader::drop_body(int fd) {
  while (remaining_ > 0) {
    const auto wanted = std::min<std::uint64_t>(remaining_, buffer.size());
    const auto got = recv(fd, buffer.data(), wanted, MSG_DONTWAIT);
    if (got == 0) return Progress::kBroken;
    if (got < 0) return errno == EAGAIN ? Progress::kPending : Progress::kBroken;
    remaining_ -= static_cast<std::uint64_t>(got);
  }
  phase_ = Phase::kDone;
  return Progress::kComplete;
}

}  // namespace lapis::bench
