// Orders of puts, erasures and range erasures, however they are spread over transactions and
// groups, leave what a plain map would hold.
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <sstream>
#include <vector>

#include "unit/storage/meta/meta_contract.h"

namespace lapis::storage {
namespace {

using Model = std::map<std::string, std::string, std::less<>>;

struct Op {
  enum class Kind { kPut, kErase, kEraseRange };
  Kind kind;
  std::string key;
  std::string other;  // the value, or the end of the range
};

void apply(const Op& op, Model& model) {
  if (op.kind == Op::Kind::kPut) {
    model[op.key] = op.other;
  } else if (op.kind == Op::Kind::kErase) {
    model.erase(op.key);
  } else if (op.key < op.other) {
    model.erase(model.lower_bound(op.key), model.lower_bound(op.other));
  }
}

void apply(const Op& op, MetaView& view) {
  if (op.kind == Op::Kind::kPut) return view.put(op.key, op.other);
  if (op.kind == Op::Kind::kErase) return view.erase(op.key);
  view.erase_range(op.key, op.other);
}

// "+a=1" puts, "-a" erases, "-[a,c)" erases a range.
std::vector<Op> parse(const std::string& text) {
  std::vector<Op> ops;
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    if (word.front() == '+') {
      ops.push_back({Op::Kind::kPut, word.substr(1, 1), word.substr(3)});
    } else if (word[1] == '[') {
      ops.push_back({Op::Kind::kEraseRange, word.substr(2, 1), word.substr(4, 1)});
    } else {
      ops.push_back({Op::Kind::kErase, word.substr(1), ""});
    }
  }
  return ops;
}

Rows to_rows(const Model& model) { return {model.begin(), model.end()}; }

Transaction transaction_of(std::vector<Op> ops) {
  return [ops = std::move(ops)](MetaView& view) -> Result<void> {
    for (const Op& op : ops) apply(op, view);
    return {};
  };
}

constexpr const char* kHistories[] = {
    "+a=1 -[a,b) +a=2",
    "+a=1 -[a,b)",
    "-[a,z) +b=1 -[c,d) +c=1",
    "+a=1 +b=1 +c=1 -[b,c)",
    "+a=1 -[b,a)",
    "+a=1 -[a,a)",
    "+a=1 +b=1 -a -[b,c) +a=2 +b=2",
    "-[a,c) -[b,d) +b=1 -[a,b) +a=1 -[b,c)",
    "+b=1 -[a,b) -[c,z)",
    "-[a,m) +f=1 -[e,g) +f=2 -f +f=3",
    "-[a,c) -[c,e) +c=1 -[b,d)",
};

class MetaHistory : public MetaContract {
 protected:
  void SetUp() override {
    // A committed floor below each history: range erasures must reach it.
    for (const char* key : {"a", "b", "c", "d", "e", "f"}) {
      meta_.put(key, "floor");
      floor_[key] = "floor";
    }
  }
  void restore_floor() {
    ASSERT_TRUE(meta_.transact([this](MetaView& view) -> Result<void> {
      view.erase_range("\x02", "\xff");
      for (const auto& [key, value] : floor_) view.put(key, value);
      return {};
    }));
  }
  Model floor_;
};
INSTANTIATE_TEST_SUITE_P(Stores, MetaHistory, testing::ValuesIn(kMetaImplementations),
                         implementation_name);

TEST_P(MetaHistory, WithinOneTransaction) {
  for (const char* history : kHistories) {
    SCOPED_TRACE(history);
    restore_floor();
    Model model = floor_;
    for (const Op& op : parse(history)) apply(op, model);
    ASSERT_TRUE(meta_.transact(transaction_of(parse(history))));
    EXPECT_EQ(meta_.all_rows(), to_rows(model));
  }
}

TEST_P(MetaHistory, WithinOneGroup) {
  for (const char* history : kHistories) {
    SCOPED_TRACE(history);
    restore_floor();
    Model model = floor_;
    std::vector<Transaction> list;
    for (const Op& op : parse(history)) {
      apply(op, model);
      list.push_back(transaction_of({op}));
    }
    for (const Result<void>& result : meta_.run_together(std::move(list))) ASSERT_TRUE(result);
    EXPECT_EQ(meta_.all_rows(), to_rows(model));
  }
}

TEST_P(MetaHistory, InCommitsOfTheirOwn) {
  for (const char* history : kHistories) {
    SCOPED_TRACE(history);
    restore_floor();
    Model model = floor_;
    for (const Op& op : parse(history)) {
      apply(op, model);
      ASSERT_TRUE(meta_.transact(transaction_of({op})));
    }
    EXPECT_EQ(meta_.all_rows(), to_rows(model));
  }
}

std::string random_key(std::mt19937& random) {
  return std::string(1, static_cast<char>('a' + random() % 12));
}

std::vector<Op> random_ops(std::mt19937& random) {
  std::vector<Op> ops;
  for (auto left = 1 + random() % 5; left > 0; --left) {
    const auto dice = random() % 6;
    const auto kind = dice < 3   ? Op::Kind::kPut
                      : dice < 4 ? Op::Kind::kErase
                                 : Op::Kind::kEraseRange;
    std::string key = random_key(random);
    std::string other =
        kind == Op::Kind::kPut ? std::to_string(random() % 1000) : random_key(random);
    ops.push_back({kind, std::move(key), std::move(other)});
  }
  return ops;
}

// What a transaction must see while it runs: `model` with its own writes so far.
Result<void> run_checked(const std::vector<Op>& ops, Model model, bool fails, MetaView& view) {
  for (const Op& op : ops) {
    apply(op, view);
    apply(op, model);
    for (char c = 'a'; c <= 'l'; ++c) {
      const std::string key(1, c);
      LAPIS_TRY(const Row row, view.get(key));
      const auto expected = model.find(key);
      const bool is_right = expected == model.end() ? !row : row == expected->second;
      if (!is_right) return fail(ErrorCode::kInternalError, "sees a wrong row " + key);
    }
  }
  if (fails) return fail(ErrorCode::kBlobNotFound);
  return {};
}

TEST_P(MetaHistory, RandomGroupsMatchAMap) {
  for (unsigned seed = 1; seed <= 8; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(seed);
    restore_floor();
    Model model = floor_;
    for (int round = 0; round < 12; ++round) {
      std::vector<Transaction> list;
      std::vector<bool> fails;
      for (auto left = 1 + random() % 8; left > 0; --left) {
        fails.push_back(random() % 4 == 0);
        const std::vector<Op> ops = random_ops(random);
        list.push_back([ops, model, failing = fails.back()](MetaView& view) {
          return run_checked(ops, model, failing, view);
        });
        if (fails.back()) continue;
        for (const Op& op : ops) apply(op, model);
      }
      const auto results = meta_.run_together(std::move(list));
      for (std::size_t i = 0; i < results.size(); ++i) {
        if (fails[i]) {
          EXPECT_EQ(results[i].error().code, ErrorCode::kBlobNotFound);
        } else {
          EXPECT_TRUE(results[i]) << to_string(results[i].error());
        }
      }
      ASSERT_EQ(meta_.all_rows(), to_rows(model));
    }
  }
}

}  // namespace
}  // namespace lapis::storage
