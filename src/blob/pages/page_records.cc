// What rows say of page maps, and back.
#include "blob/record_fields.h"

namespace lapis::blob {

std::string encode(const PageMap& map) {
  records::PageMap message;
  for (const PageMap::Generation& generation : map.generations) {
    records::PageGeneration* one = message.add_generations();
    one->set_number(generation.number);
    one->set_rows(generation.rows);
    one->set_loans(generation.loans);
  }
  return message.SerializeAsString();
}

Result<PageMap> decode_page_map(std::string_view row) {
  LAPIS_TRY(const auto message, parse_message<records::PageMap>(row, "page map"));
  PageMap map;
  std::uint64_t last = 0;
  for (const records::PageGeneration& one : message.generations()) {
    const PageMap::Generation generation{one.number(), one.rows(), one.loans()};
    if (generation.number <= last || generation.holders() == 0) return damaged("page map");
    last = generation.number;
    map.generations.push_back(generation);
  }
  if (map.generations.empty()) return damaged("page map");
  return map;
}

records::PageRelease to_message(const PageRelease& release) {
  records::PageRelease message;
  message.set_map(release.map.value);
  message.set_whole(release.whole);
  message.set_thinned(release.thinned);
  for (const PageTarget& target : release.targets) {
    records::PageTarget* one = message.add_targets();
    one->set_space(target.target.space);
    one->set_id(target.target.id);
    one->set_first(target.first);
    one->set_pages(target.pages);
  }
  if (release.behind) {
    message.set_behind_blob(release.behind->blob);
    message.set_behind_end(release.behind->end);
  }
  return message;
}

Result<PageRelease> from_message(const records::PageRelease& message) {
  const bool is_behind = !message.behind_blob().empty();
  if (message.map() == 0 || is_behind != (message.behind_end() != 0)) return damaged("release");
  PageRelease release{PageMapId{message.map()}, message.whole(), message.thinned()};
  if (is_behind) release.behind = {message.behind_blob(), message.behind_end()};
  for (const records::PageTarget& one : message.targets()) {
    if (one.id() == 0 || one.pages() == 0) return damaged("release");
    release.targets.push_back({{one.space(), one.id()}, one.first(), one.pages()});
  }
  return release;
}

}  // namespace lapis::blob
