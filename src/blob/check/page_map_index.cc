#include "blob/check/page_map_index.h"

#include <algorithm>
#include <array>
#include <optional>

#include "blob/check/row_scan.h"
#include "blob/pages/page_map.h"
#include "lapis/base/bytes.h"

namespace lapis::blob {

using storage::FindingKind;
using storage::Table;

void PageMapIndex::add_holder(ContainerId container, const PageBody& pages) {
  holders_.push_back({container, pages.map, pages.generation});
}

void PageMapIndex::add_loan(ContainerId lender, const PageBody& pages) {
  holders_.push_back({lender, pages.map, pages.generation, true});
}

void PageMapIndex::add_release(ContainerId container, const PageRelease& release) {
  if (release.whole || release.thinned) released_.emplace_back(container, release.map);
}

void PageMapIndex::sort() {
  std::ranges::sort(holders_);
  std::ranges::sort(released_);
}

bool PageMapIndex::is_held(ContainerId container, PageMapId map) const {
  const auto holder = std::ranges::lower_bound(holders_, Holder{container, map, 0});
  return holder != holders_.end() && holder->container == container && holder->map == map;
}

PageMap PageMapIndex::held(ContainerId container, PageMapId map) const {
  PageMap rows;
  auto holder = std::ranges::lower_bound(holders_, Holder{container, map, 0});
  for (; holder != holders_.end() && holder->container == container && holder->map == map;
       ++holder) {
    auto& generations = rows.generations;
    if (generations.empty() || generations.back().number != holder->generation) {
      generations.push_back({holder->generation, 0, 0});
    }
    ++(holder->is_loan ? generations.back().loans : generations.back().rows);
  }
  return rows;
}

bool PageMapIndex::is_released(ContainerId container, PageMapId map) const {
  return std::ranges::binary_search(released_, std::pair(container, map));
}

OwnerHash owner_of_map(PageMapId map) {
  std::array<std::byte, 9> bytes{std::byte{'p'}};
  store_le(bytes, 1, map.value);
  return owner_of_key(as_text(bytes));
}

class PageMapCheck {
 public:
  PageMapCheck(const PageMapIndex& index, const ContainerIndex& containers,
               const storage::FindingSink& found)
      : index_(index), containers_(containers), found_(found) {}

  Result<void> meet_map(std::string_view key, std::string_view value) {
    const auto parsed = parse_page_map_key(key);
    if (!parsed) return fail(ErrorCode::kInternalError, "key of a page map");
    mapped_.emplace_back(parsed->container, parsed->map);
    if (is_swept(parsed->container)) return {};
    LAPIS_TRY(const PageMap recorded, decode_page_map(value));
    const PageMap held = index_.held(parsed->container, parsed->map);
    if (held.generations.empty()) {
      tell(FindingKind::kLeaked, "page_map", parsed->container, parsed->map);
    } else if (encode(held) != encode(recorded)) {
      tell(FindingKind::kWrong, "page_map", parsed->container, parsed->map);
    }
    return {};
  }

  // Maps without a row, which one row holds and no loan.
  void check_unmapped() const {
    const auto& holders = index_.holders_;
    for (auto first = holders.begin(); first != holders.end();) {
      const auto is_other = [&](const auto& one) {
        return one.container != first->container || one.map != first->map;
      };
      const auto end = std::find_if(first, holders.end(), is_other);
      const bool needs_row = end - first > 1 || first->is_loan;
      const std::pair place(first->container, first->map);
      if (needs_row && !std::ranges::binary_search(mapped_, place)) {
        tell(FindingKind::kLost, "page_map", place.first, place.second);
      }
      first = end;
    }
  }

  Result<void> meet_stripe(std::string_view key, std::string_view value) {
    const auto parsed = parse_page_stripe_key(key);
    if (!parsed) return fail(ErrorCode::kInternalError, "key of a page stripe");
    const bool is_other =
        !last_ || last_->container != parsed->container || last_->map != parsed->map;
    if (is_other) begin_map(*parsed);
    const bool has_younger = !is_other && last_->stripe == parsed->stripe;
    const std::uint64_t next = has_younger ? last_->generation : ~std::uint64_t{0};
    last_ = *parsed;
    LAPIS_TRY_VOID(decode_pieces(value, parsed->container));
    if (waits_ || told_ || shows(held_, parsed->generation, next)) return {};
    told_ = true;  // once for each map
    tell(FindingKind::kLeaked, "page_stripe", parsed->container, parsed->map);
    return {};
  }

 private:
  bool is_swept(ContainerId container) const {
    return containers_.is_known(container) && !containers_.is_live(container);
  }

  void begin_map(const PageStripeKey& key) {
    told_ = false;
    waits_ = is_swept(key.container) || index_.is_released(key.container, key.map);
    held_.clear();
    for (const auto& one : index_.held(key.container, key.map).generations) {
      held_.push_back(one.number);
      // Of a container that is gone nothing is thinned before all goes.
      waits_ = waits_ || (one.loans != 0 && !containers_.is_live(key.container));
    }
  }

  void tell(FindingKind kind, const char* what, ContainerId container, PageMapId map) const {
    found_(
        {kind, what, {{"container", containers_.name_of(container)}, {"page_map", map.value}}, {}});
  }

  const PageMapIndex& index_;
  const ContainerIndex& containers_;
  const storage::FindingSink& found_;
  std::vector<std::pair<ContainerId, PageMapId>> mapped_;  // that have a row, in order
  std::optional<PageStripeKey> last_;
  std::vector<std::uint64_t> held_;  // generations of its map
  bool waits_ = false;               // its rows may wait to be freed
  bool told_ = false;
};

Result<void> check_page_maps(const ReferenceCheck& check, const PageMapIndex& index,
                             const ContainerIndex& containers, const storage::FindingSink& found) {
  PageMapCheck checking(index, containers, found);
  const auto map = [&](std::string_view key, std::string_view value) {
    return checking.meet_map(key, value);
  };
  const auto stripe = [&](std::string_view key, std::string_view value) {
    return checking.meet_stripe(key, value);
  };
  LAPIS_TRY_VOID(scan_table(check, Table::kPageMap, found, map));
  checking.check_unmapped();
  return scan_table(check, Table::kPageStripe, found, stripe);
}

}  // namespace lapis::blob
