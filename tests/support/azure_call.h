// Requests put together by hand, and the Call that the dialect's functions take.
#pragma once

#include <gtest/gtest.h>

#include <initializer_list>
#include <memory>
#include <string>
#include <utility>

#include "lapis/azure/call.h"
#include "lapis/base/number.h"

namespace lapis::test {

struct Field {
  std::string name;
  std::string value;
};

inline http::Request make_request(const std::string& method, const std::string& target,
                                  std::initializer_list<Field> headers = {},
                                  const std::string& host = "127.0.0.1:10000") {
  http::Request request;
  request.method_text = method;
  request.method = method == "PUT"      ? http::Method::kPut
                   : method == "GET"    ? http::Method::kGet
                   : method == "HEAD"   ? http::Method::kHead
                   : method == "DELETE" ? http::Method::kDelete
                                        : http::Method::kOther;
  request.target = target;
  request.peer_address = "127.0.0.1";
  request.headers.add("Host", host);
  for (const Field& field : headers) {
    if (http::iequals(field.name, "Content-Length")) {
      request.content_length = parse_u64(field.value);
    }
    request.headers.add(field.name, field.value);
  }
  return request;
}

// A Call with the request it borrows.
struct OwnedCall {
  std::unique_ptr<http::Request> request;
  azure::Call call;
  operator const azure::Call&() const { return call; }
};

// The request has to have a target and a version that parse.
inline OwnedCall make_call(http::Request message) {
  auto request = std::make_unique<http::Request>(std::move(message));
  auto target = azure::parse_target(*request);
  EXPECT_TRUE(target) << to_string(target.error());
  auto version = azure::negotiate_version(*request, *target, false);
  EXPECT_TRUE(version) << to_string(version.error());
  azure::Call call{*request, *std::move(target), *version, Guid{}};
  return {std::move(request), std::move(call)};
}

// At a version, without credentials.
inline OwnedCall make_call(const std::string& method, const std::string& target,
                           std::initializer_list<Field> headers = {},
                           const std::string& version = "2021-12-02") {
  http::Request request = make_request(method, target, headers);
  request.headers.add("x-ms-version", version);
  return make_call(std::move(request));
}

// The value of an error's field; empty where it has none.
inline std::string field_of(const Error& error, const std::string& name) {
  for (const ErrorField& field : error.fields) {
    if (field.name == name) return field.value;
  }
  return {};
}

}  // namespace lapis::test
