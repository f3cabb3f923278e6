#include "lapis/blob/ops/get_blob_service_properties.h"

#include "blob/records.h"

namespace lapis::blob {

io::Task<Result<ServiceProperties>> get_blob_service_properties(Service& service,
                                                                std::string account) {
  LAPIS_CO_TRY(const auto row, co_await service.meta.get(service_properties_key(account)));
  if (!row) co_return ServiceProperties{};
  co_return decode_service_properties(*row);
}

}  // namespace lapis::blob
