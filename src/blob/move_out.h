// Moving short bodies out of their blobs' rows. The order is what makes a crash harmless: the bytes
// are durable in chunks, then one transaction puts the chunks' rows and the blobs'. Before it the
// frames are dead space, after it the old rows are history.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "blob/records.h"
#include "lapis/blob/service.h"

namespace lapis::blob {

// A short body, as the row of its blob had it.
struct ShortBodyRow {
  std::string key;
  ContainerId container;
  std::string name;
  std::string encoded_body;  // the part of the row
  std::string bytes;
  Timestamp last_modified;
};

// The row's short body; nothing where it has none, or one that is not worth a chunk.
Result<std::optional<ShortBodyRow>> short_body_of(std::string_view key, std::string_view row);

struct MovedOut {
  std::uint64_t bodies = 0;
  std::uint64_t bytes = 0;
};

// Bodies of one container, up to some hundreds. One that was written over or deleted since its row
// was read stays as it is; other changes of the row are kept. Errors: those of writing chunks and
// of transactions; then none has moved.
io::Task<Result<MovedOut>> move_out(Service& service, std::span<const ShortBodyRow> bodies);

}  // namespace lapis::blob
