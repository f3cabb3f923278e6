#include <utility>

#include "azure/field_errors.h"
#include "azure/tags/tag_languages.h"
#include "azure/tags/tag_tokens.h"

namespace lapis::azure {
namespace {

using Kind = TagToken::Kind;
using blob::TagComparison;
using blob::TagConnective;

// Shunting-yard: no recursion, so nothing that a request says makes the stack grow.
class ConditionReader {
 public:
  explicit ConditionReader(std::string_view text) : tokens_(text) {}

  // Nothing where the text is no condition.
  std::optional<blob::TagExpression> read() {
    while (true) {
      while (tokens_.peek().kind == Kind::kOpen) {
        tokens_.take();
        pending_.push_back(Pending::kOpen);
      }
      if (!read_comparison()) return std::nullopt;
      while (tokens_.peek().kind == Kind::kClose) {
        tokens_.take();
        if (!close()) return std::nullopt;
      }
      if (tokens_.peek().kind == Kind::kEnd) break;
      if (!read_connective()) return std::nullopt;
    }
    if (tokens_.is_bad() || !finish()) return std::nullopt;
    return std::move(expression_);
  }

 private:
  enum class Pending : std::uint8_t { kOpen, kAnd, kOr };

  bool read_comparison() {
    TagToken key = tokens_.take();
    if (key.kind != Kind::kName && key.kind != Kind::kQuotedName) return false;
    if (key.kind == Kind::kName && key.text.starts_with('@')) return false;
    const TagToken op = tokens_.take();
    if (op.kind != Kind::kOperator) return false;
    TagToken value = tokens_.take();
    if (value.kind != Kind::kValue) return false;
    expression_.steps.emplace_back(
        TagComparison{std::move(key.text), op.op, std::move(value.text)});
    return true;
  }

  bool read_connective() {
    const TagToken word = tokens_.take();
    const bool is_and = word.is_word("AND");
    if (!is_and && !word.is_word("OR")) return false;
    while (!pending_.empty() && pending_.back() != Pending::kOpen) {
      if (is_and && pending_.back() == Pending::kOr) break;
      apply();
    }
    pending_.push_back(is_and ? Pending::kAnd : Pending::kOr);
    return true;
  }

  void apply() {
    expression_.steps.emplace_back(pending_.back() == Pending::kAnd ? TagConnective::kAnd
                                                                    : TagConnective::kOr);
    pending_.pop_back();
  }

  bool close() {
    while (!pending_.empty() && pending_.back() != Pending::kOpen) apply();
    if (pending_.empty()) return false;
    pending_.pop_back();
    return true;
  }

  bool finish() {
    while (!pending_.empty()) {
      if (pending_.back() == Pending::kOpen) return false;
      apply();
    }
    return true;
  }

  TagTokens tokens_;
  blob::TagExpression expression_;
  std::vector<Pending> pending_;
};

}  // namespace

Result<blob::TagExpression> parse_tag_condition(std::string_view text, std::string_view header) {
  auto expression = ConditionReader(text).read();
  if (!expression) return fail(invalid_header(header, text));
  return *std::move(expression);
}

}  // namespace lapis::azure
