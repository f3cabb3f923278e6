#include "blob/check/kept_check.h"

#include <string>

#include "blob/check/row_scan.h"
#include "blob/kept_containers.h"

namespace lapis::blob {
namespace {

using storage::FindingKind;
using storage::Table;

storage::Finding about(FindingKind kind, const char* what, const ContainerIndex& containers,
                       ContainerId id) {
  return {kind, what, {{"container", containers.name_of(id)}}, {}};
}

}  // namespace

Result<void> check_kept_containers(const ReferenceCheck& check, const ContainerIndex& containers,
                                   const storage::FindingSink& found) {
  const auto kept = [&](std::string_view key, std::string_view value) -> Result<void> {
    const auto parsed = parse_kept_container_key(key);
    const auto record = decode_kept(value);
    if (!parsed || !record) return {};  // told where containers were looked at
    const Deletion& deletion = *record->properties.deletion;
    if (deletion.at != parsed->deleted) {
      found(about(FindingKind::kWrong, "kept_container", containers, record->id));
    }
    LAPIS_TRY(const auto end, check.snapshot.get(container_expiry_key(deletion.until, record->id)));
    if (end != key) found(about(FindingKind::kLost, "expiry_row", containers, record->id));
    return {};
  };
  return scan_table(check, Table::kDeletedContainer, found, kept);
}

Result<void> check_container_expiry(const ReferenceCheck& check, const ExpiryKey& due,
                                    std::string_view value, const ContainerIndex& containers,
                                    const storage::FindingSink& found) {
  LAPIS_TRY(const auto row, check.snapshot.get(value));
  if (row && parse_kept_container_key(value)) {
    const auto record = decode_kept(*row);
    if (!record) return {};
    const bool is_this =
        record->id == due.container && record->properties.deletion->until == due.until;
    if (is_this) return {};
  }
  found(about(FindingKind::kLeaked, "expiry_row", containers, due.container));
  return {};
}

}  // namespace lapis::blob
