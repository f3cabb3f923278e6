#include "blob/keeping.h"

#include "blob/record_cache.h"

namespace lapis::blob {
namespace {

// One for each account that was written to: requests have passed the gate, so these are few.
ServicePropertiesWatch& watch_of(Service& service, std::string_view account) {
  auto& watches = service.cache->accounts;
  auto found = watches.find(account);
  if (found == watches.end()) {
    found = watches.try_emplace(std::string(account), service, account).first;
  }
  return found->second;
}

Keeping keeping_of(const Service& service, std::string_view account,
                   const ServiceProperties& properties) {
  Keeping keeping;
  const AccountFeatures features = service.features_of(account);
  keeping.versions = features.versioning;
  keeping.last_access = features.last_access_time;
  keeping.permanent_delete = properties.delete_retention.allow_permanent;
  if (const auto days = properties.delete_retention.days) {
    keeping.deleted_until = service.time->now() + std::chrono::hours(24) * *days;
  }
  return keeping;
}

}  // namespace

std::optional<Keeping> peek_keeping(Service& service, std::string_view account) {
  const ServiceProperties* known = watch_of(service, account).current();
  if (known == nullptr) return std::nullopt;
  return keeping_of(service, account, *known);
}

io::Task<Result<Keeping>> find_keeping(Service& service, std::string_view account) {
  LAPIS_CO_TRY(const ServiceProperties* found, co_await watch_of(service, account).get());
  co_return keeping_of(service, account, *found);
}

}  // namespace lapis::blob
