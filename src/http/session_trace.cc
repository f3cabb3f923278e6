// What Session notes of its requests, and tells the handler afterwards.
#include <algorithm>
#include <utility>

#include "http/session.h"

namespace lapis::http {

// One thread writes these: no locked instruction is needed.
void Session::count(std::atomic<std::uint64_t>& counter) {
  counter.store(counter.load(std::memory_order_relaxed) + 1, std::memory_order_release);
}

Session::~Session() { end_serving(); }

void Session::end_serving() {
  if (std::exchange(serving_, false)) count(home_.served);
}

void Session::begin_trace() {
  count(home_.requests);
  serving_ = true;
  if (request_.trace == nullptr) return;
  trace_ = RequestTrace{};
  trace_.began = cycles_now();
}

void Session::trace_answered() {
  if (request_.trace == nullptr) return;
  trace_.answered = cycles_now();
  const Cycles receiving = trace_.spent[static_cast<std::size_t>(Phase::kReceive)];
  trace_.served = cycles_between(receiving, cycles_between(trace_.began, trace_.answered));
  attributed_before_ = trace_.attributed;
  written_before_ = link_.written();
}

void Session::trace_sent() {
  if (request_.trace == nullptr) return;
  trace_.ended = cycles_now();
  const Cycles reading = trace_.attributed - attributed_before_;
  trace_.add(Phase::kSend, cycles_between(reading, cycles_between(trace_.answered, trace_.ended)));
}

void Session::report(const Response& response, bool is_request, std::uint64_t body_bytes,
                     bool complete) {
  end_serving();
  if (request_.trace == nullptr) return;
  RequestFacts facts{.request = request_,
                     .is_request = is_request,
                     .response = response,
                     .trace = trace_,
                     .request_head_bytes = is_request ? head_bytes_ : 0,
                     .request_body_bytes = body_bytes,
                     .is_complete = complete};
  const std::uint64_t written = link_.written() - written_before_;
  facts.response_head_bytes = std::min<std::uint64_t>(written, head_.size());
  facts.response_body_bytes = written - facts.response_head_bytes;
  home_.handler.finished(facts);
}

}  // namespace lapis::http
