// The budget table of docs/architecture.md, asserted on a whole node over a real socket.
#include <gtest/gtest.h>

#include <cstdlib>
#include <thread>

#include "budget/outside_counters.h"
#include "daemon/node.h"
#include "lapis/azure/sas.h"
#include "lapis/http/client.h"
#include "lapis/io/started.h"
#include "support/counting_file_system.h"
#include "support/temp_dir.h"
#include "support/test_shard.h"

namespace lapis::daemon {
namespace {

constexpr int kRounds = 200;

// The release queue is looked at this often; a pass wakes other threads a few times.
constexpr std::chrono::milliseconds kBackgroundPause{500};
constexpr double kWakesOfAPass = 6;

// What a number of requests cost, as differences of the counters.
struct Cost {
  double transactions = 0;
  double wal_syncs = 0;
  double data_syncs = 0;
  double written_bytes = 0;
  double file_reads = 0;
  double allocated_bytes = 0;  // on the shard
  double passes = 0;           // of the background's work meanwhile, at most
  std::map<std::string, double> wakes;

  double wakes_of(std::string_view prefix) const {
    double sum = 0;
    for (const auto& [name, count] : wakes) {
      if (name.starts_with(prefix)) sum += count;
    }
    return sum;
  }
};

class Budget : public testing::Test {
 protected:
  Budget() : client_shard_({.index = 90}) {
    Config config;
    config.listen.push_back({"127.0.0.1", 0, false});
    config.metadata_path = directory_.path() / "meta";
    storage::PoolOptions pool;
    pool.name = "flash";
    pool.paths.push_back(directory_.path() / "flash");
    config.pools.push_back(pool);
    config.accounts.push_back(azure::make_account("team", {"c2VjcmV0c2VjcmV0"}).value());
    config.shards = 1;
    config.scrub.enabled = false;  // its position would be counted
    auto files = std::make_unique<test::CountingFileSystem>(io::make_uring_file_system(), counts_);
    auto node = Node::start(config, std::move(files));
    if (!node) throw std::runtime_error(node.error().detail);
    node_ = std::move(*node);
    azure::AccountSasRequest token;
    token.permissions = "rwdlac";
    token.expiry = SystemClock().now() + std::chrono::hours(1);
    sas_ = azure::make_account_sas(config.accounts[0], token).value();
    http::ClientOptions options;
    options.host = "127.0.0.1";
    options.port = node_->addresses().at(0).port;
    client_ = test::run_on(client_shard_, [&] {
                return http::Client::connect(client_shard_, options);
              }).value();
    expect(201, "PUT", "/team/box?restype=container");
  }
  ~Budget() override {
    test::run_on(client_shard_, [&]() -> io::Task<void> {
      client_.reset();
      co_return;
    });
    node_->stop();
  }

  std::string expect(int status, std::string method, const std::string& target,
                     std::string body = {}, std::string_view type = "BlockBlob") {
    http::ClientRequest request;
    request.method = std::move(method);
    request.target = target + (target.find('?') == target.npos ? "?" : "&") + sas_;
    request.headers.add("x-ms-blob-type", type);
    request.body = std::move(body);
    auto response = test::run_on(client_shard_, [&] { return client_->send(request); });
    if (!response) throw std::runtime_error(to_string(response.error()));
    EXPECT_EQ(response->status, status) << response->body;
    return std::move(response->body);
  }

  // The cost of one of `rounds` calls of `request`, made one after another.
  template <class F>
  Cost cost_of_one(int rounds, F request) {
    const auto meta = node_->meta_stats();
    const auto syncs = libc_syncs();
    const auto datasyncs = counts_.datasyncs.load();
    const auto written = counts_.written_bytes.load();
    const auto reads = counts_.reads.load();
    const auto wakes = voluntary_switches();
    const auto began = clock_.instant();
    start_counting_allocations("lapis-io-0");
    for (int i = 0; i < rounds; ++i) request(i);
    const auto allocated = stop_counting_allocations();
    Cost cost;
    const std::chrono::duration<double> elapsed = clock_.instant() - began;
    cost.passes = (elapsed / kBackgroundPause + 2) / rounds;
    const auto each = [&](std::uint64_t now, std::uint64_t before) {
      return static_cast<double>(now - before) / rounds;
    };
    cost.transactions = each(node_->meta_stats().transactions, meta.transactions);
    cost.wal_syncs = each(libc_syncs(), syncs);
    cost.data_syncs = each(counts_.datasyncs, datasyncs);
    cost.written_bytes = each(counts_.written_bytes, written);
    cost.file_reads = each(counts_.reads, reads);
    cost.allocated_bytes = each(allocated.bytes, 0);
    for (const auto& [name, count] : voluntary_switches()) {
      const auto before = wakes.find(name);
      cost.wakes[name] = each(count, before == wakes.end() ? 0 : before->second);
    }
    return cost;
  }

