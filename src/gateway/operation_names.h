// The operations of the route table as metrics count them: each name once, "Unknown" first.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace lapis::gateway {

class OperationNames {
 public:
  OperationNames();

  std::size_t size() const { return names_.size(); }
  std::string_view name(std::size_t operation) const { return names_[operation]; }
  // `route`: a row of the table, as RequestTrace notes it.
  std::size_t of_route(std::optional<std::uint16_t> route) const {
    return route ? of_row_[*route] : 0;
  }

 private:
  std::vector<std::string_view> names_;
  std::vector<std::size_t> of_row_;
};

}  // namespace lapis::gateway
