#include "blob/check/container_index.h"

#include "blob/check/row_scan.h"
#include "blob/kept_containers.h"

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
    Container& container = index.containers_[record.id];
    container.name = std::move(name);
    ++container.names;
    return {};
  };
  const auto add_kept = [&](std::string_view key, std::string_view value) -> Result<void> {
    const auto parsed = parse_kept_container_key(key);
    if (!parsed) return fail(ErrorCode::kInternalError, "key of a kept container");
    LAPIS_TRY(const ContainerRecord record, decode_kept(value));
    Container& container = index.containers_[record.id];
    container.name = std::string(parsed->account) + "/" + kept_name(parsed->name, parsed->deleted);
    ++container.deletions;
    return {};
  };
  const auto add_state = [&](std::string_view key, std::string_view value) -> Result<void> {
    const auto id = parse_container_state_key(key);
    if (!id) return fail(ErrorCode::kInternalError, "container state key");
    LAPIS_TRY(const ContainerState state, decode_container_state(value));
    Container& container = index.containers_[*id];
    container.deleted = state.deleted;
    container.has_roots = state.has_roots;
    container.ever_protected = state.protections != 0;
    return {};
  };
  LAPIS_TRY_VOID(scan_table(check, Table::kContainerName, found, add_name));
  LAPIS_TRY_VOID(scan_table(check, Table::kDeletedContainer, found, add_kept));
  LAPIS_TRY_VOID(scan_table(check, Table::kContainerState, found, add_state));
  for (const auto& [id, container] : index.containers_) {
    ++container.counter_in(stats);
    if (container.is_consistent()) continue;
    const bool is_named = !container.name.empty();
    found({is_named ? FindingKind::kWrong : FindingKind::kLeaked,
           is_named ? "container_state" : "container",
           {{"container_id", id.value}, {"container", index.name_of(id)}},
           {}});
  }
  return index;
}

std::uint64_t& ContainerIndex::Container::counter_in(ReferenceStats& stats) const {
  if (deleted == kKept) return stats.kept_containers;
  return deleted && *deleted != 0 ? stats.deleted_containers : stats.containers;
}

bool ContainerIndex::Container::has_content() const { return deleted == 0u || deleted == kKept; }

// One row says what it is called and its state which one that is; what is swept has neither.
bool ContainerIndex::Container::is_consistent() const {
  if (!deleted) return false;
  return names == (*deleted == 0 ? 1 : 0) && deletions == (*deleted == kKept ? 1 : 0);
}

bool ContainerIndex::is_live(ContainerId id) const {
  const auto found = containers_.find(id);
  return found != containers_.end() && found->second.has_content();
}

bool ContainerIndex::has_roots(ContainerId id) const {
  const auto found = containers_.find(id);
  return found != containers_.end() && found->second.has_roots;
}

bool ContainerIndex::ever_protected(ContainerId id) const {
  const auto found = containers_.find(id);
  return found != containers_.end() && found->second.ever_protected;
}

std::string ContainerIndex::name_of(ContainerId id) const {
  const auto found = containers_.find(id);
  const bool is_named = found != containers_.end() && !found->second.name.empty();
  return is_named ? found->second.name : "#" + std::to_string(id.value);
}

}  // namespace lapis::blob
