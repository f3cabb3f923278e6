// A gateway over stores in memory, called without a socket.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "lapis/azure/sas.h"
#include "lapis/gateway/gateway.h"
#include "support/azure_call.h"
#include "support/inline_executor.h"
#include "support/manual_clock.h"
#include "support/memory_chunk_store.h"
#include "support/memory_meta_store.h"
#include "support/watched_meta_store.h"

namespace lapis::gateway {

// A request body that counts what is read of it.
class TextSource final : public io::ByteSource {
 public:
  explicit TextSource(std::string text) : text_(std::move(text)) {}
  std::uint64_t remaining() const override { return text_.size() - at_; }
  io::Task<Result<std::size_t>> read(MutableBytes into) override {
    const std::size_t count = std::min(into.size(), text_.size() - at_);
    std::memcpy(into.data(), text_.data() + at_, count);
    at_ += count;
    co_return count;
  }

 private:
  std::string text_;
  std::size_t at_ = 0;
};

struct Answer {
  int status = 0;
  http::Headers headers;
  std::string body;
  std::uint64_t unread = 0;  // of the request's body
  std::string code() const { return std::string(headers.get("x-ms-error-code")); }
};

class Pipeline : public testing::Test {
 protected:
  Pipeline()
      : accounts_{azure::make_account("team", {"c2VjcmV0c2VjcmV0c2VjcmV0"}).value()},
        chunks_(meta_),
        blocking_(1, 64),
        service_(watched_, chunks_, blocking_, clock_, blob::Limits{}, 1 << 20),
        gateway_(service_, accounts_, clock_, GatewayOptions{}, shared_) {}

  // A token that allows everything at every level.
  std::string sas(std::string permissions = "rwdlac") {
    azure::AccountSasRequest request;
    request.permissions = std::move(permissions);
    request.expiry = clock_.now() + std::chrono::hours(1);
    return azure::make_account_sas(accounts_[0], request).value();
  }

  // `target` is a path with or without a query; the token is added unless `token` is empty.
  Answer call(std::string method, std::string target, std::string body = {},
              std::vector<test::Field> headers = {}, std::string token = "full") {
    http::Request request;
    request.method_text = method;
    request.method = method == "GET"      ? http::Method::kGet
                     : method == "HEAD"   ? http::Method::kHead
                     : method == "PUT"    ? http::Method::kPut
                     : method == "DELETE" ? http::Method::kDelete
                                          : http::Method::kPost;
    if (token == "full") token = sas();
    request.target = target + (target.find('?') == target.npos ? "?" : "&") + token;
    for (const test::Field& header : headers) request.headers.add(header.name, header.value);
    if (request.headers.find("Host") == nullptr) request.headers.add("Host", "127.0.0.1");
    request.content_length = body.size();
    request.peer_address = "127.0.0.1";
    request.trace = &trace_;
    trace_ = RequestTrace{};
    return executor_.run_task(answer(std::move(request), std::move(body)));
  }

  test::InlineExecutor executor_;
  test::ManualClock clock_;
  std::vector<azure::Account> accounts_;
  test::MemoryMetaStore meta_;
  test::WatchedMetaStore watched_{meta_};
  test::MemoryChunkStore chunks_;
  io::BlockingPool blocking_;
  blob::Service service_;
  GatewayShared shared_;
  Gateway gateway_;
  RequestTrace trace_;  // of the last call

 private:
  io::Task<Answer> answer(http::Request request, std::string body) {
    TextSource source(std::move(body));
    http::Response response = co_await gateway_.handle(request, source);
    Answer result{response.status, std::move(response.headers), {}, source.remaining()};
    if (auto* text = std::get_if<std::string>(&response.body)) result.body = std::move(*text);
    if (auto* stream = std::get_if<std::unique_ptr<io::BufferSource>>(&response.body)) {
      for (;;) {
        const auto bytes = co_await (*stream)->next();
        LAPIS_CHECK(bytes);
        if (bytes->empty()) break;
        result.body += as_text(*bytes);
      }
    }
    co_return result;
  }
};

}  // namespace lapis::gateway
