#include "azure/tags/tag_tokens.h"

#include <utility>

#include "lapis/http/message.h"

namespace lapis::azure {
namespace {

using Kind = TagToken::Kind;
using blob::TagOperator;

bool is_name_start(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '@';
}

bool is_name_part(char c) { return (c != '@' && is_name_start(c)) || (c >= '0' && c <= '9'); }

struct OperatorText {
  std::string_view text;
  TagOperator op;
};
// The longer ones first.
constexpr OperatorText kOperators[] = {
    {"<>", TagOperator::kNotEqual},
    {"<=", TagOperator::kLessOrEqual},
    {">=", TagOperator::kGreaterOrEqual},
    {"=", TagOperator::kEqual},
    {"<", TagOperator::kLess},
    {">", TagOperator::kGreater},
};

}  // namespace

bool TagToken::is_word(std::string_view word) const {
  return kind == Kind::kName && http::iequals(text, word);
}

TagToken TagTokens::take() {
  TagToken taken = std::move(token_);
  token_ = is_bad_ ? taken : read();
  return taken;
}

TagToken TagTokens::read() {
  while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t')) ++at_;
  TagToken token;
  token.position = at_;
  if (at_ == text_.size()) return token;
  const char c = text_[at_];
  if (c == '\'') return read_quoted(c, Kind::kValue);
  if (c == '"') return read_quoted(c, Kind::kQuotedName);
  if (is_name_start(c)) return read_name();
  if (c == '(' || c == ')') {
    token.kind = c == '(' ? Kind::kOpen : Kind::kClose;
    token.text = c;
    ++at_;
    return token;
  }
  return read_operator();
}

TagToken TagTokens::read_quoted(char quote, Kind kind) {
  TagToken token;
  token.kind = kind;
  token.position = at_;
  for (++at_; at_ < text_.size(); ++at_) {
    if (text_[at_] == quote) {
      ++at_;
      if (at_ == text_.size() || text_[at_] != quote) return token;
    }
    token.text += text_[at_];
  }
  return bad(token.position);  // nothing ends it
}

TagToken TagTokens::read_name() {
  TagToken token;
  token.kind = Kind::kName;
  token.position = at_;
  do {
    token.text += text_[at_++];
  } while (at_ < text_.size() && is_name_part(text_[at_]));
  return token;
}

TagToken TagTokens::read_operator() {
  for (const auto& [text, op] : kOperators) {
    if (!text_.substr(at_).starts_with(text)) continue;
    TagToken token{Kind::kOperator, std::string(text), op, at_};
    at_ += text.size();
    return token;
  }
  return bad(at_);
}

TagToken TagTokens::bad(std::size_t position) {
  is_bad_ = true;
  at_ = text_.size();
  TagToken token;
  token.position = position;
  token.text = text_.substr(position, 1);
  return token;
}

}  // namespace lapis::azure
