// P1 and P3 on a disk that loses what was not synced: everything whose rows were recorded is there
// afterwards, whatever was being done when the power went.
#include <gtest/gtest.h>

#include <map>

#include "unit/storage/chunk/store_fixture.h"

namespace lapis {
namespace {

using namespace storage;
using test::Chunks;
using test::Unsynced;

struct Cut {
  const char* name;
  Unsynced unsynced;
};

class PowerCut : public test::StoreFixture, public testing::WithParamInterface<Cut> {
 protected:
  static std::string body(std::uint64_t id) {
    return test::body_text(1 + id * 7919 % (id % 8 == 0 ? 400'000 : 40'000), id);
  }
  // Writes and deletes until the power goes; what is acknowledged is in `alive`.
  void work(std::uint64_t seed) {
    test::run_on(shard0_, [&]() -> io::Task<void> {
      auto calls = this->calls();
      auto worker = [&](std::uint64_t first) -> io::Task<void> {
        for (std::uint64_t i = first; i < first + 8 && simulated_.has_power(); ++i) {
          const std::uint64_t id = seed * 1000 + i;
          const std::string text = body(id);
          auto chunks = co_await calls.put(text);
          if (!chunks) continue;
          alive_[id] = *chunks;
          if (i % 3 != 0) continue;
          auto removed = co_await calls.remove(*chunks);
          if (removed) alive_.erase(id);
        }
      };
      io::TaskGroup group;
      for (std::uint64_t w = 0; w < 6; ++w) (void)group.spawn(worker(w * 10));
      co_await group.close();
    });
  }

  // What was written from round `since` on.
  void verify(std::uint64_t since) {
    for (const auto& [id, chunks] : alive_) {
      if (id < since * 1000) continue;
      const auto text = get(chunks);
      ASSERT_TRUE(text.has_value()) << id << to_string(text.error());
      EXPECT_TRUE(*text == body(id)) << id;
    }
  }

  std::map<std::uint64_t, Chunks> alive_;
};

TEST_P(PowerCut, LosesNothingThatWasRecorded) {
  open();
  for (std::uint64_t round = 1; round <= 25; ++round) {
    simulated_.cut_power_at(5 + round * 37 % 211);
    work(round);
    crash(GetParam().unsynced);
    open();
    verify(round);
    if (HasFatalFailure()) FAIL() << "round " << round;
  }
  verify(0);
}

TEST_P(PowerCut, WhileOpeningLosesNothing) {
  open();
  work(1);
  for (std::uint64_t n = 1; n < 60; ++n) {
    crash(GetParam().unsynced);
    simulated_.cut_power_at(n);
    // The cut may also fall behind the opening, into what runs in the background then.
    (void)try_open(options());
    crash(GetParam().unsynced);
    open();
  }
  verify(0);
}

INSTANTIATE_TEST_SUITE_P(Disks, PowerCut,
                         testing::Values(Cut{"LosesUnsynced", Unsynced::kLost},
                                         Cut{"TearsUnsynced", Unsynced::kSomeSectors},
                                         Cut{"KeepsUnsynced", Unsynced::kKept}),
                         [](const auto& p) { return std::string(p.param.name); });

}  // namespace
}  // namespace lapis