  SystemClock clock_;
  test::TempDir directory_{"/var/tmp"};
  test::FileCounts counts_;
  test::TestShard client_shard_;
  std::unique_ptr<Node> node_;
  std::unique_ptr<http::Client> client_;
  std::string sas_;
};

// What refills ahead of need (chunk ids, spare extents) has a small share in every count.
constexpr double kSlack = 0.2;

TEST_F(Budget, PutBlobInAnExtentIsOneTransactionAndTwoSyncs) {
  const std::string body(64 * 1024, 'x');
  const Cost cost = cost_of_one(
      kRounds, [&](int i) { expect(201, "PUT", "/team/box/b" + std::to_string(i), body); });
  EXPECT_NEAR(cost.transactions, 1, kSlack + cost.passes * 2);
  EXPECT_NEAR(cost.wal_syncs, 1, kSlack + cost.passes * 2);
  EXPECT_NEAR(cost.data_syncs, 1, kSlack);
  EXPECT_LE(cost.written_bytes, 64 * 1024 + 4096 + 4096 * kSlack);
  EXPECT_LE(cost.wakes_of("lapis-block"), kSlack + cost.passes * kWakesOfAPass);
}

TEST_F(Budget, InlinePutBlobSyncsNoData) {
  const std::string body(2000, 'x');
  const Cost cost = cost_of_one(
      kRounds, [&](int i) { expect(201, "PUT", "/team/box/b" + std::to_string(i), body); });
  EXPECT_NEAR(cost.transactions, 1, kSlack + cost.passes * 2);
  EXPECT_NEAR(cost.wal_syncs, 1, kSlack + cost.passes * 2);
  EXPECT_LE(cost.data_syncs, kSlack);
  EXPECT_LE(cost.wakes_of("lapis-block"), kSlack + cost.passes * kWakesOfAPass);
}

TEST_F(Budget, PutBlockIsOneTransactionAndCopiesNothing) {
  const std::string body(4 << 20, 'x');
  const auto put = [&](int i) {
    const std::string id = std::to_string(1000 + i);
    expect(201, "PUT", "/team/box/big?comp=block&blockid=" + id, body);
  };
  put(900);  // buffers are allocated once
  const Cost cost = cost_of_one(16, put);
  EXPECT_NEAR(cost.transactions, 1, kSlack + cost.passes * 2);
  EXPECT_NEAR(cost.wal_syncs, 1, kSlack + cost.passes * 2);
  EXPECT_NEAR(cost.data_syncs, 1, kSlack);
  EXPECT_LE(cost.written_bytes, (4 << 20) + 8192);
  // The payload is never in memory of its own: only the pool's buffers hold it.
  EXPECT_LE(cost.allocated_bytes, 64 * 1024);
}

TEST_F(Budget, AppendBlockIsOneTransactionAndCopiesNothing) {
  const std::string body(4 << 20, 'x');
  expect(201, "PUT", "/team/box/log", {}, "AppendBlob");
  const auto append = [&](int) { expect(201, "PUT", "/team/box/log?comp=appendblock", body); };
  append(0);  // buffers are allocated once
  const Cost cost = cost_of_one(16, append);
  EXPECT_NEAR(cost.transactions, 1, kSlack + cost.passes * 2);
  EXPECT_NEAR(cost.wal_syncs, 1, kSlack + cost.passes * 2);
  EXPECT_NEAR(cost.data_syncs, 1, kSlack);
  EXPECT_LE(cost.written_bytes, (4 << 20) + 8192);
  EXPECT_LE(cost.allocated_bytes, 64 * 1024);
}

TEST_F(Budget, ShortAppendSyncsNoData) {
  expect(201, "PUT", "/team/box/log", {}, "AppendBlob");
  const std::string line(100, 'x');
  const Cost cost =
      cost_of_one(200, [&](int) { expect(201, "PUT", "/team/box/log?comp=appendblock", line); });
  EXPECT_NEAR(cost.transactions, 1, kSlack + cost.passes * 2);
  EXPECT_NEAR(cost.wal_syncs, 1, kSlack + cost.passes * 2);
  EXPECT_LE(cost.data_syncs, kSlack);
}

TEST_F(Budget, PutBlockListMovesNoPayload) {
  std::string list = "<BlockList>";
  for (int i = 0; i < 8; ++i) {
    const std::string id = std::to_string(1000 + i);
    expect(201, "PUT", "/team/box/big?comp=block&blockid=" + id, std::string(1 << 20, 'x'));
    list += "<Latest>" + id + "</Latest>";
  }
  list += "</BlockList>";
  const Cost cost =
      cost_of_one(20, [&](int) { expect(201, "PUT", "/team/box/big?comp=blocklist", list); });
  EXPECT_NEAR(cost.transactions, 1, kSlack + cost.passes * 2);
  EXPECT_NEAR(cost.wal_syncs, 1, kSlack + cost.passes * 2);
  EXPECT_LE(cost.data_syncs, kSlack);
  EXPECT_LE(cost.written_bytes, 4096 * kSlack);
  EXPECT_LE(cost.file_reads, kSlack);
}

TEST_F(Budget, SettingMetadataOfALargeBlobTouchesNoPayload) {
  expect(201, "PUT", "/team/box/large", std::string(8 << 20, 'x'));
  const Cost cost =
      cost_of_one(20, [&](int) { expect(200, "PUT", "/team/box/large?comp=metadata"); });
  EXPECT_NEAR(cost.transactions, 1, kSlack + cost.passes * 2);
  EXPECT_NEAR(cost.wal_syncs, 1, kSlack + cost.passes * 2);
  EXPECT_LE(cost.data_syncs, kSlack);
  EXPECT_LE(cost.written_bytes, 4096 * kSlack);
  EXPECT_LE(cost.file_reads, kSlack);
}

TEST_F(Budget, CachedInlineGetStaysOnItsShard) {
  const auto cost_of_get = [&](std::size_t length) {
    expect(201, "PUT", "/team/box/small", std::string(length, 'x'));
    expect(200, "GET", "/team/box/small");
    return cost_of_one(1000, [&](int) { expect(200, "GET", "/team/box/small"); });
  };
  const Cost tiny = cost_of_get(10);
  const Cost cost = cost_of_get(4000);
  EXPECT_LE(cost.transactions, 0.01 + cost.passes * 2);
  EXPECT_LE(cost.file_reads, 0.01);
  EXPECT_LE(cost.wakes_of("lapis-commit"), 0.02 + cost.passes * kWakesOfAPass);
  EXPECT_LE(cost.wakes_of("lapis-block"), 0.02 + cost.passes * kWakesOfAPass);
  // The body is lent from the cached record, not copied for each reader.
  EXPECT_LE(cost.allocated_bytes, tiny.allocated_bytes + 400);
}

TEST_F(Budget, CachedGetFromAnExtentStaysOnItsShard) {
  const auto cost_of_get = [&](std::size_t length) {
    expect(201, "PUT", "/team/box/large", std::string(length, 'x'));
    expect(200, "GET", "/team/box/large");
    return cost_of_one(200, [&](int) { expect(200, "GET", "/team/box/large"); });
  };
  const Cost small = cost_of_get(128 * 1024);
  const Cost cost = cost_of_get(1024 * 1024);
  EXPECT_LE(cost.transactions, 0.05 + cost.passes * 2);
  EXPECT_LE(cost.wakes_of("lapis-commit"), 0.1 + cost.passes * kWakesOfAPass);
  EXPECT_LE(cost.wakes_of("lapis-block"), 0.1 + cost.passes * kWakesOfAPass);
  // The payload is in the pool's buffers only.
  EXPECT_LE(cost.allocated_bytes, small.allocated_bytes + 8 * 1024);
}

TEST_F(Budget, ListIsOneCrossing) {
  for (int i = 0; i < 50; ++i) expect(201, "PUT", "/team/box/b" + std::to_string(i), "x");
  const auto list = [&](int) { expect(200, "GET", "/team/box?restype=container&comp=list"); };
  const Cost cost = cost_of_one(kRounds, list);
  EXPECT_LE(cost.transactions, kSlack + cost.passes * 2);
  EXPECT_LE(cost.wakes_of("lapis-block"), 1 + kSlack + cost.passes * kWakesOfAPass);
  EXPECT_LE(cost.wakes_of("lapis-commit"), kSlack + cost.passes * kWakesOfAPass);
}

// Sixty-four writers at once share their syncs.
TEST_F(Budget, ConcurrentWritesShareTheirSyncs) {
  const auto put_many = [&](int writer) -> io::Task<int> {
    http::ClientOptions options;
    options.host = "127.0.0.1";
    options.port = node_->addresses().at(0).port;
    auto client = (co_await http::Client::connect(client_shard_, options)).value();
    int created = 0;
    for (int i = 0; i < 20; ++i) {
      http::ClientRequest request;
      request.method = "PUT";
      request.target = "/team/box/w" + std::to_string(writer * 100 + i) + "?" + sas_;
      request.headers.add("x-ms-blob-type", "BlockBlob");
      request.body = std::string(16 * 1024, 'x');
      const auto response = co_await client->send(request);
      if (response && response->status == 201) ++created;
    }
    co_return created;
  };
  int created = 0;
  const Cost cost = cost_of_one(1, [&](int) {
    test::run_on(client_shard_, [&]() -> io::Task<void> {
      std::vector<io::Started<int>> writers;
      for (int i = 0; i < 64; ++i) writers.emplace_back(put_many(i));
      for (auto& writer : writers) created += co_await writer.join();
    });
  });
  EXPECT_EQ(created, 64 * 20);
  EXPECT_NEAR(cost.transactions, 64 * 20, 10);
  EXPECT_LE(cost.wal_syncs, 64 * 20 / 2);
  EXPECT_LE(cost.data_syncs, 64 * 20 / 2);
}

}  // namespace
}  // namespace lapis::daemon
