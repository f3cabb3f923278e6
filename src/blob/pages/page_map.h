// Which rows hold the pages of a page blob. A snapshot holds the generation that the blob has;
// nothing of the map is written for it. The blob goes on with the next generation when it writes.
// A row of table 31 counts who holds which, from the first snapshot on. Rows of other containers
// hold one as a loan (loan.h), and never write.
//
// All of it inside transactions of the container.
#pragma once

#include <algorithm>

#include "blob/records.h"
#include "lapis/storage/meta_store.h"

namespace lapis::blob {

// One generation held by one row where the map has no row. Errors: kInternalError where the
// generation is not among those that are held.
template <class View>  // MetaView or MetaSnapshot
Result<PageMap> read_page_map(View& view, ContainerId container, const PageBody& pages) {
  LAPIS_TRY(const auto row, view.get(page_map_key(container, pages.map)));
  if (!row) return PageMap{{{pages.generation, 1, 0}}};
  LAPIS_TRY(PageMap map, decode_page_map(*row));
  const auto is_it = [&](const auto& held) { return held.number == pages.generation; };
  if (std::ranges::any_of(map.generations, is_it)) return map;
  return fail(ErrorCode::kInternalError, "a page blob is not among the holders of its map");
}

// What holds a generation: a row of table 22 of the container, or one of table 32.
enum class PageHolder : std::uint8_t { kRow, kLoan };

// One more is about to hold these pages, and will not write to them.
Result<void> share_pages(storage::MetaView& view, ContainerId container, const PageBody& pages,
                         PageHolder holder = PageHolder::kRow);

// One that held these pages goes, or gets others. What nothing shows any more is queued.
Result<void> drop_pages(storage::MetaView& view, ContainerId container, const PageBody& pages,
                        PageHolder holder = PageHolder::kRow);

// Of a container that is emptied: no row holds any of the map from now on. Returns whether loans
// do; then nothing is to be freed yet. Doing it again is harmless.
Result<bool> leave_to_loans(storage::MetaView& view, ContainerId container, PageMapId map);

// The row that holds `pages` writes: into the generation that it has, or where others hold that
// too, into a new one, which `pages` is then. Returns the generations that are held besides.
Result<std::vector<std::uint64_t>> open_generation(storage::MetaView& view, ContainerId container,
                                                   PageBody& pages);

// Whether a row of a stripe shows in one of the `held` generations: where the next younger row of
// that stripe is of generation `next`.
bool shows(const std::vector<std::uint64_t>& held, std::uint64_t generation, std::uint64_t next);

}  // namespace lapis::blob
