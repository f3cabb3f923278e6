#include "storage/meta/key_ranges.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace lapis::storage {
namespace {

struct RangesCase {
  const char* name;
  std::vector<std::pair<std::string, std::string>> added;
  std::vector<std::pair<std::string, std::string>> kept;
  std::string covered;  // of a to h
};

const RangesCase kRangesCases[] = {
    {"One", {{"b", "d"}}, {{"b", "d"}}, "bc"},
    {"Empty", {{"b", "b"}}, {}, ""},
    {"Reversed", {{"d", "b"}}, {}, ""},
    {"Apart", {{"b", "c"}, {"e", "f"}}, {{"b", "c"}, {"e", "f"}}, "be"},
    {"Touching", {{"b", "c"}, {"c", "d"}}, {{"b", "d"}}, "bc"},
    {"TouchingBefore", {{"c", "d"}, {"b", "c"}}, {{"b", "d"}}, "bc"},
    {"Overlapping", {{"b", "e"}, {"d", "g"}}, {{"b", "g"}}, "bcdef"},
    {"Inside", {{"b", "g"}, {"c", "d"}}, {{"b", "g"}}, "bcdef"},
    {"Around", {{"c", "d"}, {"b", "g"}}, {{"b", "g"}}, "bcdef"},
    {"Bridging", {{"a", "b"}, {"e", "f"}, {"b", "e"}}, {{"a", "f"}}, "abcde"},
    {"SwallowingSeveral",
     {{"b", "c"}, {"d", "e"}, {"f", "g"}, {"a", "h"}},
     {{"a", "h"}},
     "abcdefg"},
};

class KeyRangesTest : public testing::TestWithParam<RangesCase> {};
INSTANTIATE_TEST_SUITE_P(Added, KeyRangesTest, testing::ValuesIn(kRangesCases),
                         [](const auto& info) { return std::string(info.param.name); });

TEST_P(KeyRangesTest, StayDisjointAndCoverTheirKeys) {
  KeyRanges ranges;
  for (const auto& [first, last] : GetParam().added) ranges.add(first, last);
  std::vector<std::pair<std::string, std::string>> kept;
  ranges.for_each(
      [&](const std::string& first, const std::string& last) { kept.emplace_back(first, last); });
  EXPECT_EQ(kept, GetParam().kept);
  std::string covered;
  for (char c = 'a'; c <= 'h'; ++c) {
    if (ranges.covers(std::string(1, c))) covered += c;
  }
  EXPECT_EQ(covered, GetParam().covered);
}

}  // namespace
}  // namespace lapis::storage
