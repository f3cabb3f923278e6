// What a check of the stores finds wrong, as values.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "lapis/base/ids.h"

namespace lapis::storage {

enum class FindingKind : std::uint8_t {
  kLost,     // something is named and is not there, or is not what it should be
  kLeaked,   // something takes space and nothing names it
  kDoubled,  // something is named more often than it is there for
  kWrong,    // rows that contradict each other, or headers that are damaged; no bytes are lost
};

std::string_view name_of(FindingKind kind);

struct FindingField {
  std::string name;
  std::variant<std::uint64_t, std::string> value;
};

struct Finding {
  FindingKind kind = FindingKind::kWrong;
  std::string what;  // a stable name: docs/operations.md lists them
  std::vector<FindingField> fields;
  ChunkId chunk;  // the one that is affected, 0 where none is; also in `fields`
};

// Takes findings in no particular order, on the thread that checks.
using FindingSink = std::function<void(Finding)>;

}  // namespace lapis::storage
