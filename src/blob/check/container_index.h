// ContainerIndex: every container by its id, with its name and whether it lives.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "lapis/blob/reference_check.h"

namespace lapis::blob {

class ContainerIndex {
 public:
  // Tells what is wrong with the rows of containers.
  static Result<ContainerIndex> load(const ReferenceCheck& check, const storage::FindingSink& found,
                                     ReferenceStats& stats);

  bool is_live(ContainerId id) const;
  // Whether its state says that one of its names has a root.
  bool has_roots(ContainerId id) const;
  bool is_known(ContainerId id) const { return containers_.contains(id); }
  std::string name_of(ContainerId id) const;  // "account/container", or "#id"

 private:
  struct Container {
    std::string name;
    std::optional<bool> is_deleted;  // nothing: no row of its state
    bool has_roots = false;
  };
  std::map<ContainerId, Container> containers_;
};

}  // namespace lapis::blob
