#include "load/load.h"

#include <sys/epoll.h>
#include <unistd.h>

#include <array>
#include <chrono>

#include "load/fail.h"

namespace lapis::bench {
namespace {

std::uint64_t now_ns() {
  return static_cast<std::uint64_t>(
      std::chrono::nanoseconds(std::chrono::steady_clock::now().time_since_epoch()).count());
}

std::uint64_t to_ns(double seconds) { return static_cast<std::uint64_t>(seconds * 1e9); }

}  // namespace

Load::Load(const Plan& plan) : plan_(plan), poll_(epoll_create1(EPOLL_CLOEXEC)) {
  if (poll_ < 0) fail_errno("epoll_create1");
  for (const auto& head : plan.heads) serial_at_.push_back(head.find(kSerialMark));
  measured_.next_serial = plan.first_serial;
  for (unsigned number = 0; number < plan.connections; ++number) {
    connections_.push_back(std::make_unique<Connection>());
    connect(*connections_.back());
  }
}

Load::~Load() { close(poll_); }

Measured Load::run() {
  const auto started = now_ns();
  const auto warm_at = started + to_ns(plan_.warmup_seconds);
  stop_at_ = warm_at + to_ns(plan_.seconds);
  if (plan_.warmup_seconds <= 0) start_counting(started);
  for (auto& connection : connections_) next(*connection, now_ns());

  std::array<epoll_event, 256> events{};
  const int stall_ms = static_cast<int>(plan_.stall_seconds * 1000);
  while (active_ > 0) {
    const int ready = epoll_wait(poll_, events.data(), events.size(), stall_ms);
    if (ready < 0 && errno != EINTR) fail_errno("epoll_wait");
    if (ready == 0) fail("no answer within " + std::to_string(stall_ms / 1000) + " seconds");
    if (!counting_ && now_ns() >= warm_at) start_counting(now_ns());
    for (int at = 0; at < ready; ++at) {
      const auto& event = events[static_cast<std::size_t>(at)];
      react(*static_cast<Connection*>(event.data.ptr), event.events);
    }
  }
  if (!counting_) fail("the warm-up took all the requests");
  measured_.after = read_usage(plan_.cores, plan_.processes);
  measured_.seconds = static_cast<double>(last_answer_ - counting_from_) / 1e9;
  return measured_;
}

void Load::start_counting(std::uint64_t now) {
  measured_.before = read_usage(plan_.cores, plan_.processes);
  counting_ = true;
  counting_from_ = last_answer_ = now;
}

void Load::connect(Connection& connection) {
  connection.open(plan_.host, plan_.port);
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.ptr = &connection;
  if (epoll_ctl(poll_, EPOLL_CTL_ADD, connection.fd(), &event) != 0) fail_errno("epoll_ctl");
}

bool Load::may_begin(std::uint64_t now) const {
  return now < stop_at_ && (plan_.max_requests == 0 || begun_ < plan_.max_requests);
}

std::size_t Load::pick() {
  if (!plan_.random_order) return (begun_ - 1) % plan_.heads.size();
  random_ ^= random_ << 13;
  random_ ^= random_ >> 7;
  random_ ^= random_ << 17;
  return random_ % plan_.heads.size();
}

void Load::next(Connection& connection, std::uint64_t now) {
  if (!may_begin(now)) return;
  ++active_;
  begin(connection, now);
}

void Load::begin(Connection& connection, std::uint64_t now) {
  ++begun_;
  const auto head = pick();
  connection.begin(plan_.heads[head], serial_at_[head], measured_.next_serial++, plan_.body, now);
  send(connection);
}

void Load::send(Connection& connection) {
  // Where the peer takes no more, its answer or the end of the connection is about to be seen.
  const bool going_on = connection.send();
  const bool watch = going_on && !connection.sent();
  if (watch == connection.watched_for_output) return;
  epoll_event event{};
  event.events = watch ? EPOLLIN | EPOLLOUT : EPOLLIN;
  event.data.ptr = &connection;
  if (epoll_ctl(poll_, EPOLL_CTL_MOD, connection.fd(), &event) != 0) fail_errno("epoll_ctl");
  connection.watched_for_output = watch;
}

void Load::react(Connection& connection, unsigned events) {
  if (!connection.busy()) {  // closed by the peer while it had nothing to do
    epoll_ctl(poll_, EPOLL_CTL_DEL, connection.fd(), nullptr);
    return;
  }
  if ((events & EPOLLOUT) != 0) send(connection);
  if ((events & ~static_cast<unsigned>(EPOLLOUT)) == 0) return;
  switch (connection.reader().read(connection.fd())) {
    case ResponseReader::Progress::kPending:
      return;
    case ResponseReader::Progress::kComplete:
      return complete(connection);
    case ResponseReader::Progress::kClosed:
      return fail_request(connection, "closed unanswered");
    case ResponseReader::Progress::kBroken:
      return fail_request(connection, "broken response");
  }
}

void Load::complete(Connection& connection) {
  auto& reader = connection.reader();
  if (reader.status() != plan_.expected_status) return fail_request(connection, reader.text());
  if (!connection.sent()) return fail_request(connection, "answered before the request was sent");
  const auto now = now_ns();
  last_answer_ = now;
  if (counting_) {
    measured_.latency.add(now - connection.began());
    measured_.received += reader.body_bytes();
    measured_.sent += plan_.body.size();
  }
  --active_;
  connection.end();
  if (reader.closes()) {
    ++measured_.reconnects;
    connect(connection);
  }
  next(connection, now);
}

// A run with errors has no result, so that it may as well end soon.
void Load::fail_request(Connection& connection, const std::string& why) {
  if (measured_.errors++ == 0) {
    measured_.first_error = why.empty() ? "an unexpected status" : why;
  }
  --active_;
  stop_at_ = 0;
  last_answer_ = now_ns();
  connect(connection);
}

}  // namespace lapis::bench
