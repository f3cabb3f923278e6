#include "gateway/operation_names.h"

#include <algorithm>

#include "gateway/route.h"

namespace lapis::gateway {

OperationNames::OperationNames() : names_{"Unknown"} {
  for (const Route& route : routes()) {
    const auto known = std::ranges::find(names_, route.name);
    of_row_.push_back(static_cast<std::size_t>(known - names_.begin()));
    if (known == names_.end()) names_.push_back(route.name);
  }
}

}  // namespace lapis::gateway
