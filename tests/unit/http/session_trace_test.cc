// What the handler is told of each answer, and when.
#include <gtest/gtest.h>

#include "support/http_harness.h"
#include "support/test_certificate.h"

namespace lapis::http {
namespace {

using test::get;
using test::HttpHarness;
using test::put;
using test::RawConnection;
using test::request;
using Finished = test::ScriptedHandler::Finished;

ServerOptions traced() {
  ServerOptions options;
  options.trace_requests = true;
  return options;
}

Cycles spent(const Finished& finished, Phase phase) {
  return finished.trace.spent[static_cast<std::size_t>(phase)];
}

// The one thing that was finished, once it is.
Finished only(HttpHarness& harness) {
  EXPECT_TRUE(harness.eventually([&] { return harness.handler.all_finished().size() == 1; }));
  const auto all = harness.handler.all_finished();
  return all.empty() ? Finished{} : all.front();
}

TEST(SessionTrace, NobodyIsToldWhereNobodyAsked) {
  HttpHarness harness;
  RawConnection connection = harness.connect();
  EXPECT_EQ(connection.exchange(get("/hello")).status, 200);
  EXPECT_EQ(connection.exchange(get("/hello")).status, 200);
  EXPECT_TRUE(harness.handler.all_finished().empty());
}

TEST(SessionTrace, TellsSizesOfARequestAndItsAnswer) {
  HttpHarness harness(traced());
  RawConnection connection = harness.connect();
  const auto response = connection.exchange(put("/echo", std::string(3000, 'x')));
  const Finished finished = only(harness);
  EXPECT_EQ(finished.target, "/echo");
  EXPECT_EQ(finished.status, 200);
  EXPECT_EQ(finished.request_body_bytes, 3000u);
  EXPECT_EQ(finished.response_body_bytes, 3000u);
  EXPECT_EQ(finished.response_head_bytes, response.head.size());
  EXPECT_TRUE(finished.is_complete);
  EXPECT_EQ(finished.tls_version, "");
}

TEST(SessionTrace, MomentsComeInOrder) {
  HttpHarness harness(traced());
  RawConnection connection = harness.connect();
  EXPECT_EQ(connection.exchange(get("/stream?3000000")).body.size(), 3'000'000u);
  const Finished finished = only(harness);
  EXPECT_GT(finished.trace.began, 0u);
  EXPECT_GE(finished.trace.answered, finished.trace.began);
  EXPECT_GE(finished.trace.ended, finished.trace.answered);
  EXPECT_EQ(finished.trace.served, finished.trace.answered - finished.trace.began);
  EXPECT_GT(spent(finished, Phase::kData), 0u);
  EXPECT_GT(spent(finished, Phase::kSend), 0u);
  EXPECT_EQ(spent(finished, Phase::kReceive), 0u);
  EXPECT_LE(finished.trace.attributed, finished.trace.ended - finished.trace.began);
}

TEST(SessionTrace, WaitingForABodyIsTheClientsTime) {
  HttpHarness harness(traced());
  RawConnection connection = harness.connect();
  ASSERT_TRUE(connection.send("PUT /count HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\n"));
  ASSERT_TRUE(harness.eventually([&] { return harness.handler.handled() == 1; }));
  harness.shard().run(harness.shard().sleep(std::chrono::milliseconds(20)));
  ASSERT_TRUE(connection.send("body"));
  EXPECT_EQ(connection.receive().body, "4");
  const Finished finished = only(harness);
  const Cycles waited = spent(finished, Phase::kReceive);
  EXPECT_GT(CycleScale::measure().nanoseconds(waited), 15'000'000u);
  EXPECT_LE(finished.trace.served + waited, finished.trace.answered - finished.trace.began);
}

TEST(SessionTrace, HeadAnswerHasNoBody) {
  HttpHarness harness(traced());
  RawConnection connection = harness.connect();
  ASSERT_TRUE(connection.send(request("HEAD", "/hello") + get("/hello")));
  ASSERT_TRUE(harness.eventually([&] { return harness.handler.all_finished().size() == 2; }));
  const auto all = harness.handler.all_finished();
  EXPECT_EQ(all[0].response_body_bytes, 0u);
  EXPECT_EQ(all[1].response_body_bytes, 5u);
}

TEST(SessionTrace, DrainedBodyCounts) {
  HttpHarness harness(traced());
  RawConnection connection = harness.connect();
  EXPECT_EQ(connection.exchange(put("/ignore", std::string(100'000, 'x'))).status, 403);
  EXPECT_EQ(only(harness).request_body_bytes, 100'000u);
}

TEST(SessionTrace, BodyThatFailsLateIsIncomplete) {
  HttpHarness harness(traced());
  RawConnection connection = harness.connect();
  ASSERT_TRUE(connection.send(get("/fail?200000")));
  const Finished finished = only(harness);
  EXPECT_FALSE(finished.is_complete);
  EXPECT_EQ(finished.status, 200);
  EXPECT_EQ(finished.response_body_bytes, 196'608u);
}

TEST(SessionTrace, BodyThatFailsAtOnceIsAnError) {
  HttpHarness harness(traced());
  RawConnection connection = harness.connect();
  EXPECT_EQ(connection.exchange(get("/fail?0")).status, 503);
  const Finished finished = only(harness);
  EXPECT_EQ(finished.trace.error, ErrorCode::kServerBusy);
  EXPECT_TRUE(finished.is_complete);
}

TEST(SessionTrace, ClientThatGoesAwayIsIncomplete) {
  HttpHarness harness(traced());
  {
    RawConnection connection = harness.connect();
    ASSERT_TRUE(connection.send(get("/stream?500000000")));
    ASSERT_TRUE(connection.is_readable(5000));
  }
  const Finished finished = only(harness);
  EXPECT_FALSE(finished.is_complete);
  EXPECT_LT(finished.response_body_bytes, 500'000'000u);
}

TEST(SessionTrace, WhatWasNoRequestIsToldAsThat) {
  HttpHarness harness(traced());
  RawConnection connection = harness.connect();
  EXPECT_EQ(connection.exchange("GET / HTTP/1.1\r\n\r\n").status, 400);
  const Finished finished = only(harness);
  EXPECT_EQ(finished.target, "");
  EXPECT_EQ(finished.status, 400);
  EXPECT_EQ(finished.trace.error, ErrorCode::kBadRequest);
}

TEST(SessionTrace, EachRequestBeginsAnew) {
  HttpHarness harness(traced());
  RawConnection connection = harness.connect();
  EXPECT_EQ(connection.exchange(get("/throw")).status, 500);
  EXPECT_EQ(connection.exchange(get("/hello")).status, 200);
  ASSERT_TRUE(harness.eventually([&] { return harness.handler.all_finished().size() == 2; }));
  const auto all = harness.handler.all_finished();
  EXPECT_EQ(all[0].trace.error, ErrorCode::kInternalError);
  EXPECT_EQ(all[1].trace.error, std::nullopt);
}

TEST(SessionTrace, CountsWhatIsInFlight) {
  HttpHarness harness(traced());
  RawConnection connection = harness.connect();
  ASSERT_TRUE(connection.send(get("/wait")));
  ASSERT_TRUE(harness.eventually([&] { return harness.server->stats().in_flight == 1; }));
  harness.handler.release();
  EXPECT_EQ(connection.receive().status, 200);
  ASSERT_TRUE(harness.eventually([&] { return harness.server->stats().in_flight == 0; }));
  EXPECT_EQ(harness.server->stats().requests, 1u);
  EXPECT_EQ(harness.server->stats().accepted, 1u);
}

}  // namespace
}  // namespace lapis::http
