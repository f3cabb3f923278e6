#include "lapis/blob/ops/set_blob_service_properties.h"

#include "blob/container_rows.h"

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
  assign(properties.website, change.website);
  view.put(key, encode(properties));
  return {};
}

// A website's container is there from when it is enabled.
Result<void> make_web_container(storage::MetaView& view, const std::string& account,
                                Timestamp now) {
  const std::string key = container_name_key(account, kWebContainer);
  LAPIS_TRY(const auto row, view.get(key));
  if (row) return {};
  ContainerRecord record;
  record.properties.last_modified = now;
  put_new_container(view, key, record);
  return {};
}

}  // namespace

io::Task<Result<void>> set_blob_service_properties(Service& service,
                                                   SetBlobServiceProperties request) {
  const std::string key = service_properties_key(request.account);
  const bool has_website = request.change.website && *request.change.website;
  const Timestamp now = service.clock.now();
  auto transaction = [&](storage::MetaView& view) -> Result<void> {
    LAPIS_TRY_VOID(apply(view, key, request.change));
    if (!has_website) return {};
    return make_web_container(view, request.account, now);
  };
  co_return co_await service.meta.transact({}, std::move(transaction));
}

}  // namespace lapis::blob
