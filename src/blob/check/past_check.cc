#include "blob/check/past_check.h"

#include <array>
#include <optional>
#include <utility>

#include "blob/blob_rows.h"
#include "blob/check/kept_check.h"
#include "blob/check/reference_walk.h"
#include "blob/check/row_scan.h"
#include "blob/immutability.h"

namespace lapis::blob {
namespace {

using storage::FindingKind;
using storage::Table;

// Snapshots, versions, and those of each that are soft-deleted.
using Counts = std::array<std::uint64_t, 4>;

Counts counts_in(const BlobProperties& holder) {
  return {holder.snapshots, holder.versions, holder.deleted_snapshots, holder.deleted_versions};
}

// The rows of one name, met in order: past states, root, upload, blob.
class PastCheck {
 public:
  PastCheck(const ReferenceCheck& check, const ContainerIndex& containers,
            const storage::FindingSink& found)
      : check_(check), containers_(containers), found_(found) {}

  Result<void> meet(std::string_view key, std::string_view value) {
    const auto parsed = parse_name_key(key);
    if (!parsed || !containers_.is_live(parsed->container)) return {};
    if (parsed->container != container_ || parsed->name != name_) {
      finish_name();
      container_ = parsed->container;
      name_ = parsed->name;
    }
    if (parsed->row == NameRow::kUpload) return {};
    const auto properties = decode_properties(value);
    if (!properties) return {};  // told where blobs were looked at
    if (bears_protection(*properties) && !containers_.ever_protected(container_)) {
      tell(FindingKind::kWrong, "protections", {});
    }
    if (parsed->row == NameRow::kPast) {
      count(*properties);
    } else {
      hold(*properties, parsed->row == NameRow::kRoot);
    }
    return check_expiry(*parsed, *properties);
  }

  void finish_name() {
    if (!holder_ && counted_ != Counts{}) tell(FindingKind::kLost, "root", {});
    holder_.reset();
    counted_ = {};
  }

  Result<void> meet_expiry(std::string_view key, std::string_view value) const {
    const auto due = parse_expiry_key(key);
    if (!due) return fail(ErrorCode::kInternalError, "expiry key is damaged");
    if (due->is_of_container()) {
      return check_container_expiry(check_, *due, value, containers_, found_);
    }
    if (containers_.is_known(due->container) && !containers_.is_live(due->container)) return {};
    const std::string at = due->state ? past_key(due->container, due->name, *due->state)
                                      : root_key(due->container, due->name);
    LAPIS_TRY(const auto row, check_.snapshot.get(at));
    if (row) {
      const auto properties = decode_properties(*row);
      if (!properties) return {};
      if (properties->deletion && properties->deletion->until == due->until) return {};
    }
    tell_of(FindingKind::kLeaked, "expiry_row", due->container, due->name, {});
    return {};
  }

 private:
  void count(const BlobProperties& past) {
    ++counted_[(past.snapshot ? 0 : 1) + (past.deletion ? 2 : 0)];
  }

  void hold(const BlobProperties& holder, bool is_root) {
    // No write would find it.
    if (is_root && !containers_.has_roots(container_)) tell(FindingKind::kWrong, "has_roots", {});
    if (holder_) return tell(FindingKind::kLeaked, "root", {});
    holder_ = counts_in(holder);
    if (is_root && !holder.deletion && counted_ == Counts{}) {
      return tell(FindingKind::kLeaked, "root", {});
    }
    if (*holder_ == counted_) return;
    std::uint64_t recorded = 0;
    std::uint64_t counted = 0;
    for (std::size_t i = 0; i < counted_.size(); ++i) {
      recorded += (*holder_)[i];
      counted += counted_[i];
    }
    tell(FindingKind::kWrong, "past_states", {{"recorded", recorded}, {"counted", counted}});
  }

  Result<void> check_expiry(const NameKey& key, const BlobProperties& properties) const {
    if (!properties.deletion) return {};
    const auto state = key.row == NameRow::kPast ? std::optional(key.time) : std::nullopt;
    const std::string expiry =
        expiry_key(properties.deletion->until, key.container, key.name, state);
    LAPIS_TRY(const auto row, check_.snapshot.get(expiry));
    if (row) return {};
    tell_of(FindingKind::kLost, "expiry_row", key.container, shown_name(key, properties), {});
    return {};
  }

  void tell(FindingKind kind, const char* what, std::vector<storage::FindingField> more) const {
    tell_of(kind, what, container_, name_, std::move(more));
  }

  void tell_of(FindingKind kind, const char* what, ContainerId container, std::string_view name,
               std::vector<storage::FindingField> more) const {
    storage::Finding finding{
        kind,
        what,
        {{"container", containers_.name_of(container)}, {"blob", std::string(name)}},
        {}};
    for (auto& field : more) finding.fields.push_back(std::move(field));
    found_(std::move(finding));
  }

  const ReferenceCheck& check_;
  const ContainerIndex& containers_;
  const storage::FindingSink& found_;
  ContainerId container_;
  std::string name_;
  std::optional<Counts> holder_;
  Counts counted_{};
};

}  // namespace

Result<void> check_past_states(const ReferenceCheck& check, const ContainerIndex& containers,
                               const storage::FindingSink& found) {
  PastCheck names(check, containers, found);
  const auto name = [&](std::string_view key, std::string_view value) {
    return names.meet(key, value);
  };
  LAPIS_TRY_VOID(scan_table(check, Table::kBlob, {}, name));
  names.finish_name();
  const auto row = [&](std::string_view key, std::string_view value) {
    return names.meet_expiry(key, value);
  };
  return scan_table(check, Table::kExpiry, found, row);
}

}  // namespace lapis::blob
