#include "lapis/blob/ops/set_blob_service_properties.h"

#include "blob/records.h"

namespace lapis::blob {
namespace {

template <class T>
void assign(T& property, const std::optional<T>& change) {
  if (change) property = *change;
}

Result<void> apply(storage::MetaView& view, const std::string& key,
                   const ServicePropertiesChange& change) {
  ServiceProperties properties;
  LAPIS_TRY(const auto row, view.get(key));
  if (row) {
    LAPIS_TRY(properties, decode_service_properties(*row));
  }
  assign(properties.logging, change.logging);
  assign(properties.hour_metrics, change.hour_metrics);
  assign(properties.minute_metrics, change.minute_metrics);
  assign(properties.default_version, change.default_version);
  assign(properties.cors, change.cors);
  assign(properties.delete_retention, change.delete_retention);
  view.put(key, encode(properties));
  return {};
}

}  // namespace

io::Task<Result<void>> set_blob_service_properties(Service& service,
                                                   SetBlobServiceProperties request) {
  const std::string key = service_properties_key(request.account);
  auto transaction = [&](storage::MetaView& view) { return apply(view, key, request.change); };
  co_return co_await service.meta.transact({}, std::move(transaction));
}

}  // namespace lapis::blob
