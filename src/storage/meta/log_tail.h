// RocksDB takes a record that seems to reach beyond the end of its log for one that a crash cut
// short, and drops it and what follows. One flipped bit in a length in the log's last block looks
// the same, and would silently lose commits that were acknowledged. The two can be told apart:
//
//  - the record is whole under another length or type: its header is damaged;
//  - a record begins behind it: it had been synced, because every record is before the next begins.
//
// Log format (RocksDB 7.8): blocks of 32 KiB; in a block, records
//   0 u32 masked CRC-32C of type and payload | 4 u16 length | 6 u8 type | 7 payload
// type 1 whole, 2 first, 3 middle, 4 last part; a tail of less than 7 bytes is zero.
#pragma once

#include <filesystem>
#include <string_view>

#include "lapis/base/result.h"

namespace lapis::storage {

// `tail`: what follows the last whole block boundary of a log.
bool is_log_tail_damaged(std::string_view tail);

// Looks at every log of the database in `directory`; there is always one, if an empty one, and
// RocksDB does not miss it. Blocks. Errors: kInternalError for a damaged log, and for none.
Result<void> check_logs(const std::filesystem::path& directory);

}  // namespace lapis::storage
