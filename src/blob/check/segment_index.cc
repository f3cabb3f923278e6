#include "blob/check/segment_index.h"

#include <algorithm>
#include <array>
#include <functional>

#include "blob/check/row_scan.h"
#include "lapis/base/bytes.h"

namespace lapis::blob {
namespace {

using storage::FindingKind;

constexpr std::size_t kSegmentKeyBytes = 17;

class SegmentChecking {
 public:
  SegmentChecking(const SegmentIndex& index, const ContainerIndex& containers,
                  const storage::FindingSink& found)
      : index_(index), containers_(containers), found_(found), next_(index.all().begin()) {}

  // Rows come in order.
  void meet(ContainerId container, SegmentId segment, const Segment& row) {
    pass_until(container, segment);
    const auto uses = index_.uses_of(container, segment);
    next_ += static_cast<std::ptrdiff_t>(uses.size());
    if (uses.empty()) return tell(FindingKind::kLeaked, "segment", container, segment);
    const bool is_live = uses.front().kind == UseKind::kLive;
    if (is_live && !are_of_one(uses)) tell(FindingKind::kDoubled, "segment", container, segment);
    if (is_live && uses.front().blocks != row.blocks.size()) {
      tell(FindingKind::kWrong, "segment_blocks", container, segment);
    }
  }
  void finish() { pass_until(ContainerId{~0ull}, SegmentId{~0ull}); }

 private:
  static bool are_of_one(std::span<const SegmentUse> uses) {
    const auto is_other = [&](const SegmentUse& use) {
      return use.owner != uses.front().owner || use.kind != uses.front().kind;
    };
    return std::ranges::none_of(uses, is_other);
  }

  void pass_until(ContainerId container, SegmentId segment) {
    for (; next_ != index_.all().end(); ++next_) {
      if (std::tie(next_->container, next_->segment) >= std::tie(container, segment)) return;
      if (next_->kind == UseKind::kLive) {
        tell(FindingKind::kLost, "segment", next_->container, next_->segment);
      }
    }
  }

  void tell(FindingKind kind, const char* what, ContainerId container, SegmentId segment) {
    found_({kind,
            what,
            {{"container", containers_.name_of(container)}, {"segment", segment.value}},
            {}});
  }

  const SegmentIndex& index_;
  const ContainerIndex& containers_;
  const storage::FindingSink& found_;
  std::vector<SegmentUse>::const_iterator next_;
};

}  // namespace

OwnerHash owner_of_key(std::string_view key) { return std::hash<std::string_view>{}(key); }

OwnerHash owner_of_body(BodyId body, std::string_view key) {
  if (body == BodyId{}) return owner_of_key(key);
  std::array<std::byte, 8> bytes;
  store_le(bytes, 0, body.value);
  return owner_of_key(as_text(bytes));
}

void SegmentIndex::sort() { std::ranges::sort(uses_); }

std::span<const SegmentUse> SegmentIndex::uses_of(ContainerId container, SegmentId segment) const {
  const auto key = [](const SegmentUse& use) { return std::pair(use.container, use.segment); };
  const auto range = std::ranges::equal_range(uses_, std::pair(container, segment), {}, key);
  return {range.begin(), range.end()};
}

Result<void> check_segments(const ReferenceCheck& check, const SegmentIndex& index,
                            const ContainerIndex& containers, const storage::FindingSink& found,
                            ReferenceStats& stats) {
  SegmentChecking checking(index, containers, found);
  const auto meet = [&](std::string_view key, std::string_view value) -> Result<void> {
    if (key.size() != kSegmentKeyBytes) return fail(ErrorCode::kInternalError, "segment key");
    const ContainerId container{load_be<std::uint64_t>(as_bytes(key), 1)};
    const SegmentId id{load_be<std::uint64_t>(as_bytes(key), 9)};
    ++stats.segments;
    auto segment = decode_segment(value);
    checking.meet(container, id, segment ? *segment : Segment{});
    if (!segment) return fail(std::move(segment).error());
    return {};
  };
  LAPIS_TRY_VOID(scan_table(check, storage::Table::kSegment, found, meet));
  checking.finish();
  return {};
}

}  // namespace lapis::blob
