// Changes of pages that were planned before others changed the same stripe: what those cleared
// stays cleared, and what they wrote stays written.
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "support/page_requests.h"

namespace lapis::blob {
namespace {

using storage::Table;
using test::BlobHarness;
using test::key_of;
using test::kPage;
using test::kStripe;
using test::pattern;

constexpr std::uint64_t kUnit = 4 * kPage;  // each in a chunk of its own

// A disk of two stripes, and what has to be in it.
class Disk {
 public:
  Disk() {
    EXPECT_TRUE(test::make_pages(harness, "disk", 2 * kStripe));
    image_.assign(2 * kStripe, '\0');
  }

  // Of a caller in between two others: on an executor of its own.
  void write(std::uint64_t first, std::uint64_t seed) {
    const std::string text = pattern(kUnit, seed);
    test::TextSource source(text);
    test::InlineExecutor executor;
    const PutPage request = test::pages_at("disk", first, kUnit);
    ASSERT_TRUE(executor.run_task(put_page(harness.service, request, source)));
    image_.replace(first, kUnit, text);
  }
  void clear(std::uint64_t first, std::uint64_t length) {
    test::InlineExecutor executor;
    const PutPage request = test::pages_at("disk", first, length);
    ASSERT_TRUE(executor.run_task(clear_pages(harness.service, request)));
    image_.replace(first, length, std::string(length, '\0'));
  }
  void snapshot() {
    const auto taken = test::take_snapshot(harness, "disk");
    ASSERT_TRUE(taken);
    taken_ = *taken;
    past_ = image_;
  }
  void drop_snapshot() {
    DeleteBlob request;
    request.key = key_of("disk");
    request.key.snapshot = std::exchange(taken_, std::nullopt);
    ASSERT_TRUE(harness.run(delete_blob(harness.service, request)));
  }

  void check() {
    for (int i = 0; i < 2; ++i) {
      const auto read = harness.get("disk");
      ASSERT_TRUE(read) << to_string(read.error());
      ASSERT_EQ(*read == image_, true);
      if (taken_) {
        const auto past = harness.get_snapshot("disk", *taken_);
        ASSERT_TRUE(past) << to_string(past.error());
        ASSERT_EQ(*past == past_, true);
      }
      for (int pass = 0; pass < 3; ++pass) ASSERT_TRUE(harness.reclaim());
    }
    DeleteBlob request;
    request.key = key_of("disk");
    request.snapshots = SnapshotDeletion::kInclude;
    ASSERT_TRUE(harness.run(delete_blob(harness.service, request)));
    for (int pass = 0; pass < 3; ++pass) ASSERT_TRUE(harness.reclaim());
    EXPECT_EQ(harness.chunks.chunk_count(), 0u);
    EXPECT_EQ(harness.rows_of(Table::kPageStripe), 0u);
    EXPECT_EQ(harness.rows_of(Table::kPageMap), 0u);
  }

  BlobHarness harness{test::page_harness()};

 private:
  std::string image_;
  std::string past_;
  std::optional<Timestamp> taken_;
};

using Act = std::function<void(Disk&)>;
struct Step {
  const char* name;
  Act act;
};

void write_first(Disk& disk) { disk.write(0, 1); }
void clear_all(Disk& disk) { disk.clear(0, kStripe); }

// What the stripe is as the change is planned.
const Step kStates[] = {
    {"nothing written", [](Disk&) {}},
    {"written in this generation", write_first},
    {"cleared in this generation",
     [](Disk& disk) {
       write_first(disk);
       clear_all(disk);
     }},
    {"written in a generation that nothing else holds",
     [](Disk& disk) {
       write_first(disk);
       disk.snapshot();
       disk.write(kStripe, 2);
       disk.drop_snapshot();
     }},
    {"written in a generation that a snapshot holds",
     [](Disk& disk) {
       write_first(disk);
       disk.snapshot();
       disk.write(kStripe, 2);
     }},
    {"written in a generation that a snapshot holds and in this one",
     [](Disk& disk) {
       write_first(disk);
       disk.snapshot();
       disk.write(2 * kUnit, 3);
     }},
    {"cleared over a generation that a snapshot holds",
     [](Disk& disk) {
       write_first(disk);
       disk.snapshot();
       clear_all(disk);
     }},
};

// What others do before the change is made.
const Step kBetween[] = {
    {"nothing", [](Disk&) {}},
    {"a write", [](Disk& disk) { disk.write(4 * kUnit, 4); }},
    {"a clear of all", clear_all},
    {"a clear of a part", [](Disk& disk) { disk.clear(kPage, kPage); }},
    {"a write over the same pages", [](Disk& disk) { disk.write(kUnit, 5); }},
    {"a write and a clear of all",
     [](Disk& disk) {
       disk.write(4 * kUnit, 4);
       clear_all(disk);
     }},
    {"a clear of all and a write",
     [](Disk& disk) {
       clear_all(disk);
       disk.write(4 * kUnit, 4);
     }},
    {"a snapshot", [](Disk& disk) { disk.snapshot(); }},
    {"a snapshot, and a write behind it",
     [](Disk& disk) {
       disk.snapshot();
       disk.write(kStripe + kUnit, 6);
     }},
    {"a clear of all, its snapshot, and a write behind that",
     [](Disk& disk) {
       clear_all(disk);
       disk.snapshot();
       disk.write(kStripe + kUnit, 6);
     }},
};

const Step kChanges[] = {
    {"write", [](Disk& disk) { disk.write(kUnit, 7); }},
    {"clear", [](Disk& disk) { disk.clear(kUnit, kUnit); }},
    {"clear that reaches over two stripes", [](Disk& disk) { disk.clear(kUnit, kStripe); }},
};

TEST(PageChange, IsOfTheStripeAsTheLastOneLeftIt) {
  for (const Step& state : kStates) {
    for (const Step& between : kBetween) {
      for (const Step& change : kChanges) {
        SCOPED_TRACE(std::string(state.name) + "; " + between.name + "; " + change.name);
        Disk disk;
        state.act(disk);
        disk.harness.meta.before_transaction = [&]() -> io::Task<void> {
          between.act(disk);
          co_return;
        };
        change.act(disk);
        EXPECT_NO_FATAL_FAILURE(disk.check());
      }
    }
  }
}

// All of them have looked before the first of them writes.
void write_together(Disk& disk, std::uint64_t writers) {
  if (writers == 0) return;
  disk.harness.meta.before_transaction = [&disk, writers]() -> io::Task<void> {
    write_together(disk, writers - 1);
    co_return;
  };
  disk.write((writers - 1) * kUnit, writers);
}

TEST(PageChange, OfWritersOfOneStripeAllSucceedAtOnce) {
  constexpr std::uint64_t kWriters = 64;
  for (const Step& state : kStates) {
    SCOPED_TRACE(state.name);
    Disk disk;
    state.act(disk);
    const std::uint64_t before = disk.harness.meta.counts.transactions;
    ASSERT_NO_FATAL_FAILURE(write_together(disk, kWriters));
    EXPECT_EQ(disk.harness.meta.counts.transactions, before + kWriters);
    ASSERT_NO_FATAL_FAILURE(disk.check());
  }
}

}  // namespace
}  // namespace lapis::blob
