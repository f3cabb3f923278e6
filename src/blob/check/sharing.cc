#include "blob/check/sharing.h"

#include <algorithm>

#include "blob/check/row_scan.h"
#include "blob/records.h"

namespace lapis::blob {
namespace {

using storage::FindingKind;
using storage::Table;
using Held = std::vector<std::pair<ContainerId, BodyId>>;

class SharingCheck {
 public:
  SharingCheck(const Held& held, const ContainerIndex& containers,
               const storage::FindingSink& found)
      : containers_(containers), found_(found), next_(held.begin()), end_(held.end()) {}

  Result<void> meet(std::string_view key, std::string_view value) {
    const auto parsed = parse_shared_body_key(key);
    if (!parsed) return fail(ErrorCode::kInternalError, "key of a shared body");
    const std::pair at(parsed->container, parsed->body);
    pass_until(at);
    const std::uint64_t rows = take(at);
    // Rows of a deleted container go one by one, these last.
    if (!containers_.is_live(parsed->container)) return {};
    LAPIS_TRY(const SharedBody sharing, decode_shared_body(value));
    if (rows == 0) tell(FindingKind::kLeaked, at, {});
    if (rows != 0 && rows != sharing.rows) {
      tell(FindingKind::kWrong, at, {{"recorded", sharing.rows}, {"counted", rows}});
    }
    return {};
  }
  void finish() { pass_until({ContainerId{~0ull}, BodyId{~0ull}}); }

 private:
  void pass_until(const Held::value_type& at) {
    while (next_ != end_ && *next_ < at) {
      const Held::value_type missing = *next_;
      take(missing);
      tell(FindingKind::kLost, missing, {});
    }
  }

  std::uint64_t take(const Held::value_type& at) {
    std::uint64_t rows = 0;
    for (; next_ != end_ && *next_ == at; ++next_) ++rows;
    return rows;
  }

  void tell(FindingKind kind, const Held::value_type& at, std::vector<storage::FindingField> more) {
    storage::Finding finding{kind, "shared_body", {}, {}};
    finding.fields.push_back({"container", containers_.name_of(at.first)});
    finding.fields.push_back({"body", at.second.value});
    for (auto& field : more) finding.fields.push_back(std::move(field));
    found_(std::move(finding));
  }

  const ContainerIndex& containers_;
  const storage::FindingSink& found_;
  Held::const_iterator next_;
  const Held::const_iterator end_;
};

}  // namespace

Result<void> check_sharing(const ReferenceCheck& check, const Held& held,
                           const ContainerIndex& containers, const storage::FindingSink& found) {
  SharingCheck checking(held, containers, found);
  const auto meet = [&](std::string_view key, std::string_view value) {
    return checking.meet(key, value);
  };
  LAPIS_TRY_VOID(scan_table(check, Table::kSharedBody, found, meet));
  checking.finish();
  return {};
}

BlockOwnerScan::BlockOwnerScan(storage::MetaSnapshot& snapshot, BlockTarget first,
                               const std::optional<BlockTarget>& end)
    : cursor_(snapshot.scan(
          block_owner_prefix(first),
          end ? block_owner_prefix(*end) : prefix_end(table_prefix(Table::kBlockOwner)))) {}

Result<std::optional<BlockOwnerScan::Block>> BlockOwnerScan::next() {
  std::optional<Block> block;
  for (; cursor_->valid(); cursor_->next()) {
    const auto key = parse_block_owner_key(cursor_->key());
    if (!key) return fail(ErrorCode::kInternalError, "key of a block's owner");
    if (!block) block.emplace(key->target);
    if (block->target != key->target) return block;
    block->owners.push_back(key->owner);
  }
  LAPIS_TRY_VOID(cursor_->status());
  return block;
}

}  // namespace lapis::blob
