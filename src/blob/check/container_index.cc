#include "blob/check/container_index.h"

#include "blob/check/row_scan.h"
#include "blob/records.h"

namespace lapis::blob {

using storage::FindingKind;
using storage::Table;

Result<ContainerIndex> ContainerIndex::load(const ReferenceCheck& check,
                                            const storage::FindingSink& found,
                                            ReferenceStats& stats) {
  ContainerIndex index;
  const auto add_name = [&](std::string_view key, std::string_view value) -> Result<void> {
    LAPIS_TRY(const ContainerRecord record, decode_container(value));
    std::string name(key.substr(1));
    if (const auto end = name.find('\0'); end != name.npos) name[end] = '/';
    index.containers_[record.id].name = std::move(name);
    return {};
  };
  const auto add_state = [&](std::string_view key, std::string_view value) -> Result<void> {
    const auto id = parse_container_state_key(key);
    if (!id) return fail(ErrorCode::kInternalError, "container state key");
    LAPIS_TRY(const ContainerState state, decode_container_state(value));
    Container& container = index.containers_[*id];
    container.is_deleted = state.deleted != 0;
    container.has_roots = state.has_roots;
    return {};
  };
  LAPIS_TRY_VOID(scan_table(check, Table::kContainerName, found, add_name));
  LAPIS_TRY_VOID(scan_table(check, Table::kContainerState, found, add_state));
  for (const auto& [id, container] : index.containers_) {
    const bool is_deleted = container.is_deleted.value_or(false);
    ++(is_deleted ? stats.deleted_containers : stats.containers);
    const bool is_named = !container.name.empty();
    if (is_named == !is_deleted && container.is_deleted) continue;
    found({is_named ? FindingKind::kWrong : FindingKind::kLeaked,
           is_named ? "container_state" : "container",
           {{"container_id", id.value}, {"container", index.name_of(id)}},
           {}});
  }
  return index;
}

bool ContainerIndex::is_live(ContainerId id) const {
  const auto found = containers_.find(id);
  return found != containers_.end() && found->second.is_deleted == false;
}

bool ContainerIndex::has_roots(ContainerId id) const {
  const auto found = containers_.find(id);
  return found != containers_.end() && found->second.has_roots;
}

std::string ContainerIndex::name_of(ContainerId id) const {
  const auto found = containers_.find(id);
  const bool is_named = found != containers_.end() && !found->second.name.empty();
  return is_named ? found->second.name : "#" + std::to_string(id.value);
}

}  // namespace lapis::blob
