#include "daemon/toml_reader.h"

#include <array>
#include <limits>
#include <utility>

#include "lapis/base/number.h"

namespace lapis::daemon {
namespace {

struct Unit {
  std::string_view name;
  std::uint64_t factor;
};

constexpr std::array kByteUnits = {Unit{"KiB", 1ull << 10}, Unit{"MiB", 1ull << 20},
                                   Unit{"GiB", 1ull << 30}, Unit{"TiB", 1ull << 40}, Unit{"B", 1}};
constexpr std::array kTimeUnits = {Unit{"ms", 1}, Unit{"s", 1'000}, Unit{"m", 60'000},
                                   Unit{"h", 3'600'000}, Unit{"d", 86'400'000}};

// "12unit" as 12 * factor; nothing where the number, the unit or the product is not sound.
template <std::size_t N>
std::optional<std::uint64_t> with_unit(std::string_view text, const std::array<Unit, N>& units) {
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const auto number = parse_u64(text.substr(0, digits));
  if (!number) return std::nullopt;
  for (const Unit& unit : units) {
    if (text.substr(digits) != unit.name) continue;
    if (*number > std::numeric_limits<std::int64_t>::max() / unit.factor) return std::nullopt;
    return *number * unit.factor;
  }
  return std::nullopt;
}

}  // namespace

std::unexpected<Error> config_error(const toml::node& node, std::string_view reason) {
  const toml::source_region& where = node.source();
  const std::string file = where.path ? *where.path : "built-in configuration";
  return fail(ErrorCode::kInvalidInput,
              file + ":" + std::to_string(where.begin.line) + ": " + std::string(reason));
}

const toml::node* TomlReader::find(std::string_view key) {
  known_.emplace(key);
  return table_.get(key);
}

Result<std::optional<std::string>> TomlReader::text(std::string_view key) {
  const toml::node* node = find(key);
  if (node == nullptr) return std::nullopt;
  const auto* value = node->as_string();
  if (value == nullptr) return config_error(*node, std::string(key) + " must be a string");
  return value->get();
}

Result<std::optional<bool>> TomlReader::flag(std::string_view key) {
  const toml::node* node = find(key);
  if (node == nullptr) return std::nullopt;
  const auto* value = node->as_boolean();
  if (value == nullptr) return config_error(*node, std::string(key) + " must be true or false");
  return value->get();
}

Result<std::optional<std::uint64_t>> TomlReader::number(std::string_view key, std::uint64_t least) {
  const toml::node* node = find(key);
  if (node == nullptr) return std::nullopt;
  const auto* value = node->as_integer();
  if (value == nullptr || std::cmp_less(value->get(), least)) {
    return config_error(
        *node, std::string(key) + " must be a whole number of at least " + std::to_string(least));
  }
  return static_cast<std::uint64_t>(value->get());
}

Result<std::optional<std::uint64_t>> TomlReader::bytes(std::string_view key) {
  const toml::node* node = find(key);
  if (node == nullptr) return std::nullopt;
  if (const auto* plain = node->as_integer(); plain != nullptr && plain->get() >= 0) {
    return static_cast<std::uint64_t>(plain->get());
  }
  const auto* value = node->as_string();
  const auto parsed = value == nullptr ? std::nullopt : with_unit(value->get(), kByteUnits);
  if (!parsed) return config_error(*node, std::string(key) + " must be a size such as \"64MiB\"");
  return *parsed;
}

Result<std::optional<std::chrono::milliseconds>> TomlReader::duration(std::string_view key) {
  const toml::node* node = find(key);
  if (node == nullptr) return std::nullopt;
  const auto* value = node->as_string();
  const auto parsed = value == nullptr ? std::nullopt : with_unit(value->get(), kTimeUnits);
  if (!parsed) return config_error(*node, std::string(key) + " must be a time such as \"30s\"");
  return std::chrono::milliseconds(static_cast<std::int64_t>(*parsed));
}

Result<std::vector<std::string>> TomlReader::texts(std::string_view key) {
  std::vector<std::string> values;
  const toml::node* node = find(key);
  if (node == nullptr) return values;
  const auto* array = node->as_array();
  if (array == nullptr) return config_error(*node, std::string(key) + " must be an array");
  for (const toml::node& item : *array) {
    const auto* value = item.as_string();
    if (value == nullptr) return config_error(item, std::string(key) + " must hold strings");
    values.push_back(value->get());
  }
  return values;
}

Result<std::optional<std::vector<std::uint64_t>>> TomlReader::numbers(std::string_view key,
                                                                      std::uint64_t least,
                                                                      std::uint64_t most) {
  const toml::node* node = find(key);
  if (node == nullptr) return std::nullopt;
  const auto* array = node->as_array();
  if (array == nullptr) return config_error(*node, std::string(key) + " must be an array");
  std::vector<std::uint64_t> values;
  for (const toml::node& item : *array) {
    const auto* value = item.as_integer();
    const bool fits = value != nullptr && value->get() >= 0 &&
                      static_cast<std::uint64_t>(value->get()) >= least &&
                      static_cast<std::uint64_t>(value->get()) <= most;
    if (!fits) {
      return config_error(item, std::string(key) + " must hold numbers from " +
                                    std::to_string(least) + " to " + std::to_string(most));
    }
    values.push_back(static_cast<std::uint64_t>(value->get()));
  }
  return values;
}

Result<const toml::table*> TomlReader::table(std::string_view key) {
  const toml::node* node = find(key);
  if (node == nullptr) return nullptr;
  const toml::table* value = node->as_table();
  if (value == nullptr) return config_error(*node, std::string(key) + " must be a table");
  return value;
}

Result<std::vector<const toml::table*>> TomlReader::tables(std::string_view key) {
  std::vector<const toml::table*> values;
  const toml::node* node = find(key);
  if (node == nullptr) return values;
  const auto* array = node->as_array();
  if (array == nullptr) {
    return config_error(*node, "write [[" + std::string(key) + "]]: there may be several");
  }
  for (const toml::node& item : *array) {
    const toml::table* value = item.as_table();
    if (value == nullptr) return config_error(item, std::string(key) + " must hold tables");
    values.push_back(value);
  }
  return values;
}

Result<void> TomlReader::finish() const {
  for (const auto& [key, value] : table_) {
    if (!known_.contains(key.str())) {
      return config_error(value, "unknown setting \"" + std::string(key.str()) + "\"");
    }
  }
  return {};
}

}  // namespace lapis::daemon
