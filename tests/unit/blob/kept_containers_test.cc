// Soft delete of containers: what deleting, restoring and time make of them, and that nothing but a
// listing shows those that are kept.
#include "blob/kept_containers.h"

#include <gtest/gtest.h>

#include <sstream>

#include "lapis/blob/deletion_version.h"
#include "lapis/blob/ops/find_blobs_by_tags.h"
#include "lapis/blob/ops/get_container_properties.h"
#include "lapis/blob/ops/lease_container.h"
#include "lapis/blob/ops/list_blobs.h"
#include "lapis/blob/ops/list_containers.h"
#include "lapis/blob/ops/restore_container.h"
#include "lapis/blob/ops/set_blob_service_properties.h"
#include "lapis/blob/ops/set_container_acl.h"
#include "lapis/blob/ops/snapshot_blob.h"
#include "support/blob_harness.h"
#include "support/past_findings.h"

namespace lapis::blob {
namespace {

using storage::Table;
using test::BlobHarness;
using test::key_of;

constexpr auto kDay = std::chrono::hours(24);
const ContainerKey kBox{"acct", "box"};

// An account that keeps deleted containers for a week, and operations on them by their names.
class Account {
 public:
  explicit Account(std::optional<std::uint32_t> days = 7)
      : harness_({.features = features_}), harness(harness_) {
    keep_for(days);
  }
  void keep_for(std::optional<std::uint32_t> days) {
    (*features_)["acct"].container_retention_days = days;
  }

  // Each step a second after the one before, but at the very moment to which that led. Steps that
  // should not work have a '!' before.
  void run(const std::string& steps) {
    std::istringstream words(steps);
    bool is_at_moment = false;
    for (std::string word; words >> word;) {
      if (!is_at_moment) harness_.clock.advance(std::chrono::seconds(1));
      is_at_moment = word.ends_with("week");
      const bool works = word[0] != '!';
      EXPECT_EQ(step(works ? word : word.substr(1)), works) << word << " of " << steps;
      EXPECT_EQ(test::past_findings(harness_.rows), std::vector<std::string>{}) << word;
    }
  }

  std::vector<ListContainersResult::Item> list(const std::string& prefix = "",
                                               std::size_t page = 5000, bool deleted = true) {
    std::vector<ListContainersResult::Item> items;
    ListContainers request{"acct", prefix, {}, page, deleted};
    while (true) {
      auto result = harness_.run(list_containers(harness_.service, request));
      EXPECT_TRUE(result);
      if (!result) return items;
      EXPECT_LE(result->items.size(), page);
      for (auto& item : result->items) items.push_back(std::move(item));
      if (result->next.name.empty()) return items;
      EXPECT_EQ(result->items.size(), page);
      request.start = result->next;
    }
  }

  // Every entry of the listing: ':' behind the name of one that lives, '~' of one that is kept, and
  // what its blob "b" holds.
  std::string shown() {
    std::string text;
    for (const auto& item : list()) {
      if (!text.empty()) text += ' ';
      const auto& deletion = item.properties.deletion;
      text += item.name + (deletion ? "~" : ":") + content(item.name, deletion);
    }
    return text;
  }

  std::vector<Timestamp> deletions() {
    std::vector<Timestamp> times;
    for (const auto& item : list()) {
      if (item.properties.deletion) times.push_back(item.properties.deletion->at);
    }
    return times;
  }

  Result<void> restore(Timestamp deleted, const std::string& as = "box") {
    return harness_.run(restore_container(harness_.service, {{"acct", as}, "box", deleted}));
  }

  const std::shared_ptr<FeaturesByAccount> features_ = std::make_shared<FeaturesByAccount>();
  BlobHarness harness_;
  BlobHarness& harness;
  std::optional<Error> last_error;

