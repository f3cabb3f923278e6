// What requests say about blobs' tags: x-ms-if-tags, a condition on one blob's, and the query of
// Find Blobs by Tags. Two languages with the same comparisons; azure reads their texts. Pure.
// Source: REST "Specifying conditional headers", "Find Blobs by Tags".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "lapis/blob/types.h"

namespace lapis::blob {

enum class TagOperator : std::uint8_t {
  kEqual,
  kNotEqual,
  kLess,
  kLessOrEqual,
  kGreater,
  kGreaterOrEqual
};

// Values are compared by their bytes.
struct TagComparison {
  std::string key;
  TagOperator op = TagOperator::kEqual;
  std::string value;
};

// The value of a tag; null where there is none of that key.
const std::string* find_tag(const Tags& tags, std::string_view key);

// False where there is no such tag, whatever the operator.
bool holds(const TagComparison& comparison, const Tags& tags);

// A condition, operands before their operator ("a b AND c OR"). Made by who reads its text, so that
// every operator has its operands.
enum class TagConnective : std::uint8_t { kAnd, kOr };
struct TagExpression {
  std::vector<std::variant<TagComparison, TagConnective>> steps;
};
bool holds(const TagExpression& expression, const Tags& tags);

// The values of one key that are asked for: from `first` to `last`, both of them too unless said.
struct TagRange {
  std::string key;
  std::string first;
  bool after_first = false;         // `first` itself is not
  std::optional<std::string> last;  // nothing: no bound
  bool before_last = false;         // `last` itself is not
  bool is_one_value() const { return last && first == *last && !after_first && !before_last; }
  bool contains(std::string_view value) const;
};

// All of them: each of another key, at most ten.
struct TagQuery {
  static constexpr std::size_t kMaxKeys = 10;
  std::optional<std::string> container;  // only blobs of this one
  std::vector<TagRange> ranges;          // at least one
};

}  // namespace lapis::blob
