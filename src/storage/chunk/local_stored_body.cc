#include "storage/chunk/local_stored_body.h"

#include "lapis/base/check.h"
#include "lapis/base/crc64.h"
#include "storage/chunk/heat_rows.h"
#include "storage/chunk/keys.h"

namespace lapis::storage {

void LocalStoredBody::add(ChunkId id, const ChunkRow& row, std::uint64_t crc, ExtentPin pin) {
  chunks_.push_back({id, row.length});
  crc_ = crc64_combine(crc_, crc, row.length);
  length_ += row.length;
  LAPIS_CHECK(row.places.size() == 1);
  stored_.push_back({id, encode(row), row.places.front().path,
                     static_cast<std::int64_t>(row.bytes_on_disk()), std::move(pin)});
}

void LocalStoredBody::record(MetaView& view, HeatRank rank) const {
  for (const Stored& stored : stored_) {
    view.put(chunk_key(stored.id), stored.row);
    put_heat(view, stored.id, {hour_, rank, {stored.path}});
  }
}

void LocalStoredBody::recorded() {
  LAPIS_CHECK(!recorded_);
  recorded_ = true;
  for (const Stored& stored : stored_) stored.pin.extent()->add_live(stored.frame_bytes);
}

}  // namespace lapis::storage