 private:
  // By the rows: no request finds it.
  std::string content(const std::string& name, const std::optional<Deletion>& deletion) {
    const auto rows = harness_.rows.rows();
    const auto container = rows.find(deletion ? kept_container_key("acct", name, deletion->at)
                                              : container_name_key("acct", name));
    if (container == rows.end()) return "?";
    const ContainerId id = decode_container(container->second)->id;
    const auto blob = rows.find(blob_key(id, "b"));
    return blob == rows.end() ? "" : decode_blob(blob->second)->body.inline_bytes;
  }

  template <class T>
  bool ok(const Result<T>& result) {
    if (!result) last_error = result.error();
    return result.has_value();
  }

  bool step(const std::string& word) {
    Service& service = harness_.service;
    if (word.starts_with("put")) return ok(harness_.put("b", word.substr(3)));
    if (word == "create") return ok(harness_.run(create_container(service, {kBox, {}})));
    if (word == "delete") return erase();
    if (word == "restore") return restore_at(deletions(), true, "box");
    if (word == "restore-oldest") return restore_at(deletions(), false, "box");
    if (word == "restore-as-new") return restore_at(deletions(), true, "new");
    if (word == "restore-another") return ok(restore(Timestamp(Ticks(17))));
    if (word == "pass") return ok(harness_.expire_deletions()) && ok(harness_.reclaim());
    if (word == "off") return keep_for(std::nullopt), true;
    // To the very end of what was deleted in the step before, or to the tick before it.
    harness_.clock.advance(word == "week" ? 7 * kDay - std::chrono::seconds(1)
                                          : 7 * kDay - std::chrono::seconds(1) - Ticks(1));
    return true;
  }

  bool erase() {
    if (!ok(harness_.run(delete_container(harness_.service, {kBox, {}, {}})))) return false;
    if (const auto all = deletions(); !all.empty()) last_deletion_ = all.back();
    return true;
  }

  // Where nothing is listed, what was listed last.
  bool restore_at(const std::vector<Timestamp>& deletions, bool youngest, const std::string& as) {
    if (deletions.empty()) return ok(restore(last_deletion_, as));
    return ok(restore(youngest ? deletions.back() : deletions.front(), as));
  }

