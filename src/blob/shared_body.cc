#include "blob/shared_body.h"

#include <utility>

#include "blob/loan.h"
#include "blob/pages/page_map.h"
#include "blob/release.h"

namespace lapis::blob {
namespace {

bool names_nothing(const Body& body) {
  return body.blocks.empty() && body.segments.empty() && !has_pages(body);
}

// Whose holders its map counts.
bool has_own_pages(const Body& body) { return has_pages(body) && !is_borrowed(body); }

void own(storage::MetaView& view, BlockTarget target, BodyId owner) {
  view.put(block_owner_key(target, owner), {});
}

}  // namespace

bool keep_longest(SharedBody& sharing, Body body) {
  const bool is_longest = sharing.longest != 0 && named_length(body) == sharing.longest;
  if (!is_longest || !names_nothing(sharing.kept)) return false;
  body.inline_bytes.clear();
  sharing.kept = std::move(body);
  return true;
}

Result<bool> leave_to_loans(storage::MetaView& view, ContainerId container, const Body& body) {
  if (has_own_pages(body)) return leave_to_loans(view, container, body.pages.map);
  const std::string key = shared_body_key(container, body.id);
  const auto row = view.get(key);
  LAPIS_TRY_VOID(row);
  if (!*row) return false;
  LAPIS_TRY(SharedBody sharing, decode_shared_body(**row));
  if (sharing.loans == 0) return false;
  const bool is_kept = keep_longest(sharing, body);
  if (!is_kept && sharing.rows == 0) return true;
  sharing.rows = 0;
  view.rewrite(key, encode(sharing));
  return true;
}

Body all_of(SharedBody sharing, Body body) {
  return names_nothing(sharing.kept) ? std::move(body) : std::move(sharing.kept);
}

Result<void> share_body(storage::MetaView& view, ContainerId container, Body& body) {
  for (const PageLayer& layer : body.layers) {
    Body beneath = as_body(layer);
    LAPIS_TRY_VOID(share_body(view, container, beneath));
  }
  if (has_own_pages(body)) return share_pages(view, container, body.pages);
  if (names_nothing(body)) return {};
  LAPIS_TRY(SharedBody sharing, read_sharing(view, container, body.id));
  if (body.id == BodyId{}) body.id.value = view.next_id();
  ++sharing.rows;
  view.put(shared_body_key(container, body.id), encode(sharing));
  return {};
}

Result<void> drop_body(storage::MetaView& view, ContainerId container, Body body) {
  for (const PageLayer& layer : std::exchange(body.layers, {})) {
    LAPIS_TRY_VOID(drop_body(view, container, as_body(layer)));
  }
  if (has_own_pages(body)) return drop_pages(view, container, body.pages);
  if (names_nothing(body)) return {};
  LAPIS_TRY(SharedBody sharing, read_sharing(view, container, body.id));
  const std::string key = shared_body_key(container, body.id);
  if (--sharing.rows != 0 || sharing.loans != 0) {
    keep_longest(sharing, std::move(body));
    view.rewrite(key, encode(sharing));
    return {};
  }
  if (body.id != BodyId{}) view.erase(key);
  if (is_borrowed(body)) {
    queue_loan(view, {body.lender, container, body.id});
    return {};
  }
  const BodyId owner = sharing.counted ? body.id : BodyId{};
  body = all_of(std::move(sharing), std::move(body));
  body.inline_bytes.clear();
  queue_body(view, container, std::move(body), owner);
  return {};
}

Result<bool> claim_growth(storage::MetaView& view, ContainerId container, Body& body,
                          std::uint64_t grown) {
  if (body.id == BodyId{}) return true;
  if (is_borrowed(body)) return false;
  LAPIS_TRY(SharedBody sharing, read_sharing(view, container, body.id));
  if (sharing.longest != 0 && sharing.longest != named_length(body)) return false;
  const std::string key = shared_body_key(container, body.id);
  // Blocks with several owners know their body by its id.
  if (!is_held_elsewhere(sharing) && !sharing.counted) {
    view.erase(key);
    body.id = {};
    return true;
  }
  sharing.longest = grown;
  sharing.kept = {};
  view.put(key, encode(sharing));
  return true;
}

Result<void> own_blocks(storage::MetaView& view, Lender body, std::span<const Block> blocks) {
  for (const Block& block : blocks) {
    for (const BlockTarget& target : targets_of(body.container, block)) {
      own(view, target, body.body);
    }
  }
  LAPIS_TRY(SharedBody sharing, read_sharing(view, body.container, body.body));
  sharing.counted = true;
  view.put(shared_body_key(body.container, body.body), encode(sharing));
  return {};
}

Result<BodyId> take_over(storage::MetaView& view, ContainerId container,
                         std::span<const Block> blocks, Body from) {
  const BodyId taker{view.next_id()};
  for (const Block& block : blocks) {
    for (const BlockTarget& target : targets_of(container, block)) own(view, target, taker);
  }
  view.put(shared_body_key(container, taker), encode(SharedBody{1, true, 0}));
  if (!is_borrowed(from)) LAPIS_TRY_VOID(own_blocks(view, {container, from.id}, blocks));
  LAPIS_TRY_VOID(drop_body(view, container, std::move(from)));
  return taker;
}

}  // namespace lapis::blob
