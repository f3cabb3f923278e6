// The body of Set Container ACL: nothing may crash, what is accepted is within the limits, and what
// is written of it reads as the same.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "azure/xml/container_acl_xml.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using lapis::blob::ContainerAccess;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto policies = lapis::azure::parse_container_acl(input);
  if (!policies) return 0;
  if (policies->size() > ContainerAccess::kMaxPolicies) std::abort();
  const auto again = lapis::azure::parse_container_acl(lapis::azure::container_acl_xml(*policies));
  if (!again || *again != *policies) std::abort();
  return 0;
}
