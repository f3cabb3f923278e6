// The words of both languages of tags: names, 'values', operators, parentheses.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "lapis/base/result.h"
#include "lapis/blob/tag_expression.h"

namespace lapis::azure {

struct TagToken {
  enum class Kind : std::uint8_t { kName, kQuotedName, kValue, kOperator, kOpen, kClose, kEnd };
  Kind kind = Kind::kEnd;
  std::string text;  // of names and values, decoded; else as it stands there
  blob::TagOperator op = blob::TagOperator::kEqual;
  std::size_t position = 0;  // of its first character, from 0

  // A bare name that is this word, in any case.
  bool is_word(std::string_view word) const;
};

// Reads one token at a time. Names are bare (a letter or '_', then letters, digits and '_'; '@'
// may come first) or in double quotes; values are in single quotes; in both a quote is doubled to
// stand for itself.
class TagTokens {
 public:
  explicit TagTokens(std::string_view text) : text_(text) { take(); }

  const TagToken& peek() const { return token_; }
  // The token, and goes on to the next. After the end, and after text that is no token (`is_bad`),
  // it stays where it is.
  TagToken take();
  bool is_bad() const { return is_bad_; }

 private:
  TagToken read();
  TagToken read_quoted(char quote, TagToken::Kind kind);
  TagToken read_name();
  TagToken read_operator();
  TagToken bad(std::size_t position);

  std::string_view text_;
  std::size_t at_ = 0;
  TagToken token_;
  bool is_bad_ = false;
};

}  // namespace lapis::azure
