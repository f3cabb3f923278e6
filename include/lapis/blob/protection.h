// What protects a new state of a blob from its first moment.
#pragma once

#include "lapis/blob/types.h"

namespace lapis::blob {

struct Protection {
  std::optional<ImmutabilityPolicy> immutability = {};
  bool legal_hold = false;

  bool any() const { return immutability || legal_hold; }
};

}  // namespace lapis::blob
