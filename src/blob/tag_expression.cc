#include "lapis/blob/tag_expression.h"

#include <algorithm>

#include "lapis/base/check.h"

namespace lapis::blob {

const std::string* find_tag(const Tags& tags, std::string_view key) {
  const auto found =
      std::ranges::find(tags, key, [](const auto& tag) -> std::string_view { return tag.first; });
  return found == tags.end() ? nullptr : &found->second;
}

bool holds(const TagComparison& comparison, const Tags& tags) {
  const std::string* value = find_tag(tags, comparison.key);
  if (value == nullptr) return false;
  const auto order = value->compare(comparison.value);
  switch (comparison.op) {
    case TagOperator::kEqual:
      return order == 0;
    case TagOperator::kNotEqual:
      return order != 0;
    case TagOperator::kLess:
      return order < 0;
    case TagOperator::kLessOrEqual:
      return order <= 0;
    case TagOperator::kGreater:
      return order > 0;
    case TagOperator::kGreaterOrEqual:
      break;
  }
  return order >= 0;
}

bool holds(const TagExpression& expression, const Tags& tags) {
  std::vector<bool> stack;
  for (const auto& step : expression.steps) {
    if (const auto* comparison = std::get_if<TagComparison>(&step)) {
      stack.push_back(holds(*comparison, tags));
      continue;
    }
    LAPIS_CHECK(stack.size() >= 2);
    const bool right = stack.back();
    stack.pop_back();
    const bool left = stack.back();
    const bool is_and = std::get<TagConnective>(step) == TagConnective::kAnd;
    stack.back() = is_and ? left && right : left || right;
  }
  LAPIS_CHECK(stack.size() == 1);
  return stack.back();
}

bool TagRange::contains(std::string_view value) const {
  if (value < first || (after_first && value == first)) return false;
  return !last || value < *last || (!before_last && value == *last);
}

}  // namespace lapis::blob
