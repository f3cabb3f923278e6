#include "blob/pages/page_release.h"

#include <algorithm>
#include <string>
#include <utility>

#include "blob/blob_rows.h"
#include "blob/pages/page_map.h"
#include "blob/release.h"

namespace lapis::blob {
namespace {

// Rows that are erased in one step.
constexpr std::size_t kErasedInStep = 256;

Result<PageStripeKey> stripe_key(std::string_view key) {
  const auto parsed = parse_page_stripe_key(key);
  if (!parsed) return fail(ErrorCode::kInternalError, "key of a page stripe is damaged");
  return *parsed;
}

// Over the rows of all generations that may name it.
std::unique_ptr<storage::MetaCursor> rows_of(storage::MetaSnapshot& snapshot, ContainerId container,
                                             PageMapId map, const PageTarget& target) {
  const StripeSpan span = stripes_of(target.first, target.first + target.pages);
  const auto key_of = [&](std::uint64_t stripe) {
    return page_stripe_key({container, map, stripe, ~std::uint64_t{0}});
  };
  return snapshot.scan(key_of(span.first), key_of(span.end));
}

// One step of walking a map.
struct Step {
  std::string next;    // where the walk goes on; empty at the end
  PageStripeKey last;  // the last row that was looked at; of no generation before the first
  std::vector<std::string> unseen;
  std::vector<PageTarget> targets;  // that those name
};

Result<Step> look(storage::MetaSnapshot& snapshot, ContainerId container, PageMapId map,
                  const Step& before) {
  Step step;
  step.last = before.last;
  LAPIS_TRY(const auto row, snapshot.get(page_map_key(container, map)));
  if (!row) return step;  // held by nothing: all of it is freed by another entry
  LAPIS_TRY(const PageMap held_map, decode_page_map(*row));
  std::vector<std::uint64_t> held;
  for (const auto& generation : held_map.generations) held.push_back(generation.number);
  const auto cursor = snapshot.scan(before.next, prefix_end(page_map_prefix(container, map)));
  for (std::size_t rows = 0; cursor->valid(); cursor->next(), ++rows) {
    if (rows == kStepsInJob || step.unseen.size() == kErasedInStep) {
      step.next = cursor->key();
      return step;
    }
    LAPIS_TRY(const PageStripeKey key, stripe_key(cursor->key()));
    const bool has_younger = step.last.generation != 0 && step.last.stripe == key.stripe;
    const std::uint64_t next = has_younger ? step.last.generation : ~std::uint64_t{0};
    step.last = key;
    if (shows(held, key.generation, next)) continue;
    LAPIS_TRY(const StripeRow stripe, read_stripe(key, cursor->value()));
    for (const PagePiece& piece : stripe.pieces) {
      if (!is_zeros(piece)) step.targets.push_back(target_of(key.stripe, piece));
    }
    step.unseen.emplace_back(cursor->key());
  }
  LAPIS_TRY_VOID(cursor->status());
  return step;
}

// What is not seen now never is again: a blob only ever begins generations that are younger.
Result<void> erase(storage::MetaView& view, ContainerId container, PageMapId map,
                   const Step& step) {
  LAPIS_TRY_VOID(read_content(view, container));
  for (const std::string& key : step.unseen) view.erase(key);
  if (!step.targets.empty()) queue_pages(view, container, {map, false, false, step.targets});
  return {};
}

}  // namespace

Result<std::vector<BlockTarget>> UnnamedTargets::step(std::size_t rows) {
  std::vector<BlockTarget> unnamed;
  while (!is_done()) {
    const PageTarget& target = release_.targets[at_];
    if (!cursor_) cursor_ = rows_of(snapshot_, container_, release_.map, target);
    bool is_named = false;
    for (; cursor_->valid() && !is_named; cursor_->next(), --rows) {
      if (rows == 0) return unnamed;
      LAPIS_TRY(const PagePieces pieces, decode_pieces(cursor_->value(), container_));
      is_named = names(pieces, target.target);
    }
    if (!is_named) {
      LAPIS_TRY_VOID(cursor_->status());
      unnamed.push_back(target.target);
    }
    cursor_.reset();
    ++at_;
  }
  return unnamed;
}

io::Task<Result<void>> thin_map(Service& service, ContainerId container, PageMapId map) {
  Step step;
  step.next = page_map_prefix(container, map);
  while (!step.next.empty()) {
    const auto snapshot = service.meta.snapshot();
    const Step before = std::move(step);
    auto job = [&] { return look(*snapshot, container, map, before); };
    LAPIS_CO_TRY(step, co_await service.blocking.run(std::move(job)));
    if (step.unseen.empty()) continue;
    auto transaction = [&](storage::MetaView& view) { return erase(view, container, map, step); };
    const Result<void> erased = co_await service.meta.transact({container}, std::move(transaction));
    // The sweeper has what is in a deleted container.
    if (!erased && erased.error().code == ErrorCode::kContainerNotFound) co_return Result<void>{};
    LAPIS_CO_TRY_VOID(erased);
  }
  co_return Result<void>{};
}

}  // namespace lapis::blob
