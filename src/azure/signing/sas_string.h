// What a SAS signs, by its version. Pure.
// Source: REST "Create a service SAS", "Create an account SAS".
#pragma once

#include <string>
#include <string_view>

#include "azure/sas_fields.h"

namespace lapis::azure {

// What a service SAS is for; `blob` is decoded, and empty for a container. `past`: the snapshot or
// version of the blob, as the URL has it; else empty.
struct SasResource {
  std::string_view account;
  std::string_view container;
  std::string_view blob;
  std::string_view past = {};
};

std::string service_sas_string(const SasFields& sas, const SasResource& resource);
std::string account_sas_string(const SasFields& sas, std::string_view account);

}  // namespace lapis::azure
