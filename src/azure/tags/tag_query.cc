#include <algorithm>
#include <array>
#include <utility>

#include "azure/field_errors.h"
#include "azure/plain_text.h"
#include "azure/tags/tag_languages.h"
#include "azure/tags/tag_tokens.h"
#include "lapis/http/message.h"

namespace lapis::azure {
namespace {

using Kind = TagToken::Kind;
using blob::TagOperator;
using blob::TagRange;

// Words that are no bare keys.
constexpr auto kReserved = std::to_array<std::string_view>(
    {"all",       "and",    "any",   "as",   "asc",   "between", "by",     "case",   "cast",
     "date",      "day",    "desc",  "else", "end",   "escape",  "exists", "false",  "from",
     "group",     "having", "hour",  "in",   "is",    "join",    "like",   "minute", "month",
     "not",       "null",   "on",    "or",   "order", "second",  "select", "then",   "time",
     "timestamp", "true",   "union", "when", "where", "year"});

bool is_reserved(std::string_view word) {
  return std::ranges::any_of(kReserved,
                             [word](std::string_view one) { return http::iequals(one, word); });
}

Error invalid_where(std::string_view text, std::string message) {
  Error error = invalid_parameter("where", text, "This query parameter value is invalid.");
  error.sent_text = std::move(message);
  return error;
}

class QueryReader {
 public:
  QueryReader(std::string_view text, bool names_container)
      : text_(text), names_container_(names_container), tokens_(text) {}

  Result<blob::TagQuery> read() {
    while (true) {
      LAPIS_TRY_VOID(read_comparison());
      if (tokens_.peek().kind == Kind::kEnd) break;
      const TagToken word = tokens_.take();
      if (!word.is_word("AND")) return unexpected(word);
    }
    if (tokens_.is_bad() || query_.ranges.empty()) return unexpected(tokens_.peek());
    return std::move(query_);
  }

 private:
  // Positions are told from 1. What a client wrote is cut: the text is a reason phrase too.
  std::unexpected<Error> unexpected(const TagToken& token) const {
    const std::string what =
        token.kind == Kind::kEnd && token.text.empty() ? "end of query" : token.text;
    return fail(invalid_where(text_, "Error parsing query at or near character position " +
                                         std::to_string(token.position + 1) + ": unexpected '" +
                                         plain_text(what) + "'"));
  }

  std::unexpected<Error> wrong(const char* what) const {
    return fail(invalid_where(text_, std::string("Error parsing query: ") + what));
  }

  Result<void> read_comparison() {
    TagToken key = tokens_.take();
    const bool is_container = key.is_word("@container");
    const bool is_key =
        key.kind == Kind::kQuotedName ||
        (key.kind == Kind::kName && !key.text.starts_with('@') && !is_reserved(key.text));
    if (!is_container && !is_key) return unexpected(key);
    const TagToken op = tokens_.take();
    const bool takes =
        is_container ? op.op == TagOperator::kEqual : op.op != TagOperator::kNotEqual;
    if (op.kind != Kind::kOperator || !takes) return unexpected(op);
    TagToken value = tokens_.take();
    if (value.kind != Kind::kValue) return unexpected(value);
    return is_container ? take_container(key, std::move(value))
                        : take_bound(key, op.op, std::move(value));
  }

  Result<void> take_container(const TagToken& key, TagToken value) {
    if (names_container_) return wrong("Cannot have container in both uri and query");
    if (query_.container) return unexpected(key);
    query_.container = std::move(value.text);
    return {};
  }

  // A lower and an upper bound come apart; a value is both.
  Result<void> take_bound(const TagToken& key, TagOperator op, TagToken value) {
    const bool lower = op == TagOperator::kEqual || op == TagOperator::kGreater ||
                       op == TagOperator::kGreaterOrEqual;
    const bool upper =
        op == TagOperator::kEqual || op == TagOperator::kLess || op == TagOperator::kLessOrEqual;
    auto at = std::ranges::find(query_.ranges, key.text, &TagRange::key);
    if (at == query_.ranges.end()) {
      if (query_.ranges.size() == blob::TagQuery::kMaxKeys) {
        return wrong("there can be at most 10 unique tags in a query");
      }
      query_.ranges.push_back({key.text, {}, false, std::nullopt, false});
      has_lower_.push_back(false);
      at = query_.ranges.end() - 1;
    }
    const auto index = static_cast<std::size_t>(at - query_.ranges.begin());
    if ((lower && has_lower_[index]) || (upper && at->last)) return unexpected(key);
    if (lower) {
      has_lower_[index] = true;
      at->first = value.text;
      at->after_first = op == TagOperator::kGreater;
    }
    if (upper) {
      at->last = std::move(value.text);
      at->before_last = op == TagOperator::kLess;
    }
    return {};
  }

  std::string_view text_;
  bool names_container_;
  TagTokens tokens_;
  blob::TagQuery query_;
  std::vector<bool> has_lower_;  // of each range
};

}  // namespace

Result<blob::TagQuery> parse_tag_query(std::string_view text, bool names_container) {
  return QueryReader(text, names_container).read();
}

}  // namespace lapis::azure
