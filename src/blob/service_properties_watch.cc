#include "lapis/blob/service_properties_watch.h"

#include <utility>

#include "blob/records.h"

namespace lapis::blob {

ServicePropertiesWatch::ServicePropertiesWatch(Service& service, std::string_view account)
    : service_(service), key_(service_properties_key(account)) {}

const ServiceProperties* ServicePropertiesWatch::current() const {
  if (!properties_ || service_.meta.version_of(key_) != version_) return nullptr;
  return &*properties_;
}

// The counter is read before the row: a change in between only makes what was read useless.
io::Task<Result<const ServiceProperties*>> ServicePropertiesWatch::get() {
  if (const ServiceProperties* known = current()) co_return known;
  const std::uint64_t version = service_.meta.version_of(key_);
  LAPIS_CO_TRY(const auto row, co_await service_.meta.get(key_));
  ServiceProperties read;
  if (row) {
    LAPIS_CO_TRY(read, decode_service_properties(*row));
  }
  properties_ = std::move(read);
  version_ = version;
  co_return &*properties_;
}

}  // namespace lapis::blob
