// The row of a container's name.
#include "blob/record_fields.h"

namespace lapis::blob {
namespace {

void put(const ContainerAccess& access, records::Container& message) {
  message.set_public_access(static_cast<std::uint32_t>(access.level));
  for (const StoredPolicy& policy : access.policies) {
    records::StoredPolicy* out = message.add_policies();
    out->set_id(policy.id);
    if (policy.start) out->set_start(to_record(*policy.start));
    if (policy.expiry) out->set_expiry(to_record(*policy.expiry));
    out->set_permissions(policy.permissions);
  }
}

Result<ContainerAccess> take_access(records::Container& message) {
  if (message.public_access() > static_cast<std::uint32_t>(PublicAccess::kContainer)) {
    return damaged("container");
  }
  ContainerAccess access;
  access.level = static_cast<PublicAccess>(message.public_access());
  for (records::StoredPolicy& policy : *message.mutable_policies()) {
    if (policy.id().empty()) return damaged("container");
    StoredPolicy& taken = access.policies.emplace_back();
    taken.id = std::move(*policy.mutable_id());
    if (policy.has_start()) taken.start = time_of(policy.start());
    if (policy.has_expiry()) taken.expiry = time_of(policy.expiry());
    taken.permissions = std::move(*policy.mutable_permissions());
  }
  return access;
}

}  // namespace

std::string encode(const ContainerRecord& container) {
  records::Container message;
  message.set_id(container.id.value);
  message.set_etag(container.properties.etag.value);
  message.set_last_modified(to_record(container.properties.last_modified));
  add_pairs(container.properties.metadata, message.mutable_metadata());
  if (container.properties.lease) {
    write_lease(*container.properties.lease, *message.mutable_lease());
  }
  put(container.properties.access, message);
  if (const auto& deletion = container.properties.deletion) {
    message.set_deleted(to_record(deletion->at));
    message.set_deleted_until(to_record(deletion->until));
  }
  return message.SerializeAsString();
}

Result<ContainerRecord> decode_container(std::string_view row) {
  LAPIS_TRY(auto message, parse_message<records::Container>(row, "container"));
  if (message.id() == 0) return damaged("container");
  ContainerProperties properties{Etag{message.etag()}, time_of(message.last_modified()),
                                 take_pairs(message.mutable_metadata())};
  if (message.has_lease()) {
    LAPIS_TRY(properties.lease, read_lease(message.lease()));
  }
  LAPIS_TRY(properties.access, take_access(message));
  if (message.has_deleted()) {
    properties.deletion =
        Deletion{time_of(message.deleted()), service_time_of(message.deleted_until())};
  }
  return ContainerRecord{ContainerId{message.id()}, std::move(properties)};
}

}  // namespace lapis::blob
