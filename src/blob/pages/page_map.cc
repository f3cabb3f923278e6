#include "blob/pages/page_map.h"

#include <functional>
#include <utility>

#include "blob/release.h"

namespace lapis::blob {
namespace {

void write(storage::MetaView& view, ContainerId container, PageMapId id, const PageMap& map) {
  view.put(page_map_key(container, id), encode(map));
}

// Of what gives up something: however full the store is.
void rewrite(storage::MetaView& view, ContainerId container, PageMapId id, const PageMap& map) {
  view.rewrite(page_map_key(container, id), encode(map));
}

PageMap::Generation& find(PageMap& map, std::uint64_t number) {
  return *std::ranges::find(map.generations, number, &PageMap::Generation::number);
}

std::uint64_t& count_of(PageMap::Generation& generation, PageHolder holder) {
  return holder == PageHolder::kRow ? generation.rows : generation.loans;
}

bool is_held(const PageMap::Generation& generation) { return generation.holders() != 0; }

}  // namespace

Result<void> share_pages(storage::MetaView& view, ContainerId container, const PageBody& pages,
                         PageHolder holder) {
  LAPIS_TRY(PageMap map, read_page_map(view, container, pages));
  ++count_of(find(map, pages.generation), holder);
  write(view, container, pages.map, map);
  return {};
}

Result<void> drop_pages(storage::MetaView& view, ContainerId container, const PageBody& pages,
                        PageHolder holder) {
  LAPIS_TRY(PageMap map, read_page_map(view, container, pages));
  PageMap::Generation& dropped = find(map, pages.generation);
  if (count_of(dropped, holder) == 0) {
    return fail(ErrorCode::kInternalError, "a holder of pages is not counted");
  }
  --count_of(dropped, holder);
  if (is_held(dropped)) {
    rewrite(view, container, pages.map, map);
    return {};
  }
  std::erase_if(map.generations, std::not_fn(is_held));
  PageRelease release;
  release.map = pages.map;
  release.whole = map.generations.empty();
  release.thinned = !release.whole;
  if (release.whole) {
    view.erase(page_map_key(container, pages.map));
  } else {
    rewrite(view, container, pages.map, map);
  }
  queue_pages(view, container, std::move(release));
  return {};
}

Result<bool> leave_to_loans(storage::MetaView& view, ContainerId container, PageMapId id) {
  const auto row = view.get(page_map_key(container, id));
  LAPIS_TRY_VOID(row);
  if (!*row) return false;
  LAPIS_TRY(PageMap map, decode_page_map(**row));
  if (std::ranges::all_of(map.generations, [](const auto& one) { return one.rows == 0; })) {
    return true;
  }
  for (PageMap::Generation& one : map.generations) one.rows = 0;
  std::erase_if(map.generations, std::not_fn(is_held));
  if (map.generations.empty()) return false;
  rewrite(view, container, id, map);
  return true;
}

Result<std::vector<std::uint64_t>> open_generation(storage::MetaView& view, ContainerId container,
                                                   PageBody& pages) {
  LAPIS_TRY(PageMap map, read_page_map(view, container, pages));
  if (map.generations.back().number != pages.generation) {
    return fail(ErrorCode::kInternalError, "a page blob is older than another holder of its map");
  }
  if (map.generations.back().holders() > 1) {
    --map.generations.back().rows;
    ++pages.generation;
    map.generations.push_back({pages.generation, 1, 0});
    write(view, container, pages.map, map);
  }
  std::vector<std::uint64_t> held;
  for (const PageMap::Generation& one : map.generations) held.push_back(one.number);
  held.pop_back();
  return held;
}

bool shows(const std::vector<std::uint64_t>& held, std::uint64_t generation, std::uint64_t next) {
  const auto first = std::ranges::lower_bound(held, generation);
  return first != held.end() && *first < next;
}

}  // namespace lapis::blob
