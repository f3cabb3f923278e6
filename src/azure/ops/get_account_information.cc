#include "lapis/azure/ops/get_account_information.h"

namespace lapis::azure {
namespace {

constexpr std::uint32_t kTellsHierarchy = 20190707;

}  // namespace

http::Response render_get_account_information(const Call& call) {
  http::Response response;
  response.headers.add("x-ms-sku-name", "Standard_LRS");
  response.headers.add("x-ms-account-kind", "StorageV2");
  if (call.at_least(kTellsHierarchy)) response.headers.add("x-ms-is-hns-enabled", "false");
  return response;
}

}  // namespace lapis::azure
