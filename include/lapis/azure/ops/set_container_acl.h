// Set Container ACL: PUT /CONTAINER?restype=container&comp=acl -> 200
#pragma once

#include "lapis/azure/call.h"
#include "lapis/blob/ops/set_container_acl.h"

namespace lapis::azure {

inline constexpr std::uint64_t kMaxContainerAclBytes = 16 * 1024;  // five policies have room

// No document at all stands for one without policies, and no level for none.
Result<blob::SetContainerAcl> parse_set_container_acl(const Call& call, std::string_view xml);
http::Response render_set_container_acl(const Call& call,
                                        const blob::SetContainerAclResult& result);

}  // namespace lapis::azure
