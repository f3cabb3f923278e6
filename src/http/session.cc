#include "http/session.h"

#include <exception>
#include <utility>

#include "http/head_check.h"
#include "http/head_parser.h"
#include "lapis/base/log.h"

namespace lapis::http {
namespace {

// How long, and for how many bytes, a connection that has been finished waits for its peer.
constexpr std::chrono::milliseconds kLingerTime{10'000};
constexpr std::chrono::milliseconds kLingerTimeDraining{1'000};
constexpr std::uint64_t kLingerBytes = 64ull << 20;

// A request line that is longer than its target may be, by more than any method and version.
constexpr std::size_t kRequestLineSlack = 64;

}  // namespace

Session::Session(SessionHome& home, const Accepted& accepted)
    : home_(home),
      link_(*accepted.transport, home.time, home.options),
      input_(home.options.max_head_bytes) {
  request_.peer_address = accepted.peer_address;
  request_.peer_port = accepted.peer_port;
  request_.secure = accepted.secure;
  if (home.options.trace_requests) request_.trace = &trace_;
}

void Session::drain() {
  if (link_.waiting_for() == Wait::kIdle) link_.abort();
}

io::Task<void> Session::run() {
  if (request_.secure) {
    const bool shaken = co_await shake_hands();
    if (!shaken) co_return;
  }
  After after = After::kKeep;
  for (bool first = true; after == After::kKeep; first = false) {
    if (!begin_wait(first)) co_return;
    Input input = take_request();
    while (input == Input::kMore) {
      const IoResult got = co_await link_.transport().read_some(input_.space());
      input_.filled(got.bytes);
      input = got.bytes != 0 && !link_.timed_out() ? take_request() : input_ended();
    }
    link_.relax();
    if (input == Input::kEnded) co_return;
    if (input == Input::kRequest) {
      after = co_await serve().traced(request_.trace);
    } else {
      after = co_await send_refusal();
    }
  }
  if (after == After::kClose) co_await close();
}

io::Task<bool> Session::shake_hands() {
  link_.expect(Wait::kHandshake, home_.options.head_timeout);
  const IoResult shaken = co_await link_.transport().handshake();
  link_.relax();
  request_.tls_version = link_.transport().tls_version();
  if (!shaken.error) co_return true;
  log_debug("http", "TLS handshake failed",
            {{"peer", request_.peer_address}, {"error", shaken.error.message()}});
  co_return false;
}

// False where the server stops and nothing more is to be served.
bool Session::begin_wait(bool first) {
  if (home_.draining) return false;
  // Who connects and says nothing holds a connection for no longer than a slow head does.
  link_.expect(Wait::kIdle, first ? home_.options.head_timeout : home_.options.idle_timeout);
  return true;
}

Session::Input Session::refuse(ErrorCode code, const char* detail) {
  refusal_ = Error{code, detail};
  return Input::kRefused;
}

Session::Input Session::input_ended() {
  // A head that was too slow gets an answer; a peer that has gone, or never began, does not.
  if (link_.timed_out() && !input_.empty()) return refuse(ErrorCode::kRequestTimeout, "slow head");
  return Input::kEnded;
}

// Looks for a whole head in the input and makes it the request.
Session::Input Session::take_request() {
  // RFC 9112 section 2.2: empty lines before a request line are passed over.
  while (input_.text().starts_with("\r\n")) input_.consume(2);
  if (input_.empty()) return Input::kMore;
  if (link_.waiting_for() == Wait::kIdle) link_.expect(Wait::kHead, home_.options.head_timeout);
  if (input_.text() == "\r") return Input::kMore;

  const ServerOptions& options = home_.options;
  const HeadScan::State state = scan_.advance(input_.text());
  if (state == HeadScan::State::kMalformed) return refuse(ErrorCode::kBadRequest, "line end");
  if (state == HeadScan::State::kMore) {
    const std::size_t held = input_.text().size();
    if (scan_.in_first_line() && held > options.max_target_bytes + kRequestLineSlack) {
      return refuse(ErrorCode::kUriTooLong, "request line");
    }
    if (held < options.max_head_bytes) return Input::kMore;
    return refuse(ErrorCode::kRequestHeadTooLarge, "head");
  }
  const std::string_view head = input_.text().substr(0, scan_.size());
  HeadLimits limits;
  limits.max_target_bytes = options.max_target_bytes;
  const Result<CheckedHead> checked = head_check(head, limits);
  Result<void> parsed;
  if (checked) parsed = parse_head(head, *checked, request_);
  if (!checked || !parsed) {
    refusal_ = checked ? parsed.error() : checked.error();
    return Input::kRefused;
  }
  if (checked->expectation == Expectation::kUnknown) {
    refusal_status_ = 417;
    return refuse(ErrorCode::kBadRequest, "expectation");
  }
  head_bytes_ = head.size();
  keep_alive_ = checked->keep_alive;
  http_1_0_ = checked->http_1_0;
  expects_continue_ = checked->expectation == Expectation::kContinue;
  input_.consume(head.size());
  scan_.reset();
  return Input::kRequest;
}

// Ends the stream in our direction and waits until the peer has done so too, since closing a socket
// with unread bytes resets it, and the peer could lose a response that it has not yet read.
io::Task<void> Session::close() {
  link_.expect(Wait::kClosing, home_.draining ? kLingerTimeDraining : kLingerTime);
  const IoResult finished = co_await link_.transport().finish();
  if (finished.error) co_return;
  for (std::uint64_t dropped = 0; dropped < kLingerBytes;) {
    const IoResult got = co_await link_.transport().read_some(home_.scratch);
    if (got.bytes == 0) break;
    dropped += got.bytes;
  }
  link_.relax();
}

}  // namespace lapis::http
