// Room: what may be written while the metadata's file system is short of space. Decided before
// RocksDB is touched, because a full disk under it means a restart.
//
// With `min` the configured minimum and `free` what is available:
//   free >= min      everything
//   free >= min / 2  transactions that put at most 4 KiB: whatever releases space goes on, and a
//                    few small writes with it
//                    few small writes with it. What they only write again, because it moves or a
//                    little of it changes, may be 128 KiB besides: no row of a blob is larger
//   free >= min / 4  of those only the ones that erase something, so that a full store can still be
//                    emptied after small writes have used up the band above
//   below            none that writes
// Transactions that write nothing are always admitted. Nothing is latched: when space returns,
// writes do.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "lapis/base/result.h"

namespace lapis::storage {

enum class Room : std::uint8_t { kForAll, kForSmall, kForErasing, kNone };

// What a transaction would write.
struct WriteSize {
  std::uint64_t put_bytes = 0;  // keys and values
  std::uint64_t erases = 0;     // rows and ranges
  std::uint64_t rewritten_bytes = 0;
  bool empty() const { return put_bytes == 0 && erases == 0 && rewritten_bytes == 0; }
};

Room room_for(std::uint64_t free_bytes, std::uint64_t min_free_bytes);

// What may still be written in `directory`; nothing where its file system cannot say. One system
// call.
std::optional<std::uint64_t> available_bytes(const std::filesystem::path& directory);

// The room there is in `directory`. One system call.
Room measure_room(const std::filesystem::path& directory, std::uint64_t min_free_bytes);

// Errors: kInsufficientStorage.
Result<void> admit(Room room, const WriteSize& size);

}  // namespace lapis::storage
