// Thousands of random operations, with commits that fail, switches that are turned and containers
// that are deleted: whatever happens, each state that bears a hold, or a policy that is not over,
// is there afterwards as it was.
#include <gtest/gtest.h>

#include <random>

#include "blob/immutability.h"
#include "lapis/blob/ops/set_blob_metadata.h"
#include "lapis/blob/ops/undelete_blob.h"
#include "unit/blob/immutable_box.h"

namespace lapis::blob {
namespace {

using test::ImmutableBox;
using test::kDay;
using test::key_of;
using test::latest;
using test::outcome;
using test::pattern;

// A state as a row has it: of its key the part that names it.
struct State {
  BlobKey key;
  bool is_past = false;
  BlobProperties properties;
};

// A state that must stay. One without an id gets one when it is written over: until then it is
// known by its ETag.
struct Kept {
  State state;
  std::string content;
};

class ModelRun {
 public:
  explicit ModelRun(unsigned seed) : random_(seed) {}

  void step() {
    const bool failing = random_() % 20 == 0;
    if (failing) box_.harness.rows.fail_commit(1, Error{ErrorCode::kInternalError, "planned"});
    box_.harness.clock.advance(std::chrono::minutes(random_() % 20));
    act(random_() % 100);
    box_.harness.rows.fail_commit(0, Error{ErrorCode::kInternalError});
  }

  void check(bool read) {
    std::erase_if(kept_, [&](const Kept& one) { return is_free(one.state.properties); });
    const std::vector<State> all = states();
    for (Kept& one : kept_) {
      const auto found = find(all, one.state);
      ASSERT_TRUE(found) << one.state.key.name << " lost what is protected";
      ASSERT_FALSE(found->properties.deletion);
      ASSERT_EQ(found->properties.legal_hold, one.state.properties.legal_hold);
      const auto& policy = one.state.properties.immutability;
      ASSERT_EQ(found->properties.immutability.has_value(), policy.has_value());
      if (policy) {
        ASSERT_EQ(found->properties.immutability->until, policy->until);
      }
      ASSERT_EQ(found->properties.metadata, one.state.properties.metadata);
      if (read) {
        ASSERT_EQ(box_.content(found->key), one.content);
      }
      one.state = *found;  // it may have got its id
    }
  }

  void check_rows() {
    ASSERT_EQ(test::past_findings(box_.harness.rows), std::vector<std::string>{});
  }

  int refused = 0;     // as something is protected
  int protected_ = 0;  // states that were

 private:
  void act(std::uint64_t kind) {
    const std::string name = "blob" + std::to_string(random_() % 3);
    if (kind < 16) return note(put(name));
    if (kind < 24) return note(commit(name));
    if (kind < 30) return note(copy(name));
    if (kind < 36) return note(snapshot(name));
    if (kind < 46) {
      return note(box_.erase(key_of(name), static_cast<SnapshotDeletion>(random_() % 3)));
    }
    if (kind < 60) return note(erase_one());
    if (kind < 64) {
      return note(outcome(box_.harness.run(undelete_blob(box_.harness.service, {key_of(name)}))));
    }
    if (kind < 68) {
      const Metadata metadata{{"k", std::to_string(random_())}};
      const SetBlobMetadata request{key_of(name), metadata, {}, {}};
      return note(outcome(box_.harness.run(set_blob_metadata(box_.harness.service, request))));
    }
    if (kind < 82) return protect();
    if (kind < 88) return unprotect();
    if (kind < 92) return pass_time();
    if (kind < 94) return (void)box_.harness.reclaim();
    if (kind < 96) return delete_container();
    turn_switches();
  }

  void note(const std::string& said) {
    if (said.starts_with("BlobImmutable")) ++refused;
  }

  std::string text() { return pattern(random_() % 300, random_()); }

  std::string put(const std::string& name) {
    PutBlob request;
    request.key = key_of(name);
    if (is_on_ && random_() % 4 == 0) request.protection.legal_hold = true;
    const bool holds = request.protection.legal_hold;
    const std::string said = outcome(box_.harness.put(request, text()));
    if (said.empty() && holds) keep(current(name));
    return said;
  }

  std::string commit(const std::string& name) {
    std::vector<std::string> ids;
    for (const char* id : {"QUFB", "QkJC", "Q0ND"}) {
      if (random_() % 2 == 0) continue;
      if (random_() % 2 == 0) (void)box_.harness.stage(name, id, text() + "x");
      ids.emplace_back(id);
    }
    return outcome(box_.harness.commit(name, latest(ids)));
  }

  std::string copy(const std::string& name) {
    const auto all = states();
    if (all.empty()) return "";
    return box_.copy(all[random_() % all.size()].key, name);
  }

  std::string snapshot(const std::string& name) {
    return outcome(
        box_.harness.run(snapshot_blob(box_.harness.service, {key_of(name), {}, {}, {}})));
  }

  std::string erase_one() {
    std::vector<State> all = states();
    std::erase_if(all, [](const State& one) { return !one.is_past; });
    if (all.empty()) return "";
    return box_.erase(all[random_() % all.size()].key, SnapshotDeletion::kNone, random_() % 3 == 0);
  }

