// The stored access policies of a container, as Set Container ACL takes and Get gives them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lapis/base/result.h"
#include "lapis/blob/container_access.h"

namespace lapis::azure {

// None where `xml` is empty. Errors: kInvalidXmlDocument (not well-formed, more than five policies,
// an id twice), kMissingRequiredXmlNode, kUnsupportedXmlNode, kInvalidXmlNodeValue (an id, a date
// or permissions that are none).
Result<std::vector<blob::StoredPolicy>> parse_container_acl(std::string_view xml);

std::string container_acl_xml(const std::vector<blob::StoredPolicy>& policies);

}  // namespace lapis::azure
