// The end of an append blob, where what is appended goes. Its content is its segments, then the
// blocks in its record, then the inline bytes there.
//
// Short appends gather in the inline bytes; when these grow longer than a short body may be they
// become one block in a row of table 26. Long ones are a block each, in chunks. When there are many
// blocks they become a segment. So an append writes the record and at most two small rows, whatever
// the blob's size, and what is named once, a chunk or a row, is never written again: bodies that
// begin alike share it (shared_body.h).
#pragma once

#include <string_view>

#include "blob/records.h"
#include "lapis/storage/meta_store.h"

namespace lapis::blob {

// Blocks in a record, of about kDirectChunks chunks at most: few enough to be written with each
// append, and enough that 50,000 blocks make some 400 segments, whose list is written as well; 680
// where each block is 100 MiB.
inline constexpr std::size_t kTailBlocks = 128;

struct AppendedBytes {
  std::string_view bytes;                       // of a short append
  const storage::StoredBody* stored = nullptr;  // of a long one
};

// Whether the blob names no more than before when these are appended.
bool stays_inline(const Body& body, const AppendedBytes& appended, std::uint64_t inline_limit);

// Appends them to `body`, writing the rows that it names from now on. The places of blocks in the
// body (`first`) are as they were.
void append_bytes(storage::MetaView& view, ContainerId container, const AppendedBytes& appended,
                  std::uint64_t inline_limit, Body& body);

}  // namespace lapis::blob
