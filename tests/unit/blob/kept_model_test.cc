// Thousands of random operations on a few containers of an account that keeps deleted containers
// and blobs, against a plain model, with commits that fail: whatever is deleted, restored under
// whatever name and ended, each container holds what the model says, and after each pass of the
// reclaimer nothing is leaked and nothing lost.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <optional>

#include "blob/kept_containers.h"
#include "lapis/blob/ops/list_containers.h"
#include "lapis/blob/ops/restore_container.h"
#include "lapis/blob/ops/set_blob_service_properties.h"
#include "support/past_findings.h"
#include "unit/blob/random_model.h"

namespace lapis::blob {
namespace {

using storage::Table;
using test::pattern;

constexpr auto kDay = std::chrono::hours(24);
constexpr std::uint32_t kContainerDays = 5;
constexpr std::uint32_t kBlobDays = 3;

// All bodies are in chunks.
struct Blob {
  std::optional<std::string> body;
  std::vector<std::pair<std::string, ServiceTime>> deleted;  // what it was, and until when
};
using Content = std::map<std::string, Blob>;
struct Kept {
  std::string name;
  ServiceTime until;
  Content content;
};

class ModelRun : RandomModel {
 public:
  explicit ModelRun(unsigned seed) : RandomModel(seed, {.features = features()}) {
    const ServicePropertiesChange change{.delete_retention = DeleteRetention{kBlobDays, false}};
    LAPIS_CHECK(harness_.run(set_blob_service_properties(harness_.service, {"acct", change})));
    live_["box"];
  }

  void step() {
    plan_failure();
    harness_.clock.advance(Ticks(random_() % 2));
    const std::string name = any_name();
    const auto kind = random_() % 100;
    if (kind < 35) {
      put(name);
    } else if (kind < 45) {
      erase(name);
    } else if (kind < 60) {
      create(name);
    } else if (kind < 75) {
      remove(name);
    } else if (kind < 92) {
      restore(name);
    } else {
      pass_time();
    }
    fail_no_more();
  }

  void check() {
    failing_ = false;
    ASSERT_TRUE(harness_.reclaim());
    std::uint64_t held = 0;
    for (const auto& [name, content] : live_) held += bytes_in(content);
    for (const auto& [deleted, kept] : kept_) held += bytes_in(kept.content);
    ASSERT_EQ(harness_.chunks.held_bytes(), held);
    ASSERT_EQ(harness_.rows_of(Table::kContainerState), live_.size() + kept_.size());
    ASSERT_EQ(harness_.rows_of(Table::kContainerName), live_.size());
    ASSERT_EQ(harness_.rows_of(Table::kRelease), 0u);
    ASSERT_EQ(test::past_findings(harness_.rows), std::vector<std::string>{});
    for (const auto& [name, content] : live_) check_content(name, content);
    check_listing();
  }

 private:
  static std::shared_ptr<const FeaturesByAccount> features() {
    FeaturesByAccount features;
    features["acct"].container_retention_days = kContainerDays;
    return std::make_shared<const FeaturesByAccount>(std::move(features));
  }

  static std::uint64_t bytes_in(const Content& content) {
    std::uint64_t bytes = 0;
    for (const auto& [name, blob] : content) {
      if (blob.body) bytes += blob.body->size();
      for (const auto& [body, until] : blob.deleted) bytes += body.size();
    }
    return bytes;
  }

  std::string any_name() {
    constexpr const char* kNames[] = {"box", "box-2", "bo", "other"};
    return kNames[random_() % std::size(kNames)];
  }

  template <class T>
  void expect_error(const Result<T>& result, ErrorCode code) {
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, code);
  }

  BlobKey any_blob(const std::string& container) {
    return {"acct", container, "blob" + std::to_string(random_() % 3)};
  }
  ServiceTime after(std::uint32_t days) const { return harness_.service.time->now() + days * kDay; }

  void put(const std::string& name) {
    const std::string body = pattern(17 + random_() % 300, random_());
    PutBlob request;
    request.key = any_blob(name);
    const std::string blob_name = request.key.name;
    const auto result = harness_.put(std::move(request), body);
    const auto found = live_.find(name);
    if (found == live_.end()) return expect_error(result, ErrorCode::kContainerNotFound);
    if (!happened(result)) return;
    Blob& blob = found->second[blob_name];
    if (blob.body) blob.deleted.emplace_back(*blob.body, after(kBlobDays));
    blob.body = body;
  }

