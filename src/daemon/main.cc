// lapisd: reads its configuration, starts the node, waits for a signal, stops the node.
#include <signal.h>
#include <systemd/sd-daemon.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>
#include <iostream>

#include "daemon/config.h"
#include "daemon/node.h"
#include "daemon/reload_actions.h"
#include "lapis/base/crash_point.h"
#include "lapis/base/log.h"

namespace lapis::daemon {
namespace {

constexpr int kExitConfiguration = 2;
constexpr int kExitStart = 1;

// Blocked in every thread, so that main alone takes them.
sigset_t block_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);
  return signals;
}

std::string url_of(const http::ListenAddress& address) {
  const bool v6 = address.address.find(':') != std::string::npos;
  const std::string host = v6 ? "[" + address.address + "]" : address.address;
  return (address.tls ? "https://" : "http://") + host + ":" + std::to_string(address.port);
}

void announce(const Node& node) {
  if (const auto admin = node.admin_address()) std::cout << "admin on " << url_of(*admin) << "\n";
  for (const http::ListenAddress& address : node.addresses()) {
    std::cout << "listening on " << url_of(address) << "\n";
  }
  std::cout.flush();
  sd_notify(0, "READY=1");
}

// What SIGHUP does, and all that it does (docs/operations.md).
ReloadActions reload_actions(const Config& config, Node& node) {
  ReloadActions actions;
  if (config.tls) {
    actions.add("TLS certificate", [&node] { return node.reload_certificate(); });
  }
  if (config.access_log) {
    actions.add("access log", [&node] { return node.reopen_access_log(); });
  }
  return actions;
}

void reload(const ReloadActions& actions) {
  sd_notify(0, "RELOADING=1");
  const bool complete = actions.run();
  sd_notify(0,
            complete ? "READY=1\nSTATUS=" : "READY=1\nSTATUS=The last reload failed: see the log");
}

void wait_for_stop(const sigset_t& signals, const ReloadActions& actions) {
  for (;;) {
    int signal = 0;
    if (sigwait(&signals, &signal) != 0) continue;
    if (signal == SIGHUP) {
      reload(actions);
      continue;
    }
    log_info("daemon", "stopping", {{"signal", strsignal(signal)}});
    return;
  }
}

int run(const Flags& flags, bool check_only) {
  const auto config = load_config(flags);
  if (!config) {
    std::cerr << "lapisd: " << config.error().detail << "\n";
    return kExitConfiguration;
  }
  if (check_only) {
    std::cout << "the configuration is valid\n";
    return 0;
  }
  set_log_level(config->log_level);
#ifdef LAPIS_CRASH_POINTS
  const char* const order = std::getenv("LAPIS_CRASH_AT");
  if (order != nullptr && !arm_crash_point(order)) {
    std::cerr << "lapisd: LAPIS_CRASH_AT names no crash point: " << order << "\n";
    return kExitConfiguration;
  }
#endif
  const sigset_t signals = block_signals();
  auto node = Node::start(*config, io::make_uring_file_system());
  if (!node) {
    std::cerr << "lapisd: cannot start: " << node.error().detail << "\n";
    return kExitStart;
  }
  announce(**node);
  wait_for_stop(signals, reload_actions(*config, **node));
  sd_notify(0, "STOPPING=1");
  (*node)->stop();
  log_info("daemon", "stopped");
  return 0;
}

}  // namespace
}  // namespace lapis::daemon

int main(int argc, char** argv) {
  CLI::App app{"lapisd: an Azure Blob Storage endpoint for your own storage nodes"};
  lapis::daemon::Flags flags;
  bool check_only = false;
  app.add_option("--config", flags.config_file, "configuration file (TOML)");
  app.add_option("--listen", flags.listen,
                 "ADDRESS:PORT to serve, https:// before it for TLS; port 0 picks one; repeatable")
      ->allow_extra_args(false);
  app.add_option("--data-dir", flags.data_dir, "keep metadata and data below this directory");
  app.add_option("--admin-listen", flags.admin_listen,
                 "ADDRESS:PORT for /metrics, /livez and /readyz, or off");
  app.add_option("--admin-socket", flags.admin_socket,
                 "Unix socket for the commands of lapis, or off; default: METADATA/admin.sock");
  app.add_flag("--check-config", check_only, "check the configuration and exit");
  app.add_flag(
      "--accept-lost-commits", flags.accept_lost_commits,
      "start although the metadata has lost acknowledged commits (after a disk's failure)");
  app.set_version_flag("--version", std::string("lapisd ") + LAPIS_VERSION);
  CLI11_PARSE(app, argc, argv);
  try {
    return lapis::daemon::run(flags, check_only);
  } catch (const std::exception& error) {
    std::cerr << "lapisd: " << error.what() << "\n";
    return 1;
  }
}
