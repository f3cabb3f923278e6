// PageMapIndex: who holds each page map, and in which generations.
#pragma once

#include <compare>
#include <cstdint>
#include <vector>

#include "blob/check/container_index.h"
#include "blob/check/segment_index.h"
#include "blob/records.h"

namespace lapis::blob {

class PageMapIndex {
 public:
  // A row of table 22 of a live container.
  void add_holder(ContainerId container, const PageBody& pages);
  // A row of table 32, of a container that may be deleted.
  void add_loan(ContainerId lender, const PageBody& pages);
  // What is queued to be freed.
  void add_release(ContainerId container, const PageRelease& release);
  // Before anything is asked.
  void sort();

  bool is_held(ContainerId container, PageMapId map) const;
  // As its row in table 31 has to say it; of no generations where nothing holds it.
  PageMap held(ContainerId container, PageMapId map) const;
  // Whether rows of it that nothing shows wait to be found.
  bool is_released(ContainerId container, PageMapId map) const;

 private:
  friend class PageMapCheck;
  struct Holder {
    ContainerId container;
    PageMapId map;
    std::uint64_t generation = 0;
    bool is_loan = false;
    friend auto operator<=>(const Holder&, const Holder&) = default;
  };
  std::vector<Holder> holders_;
  std::vector<std::pair<ContainerId, PageMapId>> released_;
};

// All that a map names has one owner.
OwnerHash owner_of_map(PageMapId map);

// Holds the rows of tables 31 and 2b against the index. Errors: rows that cannot be read.
Result<void> check_page_maps(const ReferenceCheck& check, const PageMapIndex& index,
                             const ContainerIndex& containers, const storage::FindingSink& found);

}  // namespace lapis::blob
