// What the command line wants to know of lapisd's configuration. The rest of the file is lapisd's
// to check (lapisd --check-config).
#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "lapis/base/result.h"

namespace lapis::ctl {

inline constexpr const char* kDefaultConfig = "/etc/lapis/lapisd.toml";

struct DaemonFacts {
  std::filesystem::path metadata_path;
  std::vector<std::filesystem::path> pool_paths;
  std::optional<std::filesystem::path> admin_socket;  // nothing: it is off
};

// Errors: a detail for the user, who named `file`.
Result<DaemonFacts> read_daemon_facts(const std::filesystem::path& file);

// Of `lapisd --data-dir`.
DaemonFacts facts_of_data_dir(const std::filesystem::path& directory);

}  // namespace lapis::ctl
