// ReloadActions: what the daemon does anew when it is told to by SIGHUP. Filled by main before the
// first signal is taken; each part that can be reloaded adds its own.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "lapis/base/result.h"

namespace lapis::daemon {

// Used by main's thread only.
class ReloadActions {
 public:
  // Where it fails, what was in force before stays in force.
  using Action = std::function<Result<void>()>;

  void add(std::string name, Action action);

  // Runs every action in the order added, the later ones also where an earlier one fails. Each
  // outcome is logged, failures as errors. True where none failed.
  bool run() const;

 private:
  struct Named {
    std::string name;
    Action action;
  };
  std::vector<Named> actions_;
};

}  // namespace lapis::daemon
