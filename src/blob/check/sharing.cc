#include "blob/check/sharing.h"

#include <span>
#include <utility>

#include "blob/check/row_scan.h"
#include "blob/records.h"

namespace lapis::blob {
namespace {

using storage::FindingKind;
using storage::Table;
using Place = std::pair<ContainerId, BodyId>;

Place place_of(const HeldBody& held) { return {held.container, held.body}; }

class SharingCheck {
 public:
  SharingCheck(const std::vector<HeldBody>& held, const LoanIndex& loans,
               const ContainerIndex& containers, const storage::FindingSink& found)
      : loans_(loans),
        containers_(containers),
        found_(found),
        next_(held.begin()),
        end_(held.end()) {}

  Result<void> meet(std::string_view key, std::string_view value) {
    const auto parsed = parse_shared_body_key(key);
    if (!parsed) return fail(ErrorCode::kInternalError, "key of a shared body");
    const Place at(parsed->container, parsed->body);
    pass_until(at);
    const auto rows = take(at);
    LAPIS_TRY(const SharedBody sharing, decode_shared_body(value));
    const std::uint64_t lent = loans_.count_of({at.first, at.second});
    if (sharing.loans != lent) {
      tell(FindingKind::kWrong, at, {{"recorded_loans", sharing.loans}, {"counted_loans", lent}});
    }
    // Rows of a deleted container go one by one, these last.
    if (!containers_.is_live(parsed->container)) return {};
    if (sharing.lender != Lender{} && !loans_.has({sharing.lender, at.first, at.second})) {
      tell(FindingKind::kLost, at, {{"lender", containers_.name_of(sharing.lender.container)}});
    }
    if (rows.empty() && sharing.loans == 0) {
      tell(FindingKind::kLeaked, at, {});
    } else if (rows.size() != sharing.rows) {
      tell(FindingKind::kWrong, at,
           {{"recorded", sharing.rows}, {"counted", std::uint64_t{rows.size()}}});
    } else if (!rows.empty()) {
      check_lengths(at, rows, sharing);
    }
    return {};
  }
  void finish() { pass_until({ContainerId{~0ull}, BodyId{~0ull}}); }

 private:
  using Rows = std::span<const HeldBody>;

  // In order of their lengths, so the last is the longest.
  void check_lengths(const Place& at, Rows rows, const SharedBody& sharing) {
    const std::uint64_t longest = rows.back().length;
    const bool is_kept = named_length(sharing.kept) != 0;
    const bool is_right = sharing.longest == 0 ? rows.front().length == longest
                          : is_kept            ? longest <= sharing.longest
                                               : longest == sharing.longest;
    if (is_right) return;
    tell(FindingKind::kWrong, at,
         {{"recorded_length", sharing.longest}, {"longest_found", longest}});
  }

  void pass_until(const Place& at) {
    while (next_ != end_ && place_of(*next_) < at) {
      const Place missing = place_of(*next_);
      take(missing);
      tell(FindingKind::kLost, missing, {});
    }
  }

  Rows take(const Place& at) {
    const auto first = next_;
    while (next_ != end_ && place_of(*next_) == at) ++next_;
    return {first, next_};
  }

  void tell(FindingKind kind, const Place& at, std::vector<storage::FindingField> more) {
    storage::Finding finding{kind, "shared_body", {}, {}};
    finding.fields.push_back({"container", containers_.name_of(at.first)});
    finding.fields.push_back({"body", at.second.value});
    for (auto& field : more) finding.fields.push_back(std::move(field));
    found_(std::move(finding));
  }

  const LoanIndex& loans_;
  const ContainerIndex& containers_;
  const storage::FindingSink& found_;
  std::vector<HeldBody>::const_iterator next_;
  const std::vector<HeldBody>::const_iterator end_;
};

}  // namespace

Result<void> check_sharing(const ReferenceCheck& check, const std::vector<HeldBody>& held,
                           const LoanIndex& loans, const ContainerIndex& containers,
                           const storage::FindingSink& found) {
  SharingCheck checking(held, loans, containers, found);
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