  void protect() {
    const auto all = states();
    if (all.empty()) return;
    State state = all[random_() % all.size()];
    if (random_() % 3 == 0) {
      if (!box_.hold(state.key).empty()) return;
      state.properties.legal_hold = true;
    } else {
      const ImmutabilityPolicy policy =
          box_.policy(std::chrono::hours(1 + random_() % 40), random_() % 2 == 0);
      if (!box_.set_policy(state.key, policy).empty()) return;
      state.properties.immutability = policy;
    }
    keep(state);
  }

  // A state that is kept now, or is kept for something else from now on.
  void keep(const std::optional<State>& state) {
    ASSERT_TRUE(state);
    ++protected_;
    std::erase_if(kept_, [&](const Kept& one) { return is_same(one.state, *state); });
    kept_.push_back({*state, box_.content(state->key).value()});
  }

  void unprotect() {
    if (kept_.empty()) return;
    Kept& one = kept_[random_() % kept_.size()];
    const auto found = find(states(), one.state);
    ASSERT_TRUE(found);
    if (random_() % 2 == 0) {
      if (box_.hold(found->key, false).empty()) one.state.properties.legal_hold = false;
    } else if (box_.delete_policy(found->key).empty()) {
      ASSERT_FALSE(one.state.properties.immutability && one.state.properties.immutability->locked);
      one.state.properties.immutability.reset();
    }
  }

  void pass_time() {
    box_.harness.clock.advance(std::chrono::hours(random_() % 30));
    (void)box_.harness.expire_deletions();
  }

  void delete_container() {
    if (!box_.delete_container().empty()) return;
    for (const Kept& one : kept_) ASSERT_TRUE(is_free(one.state.properties)) << "it went with all";
    kept_.clear();
    box_.harness.rows.fail_commit(0, Error{ErrorCode::kInternalError});
    ASSERT_TRUE(box_.harness.run(create_container(box_.harness.service, {{"acct", "box"}, {}})));
  }

  void turn_switches() {
    is_on_ = random_() % 4 != 0;
    box_.switch_to(is_on_ || random_() % 2 == 0, is_on_);
    const std::optional<std::uint32_t> days =
        random_() % 2 == 0 ? std::optional<std::uint32_t>(1) : std::nullopt;
    const ServicePropertiesChange change{.delete_retention = DeleteRetention{days, true}};
    (void)box_.harness.run(set_blob_service_properties(box_.harness.service, {"acct", change}));
  }

  bool is_free(const BlobProperties& state) const {
    return check_may_go(state, *box_.harness.service.time).has_value();
  }

  static bool is_same(const State& a, const State& b) {
    if (a.key.name != b.key.name) return false;
    const BlobProperties& one = a.properties;
    const BlobProperties& other = b.properties;
    if (one.snapshot || other.snapshot) return one.snapshot == other.snapshot;
    if (one.version) return one.version == other.version;
    return one.etag == other.etag;
  }

  static std::optional<State> find(const std::vector<State>& all, const State& state) {
    const auto found =
        std::ranges::find_if(all, [&](const State& one) { return is_same(state, one); });
    return found == all.end() ? std::nullopt : std::optional(*found);
  }
  std::optional<State> current(const std::string& name) {
    for (State& one : states()) {
      if (one.key.name == name && !one.is_past) return std::move(one);
    }
    return std::nullopt;
  }

  // All rows of the container that lives, soft-deleted past states among them.
  std::vector<State> states() {
    std::vector<State> all;
    const auto rows = box_.harness.rows.rows();
    for (const auto& [key, value] : rows) {
      const auto name = parse_name_key(key);
      if (!name || (name->row != NameRow::kBlob && name->row != NameRow::kPast)) continue;
      const auto container = rows.find(container_state_key(name->container));
      if (container == rows.end()) continue;
      if (decode_container_state(container->second)->deleted != 0) continue;
      State& state = all.emplace_back();
      state.properties = decode_properties(value).value();
      state.key = key_of(std::string(name->name));
      state.is_past = name->row == NameRow::kPast;
      if (!state.is_past) continue;
      (state.properties.snapshot ? state.key.snapshot : state.key.version) = name->time;
    }
    return all;
  }

  std::mt19937 random_;
  ImmutableBox box_;
  bool is_on_ = true;
  std::vector<Kept> kept_;
};

TEST(ImmutabilityModel, NothingProtectedIsEverLost) {
  for (const unsigned seed : {31u, 32u, 33u}) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    ModelRun run(seed);
    for (int step = 0; step < 1500; ++step) {
      SCOPED_TRACE("step " + std::to_string(step));
      run.step();
      run.check(step % 10 == 9);
      if (step % 50 == 49) run.check_rows();
      if (testing::Test::HasFailure()) return;
    }
    EXPECT_GT(run.refused, 10) << "nothing was in anybody's way";
    EXPECT_GT(run.protected_, 50);
  }
}

}  // namespace
}  // namespace lapis::blob
