#include "lapis/blob/read_epochs.h"

#include <gtest/gtest.h>

#include <atomic>
#include <optional>
#include <thread>

namespace lapis::blob {
namespace {

TEST(ReadEpochs, OldestIsTheCurrentOneWhereNobodyReads) {
  ReadEpochs epochs;
  epochs.add_slot();
  const auto epoch = epochs.advance();
  EXPECT_EQ(epochs.oldest(), epoch);
}

TEST(ReadEpochs, OldestIsTheOldestRunningReadOfAnySlot) {
  ReadEpochs epochs;
  ReadSlot& one = epochs.add_slot();
  ReadSlot& two = epochs.add_slot();
  std::optional<ReadSlot::Pin> first = one.begin();
  const auto second_epoch = epochs.advance();
  std::optional<ReadSlot::Pin> second = two.begin();
  std::optional<ReadSlot::Pin> also_second = one.begin();
  const auto third_epoch = epochs.advance();
  std::optional<ReadSlot::Pin> third = one.begin();
  EXPECT_LT(epochs.oldest(), second_epoch);
  first.reset();
  EXPECT_EQ(epochs.oldest(), second_epoch);
  second.reset();
  EXPECT_EQ(epochs.oldest(), second_epoch);
  also_second.reset();
  EXPECT_EQ(epochs.oldest(), third_epoch);
  third.reset();
  EXPECT_EQ(epochs.advance(), epochs.oldest());
}

TEST(ReadEpochs, ReadsEndInAnyOrder) {
  ReadEpochs epochs;
  ReadSlot& slot = epochs.add_slot();
  std::optional<ReadSlot::Pin> first = slot.begin();
  epochs.advance();
  std::optional<ReadSlot::Pin> second = slot.begin();
  const auto third_epoch = epochs.advance();
  std::optional<ReadSlot::Pin> third = slot.begin();
  second.reset();
  EXPECT_LT(epochs.oldest(), third_epoch);
  first.reset();
  EXPECT_EQ(epochs.oldest(), third_epoch);
}

TEST(ReadEpochs, APinMovesWithItsRead) {
  ReadEpochs epochs;
  ReadSlot& slot = epochs.add_slot();
  ReadSlot::Pin pin = slot.begin();
  ReadSlot::Pin moved = std::move(pin);
  const auto epoch = epochs.advance();
  EXPECT_LT(epochs.oldest(), epoch);
  moved = ReadSlot::Pin();
  EXPECT_EQ(epochs.oldest(), epoch);
}

// A "record" is a number; the reclaimer replaces it, begins an epoch and poisons the old one once
// no read that began before runs. A reader that sees a poisoned one would have read freed bytes.
TEST(ReadEpochs, NoReadEverSeesWhatWasFreed) {
  constexpr int kRecords = 20'000;
  ReadEpochs epochs;
  ReadSlot& slot = epochs.add_slot();
  std::vector<std::atomic<bool>> freed(kRecords + 1);
  std::atomic<int> current = 0;
  std::atomic<bool> done = false;
  std::atomic<int> violations = 0;
  std::thread reader([&] {
    while (!done.load()) {
      const ReadSlot::Pin pin = slot.begin();
      const int record = current.load(std::memory_order_acquire);
      for (int look = 0; look < 3; ++look) {
        if (freed[static_cast<std::size_t>(record)].load()) ++violations;
      }
    }
  });
  for (int next = 1; next <= kRecords; ++next) {
    const int old = current.exchange(next, std::memory_order_acq_rel);
    const auto epoch = epochs.advance();
    while (epochs.oldest() < epoch) std::this_thread::yield();
    freed[static_cast<std::size_t>(old)].store(true);
  }
  done = true;
  reader.join();
  EXPECT_EQ(violations.load(), 0);
}

}  // namespace
}  // namespace lapis::blob
