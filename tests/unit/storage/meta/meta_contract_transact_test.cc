// Transactions: atomic, in one order, seen by each other as if alone.
#include <gtest/gtest.h>

#include <stdexcept>
#include <vector>

#include "unit/storage/meta/meta_contract.h"

namespace lapis::storage {
namespace {

class MetaTransact : public MetaContract {};
INSTANTIATE_TEST_SUITE_P(Stores, MetaTransact, testing::ValuesIn(kMetaImplementations),
                         implementation_name);

TEST_P(MetaTransact, WritesAreSeenByEveryRead) {
  meta_.put("key", "value");
  EXPECT_EQ(meta_.get("key"), "value");
  EXPECT_EQ(store().try_get("key").value().value(), "value");
  EXPECT_EQ(store().snapshot()->get("key").value(), "value");
  EXPECT_EQ(meta_.all_rows(), (Rows{{"key", "value"}}));
}

TEST_P(MetaTransact, AnAbsentRowIsNothing) {
  EXPECT_EQ(meta_.get("absent"), std::nullopt);
  EXPECT_EQ(store().snapshot()->get("absent").value(), std::nullopt);
}

TEST_P(MetaTransact, ValuesAreAnyBytes) {
  const std::string key("k\0\xff\x01", 4);
  const std::string value("\0\n\xff", 3);
  meta_.put(key, value);
  meta_.put("empty", "");
  EXPECT_EQ(meta_.get(key), value);
  EXPECT_EQ(meta_.get("empty"), "");
}

TEST_P(MetaTransact, AFailedTransactionLeavesNothing) {
  meta_.put("kept", "old");
  meta_.put("range/1", "one");
  const Result<void> failed = meta_.transact([](MetaView& view) -> Result<void> {
    view.put("new", "x");
    view.put("kept", "changed");
    view.erase("kept");
    view.erase_range("range/", "range0");
    return fail(ErrorCode::kBlobNotFound);
  });
  EXPECT_EQ(failed.error().code, ErrorCode::kBlobNotFound);
  EXPECT_EQ(meta_.all_rows(), (Rows{{"kept", "old"}, {"range/1", "one"}}));
}

TEST_P(MetaTransact, AThrowingTransactionFailsAlone) {
  const Result<void> thrown = meta_.transact([](MetaView& view) -> Result<void> {
    view.put("new", "x");
    throw std::runtime_error("inside");
  });
  EXPECT_EQ(thrown.error().code, ErrorCode::kInternalError);
  EXPECT_EQ(meta_.get("new"), std::nullopt);
  meta_.put("new", "y");
  EXPECT_EQ(meta_.get("new"), "y");
}

TEST_P(MetaTransact, ReadsItsOwnWrites) {
  meta_.put("a", "old");
  Row after_put;
  Row after_erase = "?";
  Row after_range = "?";
  Row after_second_put;
  ASSERT_TRUE(meta_.transact([&](MetaView& view) -> Result<void> {
    view.put("a", "new");
    after_put = view.get("a").value();
    view.erase("a");
    after_erase = view.get("a").value();
    view.put("b", "x");
    view.erase_range("a", "c");
    after_range = view.get("b").value();
    view.put("b", "y");
    after_second_put = view.get("b").value();
    return {};
  }));
  EXPECT_EQ(after_put, "new");
  EXPECT_EQ(after_erase, std::nullopt);
  EXPECT_EQ(after_range, std::nullopt);
  EXPECT_EQ(after_second_put, "y");
  EXPECT_EQ(meta_.all_rows(), (Rows{{"b", "y"}}));
}

TEST_P(MetaTransact, OneAfterAnotherSeesWhatWasWritten) {
  constexpr int kCount = 200;
  std::vector<Transaction> list;
  for (int i = 0; i < kCount; ++i) {
    list.push_back([](MetaView& view) -> Result<void> {
      LAPIS_TRY(const Row row, view.get("counter"));
      view.put("counter", std::to_string(row ? std::stoi(*row) + 1 : 1));
      return {};
    });
  }
  for (const Result<void>& result : meta_.run_together(std::move(list))) EXPECT_TRUE(result);
  EXPECT_EQ(meta_.get("counter"), std::to_string(kCount));
}

TEST_P(MetaTransact, AFailedNeighbourIsNeverSeen) {
  Row seen = "?";
  std::vector<Transaction> list;
  list.push_back([](MetaView& view) -> Result<void> {
    view.put("a", "kept");
    return {};
  });
  list.push_back([](MetaView& view) -> Result<void> {
    view.erase_range("a", "z");
    view.put("a", "void");
    return fail(ErrorCode::kInvalidRange);
  });
  list.push_back([&seen](MetaView& view) -> Result<void> {
    seen = view.get("a").value();
    return {};
  });
  const auto results = meta_.run_together(std::move(list));
  EXPECT_TRUE(results[0]);
  EXPECT_EQ(results[1].error().code, ErrorCode::kInvalidRange);
  EXPECT_TRUE(results[2]);
  EXPECT_EQ(seen, "kept");
  EXPECT_EQ(meta_.get("a"), "kept");
}

TEST_P(MetaTransact, RunAgainItGivesTheSameRows) {
  const auto increment = [](MetaView& view) -> Result<void> {
    LAPIS_TRY(const Row row, view.get("n"));
    view.put("n", row ? *row + "+" : "+");
    return {};
  };
  if (auto* memory = dynamic_cast<test::MemoryMetaStore*>(&store())) memory->set_run_twice(true);
  ASSERT_TRUE(meta_.transact(increment));
  ASSERT_TRUE(meta_.transact(increment));
  EXPECT_EQ(meta_.get("n"), "++");
}

TEST_P(MetaTransact, IdsGrowAndAreNeverGivenTwice) {
  std::vector<std::uint64_t> ids;
  const auto draw = [&ids](MetaView& view) {
    ids.push_back(view.next_id());
    ids.push_back(view.next_id());
  };
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(meta_.transact([&](MetaView& view) -> Result<void> {
      draw(view);
      return {};
    }));
    ASSERT_FALSE(meta_.transact([&](MetaView& view) -> Result<void> {
      draw(view);
      return fail(ErrorCode::kBlobNotFound);
    }));
  }
  ASSERT_EQ(ids.size(), 12u);
  for (std::size_t i = 1; i < ids.size(); ++i) EXPECT_LT(ids[i - 1], ids[i]);
  EXPECT_GT(ids.front(), 0u);
}

TEST_P(MetaTransact, EachCommitThatWritesHasItsSequence) {
  const Sequence before = store().durable_sequence();
  meta_.put("a", "1");
  const Sequence after = store().durable_sequence();
  EXPECT_EQ(after.value, before.value + 1);
  ASSERT_TRUE(meta_.transact([](MetaView& view) -> Result<void> {
    LAPIS_TRY([[maybe_unused]] const Row row, view.get("a"));
    return {};
  }));
  EXPECT_EQ(store().durable_sequence(), after);
}

}  // namespace
}  // namespace lapis::storage
