#include "blob/move_out.h"

#include <memory>
#include <utility>
#include <vector>

#include "blob/blob_rows.h"
#include "blob/body_walk.h"
#include "blob/hint_queue.h"
#include "lapis/base/crash_point.h"
#include "lapis/base/crc64.h"

namespace lapis::blob {
namespace {

using StoredBodies = std::vector<std::unique_ptr<storage::StoredBody>>;

// The rows of a chunk and its heat take about as much in the metadata as a body of this length.
constexpr std::size_t kLeastBytes = 256;
// No row that is longer has a short body: it need not be decoded to know that.
constexpr std::size_t kMostEncoded = storage::kMaxShortBody + 16;

std::string encoded_body_in(const storage::StoredBody& stored) {
  Block block;
  block.length = stored.length();
  block.chunks = stored.chunks();
  Body body;
  body.blocks.push_back(std::move(block));
  return encode_body(body);
}

// What the transaction does with one of them; false where its row no longer holds these bytes.
Result<bool> swap_body(storage::MetaView& view, const ShortBodyRow& body,
                       const storage::StoredBody& stored) {
  LAPIS_TRY(auto row, view.get(body.key));
  if (!row) return false;
  LAPIS_TRY(const std::string_view current, encoded_body_of(*row));
  if (current != body.encoded_body) return false;
  LAPIS_TRY(const BlobProperties properties, decode_properties(*row));
  stored.record(view, rank_of(properties.tier));
  row->resize(row->size() - current.size());
  *row += encoded_body_in(stored);
  view.put(body.key, *row);
  return true;
}

}  // namespace

Result<std::optional<ShortBodyRow>> short_body_of(std::string_view key, std::string_view row) {
  const auto name = parse_name_key(key);
  if (!name) return fail(ErrorCode::kInternalError, "blob key is damaged");
  if (name->row == NameRow::kUpload) return std::nullopt;
  LAPIS_TRY(const std::string_view encoded, encoded_body_of(row));
  if (encoded.size() < kLeastBytes || encoded.size() > kMostEncoded) return std::nullopt;
  LAPIS_TRY(BlobRecord blob, decode_blob(row));
  if (!is_inline(blob.body)) return std::nullopt;  // the end of an append blob
  std::string& bytes = blob.body.inline_bytes;
  if (bytes.size() < kLeastBytes || bytes.size() > storage::kMaxShortBody) return std::nullopt;
  return ShortBodyRow{std::string(key),     name->container,  std::string(name->name),
                      std::string(encoded), std::move(bytes), blob.properties.last_modified};
}

io::Task<Result<MovedOut>> move_out(Service& service, std::span<const ShortBodyRow> bodies) {
  std::vector<storage::ShortBody> cold;
  for (const ShortBodyRow& body : bodies) {
    const storage::ChunkOwner owner{body.container, crc64(as_bytes(body.name))};
    cold.push_back({owner, as_bytes(body.bytes), body.last_modified});
  }
  LAPIS_CO_TRY(const StoredBodies stored, co_await service.chunks.write_cold(cold));
  std::vector<char> moved;
  auto transaction = [&](storage::MetaView& view) -> Result<void> {
    moved.assign(bodies.size(), 0);
    const auto content = read_content(view, bodies.front().container);
    if (!content && content.error().code == ErrorCode::kContainerNotFound) return {};
    LAPIS_TRY_VOID(content);
    for (std::size_t i = 0; i < bodies.size(); ++i) {
      LAPIS_TRY(const bool swapped, swap_body(view, bodies[i], *stored[i]));
      moved[i] = swapped ? 1 : 0;
    }
    return {};
  };
  crash_point(CrashPoint::kOutBeforeSwap);
  LAPIS_CO_TRY_VOID(
      co_await service.meta.transact({bodies.front().container}, std::move(transaction)));
  crash_point(CrashPoint::kOutSwapped);
  MovedOut done;
  for (std::size_t i = 0; i < bodies.size(); ++i) {
    if (moved[i] == 0) continue;
    stored[i]->recorded();
    ++done.bodies;
    done.bytes += bodies[i].bytes.size();
  }
  crash_point(CrashPoint::kOutCounted);
  co_return done;
}

}  // namespace lapis::blob
