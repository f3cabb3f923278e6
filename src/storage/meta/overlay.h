// Overlay: writes that are not in RocksDB yet, as reads must see them. One stands for the group so
// far, one above it for the running transaction; only the latest write to a key counts. (RocksDB's
// own WriteBatchWithIndex refuses range deletions.)
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "storage/meta/key_ranges.h"

namespace lapis::storage {

class Overlay {
 public:
  void put(std::string_view key, std::string_view value);
  void erase(std::string_view key);
  void erase_range(std::string_view first, std::string_view last);

  // What was written to `key`: a row, or none because it was erased. Null where nothing was: ask
  // the layer below. Valid until the next write.
  const std::optional<std::string>* find(std::string_view key) const;

  // The lowest key that begins with `prefix` and has a row here. Valid until the next write.
  std::optional<std::string_view> first_put(std::string_view prefix) const;

  // Adds the writes of `later`, which all came after those here.
  void absorb(Overlay&& later);

 private:
  void assign(std::string_view key, std::optional<std::string> value);

  // A point is later than every range that covers it: erase_range removes those before it.
  std::map<std::string, std::optional<std::string>, std::less<>> points_;
  KeyRanges erased_;
};

}  // namespace lapis::storage
