// The superblock of a path: a small text file, <path>/lapis.pool, that says whose directory this
// is. A disk that is missing, foreign or mounted elsewhere is noticed by it and never formatted.
//
//   lapis pool path
//   format=1
//   store=<uuid>            the metadata store it belongs to
//   path=<uuid>             this directory
//   path_id=<decimal>       its id in chunk rows, fixed at registration
//   pool=<name>
//   class=flash|hdd
//   extent_bytes=<decimal>  fixed at registration
//   generation=<decimal>    grows with each start
//   state=retired           only where the path was given up
//   crc64=<16 hex digits>   CRC-64/NVME of every byte before this line
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "lapis/base/ids.h"
#include "lapis/base/result.h"
#include "lapis/storage/local_chunk_store.h"

namespace lapis::storage {

inline constexpr std::string_view kSuperblockName = "lapis.pool";
inline constexpr std::size_t kMaxSuperblockBytes = 4096;

struct Superblock {
  std::string store;
  std::string path;
  PathId id;
  std::string pool;
  PoolClass pool_class = PoolClass::kFlash;
  std::uint64_t extent_bytes = 0;
  std::uint64_t generation = 0;
  bool is_retired = false;
};

std::string encode(const Superblock& superblock);
// Fails (kInternalError, the reason in `detail`) for damage and for a newer format.
Result<Superblock> decode_superblock(std::string_view text);

}  // namespace lapis::storage
