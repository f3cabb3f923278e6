#include "blob/last_access.h"

#include "lapis/blob/access_queue.h"

namespace lapis::blob {
namespace {

constexpr std::chrono::hours kInterval{24};

bool keeps_last_access(const Service& service, std::string_view account,
                       const BlobProperties& properties) {
  return properties.type == BlobType::kBlock && service.features_of(account).last_access_time;
}

}  // namespace

bool is_access_due(const std::optional<Timestamp>& last, Timestamp now) {
  return !last || now - *last >= kInterval || *last - now >= kInterval;
}

std::optional<Timestamp> told_last_access(const Service& service, std::string_view account,
                                          const BlobProperties& properties) {
  if (!keeps_last_access(service, account, properties)) return std::nullopt;
  return properties.last_access;
}

std::optional<Timestamp> note_read(Service& service, ContainerId container, const BlobKey& key,
                                   const BlobProperties& properties) {
  if (!keeps_last_access(service, key.account, properties)) return std::nullopt;
  const Timestamp now = service.clock.now();
  if (service.accesses && is_access_due(properties.last_access, now)) {
    AccessedState state{container, key.name, properties.snapshot, properties.version,
                        properties.etag.value};
    service.accesses->note(std::move(state), now);
  }
  return properties.last_access;
}

}  // namespace lapis::blob
