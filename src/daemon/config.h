// lapisd's configuration: a TOML file and flags, checked whole before anything is opened.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "lapis/azure/accounts.h"
#include "lapis/base/log.h"
#include "lapis/blob/service.h"
#include "lapis/http/server.h"
#include "lapis/source/policy.h"
#include "lapis/storage/local_chunk_store.h"
#include "lapis/tier/tierer.h"

namespace lapis::daemon {

inline constexpr std::uint16_t kDefaultAdminPort = 10'010;

// What copies may read from, and how.
struct CopySourceConfig {
  source::PolicyOptions policy{.ports = {80, 443, 10'000}};
  std::string ca_file;          // PEM; empty: the system's authorities
  std::size_t max_copies = 64;  // at once
  std::chrono::milliseconds connect_timeout{10'000};
};

struct Config {
  std::vector<http::ListenAddress> listen;
  std::optional<http::TlsOptions> tls;
  std::filesystem::path metadata_path;
  std::vector<storage::PoolOptions> pools;
  tier::TierOptions tier;  // a policy for each of them
  storage::ScrubOptions scrub{.enabled = true};
  std::vector<azure::Account> accounts;
  blob::FeaturesByAccount features;
  LogLevel log_level = LogLevel::kInfo;
  bool strict_versions = false;
  bool accept_lost_commits = false;
  // For /metrics, /livez and /readyz. The default address, where none was given, is one that lapisd
  // does without rather than not start.
  std::optional<http::ListenAddress> admin_listen;
  bool admin_listen_given = false;
  // For the commands of lapis(1). The default place, where none was given, likewise.
  std::optional<std::filesystem::path> admin_socket;
  bool admin_socket_given = false;
  bool metrics = true;
  std::optional<std::filesystem::path> access_log;     // "-": standard output
  std::uint64_t access_log_buffer_bytes = 4ull << 20;  // of each shard; a power of two
  std::chrono::milliseconds slow_request{1'000};       // zero: none is slow
  unsigned shards = 0;                                 // 0: one a core
  CopySourceConfig copy_sources;

  std::uint64_t buffer_memory_bytes = 256ull << 20;
  std::uint64_t record_cache_bytes = 256ull << 20;
  std::uint64_t block_cache_bytes = 64ull << 20;
  std::uint64_t min_free_metadata_bytes = 64ull << 20;
  std::uint64_t metadata_capacity_bytes = 0;  // 0: what its disk has
  double metadata_high = 0.85;                // watermarks, as shares of it
  double metadata_low = 0.75;
  std::chrono::milliseconds cold_after = std::chrono::hours(1);
  std::size_t max_connections = 10'000;
  std::chrono::milliseconds busy_timeout{10'000};
  std::chrono::milliseconds head_timeout{10'000};
  std::chrono::milliseconds idle_timeout{300'000};
  std::chrono::milliseconds stall_timeout{60'000};
  std::chrono::milliseconds drain_timeout{30'000};
};

// The command line, as far as it stands above the file.
struct Flags {
  std::optional<std::filesystem::path> config_file;
  std::vector<std::string> listen;
  std::optional<std::filesystem::path> data_dir;
  std::optional<std::string> admin_listen;
  std::optional<std::string> admin_socket;
  bool accept_lost_commits = false;
};

// Reads the file, or the embedded default where there is none, applies the flags and checks all of
// it. The error's detail says the file, the line and the reason.
Result<Config> load_config(const Flags& flags);

// The rules that hold between settings: the development account on loopback only, TLS where an
// address asks for it, unique names and paths.
Result<void> check_config(const Config& config);

}  // namespace lapis::daemon
