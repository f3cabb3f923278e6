// Bodies that several rows hold: a blob and its snapshots, a blob and its copy. Each row has the
// body in full, so that reading one costs nothing more; a row of table 29 counts them, and what the
// body names is freed with the last. Sharing is a few small writes whatever the size.
//
// Where a block list takes over blocks of a body that others go on holding, those blocks belong to
// both bodies from then on: table 2a has a row for each owner, and the last one frees the bytes. A
// block without rows there has one owner.
//
// What an append blob's body names only grows at its end. So rows that share one may hold
// beginnings of it of several lengths, and the longest names all that there is: it grows in place,
// and is kept in table 29 where its row goes before the others. A shorter one does not grow: it
// becomes another body first (body_fork.h).
//
// All of it inside transactions of the container. How rows of other containers hold a body: loan.h.
#pragma once

#include <span>

#include "blob/records.h"
#include "lapis/storage/meta_store.h"

namespace lapis::blob {

// A level beneath the pages of a copied page blob, as a body that is held by itself.
inline Body as_body(const PageLayer& layer) {
  Body body;
  body.id = layer.id;
  body.pages = layer.pages;
  body.lender = layer.lender;
  return body;
}

// One more row is about to hold `body`, which gets an id where it has none: the row that it came
// from is to be written again with it. Inline bytes are copied, never shared.
Result<void> share_body(storage::MetaView& view, ContainerId container, Body& body);

// A row that held `body` goes or gets another. What nothing holds any more is queued.
Result<void> drop_body(storage::MetaView& view, ContainerId container, Body body);

// The row that holds `body` is to name `grown` bytes. False where it may not: others share a longer
// body, or it is borrowed. `body` loses its id where no other row has it.
Result<bool> claim_growth(storage::MetaView& view, ContainerId container, Body& body,
                          std::uint64_t grown);

// Of a row that goes while others hold its body: where that is the longest it is kept. Whether it
// is now and was not before.
bool keep_longest(SharedBody& sharing, Body body);

// Of a container that is emptied: no row holds the body from now on, which is kept where it is the
// longest. Returns whether loans hold it; then nothing is to be freed yet. Doing it again is
// harmless.
Result<bool> leave_to_loans(storage::MetaView& view, ContainerId container, const Body& body);

// What the last of those that held it gives up, of which `body` is one: the longest.
Body all_of(SharedBody sharing, Body body);

// Whether a body that this row gives up stays with others.
inline bool is_held_elsewhere(const SharedBody& sharing) {
  return sharing.rows > 1 || sharing.loans != 0 || sharing.lender != Lender{};
}

// How it is shared, one row where it has no id. Errors: kInternalError where its row is missing.
template <class View>  // MetaView or MetaSnapshot
Result<SharedBody> read_sharing(View& view, ContainerId container, BodyId body) {
  if (body == BodyId{}) return SharedBody{1, false, 0};
  LAPIS_TRY(const auto row, view.get(shared_body_key(container, body)));
  if (!row) return fail(ErrorCode::kInternalError, "a shared body has no row");
  return decode_shared_body(*row);
}

// The body becomes an owner of these blocks of it by name: others will own them too.
Result<void> own_blocks(storage::MetaView& view, Lender body, std::span<const Block> blocks);

// A new body, to be held by the row that held `from`, takes over `blocks` of it, which others hold
// as well. `from` is dropped; where it is borrowed, the lender's owns the blocks by name
// (own_lent_blocks). Returns the new body's id.
Result<BodyId> take_over(storage::MetaView& view, ContainerId container,
                         std::span<const Block> blocks, Body from);

}  // namespace lapis::blob
