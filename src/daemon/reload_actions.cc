#include "daemon/reload_actions.h"

#include <utility>

#include "lapis/base/log.h"

namespace lapis::daemon {

void ReloadActions::add(std::string name, Action action) {
  actions_.push_back({std::move(name), std::move(action)});
}

bool ReloadActions::run() const {
  if (actions_.empty()) log_info("daemon", "SIGHUP: nothing is configured that can be reloaded");
  bool complete = true;
  for (const Named& each : actions_) {
    const Result<void> done = each.action();
    if (done) {
      log_info("daemon", "reloaded", {{"what", each.name}});
      continue;
    }
    complete = false;
    log_error("daemon", "reload FAILED, the old one stays in force",
              {{"what", each.name}, {"error", to_string(done.error())}});
  }
  return complete;
}

}  // namespace lapis::daemon
