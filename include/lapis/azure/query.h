// The query of a request, decoded once: routing, authorisation and parsing all read this object.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lapis/base/result.h"

namespace lapis::azure {

struct QueryParameter {
  std::string name;   // decoded, case kept
  std::string value;  // decoded; '+' stays '+'
  // As received the value was not empty and held no '='. Some clients leave the others out of what
  // they sign.
  bool plain = true;
};

class Query {
 public:
  // `text` is what stands behind '?', as received. Errors: kInvalidUri for malformed escapes,
  // text that is not UTF-8 or holds NUL, and more parameters than any operation has;
  // kInvalidQueryParameterValue for a parameter that is given twice.
  static Result<Query> parse(std::string_view text);

  // By name without regard to case; null where it is absent.
  const std::string* find(std::string_view name) const;
  std::string_view get(std::string_view name) const;  // empty where absent
  bool has(std::string_view name) const { return find(name) != nullptr; }
  const std::vector<QueryParameter>& all() const { return parameters_; }

 private:
  std::vector<QueryParameter> parameters_;
};

}  // namespace lapis::azure