  Timestamp last_deletion_;
};

template <class T>
std::optional<Error> error_of(const Result<T>& result) {
  if (result) return std::nullopt;
  return result.error();
}

struct Steps {
  const char* steps;
  const char* left;
};

const Steps kSteps[] = {
    {"put1 delete", "box~1"},
    {"put1 delete pass", "box~1"},
    {"put1 delete !delete !put2", "box~1"},
    {"put1 delete create put2", "box~1 box:2"},
    {"put1 delete create put2 delete", "box~1 box~2"},
    {"put1 delete restore", "box:1"},
    {"put1 delete restore put2 delete restore", "box:2"},
    {"put1 delete restore delete restore pass", "box:1"},
    {"put1 delete create put2 delete restore-oldest", "box~2 box:1"},
    {"put1 delete create put2 delete restore", "box~1 box:2"},
    {"put1 delete create !restore", "box~1 box:"},
    {"put1 delete create restore-as-new", "box: new:1"},
    {"put1 delete create restore-as-new !restore-as-new", "box: new:1"},
    {"put1 delete create put2 delete restore-as-new restore", "box:1 new:2"},
    {"put1 delete restore-as-new !restore", "new:1"},
    {"put1 delete !restore-another", "box~1"},
    {"!restore", "box:"},
    {"delete almost-a-week restore", "box:"},
    {"put1 delete almost-a-week restore", "box:1"},
    {"put1 delete almost-a-week pass", "box~1"},
    // At its end it is gone, whether the pass that ends it has come by or not.
    {"put1 delete week", ""},
    {"put1 delete week !restore", ""},
    {"put1 delete week pass !restore", ""},
    {"put1 delete week create put2 pass", "box:2"},
    {"put1 delete create put2 delete week pass", ""},
    {"put1 delete almost-a-week create put2 delete", "box~2"},
    {"put1 delete almost-a-week create put2 delete pass", "box~2"},
    // A deletion keeps its retention, whatever the account's is by then.
    {"put1 delete off", "box~1"},
    {"put1 delete off restore", "box:1"},
    {"put1 delete off restore delete !restore", ""},
    {"put1 delete off create put2 delete", "box~1"},
    {"put1 off delete pass !restore", ""},
};

TEST(KeptContainers, WhatIsLeft) {
  for (const bool twice : {false, true}) {
    for (const Steps& c : kSteps) {
      Account account;
      account.harness.rows.set_run_twice(twice);
      account.run(c.steps);
      EXPECT_EQ(account.shown(), c.left) << c.steps;
    }
  }
}

TEST(KeptContainers, NothingIsLeftOnceTheyEnd) {
  Account account;
  ASSERT_TRUE(account.harness.put("long", test::pattern(500, 1)));
  account.run("put1 delete create put2 delete week pass week pass");
  for (const Table table : {Table::kDeletedContainer, Table::kExpiry, Table::kContainerState,
                            Table::kContainerName, Table::kBlob}) {
    EXPECT_EQ(account.harness.rows_of(table), 0u) << static_cast<int>(table);
  }
  EXPECT_EQ(account.harness.chunks.held_bytes(), 0u);
  EXPECT_EQ(account.harness.reclaimer.totals().expired_deletions, 2u);
}

TEST(KeptContainers, ErrorsOfRestoring) {
  struct Case {
    const char* steps;
    ErrorCode code;
    int status;
  };
  const Case cases[] = {
      {"delete create !restore", ErrorCode::kContainerAlreadyExists, 409},
      {"delete create !restore-another", ErrorCode::kContainerAlreadyExists, 409},
      {"delete !restore-another", ErrorCode::kContainerNotFound, 409},
      {"delete week !restore", ErrorCode::kContainerNotFound, 409},
      {"delete week pass !restore", ErrorCode::kContainerNotFound, 409},
  };
  for (const Case& c : cases) {
    Account account;
    account.run(c.steps);
    ASSERT_TRUE(account.last_error) << c.steps;
    EXPECT_EQ(account.last_error->code, c.code) << c.steps;
    EXPECT_EQ(account.last_error->status(), c.status) << c.steps;
  }
}

TEST(KeptContainers, AreDeletedAndRestoredByOneWriteEach) {
  Account account;
  for (int i = 0; i < 300; ++i) ASSERT_TRUE(account.harness.put("n" + std::to_string(i), "x"));
  const auto before = account.harness.rows.commits();
  account.run("delete");
  EXPECT_EQ(account.harness.rows.commits(), before + 1);
  account.run("restore");
  EXPECT_EQ(account.harness.rows.commits(), before + 2);
}

TEST(KeptContainers, AFailedCommitChangesNothing) {
  for (const std::string step : {"delete", "restore", "pass"}) {
    Account account;
    account.run(step == "delete" ? "put1" : step == "pass" ? "put1 delete week" : "put1 delete");
    const auto before = account.harness.rows.rows();
    account.harness.rows.fail_commit(1, Error{ErrorCode::kInternalError, "planned"});
    account.run("!" + step);
    EXPECT_EQ(account.harness.rows.rows(), before) << step;
    account.run(step);
  }
}

// A deletion at a moment at which another was made has the next one.
TEST(KeptContainers, DeletionsOfANameHaveTimesOfTheirOwn) {
  Account account;
  BlobHarness& harness = account.harness;
  const Timestamp now = harness.clock.now();
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(harness.put("b", std::to_string(i)));
    ASSERT_TRUE(harness.run(delete_container(harness.service, {kBox, {}, {}})));
    ASSERT_TRUE(harness.run(create_container(harness.service, {kBox, {}})));
  }
  EXPECT_EQ(account.deletions(), (std::vector<Timestamp>{now, now + Ticks(1), now + Ticks(2)}));
  EXPECT_EQ(account.shown(), "box~0 box~1 box~2 box:");
  EXPECT_EQ(test::past_findings(harness.rows), std::vector<std::string>{});
}

TEST(KeptContainers, TheEndGoesByTheServiceClock) {
  Account account;
  account.run("put1 delete");
  account.harness.clock.set(account.harness.clock.now() + 100 * kDay);
  account.run("pass");
  EXPECT_EQ(account.shown(), "box~1");
  account.harness.clock.set(account.harness.clock.now() - 200 * kDay);
  account.run("week pass");
  EXPECT_EQ(account.shown(), "");
}

TEST(KeptContainers, ComeBackWithAllTheyHad) {
  Account account;
  BlobHarness& harness = account.harness;
  Service& service = harness.service;
  const ContainerAccess access{PublicAccess::kBlob, {{"policy", {}, {}, "r"}}};
  ASSERT_TRUE(harness.run(set_container_acl(service, {kBox, access, {}, {}})));
  PutBlob tagged;
  tagged.key = key_of("tagged");
  tagged.tags = {{"k", "v"}};
  ASSERT_TRUE(harness.put(tagged, test::pattern(300, 1)));
  const auto snapshot =
      harness.run(snapshot_blob(service, {key_of("tagged"), {}, {}, {}}))->snapshot;
  ASSERT_TRUE(harness.put(tagged, test::pattern(200, 2)));
  ASSERT_TRUE(harness.stage("staged", "AAAA", test::pattern(40, 3)));
  const LeaseId lease = LeaseId::make();
  ASSERT_TRUE(harness.run(
      lease_container(service, {kBox, {LeaseAction::Kind::kAcquire, {}, lease, {}, {}}, {}})));
  const auto before = harness.run(get_container_properties(service, {kBox, {}}))->properties;

  const auto refused = harness.run(delete_container(service, {kBox, {}, {}}));
  EXPECT_EQ(refused.error().code, ErrorCode::kContainerLeaseIdMissing);
  ASSERT_TRUE(harness.run(delete_container(service, {kBox, {}, lease})));
  FindBlobsByTags find;
  find.account = "acct";
  find.query.ranges = {{"k", "", false, {}, false}};
  EXPECT_TRUE(harness.run(find_blobs_by_tags(service, find))->items.empty());
  account.run("pass create delete restore-oldest pass");

  const auto after = harness.run(get_container_properties(service, {kBox, {}}));
  ASSERT_TRUE(after);
  EXPECT_EQ(after->properties.etag, before.etag);
  EXPECT_EQ(after->properties.last_modified, before.last_modified);
  EXPECT_EQ(after->properties.access, access);
  EXPECT_FALSE(after->properties.deletion);
  EXPECT_EQ(after->lease.state, LeaseState::kAvailable);
  EXPECT_EQ(harness.get("tagged"), test::pattern(200, 2));
  EXPECT_EQ(harness.get_snapshot("tagged", snapshot), test::pattern(300, 1));
  EXPECT_EQ(harness.blocks("staged")->uncommitted.size(), 1u);
  ASSERT_EQ(harness.run(find_blobs_by_tags(service, find))->items.size(), 1u);
}

TEST(KeptContainers, AreNotThereForWhoKnewThem) {
  Account account;
  BlobHarness& harness = account.harness;
  ASSERT_TRUE(harness.put("b", "old"));
  ASSERT_TRUE(harness.stage("b", "AAAA", "block"));
  const auto delete_between = [&]() -> io::Task<void> {
    EXPECT_TRUE(co_await delete_container(harness.service, {kBox, {}, {}}));
  };
  // Each has found the container by the time it goes.
  const std::pair<const char*, std::function<std::optional<Error>()>> writes[] = {
      {"put", [&] { return error_of(harness.put("b", "new")); }},
      {"stage", [&] { return error_of(harness.stage("b", "BBBB", "x")); }},
      {"commit", [&] { return error_of(harness.commit("b", test::latest({"AAAA"}))); }},
      {"erase", [&] { return error_of(harness.erase("b")); }},
  };
  for (const auto& [name, write] : writes) {
    harness.meta.before_transaction = delete_between;
    const auto error = write();
    ASSERT_TRUE(error) << name;
    EXPECT_EQ(error->code, ErrorCode::kContainerNotFound) << name;
    EXPECT_EQ(harness.get("b").error().code, ErrorCode::kContainerNotFound) << name;
    account.run("restore");
    EXPECT_EQ(harness.get("b"), "old") << name;
  }
}

// The caches are asked by name, which meant another container in between.
TEST(KeptContainers, NoCacheMistakesOneForAnother) {
  Account account;
  BlobHarness& harness = account.harness;
  for (int i = 0; i < 3; ++i) {
    account.run(i == 0 ? "put0" : "delete create put" + std::to_string(i));
    EXPECT_EQ(harness.get("b"), std::to_string(i));
  }
  const auto deleted = account.deletions();
  account.run("delete");
  ASSERT_TRUE(account.restore(deleted.at(0)));
  EXPECT_EQ(harness.get("b"), "0");
  account.run("delete");
  ASSERT_TRUE(account.restore(deleted.at(1)));
  EXPECT_EQ(harness.get("b"), "1");
}

// What ends by itself ends in a container that is kept, too: it was never to be there for longer.
TEST(KeptContainers, WhatEndsInThemGoesOn) {
  Account account(30);
  BlobHarness& harness = account.harness;
  const ServicePropertiesChange change{.delete_retention = DeleteRetention{2, false}};
  ASSERT_TRUE(harness.run(set_blob_service_properties(harness.service, {"acct", change})));
  ASSERT_TRUE(harness.put("gone", test::pattern(300, 1)));
  ASSERT_TRUE(harness.erase("gone"));
  ASSERT_TRUE(harness.put("over", test::pattern(200, 2)));
  ASSERT_TRUE(harness.put("over", test::pattern(100, 3)));
  ASSERT_TRUE(harness.stage("staged", "AAAA", test::pattern(50, 4)));
  account.run("delete pass");
  EXPECT_EQ(harness.chunks.held_bytes(), 650u);
  harness.clock.advance(3 * kDay);
  account.run("pass");
  EXPECT_EQ(harness.chunks.held_bytes(), 150u);
  harness.clock.advance(5 * kDay);
  ASSERT_TRUE(harness.run(harness.reclaimer.expire_uploads()));
  account.run("pass");
  EXPECT_EQ(harness.chunks.held_bytes(), 100u);
  account.run("restore");
  EXPECT_EQ(harness.get("over"), test::pattern(100, 3));
  EXPECT_EQ(harness.get("gone").error().code, ErrorCode::kBlobNotFound);
  EXPECT_EQ(harness.blocks("staged").error().code, ErrorCode::kBlobNotFound);
}

TEST(KeptContainers, OneThatCannotBeReadDoesNotKeepTheOthers) {
  Account account;
  account.run("delete create delete create delete");
  account.harness.clock.advance(8 * kDay);
  std::string damaged;
  for (const auto& [key, value] : account.harness.rows.rows()) {
    if (parse_kept_container_key(key) && damaged.empty()) damaged = key;
  }
  auto damage = [&](storage::MetaView& view) -> Result<void> {
    view.put(damaged, "\xff");
    return {};
  };
  ASSERT_TRUE(account.harness.run(account.harness.rows.transact({}, std::move(damage))));
  const auto ended = account.harness.expire_deletions();
  ASSERT_TRUE(ended) << to_string(ended.error());
  EXPECT_EQ(ended->expired_deletions, 2u);
  EXPECT_EQ(account.harness.rows_of(Table::kDeletedContainer), 1u);
}

TEST(KeptContainers, AreDeletedRestoredAndEndedWhileTheDiskIsNearlyFull) {
  Account account;
  ASSERT_TRUE(account.harness.run(create_container(
      account.harness.service, {{"acct", "large"}, {{"k", std::string(8000, 'x')}}})));
  account.harness.rows.set_room(storage::Room::kForErasing);
  const ContainerKey large{"acct", "large"};
  ASSERT_TRUE(account.harness.run(delete_container(account.harness.service, {large, {}, {}})));
  const auto deleted = account.deletions().at(0);
  ASSERT_TRUE(
      account.harness.run(restore_container(account.harness.service, {large, "large", deleted})));
  ASSERT_TRUE(account.harness.run(delete_container(account.harness.service, {large, {}, {}})));
  account.harness.clock.advance(8 * kDay);
  ASSERT_TRUE(account.harness.expire_deletions());
  EXPECT_EQ(account.harness.rows_of(Table::kDeletedContainer), 0u);
}

TEST(ListContainers, TellsOfDeletedOnesWhenAskedTo) {
  Account account;
  account.run("put1 delete create");
  ASSERT_EQ(account.list("", 5000, false).size(), 1u);
  const auto items = account.list();
  ASSERT_EQ(items.size(), 2u);
  const auto& deletion = items[0].properties.deletion;
  ASSERT_TRUE(deletion);
  const auto second = std::chrono::seconds(1);
  EXPECT_EQ(deletion->at, account.harness.clock.now() - second);
  EXPECT_EQ(deletion->until, account.harness.service.time->now() - second + 7 * kDay);
  EXPECT_EQ(items[0].lease.state, LeaseState::kLeased);
  EXPECT_FALSE(items[0].lease.endless);
  EXPECT_FALSE(items[1].properties.deletion);
  EXPECT_EQ(items[1].lease.state, LeaseState::kAvailable);
  ListContainers other{"other", {}, {}};
  other.include_deleted = true;
  EXPECT_TRUE(account.harness.run(list_containers(account.harness.service, other))->items.empty());
}

TEST(ListContainers, PagesOfDeletedOnesAreExactAtEveryBorder) {
  Account account;
  BlobHarness& harness = account.harness;
  struct Made {
    std::string name;
    int deletions;
    bool lives;
  };
  const Made made[] = {{"a", 2, false},   {"a-b", 0, true}, {"ab", 1, true},
                       {"abc", 3, false}, {"b", 2, true},   {"zz", 1, false}};
  std::vector<std::string> all;
  for (const auto& [name, deletions, lives] : made) {
    const ContainerKey key{"acct", name};
    for (int i = 0; i < deletions + (lives ? 1 : 0); ++i) {
      harness.clock.advance(Ticks(i % 2));  // some at one moment
      ASSERT_TRUE(harness.run(create_container(harness.service, {key, {}})));
      all.push_back(name + std::string(i < deletions ? "~" : ":"));
      if (i == deletions) continue;
      ASSERT_TRUE(harness.run(delete_container(harness.service, {key, {}, {}})));
    }
  }
  all.insert(std::ranges::find(all, "zz~"), "box:");
  for (const std::string prefix : {"", "a", "ab", "abc", "b", "c", "zzz"}) {
    std::vector<std::string> expected;
    for (const auto& name : all) {
      if (name.starts_with(prefix)) expected.push_back(name);
    }
    for (std::size_t page = 1; page <= all.size() + 1; ++page) {
      std::vector<std::string> names;
      for (const auto& item : account.list(prefix, page)) {
        names.push_back(item.name + (item.properties.deletion ? "~" : ":"));
      }
      EXPECT_EQ(names, expected) << prefix << " " << page;
    }
  }
}

}  // namespace
}  // namespace lapis::blob
