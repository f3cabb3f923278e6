#include "blob/shared_body.h"

#include <utility>

#include "blob/pages/page_map.h"
#include "blob/release.h"

namespace lapis::blob {
namespace {

bool names_nothing(const Body& body) { return body.blocks.empty() && body.segments.empty(); }

void own(storage::MetaView& view, BlockTarget target, BodyId owner) {
  view.put(block_owner_key(target, owner), {});
}

}  // namespace

Result<void> share_body(storage::MetaView& view, ContainerId container, Body& body) {
  if (has_pages(body)) return share_pages(view, container, body.pages);
  if (names_nothing(body)) return {};
  LAPIS_TRY(SharedBody sharing, read_sharing(view, container, body.id));
  if (body.id == BodyId{}) body.id.value = view.next_id();
  ++sharing.rows;
  view.put(shared_body_key(container, body.id), encode(sharing));
  return {};
}

Result<void> drop_body(storage::MetaView& view, ContainerId container, Body body) {
  if (has_pages(body)) return drop_pages(view, container, body.pages);
  if (names_nothing(body)) return {};
  LAPIS_TRY(SharedBody sharing, read_sharing(view, container, body.id));
  const std::string key = shared_body_key(container, body.id);
  if (--sharing.rows != 0) {
    view.put(key, encode(sharing));
    return {};
  }
  if (body.id != BodyId{}) view.erase(key);
  const BodyId owner = sharing.counted ? body.id : BodyId{};
  queue_body(view, container, std::move(body), owner);
  return {};
}

BodyId take_over(storage::MetaView& view, ContainerId container, std::span<const Block> blocks,
                 BodyId from, SharedBody sharing) {
  const BodyId taker{view.next_id()};
  for (const Block& block : blocks) {
    for (const BlockTarget& target : targets_of(container, block)) {
      own(view, target, from);
      own(view, target, taker);
    }
  }
  view.put(shared_body_key(container, from), encode(SharedBody{sharing.rows - 1, true}));
  view.put(shared_body_key(container, taker), encode(SharedBody{1, true}));
  return taker;
}

}  // namespace lapis::blob
