// The metadata directory's superblock: says that the directory is ours, of which format, and which
// store it holds. A text file, <directory>/lapis.meta, of five lines in this order, each ended by a
// newline:
//
//   lapis-meta-store
//   format 2
//   uuid 6ba7b810-9dad-41d1-80b4-00c04fd430c8
//   state ready
//   check 9cf3219e298c1f3f
//
// `state` is "creating" until the database below it has been made for the first time: nothing was
// acknowledged before it is "ready". `check` is the CRC-64/NVME of all bytes before that line, 16
// lower-case hexadecimal digits. The first two lines keep their place in every later format.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "lapis/base/random.h"
#include "lapis/base/result.h"
#include "storage/meta/store_rows.h"

namespace lapis::storage {

struct MetaSuperblock {
  static constexpr std::string_view kFileName = "lapis.meta";
  static constexpr std::size_t kMaxBytes = 4096;

  Guid uuid;
  bool is_ready = false;  // state
  std::uint32_t format = kMetaFormat;
};

std::string encode_meta_superblock(const MetaSuperblock& superblock);

// Errors (kInternalError): not ours; of a newer format; damaged.
Result<MetaSuperblock> decode_meta_superblock(std::string_view text);

}  // namespace lapis::storage
