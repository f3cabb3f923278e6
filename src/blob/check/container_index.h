// ContainerIndex: every container by its id, with its name and whether what it holds is there to
// stay: it lives, or is kept after its deletion.
#pragma once

#include <cstdint>
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

  bool is_live(ContainerId id) const;  // or kept
  // Whether its state says that one of its names has a root.
  bool has_roots(ContainerId id) const;
  // Whether it says that something in it was ever protected: else its deletion would not look.
  bool ever_protected(ContainerId id) const;
  bool is_known(ContainerId id) const { return containers_.contains(id); }
  // "account/container", of one that is kept with its deletion's version; or "#id".
  std::string name_of(ContainerId id) const;

 private:
  struct Container {
    std::string name;
    int names = 0;                         // rows of table 20 that are its
    int deletions = 0;                     // and of table 30
    std::optional<std::uint64_t> deleted;  // as its state says; nothing: no row of that
    bool has_roots = false;
    bool ever_protected = false;
    bool has_content() const;
    std::uint64_t& counter_in(ReferenceStats& stats) const;
    bool is_consistent() const;
  };
  std::map<ContainerId, Container> containers_;
};

}  // namespace lapis::blob
