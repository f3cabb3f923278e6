// What a GET of a small cached blob costs beside the kernel: head checked and parsed, located,
// authorised, answered, head written. Over stores in memory, without a socket.
#include <benchmark/benchmark.h>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "azure/signing/keys.h"
#include "azure/signing/shared_key_string.h"
#include "http/head_check.h"
#include "http/head_parser.h"
#include "http/response_head.h"
#include "lapis/azure/sas.h"
#include "lapis/base/date.h"
#include "lapis/blob/access_queue.h"
#include "lapis/gateway/gateway.h"
#include "support/inline_executor.h"
#include "support/manual_clock.h"
#include "support/memory_chunk_store.h"
#include "support/memory_meta_store.h"

namespace lapis::gateway {
namespace {

constexpr std::string_view kHost = "Host: 127.0.0.1:10000\r\n";

class TextSource final : public io::ByteSource {
 public:
  explicit TextSource(std::string_view text) : text_(text) {}
  std::uint64_t remaining() const override { return text_.size(); }
  io::Task<Result<std::size_t>> read(MutableBytes into) override {
    const std::size_t count = text_.copy(reinterpret_cast<char*>(into.data()), into.size());
    text_.remove_prefix(count);
    co_return count;
  }

 private:
  std::string_view text_;
};

// A server without its sockets: container "cont" with blob "blob" of 4 KiB. Its account keeps times
// of last access, or not.
class Rig {
 public:
  explicit Rig(bool keeps_last_access = false)
      : accounts_{azure::make_account("team", {"c2VjcmV0c2VjcmV0c2VjcmV0"}).value()},
        chunks_(meta_),
        blocking_(1, 64),
        service_(meta_, chunks_, blocking_, clock_, blob::Limits{}, 1 << 20, nullptr, nullptr,
                 nullptr, features(keeps_last_access), std::make_shared<blob::AccessQueue>()),
        gateway_(service_, accounts_, clock_, GatewayOptions{}, shared_) {
    common_.refresh(clock_.now());
    const std::string sas = account_sas();
    answer("PUT /team/cont?restype=container&" + sas + " HTTP/1.1\r\n" + std::string(kHost) +
               "Content-Length: 0\r\n\r\n",
           {});
    answer("PUT /team/cont/blob?" + sas + " HTTP/1.1\r\n" + std::string(kHost) +
               "Content-Length: 4096\r\nx-ms-blob-type: BlockBlob\r\n\r\n",
           std::string(4096, 'x'));
  }

  std::string account_sas() const {
    azure::AccountSasRequest request;
    request.permissions = "rwdlac";
    request.expiry = clock_.now() + std::chrono::hours(1);
    return azure::make_account_sas(accounts_[0], request).value();
  }
  std::string service_sas() const {
    azure::ServiceSasRequest request;
    request.container = "cont";
    request.permissions = "r";
    request.expiry = clock_.now() + std::chrono::hours(1);
    return azure::make_service_sas(accounts_[0], request).value();
  }
  std::string with_sas(const std::string& sas) const {
    return "GET /team/cont/blob?" + sas + " HTTP/1.1\r\n" + std::string(kHost) + "\r\n";
  }
  // As the SDKs send it.
  std::string with_shared_key() const {
    const std::string date = format_http_date(clock_.now());
    const std::string fields =
        "x-ms-client-request-id:6ba7b810-9dad-11d1-80b4-00c04fd430c8\n"
        "x-ms-date:" +
        date + "\nx-ms-version:2021-12-02\n";
    const std::string to_sign = "GET\n\n\n\n\n\n\n\n\n\n\n\n" + fields + "/team/team/cont/blob";
    return "GET /team/cont/blob HTTP/1.1\r\n" + std::string(kHost) +
           "Authorization: SharedKey team:" + azure::SigningKeys(accounts_[0]).sign(to_sign) +
           "\r\nUser-Agent: azsdk-python-storage-blob/12.19.0 Python/3.11.2 (Linux)\r\n"
           "Accept: application/xml\r\nConnection: keep-alive\r\nx-ms-date: " +
           date +
           "\r\nx-ms-version: 2021-12-02\r\n"
           "x-ms-client-request-id: 6ba7b810-9dad-11d1-80b4-00c04fd430c8\r\n\r\n";
  }

  // The bytes of the answer, head and body; also what it aborts without.
  std::size_t answer(std::string_view head, std::string_view body) {
    return executor_.run_task(serve(head, body));
  }
  io::Task<std::size_t> serve(std::string_view head, std::string_view body) {
    const auto checked = http::head_check(head, {});
    LAPIS_CHECK(checked && http::parse_head(head, *checked, request_));
    TextSource source(body);
    http::Response response = co_await gateway_.handle(request_, source);
    LAPIS_CHECK(response.status < 300);
    http::HeadFacts facts;
    facts.common = common_.lines();
    std::size_t size = 0;
    if (auto* stream = std::get_if<std::unique_ptr<io::BufferSource>>(&response.body)) {
      facts.content_length = (*stream)->remaining();
      const auto bytes = co_await (*stream)->next();
      size = bytes->size();
    }
    head_.clear();
    http::append_response_head(head_, response, facts);
    co_return head_.size() + size;
  }
  io::Task<void> loop(benchmark::State& state, std::string head) {
    for (auto _ : state) {
      const std::size_t size = co_await serve(head, {});
      LAPIS_CHECK(size > 4096);
    }
  }
  void measure(benchmark::State& state, const std::string& head) {
    executor_.run_task(loop(state, head));
  }

 private:
  static std::shared_ptr<const blob::FeaturesByAccount> features(bool keeps_last_access) {
    blob::FeaturesByAccount features;
    features["team"].last_access_time = keeps_last_access;
    return std::make_shared<const blob::FeaturesByAccount>(std::move(features));
  }

  test::InlineExecutor executor_;
  test::ManualClock clock_;
  std::vector<azure::Account> accounts_;
  test::MemoryMetaStore meta_;
  test::MemoryChunkStore chunks_;
  io::BlockingPool blocking_;
  blob::Service service_;
  GatewayShared shared_;
  Gateway gateway_;
  http::Request request_;
  http::CommonFields common_;
  std::string head_;
};

void account_sas(benchmark::State& state) {
  Rig rig;
  rig.measure(state, rig.with_sas(rig.account_sas()));
}
void service_sas(benchmark::State& state) {
  Rig rig;
  rig.measure(state, rig.with_sas(rig.service_sas()));
}
void service_sas_with_last_access(benchmark::State& state) {
  Rig rig(true);
  rig.measure(state, rig.with_sas(rig.service_sas()));
}
void shared_key(benchmark::State& state) {
  Rig rig;
  rig.measure(state, rig.with_shared_key());
}
BENCHMARK(account_sas);
BENCHMARK(service_sas);
BENCHMARK(service_sas_with_last_access);
BENCHMARK(shared_key);

}  // namespace
}  // namespace lapis::gateway

BENCHMARK_MAIN();
