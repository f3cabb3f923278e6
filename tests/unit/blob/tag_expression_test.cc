#include "lapis/blob/tag_expression.h"

#include <gtest/gtest.h>

namespace lapis::blob {
namespace {

const Tags kTags = {{"status", "done"}, {"size", "100"}, {"empty", ""}};

TEST(TagComparison, EveryOperatorComparesBytes) {
  using enum TagOperator;
  struct Case {
    TagComparison comparison;
    bool holds;
  };
  const Case cases[] = {
      {{"status", kEqual, "done"}, true},
      {{"status", kEqual, "Done"}, false},
      {{"Status", kEqual, "done"}, false},
      {{"status", kNotEqual, "open"}, true},
      {{"status", kNotEqual, "done"}, false},
      {{"none", kNotEqual, "done"}, false},
      {{"none", kEqual, ""}, false},
      {{"empty", kEqual, ""}, true},
      {{"size", kLess, "99"}, true},
      {{"size", kLess, "100"}, false},
      {{"size", kLessOrEqual, "100"}, true},
      {{"size", kGreater, "1"}, true},
      {{"size", kGreater, "100"}, false},
      {{"size", kGreaterOrEqual, "100"}, true},
      {{"size", kGreaterOrEqual, "1000"}, false},
      {{"empty", kGreater, ""}, false},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(holds(c.comparison, kTags), c.holds)
        << c.comparison.key << ' ' << static_cast<int>(c.comparison.op) << ' '
        << c.comparison.value;
  }
}

TEST(TagExpression, ConnectsWhatStandsBeforeTheConnective) {
  const TagComparison yes{"status", TagOperator::kEqual, "done"};
  const TagComparison no{"status", TagOperator::kEqual, "open"};
  EXPECT_TRUE(holds(TagExpression{{yes}}, kTags));
  EXPECT_FALSE(holds(TagExpression{{yes, no, TagConnective::kAnd}}, kTags));
  EXPECT_TRUE(holds(TagExpression{{yes, no, TagConnective::kOr}}, kTags));
  EXPECT_TRUE(holds(TagExpression{{no, no, TagConnective::kAnd, yes, TagConnective::kOr}}, kTags));
  EXPECT_FALSE(holds(TagExpression{{no, no, yes, TagConnective::kOr, TagConnective::kAnd}}, kTags));
}

TEST(TagRange, EndsWhereItSays) {
  const TagRange one{"k", "b", false, "b", false};
  EXPECT_TRUE(one.is_one_value());
  EXPECT_TRUE(one.contains("b"));
  EXPECT_FALSE(one.contains("a"));
  EXPECT_FALSE(one.contains("ba"));
  const TagRange open{"k", "b", true, "d", true};
  EXPECT_FALSE(open.is_one_value());
  EXPECT_FALSE(open.contains("b"));
  EXPECT_TRUE(open.contains("ba"));
  EXPECT_TRUE(open.contains("c"));
  EXPECT_FALSE(open.contains("d"));
  const TagRange above{"k", "b", false, {}, false};
  EXPECT_TRUE(above.contains("b"));
  EXPECT_TRUE(above.contains("zz"));
  EXPECT_FALSE(above.contains("a"));
}

}  // namespace
}  // namespace lapis::blob
