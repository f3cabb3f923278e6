// Facts of a request that has been answered, for tests to change and report.
#pragma once

#include "lapis/http/server.h"

namespace lapis::gateway {

struct SampleFacts {
  SampleFacts() {
    request.method = http::Method::kGet;
    request.method_text = "GET";
    request.target = "/team/box/b?sv=2021-12-02&sig=secret%2Bsecret";
    request.headers.add("Host", "127.0.0.1:10000");
    request.headers.add("User-Agent", "test/1.0");
    request.headers.add("x-ms-version", "2021-12-02");
    request.peer_address = "192.0.2.7";
    request.peer_port = 4711;
    response.status = 200;
    response.headers.add("x-ms-request-id", "6ba7b810-9dad-11d1-80b4-00c04fd430c8");
    response.headers.add("ETag", "\"0x8D1\"");
    trace.began = 1'000'000'000;
    trace.answered = 1'002'000'000;
    trace.served = 2'000'000;
    trace.ended = 1'005'000'000;
    trace.add(Phase::kMetadata, 1'500'000);
    trace.credential = 3;
  }
  http::RequestFacts facts() const {
    return {.request = request,
            .is_request = is_request,
            .response = response,
            .trace = trace,
            .request_head_bytes = 300,
            .request_body_bytes = 0,
            .response_head_bytes = 400,
            .response_body_bytes = 4096,
            .is_complete = is_complete};
  }

  http::Request request;
  http::Response response;
  RequestTrace trace;
  bool is_request = true;
  bool is_complete = true;
};

}  // namespace lapis::gateway
