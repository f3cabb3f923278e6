#include "http/link.h"

namespace lapis::http {

void Link::expect(Wait what, std::chrono::milliseconds limit) {
  wait_ = what;
  deadline_ = time_.now + time_.step + limit;
}

void Link::sweep(Instant now) {
  if (wait_ == Wait::kNothing || now < deadline_) return;
  timed_out_ = true;
  const bool can_answer = wait_ == Wait::kHead || wait_ == Wait::kBody;
  wait_ = Wait::kNothing;
  if (can_answer) {
    transport_.stop_reading();
  } else {
    transport_.abort();
  }
}

void Link::begin_transfer() {
  moved_ = 0;
  allowance_ = stall_timeout_;
}

void Link::expect_progress(Wait what) {
  wait_ = what;
  wait_began_ = time_.now;
  deadline_ = time_.now + time_.step + allowance_;
}

void Link::progressed(std::size_t bytes) {
  relax();
  moved_ += bytes;
  if (moved_ >= kStallBytes) {
    begin_transfer();
  } else {
    allowance_ -= time_.now - wait_began_;
  }
}

io::Task<IoResult> Link::read_body(MutableBytes into) {
  expect_progress(Wait::kBody);
  const IoResult got = co_await transport_.read_some(into);
  progressed(got.bytes);
  co_return got;
}

bool Link::write_now(Pieces& pieces) {
  const IoResult wrote = transport_.write_now(pieces);
  pieces.advance(wrote.bytes);
  written_ += wrote.bytes;
  return !wrote.error;
}

io::Task<bool> Link::write(Pieces pieces) {
  while (true) {
    if (!write_now(pieces)) co_return false;
    if (pieces.empty()) co_return true;
    expect_progress(Wait::kSend);
    const IoResult wrote = co_await transport_.write_some(pieces);
    progressed(wrote.bytes);
    written_ += wrote.bytes;
    if (wrote.error) co_return false;
    pieces.advance(wrote.bytes);
    if (pieces.empty()) co_return true;
  }
}

}  // namespace lapis::http
