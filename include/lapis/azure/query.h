// The query of a request, decoded once: routing, authorisation and parsing all read this object.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "lapis/base/result.h"

namespace lapis::azure {

struct QueryParameter {
  std::string_view name;  // decoded, case kept
  // Decoded, and '+' is a blank, as Go's, Rust's and Java's encoders write it. Except in "sig" and
  // "blockid": base64 has no blanks, so a '+' there is one that its sender did not encode.
  std::string_view value;
  std::string_view plus_form;  // as received, where a '+' became a blank; else empty
  // As received the value was not empty and held no '='. Some clients leave the others out of what
  // they sign.
  bool plain = true;
};

// Views of the request's target, and of memory of its own for what had to be decoded; moving it
// keeps them.
class Query {
 public:
  // `text` is what stands behind '?', as received; it outlives the query. Errors: kInvalidUri for
  // malformed escapes, text that is not UTF-8 or holds NUL, and more parameters than any operation
  // has; kInvalidQueryParameterValue for a parameter that is given twice.
  static Result<Query> parse(std::string_view text);

  // By name without regard to case; null where it is absent.
  const std::string_view* find(std::string_view name) const;
  std::string_view get(std::string_view name) const;  // empty where absent
  bool has(std::string_view name) const { return find(name) != nullptr; }
  const std::vector<QueryParameter>& all() const { return parameters_; }

 private:
  std::vector<QueryParameter> parameters_;
  std::unique_ptr<char[]> decoded_;  // no longer than what it was decoded from
};

}  // namespace lapis::azure
