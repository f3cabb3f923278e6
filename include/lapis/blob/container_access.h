// What the owner of a container grants others: public access, and stored access policies, which
// service SAS refer to by name.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lapis/base/clock.h"

namespace lapis::blob {

// What anybody may do without a credential, where the account allows it.
enum class PublicAccess : std::uint8_t {
  kNone,
  kBlob,       // read blobs
  kContainer,  // besides, list them and read the container's properties
};

// What a SAS that names it takes from it. Each field is given here or by the SAS, never by both.
struct StoredPolicy {
  std::string id;  // 1 to 64 characters
  std::optional<Timestamp> start;
  std::optional<Timestamp> expiry;
  std::string permissions;  // empty: none given
  friend bool operator==(const StoredPolicy&, const StoredPolicy&) = default;
};

struct ContainerAccess {
  static constexpr std::size_t kMaxPolicies = 5;
  static constexpr std::size_t kMaxPolicyId = 64;  // characters

  PublicAccess level = PublicAccess::kNone;
  std::vector<StoredPolicy> policies;  // in the order given, ids unique
  friend bool operator==(const ContainerAccess&, const ContainerAccess&) = default;
};

}  // namespace lapis::blob
