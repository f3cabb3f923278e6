// A TOML table read by name, with an error that names file and line for every value that is of the
// wrong kind, out of range or unknown.
#pragma once

#include <toml++/toml.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "lapis/base/result.h"

namespace lapis::daemon {

// "FILE:LINE: reason" as an error; `node` says where.
std::unexpected<Error> config_error(const toml::node& node, std::string_view reason);

class TomlReader {
 public:
  explicit TomlReader(const toml::table& table) : table_(table) {}

  Result<std::optional<std::string>> text(std::string_view key);
  Result<std::optional<bool>> flag(std::string_view key);
  // A whole number of at least `least`.
  Result<std::optional<std::uint64_t>> number(std::string_view key, std::uint64_t least);
  // "256MiB", "1GiB", "64KiB" or a number of bytes.
  Result<std::optional<std::uint64_t>> bytes(std::string_view key);
  // "30s", "5m", "250ms", "1h", "14d".
  Result<std::optional<std::chrono::milliseconds>> duration(std::string_view key);
  // An array of whole numbers between the two.
  Result<std::optional<std::vector<std::uint64_t>>> numbers(std::string_view key,
                                                            std::uint64_t least,
                                                            std::uint64_t most);
  // An array of strings; absent: empty.
  Result<std::vector<std::string>> texts(std::string_view key);
  Result<const toml::table*> table(std::string_view key);                // null where absent
  Result<std::vector<const toml::table*>> tables(std::string_view key);  // [[key]]

  const toml::table& node() const { return table_; }
  const toml::node* find(std::string_view key);

  // To be called last: an error for the first key that nothing has asked for.
  Result<void> finish() const;

 private:
  const toml::table& table_;
  std::set<std::string, std::less<>> known_;
};

}  // namespace lapis::daemon