  void erase(const std::string& name) {
    DeleteBlob request;
    request.key = any_blob(name);
    const auto result = harness_.run(delete_blob(harness_.service, request));
    const auto found = live_.find(name);
    if (found == live_.end()) return expect_error(result, ErrorCode::kContainerNotFound);
    Blob& blob = found->second[request.key.name];
    if (!blob.body) return expect_error(result, ErrorCode::kBlobNotFound);
    if (!happened(result)) return;
    blob.deleted.emplace_back(*std::exchange(blob.body, {}), after(kBlobDays));
  }

  void create(const std::string& name) {
    const auto result = harness_.run(create_container(harness_.service, {{"acct", name}, {}}));
    if (live_.contains(name)) return expect_error(result, ErrorCode::kContainerAlreadyExists);
    if (happened(result)) live_[name];
  }

  void remove(const std::string& name) {
    const auto result = harness_.run(delete_container(harness_.service, {{"acct", name}, {}, {}}));
    const auto found = live_.find(name);
    if (found == live_.end()) return expect_error(result, ErrorCode::kContainerNotFound);
    if (!happened(result)) return;
    Kept kept{name, after(kContainerDays), std::move(found->second)};
    live_.erase(found);
    for (const auto& item : list()) {
      const auto& deletion = item.properties.deletion;
      const std::pair key(item.name, deletion ? deletion->at : Timestamp{});
      if (!deletion || kept_.contains(key)) continue;
      EXPECT_EQ(item.name, name);
      EXPECT_EQ(deletion->until, kept.until);
      kept_.emplace(key, std::move(kept));
      return;
    }
    ADD_FAILURE() << "a deleted container is not listed";
  }

  void restore(const std::string& as) {
    if (kept_.empty()) return;
    const auto back =
        std::next(kept_.begin(), static_cast<std::ptrdiff_t>(random_() % kept_.size()));
    const auto& [name, deleted] = back->first;
    const auto result =
        harness_.run(restore_container(harness_.service, {{"acct", as}, name, deleted}));
    if (live_.contains(as)) return expect_error(result, ErrorCode::kContainerAlreadyExists);
    if (back->second.until <= harness_.service.time->now()) {
      return expect_error(result, ErrorCode::kContainerNotFound);
    }
    if (!happened(result)) return;
    live_[as] = std::move(back->second.content);
    kept_.erase(back);
  }

  void pass_time() {
    harness_.clock.advance(kDay * (1 + random_() % 2));
    (void)harness_.expire_deletions();
    fail_no_more();
    ASSERT_TRUE(harness_.expire_deletions());
    const ServiceTime now = harness_.service.time->now();
    std::erase_if(kept_, [now](const auto& one) { return one.second.until <= now; });
    for (auto& [name, content] : live_) pass_time_in(content, now);
    for (auto& [deleted, kept] : kept_) pass_time_in(kept.content, now);
  }
  static void pass_time_in(Content& content, ServiceTime now) {
    for (auto& [name, blob] : content) {
      std::erase_if(blob.deleted, [now](const auto& one) { return one.second <= now; });
    }
  }

  std::vector<ListContainersResult::Item> list() {
    ListContainers all{"acct", {}, {}};
    all.include_deleted = true;
    auto listed = harness_.run(list_containers(harness_.service, all));
    EXPECT_TRUE(listed);
    return listed ? std::move(listed->items) : std::vector<ListContainersResult::Item>{};
  }

  void check_listing() {
    std::size_t live = 0;
    const auto items = list();
    for (const auto& item : items) {
      const auto& deletion = item.properties.deletion;
      if (!deletion) {
        ASSERT_TRUE(live_.contains(item.name));
        ++live;
      } else {
        ASSERT_TRUE(kept_.contains({item.name, deletion->at}));
      }
    }
    ASSERT_EQ(live, live_.size());
    ASSERT_EQ(items.size(), live_.size() + kept_.size());
  }

  void check_content(const std::string& container, const Content& content) {
    for (const auto& [name, blob] : content) {
      GetBlob request;
      request.key = {"acct", container, name};
      auto got = harness_.run(get_blob(harness_.service, request));
      ASSERT_EQ(got.has_value(), blob.body.has_value()) << container << "/" << name;
      if (got) ASSERT_EQ(harness_.run(test::read_all(*got->body)), *blob.body);
    }
  }

  std::map<std::string, Content> live_;
  std::map<std::pair<std::string, Timestamp>, Kept> kept_;
};

TEST(KeptModel, RandomStepsLoseAndLeakNothing) {
  for (const unsigned seed : {31u, 32u, 33u}) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    ModelRun run(seed);
    for (int step = 0; step < 2000; ++step) {
      SCOPED_TRACE("step " + std::to_string(step));
      run.step();
      if (step % 50 == 49) run.check();
      if (testing::Test::HasFailure()) return;
    }
  }
}

}  // namespace
}  // namespace lapis::blob
