// ServicePropertiesWatch: an account's service properties as a shard keeps them at hand for what
// each request has to know of them. Looking costs a counter; the row is read again only where it
// may have changed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "lapis/blob/service.h"
#include "lapis/blob/service_properties.h"

namespace lapis::blob {

// Lives on the shard of `service`, which outlives it.
class ServicePropertiesWatch {
 public:
  ServicePropertiesWatch(Service& service, std::string_view account);

  // What is in force, until the next suspension; null where it has to be read first.
  const ServiceProperties* current() const;
  // Likewise, and never null: what is not known is read. Errors: those of reading the row.
  io::Task<Result<const ServiceProperties*>> get();

 private:
  Service& service_;
  const std::string key_;
  std::uint64_t version_ = 0;
  std::optional<ServiceProperties> properties_;
};

}  // namespace lapis::blob
