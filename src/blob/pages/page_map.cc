#include "blob/pages/page_map.h"

#include <utility>

#include "blob/release.h"

namespace lapis::blob {
namespace {

void write(storage::MetaView& view, ContainerId container, PageMapId id, const PageMap& map) {
  view.put(page_map_key(container, id), encode(map));
}

PageMap::Generation& find(PageMap& map, std::uint64_t number) {
  return *std::ranges::find(map.generations, number, &PageMap::Generation::number);
}

}  // namespace

Result<void> share_pages(storage::MetaView& view, ContainerId container, const PageBody& pages) {
  LAPIS_TRY(PageMap map, read_page_map(view, container, pages));
  ++find(map, pages.generation).rows;
  write(view, container, pages.map, map);
  return {};
}

Result<void> drop_pages(storage::MetaView& view, ContainerId container, const PageBody& pages) {
  LAPIS_TRY(PageMap map, read_page_map(view, container, pages));
  if (--find(map, pages.generation).rows != 0) {
    write(view, container, pages.map, map);
    return {};
  }
  std::erase_if(map.generations, [](const PageMap::Generation& one) { return one.rows == 0; });
  PageRelease release;
  release.map = pages.map;
  release.whole = map.generations.empty();
  release.thinned = !release.whole;
  if (release.whole) {
    view.erase(page_map_key(container, pages.map));
  } else {
    write(view, container, pages.map, map);
  }
  queue_pages(view, container, std::move(release));
  return {};
}

Result<std::vector<std::uint64_t>> open_generation(storage::MetaView& view, ContainerId container,
                                                   PageBody& pages) {
  LAPIS_TRY(PageMap map, read_page_map(view, container, pages));
  if (map.generations.back().number != pages.generation) {
    return fail(ErrorCode::kInternalError, "a page blob is older than another holder of its map");
  }
  if (map.generations.back().rows > 1) {
    --map.generations.back().rows;
    ++pages.generation;
    map.generations.push_back({pages.generation, 1});
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
