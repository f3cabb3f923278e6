// A handler whose answers the request's path chooses, for tests of the server below it.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "lapis/http/server.h"
#include "lapis/io/shard.h"

namespace lapis::test {

// The byte at `at` of every streamed body.
inline char pattern_at(std::uint64_t at) {
  return static_cast<char>('a' + (at * 7 + at / 251) % 26);
}

// Streams `size` bytes of the pattern in pieces; fails instead of the piece that holds `fail_at`.
class PatternSource final : public io::BufferSource {
 public:
  PatternSource(std::uint64_t size, std::size_t piece, std::uint64_t fail_at)
      : size_(size), piece_(piece), fail_at_(fail_at) {}
  std::uint64_t remaining() const override { return size_ - sent_; }
  io::Task<Result<Bytes>> next() override {
    const std::size_t n = static_cast<std::size_t>(std::min<std::uint64_t>(piece_, size_ - sent_));
    if (sent_ + n > fail_at_) co_return fail(ErrorCode::kServerBusy, "scripted");
    held_.resize(n);
    for (std::size_t i = 0; i < n; ++i) held_[i] = pattern_at(sent_ + i);
    sent_ += n;
    co_return as_bytes(held_);
  }

 private:
  std::uint64_t size_;
  std::size_t piece_;
  std::uint64_t fail_at_;
  std::uint64_t sent_ = 0;
  std::string held_;
};

// Paths:  /hello        "hello"
//         /target?x     the target, the peer and whether it is secure
//         /echo         the body, read whole
//         /count        how many bytes of body were read; an error's status where reading failed
//         /first?n      the first n bytes of the body, the rest unread
//         /ignore       403 without a look at the body
//         /stream?n     n bytes of the pattern; /fail?n: fails behind n of 1 MiB
//         /headers      a field that tries to end its line;  /close: closes;  /304, /204: that
//         /wait         answers once `release` has been called
//         /throw        throws
class ScriptedHandler final : public http::Handler {
 public:
  static constexpr std::size_t kPiece = 64 * 1024;
  static constexpr std::uint64_t kNever = ~0ull;

  io::Task<http::Response> handle(const http::Request& request, io::ByteSource& body) override {
    const std::string path = request.target.substr(0, request.target.find('?'));
    const std::uint64_t n = number_of(request.target);
    handled_.fetch_add(1);
    http::Response response;
    response.headers.add("x-path", path);
    if (path == "/hello") response.body = std::string("hello");
    if (path == "/target") response.body = describe(request);
    if (path == "/echo") response.body = co_await read_up_to(body, kNever, response.status);
    if (path == "/first") response.body = co_await read_up_to(body, n, response.status);
    if (path == "/count") {
      const std::string got = co_await read_up_to(body, kNever, response.status);
      response.body = std::to_string(got.size());
    }
    if (path == "/ignore") response = reject(Error{ErrorCode::kAuthenticationFailed});
    if (path == "/stream") response.body = std::make_unique<PatternSource>(n, kPiece, kNever);
    if (path == "/fail") response.body = std::make_unique<PatternSource>(1 << 20, kPiece, n);
    if (path == "/headers") response.headers.add("x-split", "a\r\nx-evil: b");
    if (path == "/close") response.close = true;
    if (path == "/304") response.status = 304;
    if (path == "/204") response.status = 204;
    if (path == "/announce") response.announced_length = n;
    if (path == "/throw") throw std::runtime_error("scripted");
    if (path == "/wait") co_await wait();
    co_return response;
  }

  http::Response reject(const Error& error) override {
    http::Response response;
    response.status = info(error.code).http_status;
    response.body = std::string(info(error.code).azure_code);
    return response;
  }

  // What `finished` was told, in order.
  struct Finished {
    std::string target;  // empty where there was no request
    int status = 0;
    std::uint64_t request_body_bytes = 0;
    std::uint64_t response_head_bytes = 0;
    std::uint64_t response_body_bytes = 0;
    bool is_complete = false;
    std::string tls_version;
    RequestTrace trace;
  };
  void finished(const http::RequestFacts& facts) override {
    const std::lock_guard lock(mutex_);
    finished_.push_back({facts.is_request ? facts.request.target : "", facts.response.status,
                         facts.request_body_bytes, facts.response_head_bytes,
                         facts.response_body_bytes, facts.is_complete,
                         std::string(facts.request.tls_version), facts.trace});
  }
  std::vector<Finished> all_finished() const {
    const std::lock_guard lock(mutex_);
    return finished_;
  }

  // Lets /wait answer, now and from now on.
  void release() { released_.store(true); }
  // How many requests have reached the handler.
  int handled() const { return handled_.load(); }

 private:
  static std::uint64_t number_of(const std::string& target) {
    const std::size_t mark = target.find('?');
    return mark == target.npos ? 0 : std::strtoull(target.c_str() + mark + 1, nullptr, 10);
  }
  static std::string describe(const http::Request& request) {
    return request.method_text + " " + request.target + " " + request.peer_address +
           (request.secure ? " secure" : " plain") + (request.chunked ? " chunked" : "");
  }
  io::Task<std::string> read_up_to(io::ByteSource& body, std::uint64_t limit, int& status) {
    std::string all;
    std::vector<std::byte> piece(kPiece);
    while (body.remaining() != 0 && all.size() < limit) {
      const std::uint64_t wanted = std::min<std::uint64_t>(piece.size(), limit - all.size());
      const auto got = co_await body.read(MutableBytes(piece).first(wanted));
      if (!got) {
        status = info(got.error().code).http_status;
        break;
      }
      all.append(as_text(Bytes(piece).first(*got)));
    }
    co_return all;
  }
  io::Task<void> wait() {
    while (!released_.load()) co_await io::Shard::current()->sleep(std::chrono::milliseconds(2));
  }

  mutable std::mutex mutex_;  // guards finished_
  std::vector<Finished> finished_;
  std::atomic<bool> released_{false};
  std::atomic<int> handled_{0};
};

}  // namespace lapis::test
