#include "blob/kept_containers.h"

#include <utility>

#include "lapis/blob/deletion_version.h"

namespace lapis::blob {
namespace {

Result<void> set_deleted(storage::MetaView& view, ContainerId container, std::uint64_t deleted) {
  const std::string key = container_state_key(container);
  LAPIS_TRY(const auto row, view.get(key));
  ContainerState state;
  if (row) {
    LAPIS_TRY(state, decode_container_state(*row));
  }
  state.deleted = deleted;
  view.put(key, encode(state));
  return {};
}

}  // namespace

Result<void> keep_container(storage::MetaView& view, const ContainerKey& name,
                            ContainerRecord container, Deletion deletion) {
  std::string key = kept_container_key(name.account, name.container, deletion.at);
  LAPIS_TRY(auto taken, view.get(key));
  while (taken) {
    deletion.at += Ticks(1);
    key = kept_container_key(name.account, name.container, deletion.at);
    LAPIS_TRY(taken, view.get(key));
  }
  container.properties.lease.reset();
  container.properties.deletion = deletion;
  view.erase(container_name_key(name.account, name.container));
  view.rewrite(key, encode(container));
  view.put(container_expiry_key(deletion.until, container.id), key);
  return set_deleted(view, container.id, kKept);
}

Result<void> end_container(storage::MetaView& view, ContainerId container) {
  return set_deleted(view, container, view.next_id());
}

Result<void> restore_kept(storage::MetaView& view, const std::string& key,
                          ContainerRecord container, const ContainerKey& name) {
  view.erase(key);
  view.erase(container_expiry_key(container.properties.deletion->until, container.id));
  container.properties.deletion.reset();
  view.rewrite(container_name_key(name.account, name.container), encode(container));
  return set_deleted(view, container.id, 0);
}

Result<bool> expire_container(storage::MetaView& view, const ExpiryKey& due,
                              const std::string& key) {
  const std::string expiry = container_expiry_key(due.until, due.container);
  LAPIS_TRY(const auto waits, view.get(expiry));
  if (!waits) return false;
  view.erase(expiry);
  LAPIS_TRY(const auto row, view.get(key));
  if (!row) return false;
  LAPIS_TRY(const ContainerRecord container, decode_kept(*row));
  const bool is_this =
      container.id == due.container && container.properties.deletion->until == due.until;
  if (!is_this) return false;
  view.erase(key);
  LAPIS_TRY_VOID(end_container(view, container.id));
  return true;
}

Result<ContainerRecord> decode_kept(std::string_view row) {
  LAPIS_TRY(ContainerRecord container, decode_container(row));
  if (!container.properties.deletion) {
    return fail(ErrorCode::kInternalError, "a container is kept, but was not deleted");
  }
  return container;
}

std::string kept_name(std::string_view name, Timestamp deleted) {
  return std::string(name) + " (deleted " + deletion_version(deleted) + ")";
}

}  // namespace lapis::blob
