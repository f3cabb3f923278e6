#include "lapis/azure/ops/get_account_information.h"

#include "azure/field_errors.h"

namespace lapis::azure {
namespace {

constexpr std::uint32_t kAccountInformation = 20180328;
constexpr std::uint32_t kTellsHierarchy = 20190707;

}  // namespace

Result<http::Response> render_get_account_information(const Call& call) {
  if (!call.at_least(kAccountInformation)) {
    return fail(invalid_parameter("restype", call.target.query.get("restype"), ""));
  }
  http::Response response;
  response.headers.add("x-ms-sku-name", "Standard_LRS");
  response.headers.add("x-ms-account-kind", "StorageV2");
  if (call.at_least(kTellsHierarchy)) response.headers.add("x-ms-is-hns-enabled", "false");
  return response;
}

}  // namespace lapis::azure
