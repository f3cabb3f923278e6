#include "daemon/config_file.h"

#include <bit>
#include <set>

#include "daemon/copy_sources_config.h"
#include "daemon/network_list.h"
#include "daemon/toml_reader.h"
#include "lapis/base/number.h"

namespace lapis::daemon {
namespace {

constexpr std::uint64_t kLeastBufferMemory = 16ull << 20;
constexpr std::uint64_t kMostPromoteReads = 1'000'000;
// Extents that are as good as full would be emptied into others for ever.
constexpr double kMostCompactBelow = 0.9;
constexpr std::uint64_t kLeastLogBuffer = 64ull << 10;
constexpr std::uint64_t kMostLogBuffer = 1ull << 30;
constexpr std::chrono::seconds kLeastScrubPeriod{1};
constexpr std::chrono::hours kMostScrubPeriod{365 * 24};
constexpr std::chrono::seconds kLeastColdAfter{1};
constexpr std::chrono::hours kMostColdAfter{30 * 24};
constexpr std::uint64_t kMostRetentionDays = 365;

template <class T, class U>
void assign(T& setting, const std::optional<U>& value) {
  if (value) setting = *value;
}

Result<LogLevel> parse_log_level(std::string_view text) {
  if (text == "trace") return LogLevel::kTrace;
  if (text == "debug") return LogLevel::kDebug;
  if (text == "info") return LogLevel::kInfo;
  if (text == "warn") return LogLevel::kWarn;
  if (text == "error") return LogLevel::kError;
  return fail(ErrorCode::kInvalidInput, "log_level is trace, debug, info, warn or error");
}

// A rule that failed for the value of `key`, with its place in the file.
template <class T>
Result<T> at(TomlReader& reader, std::string_view key, Result<T> result) {
  if (result) return result;
  const toml::node* node = reader.find(key);
  return config_error(node == nullptr ? reader.node() : *node, result.error().detail);
}

Result<void> read_listeners(TomlReader& root, Config& config) {
  LAPIS_TRY(const auto addresses, root.texts("listen"));
  for (const std::string& text : addresses) {
    LAPIS_TRY(auto address, at(root, "listen", parse_listen_address(text)));
    config.listen.push_back(std::move(address));
  }
  LAPIS_TRY(const toml::table* table, root.table("tls"));
  if (table == nullptr) return {};
  TomlReader tls(*table);
  LAPIS_TRY(const auto certificate, tls.text("certificate"));
  LAPIS_TRY(const auto private_key, tls.text("private_key"));
  if (!certificate || !private_key) {
    return config_error(*table, "tls needs certificate and private_key");
  }
  config.tls = http::TlsOptions{*certificate, *private_key};
  return tls.finish();
}

// A share, in percent.
Result<std::optional<double>> read_percent(TomlReader& reader, std::string_view key) {
  LAPIS_TRY(const auto percent, reader.number(key, 1));
  if (!percent) return std::nullopt;
  if (*percent > 100) return config_error(*reader.find(key), "a percentage is from 1 to 100");
  return static_cast<double>(*percent) / 100;
}

// The watermarks of `what`, shares of its size.
struct Watermarks {
  double high;
  double low;
};
Result<Watermarks> read_watermarks(TomlReader& reader, Watermarks marks, std::string_view what) {
  LAPIS_TRY(const auto high, read_percent(reader, "high_watermark"));
  assign(marks.high, high);
  LAPIS_TRY(const auto low, read_percent(reader, "low_watermark"));
  assign(marks.low, low);
  if (marks.low < marks.high) return marks;
  return config_error(reader.node(),
                      std::string(what) + " low_watermark is below its high_watermark");
}

Result<void> read_metadata(TomlReader& root, Config& config) {
  LAPIS_TRY(const toml::table* table, root.table("metadata"));
  if (table == nullptr) return config_error(root.node(), "[metadata] with a path is needed");
  TomlReader metadata(*table);
  LAPIS_TRY(const auto path, metadata.text("path"));
  if (!path || path->empty()) return config_error(*table, "metadata needs a path");
  config.metadata_path = *path;
  LAPIS_TRY(const auto block_cache, metadata.bytes("block_cache"));
  assign(config.block_cache_bytes, block_cache);
  LAPIS_TRY(const auto min_free, metadata.bytes("min_free"));
  assign(config.min_free_metadata_bytes, min_free);
  LAPIS_TRY(const auto capacity, metadata.bytes("capacity"));
  if (capacity && *capacity == 0) {
    return config_error(*metadata.find("capacity"), "capacity is more than nothing");
  }
  assign(config.metadata_capacity_bytes, capacity);
  LAPIS_TRY(
      const Watermarks marks,
      read_watermarks(metadata, {config.metadata_high, config.metadata_low}, "the metadata's"));
  config.metadata_high = marks.high;
  config.metadata_low = marks.low;
  LAPIS_TRY(const auto cold_after, metadata.duration("cold_after"));
  if (cold_after && (*cold_after < kLeastColdAfter || *cold_after > kMostColdAfter)) {
    return config_error(*metadata.find("cold_after"), "cold_after is from 1s to 30d");
  }
  assign(config.cold_after, cold_after);
  return metadata.finish();
}

Result<tier::PoolPolicy> read_policy(TomlReader& reader, const storage::PoolOptions& pool) {
  tier::PoolPolicy policy;
  policy.pool = pool.name;
  policy.pool_class = pool.pool_class;
  LAPIS_TRY(const Watermarks marks, read_watermarks(reader, {policy.high, policy.low}, "a pool's"));
  policy.high = marks.high;
  policy.low = marks.low;
  LAPIS_TRY(const auto bytes, reader.bytes("move_rate"));
  assign(policy.bytes_per_second, bytes);
  LAPIS_TRY(const auto operations, reader.number("move_operations", 1));
  assign(policy.operations_per_second, operations);
  return policy;
}

struct ConfiguredPool {
  storage::PoolOptions storage;
  tier::PoolPolicy policy;
};

Result<ConfiguredPool> read_pool(const toml::table& table) {
  TomlReader reader(table);
  storage::PoolOptions pool;
  LAPIS_TRY(const auto name, reader.text("name"));
  if (!name || name->empty()) return config_error(table, "a pool needs a name");
  pool.name = *name;
  LAPIS_TRY(const auto pool_class, reader.text("class"));
  if (pool_class && *pool_class != "flash" && *pool_class != "hdd") {
    return config_error(*reader.find("class"), "a pool's class is flash or hdd");
  }
  if (pool_class && *pool_class == "hdd") pool.pool_class = storage::PoolClass::kHdd;
  LAPIS_TRY(const auto paths, reader.texts("paths"));
  if (paths.empty()) return config_error(table, "a pool needs at least one path");
  for (const std::string& path : paths) {
    if (path.empty()) return config_error(*reader.find("paths"), "a path must not be empty");
    pool.paths.emplace_back(path);
  }
  LAPIS_TRY(const auto extent_size, reader.bytes("extent_size"));
  assign(pool.extent_bytes, extent_size);
  LAPIS_TRY(const auto min_free, reader.bytes("min_free"));
  assign(pool.min_free_bytes, min_free);
  LAPIS_TRY(const auto capacity, reader.bytes("capacity"));
  assign(pool.capacity_bytes, capacity);
  LAPIS_TRY(tier::PoolPolicy policy, read_policy(reader, pool));
  LAPIS_TRY_VOID(reader.finish());
  return ConfiguredPool{std::move(pool), std::move(policy)};
}

Result<void> read_pools(TomlReader& root, Config& config) {
  LAPIS_TRY(const auto tables, root.tables("pool"));
  if (tables.empty()) return config_error(root.node(), "at least one [[pool]] is needed");
  std::set<std::string> names;
  for (const toml::table* table : tables) {
    LAPIS_TRY(auto pool, read_pool(*table));
    if (!names.insert(pool.storage.name).second) {
      return config_error(*table, "pool " + pool.storage.name + " is named twice");
    }
    pool.storage.fill_share = pool.policy.high;
    config.pools.push_back(std::move(pool.storage));
    config.tier.pools.push_back(std::move(pool.policy));
  }
  return {};
}

Result<void> read_tiering(TomlReader& root, Config& config) {
  LAPIS_TRY(const toml::table* table, root.table("tiering"));
  if (table == nullptr) return {};
  TomlReader tiering(*table);
  LAPIS_TRY(const auto reads, tiering.number("promote_reads", 0));
  if (reads && *reads > kMostPromoteReads) {
    return config_error(*tiering.find("promote_reads"), "promote_reads is at most 1000000");
  }
  if (reads) config.tier.promote_reads = static_cast<unsigned>(*reads);
  LAPIS_TRY(const auto cool, tiering.text("cool_blobs"));
  if (cool && *cool != "first" && *cool != "at-once") {
    return config_error(*tiering.find("cool_blobs"), "cool_blobs is first or at-once");
  }
  config.tier.asked_down_at_once = cool && *cool == "at-once";
  LAPIS_TRY(const auto below, read_percent(tiering, "compact_below"));
  if (below && *below > kMostCompactBelow) {
    return config_error(*tiering.find("compact_below"), "compact_below is at most 90");
  }
  assign(config.tier.compact_below, below);
  return tiering.finish();
}

Result<void> read_scrub(TomlReader& root, Config& config) {
  LAPIS_TRY(const toml::table* table, root.table("scrub"));
  if (table == nullptr) return {};
  TomlReader scrub(*table);
  LAPIS_TRY(const auto enabled, scrub.flag("enabled"));
  assign(config.scrub.enabled, enabled);
  LAPIS_TRY(const auto period, scrub.duration("period"));
  if (period && (*period < kLeastScrubPeriod || *period > kMostScrubPeriod)) {
    return config_error(*scrub.find("period"), "period is from 1s to 365d");
  }
  assign(config.scrub.period, period);
  LAPIS_TRY(const auto rate, scrub.bytes("rate"));
  if (rate && *rate < config.scrub.min_rate) {
    return config_error(*scrub.find("rate"), "rate is at least 1MiB (a second)");
  }
  assign(config.scrub.rate, rate);
  return scrub.finish();
}

Result<std::optional<std::uint32_t>> read_retention_days(TomlReader& account) {
  constexpr const char* kKey = "container_delete_retention_days";
  LAPIS_TRY(const auto days, account.number(kKey, 1));
  if (!days) return std::nullopt;
  if (*days > kMostRetentionDays) {
    return config_error(*account.find(kKey), "container_delete_retention_days is from 1 to 365");
  }
  return static_cast<std::uint32_t>(*days);
}

Result<void> read_accounts(TomlReader& root, Config& config) {
  LAPIS_TRY(const auto tables, root.tables("account"));
  if (tables.empty()) return config_error(root.node(), "at least one [[account]] is needed");
  for (const toml::table* table : tables) {
    TomlReader reader(*table);
    LAPIS_TRY(const auto name, reader.text("name"));
    LAPIS_TRY(const auto keys, reader.texts("keys"));
    if (!name) return config_error(*table, "an account needs a name");
    LAPIS_TRY(auto account, at(reader, "keys", azure::make_account(*name, keys)));
    LAPIS_TRY(const auto public_access, reader.flag("public_access"));
    assign(account.public_access, public_access);
    LAPIS_TRY(const auto versioning, reader.flag("versioning"));
    blob::AccountFeatures& features = config.features[account.name];
    assign(features.versioning, versioning);
    LAPIS_TRY(features.container_retention_days, read_retention_days(reader));
    LAPIS_TRY(const auto immutable, reader.flag("immutable_storage"));
    assign(features.immutable_storage, immutable);
    if (features.immutable_storage && !features.versioning) {
      return config_error(*reader.find("immutable_storage"),
                          "immutable_storage needs versioning = true");
    }
    LAPIS_TRY(const auto last_access, reader.flag("last_access_time"));
    assign(features.last_access_time, last_access);
    LAPIS_TRY_VOID(read_networks(reader, "networks", account.networks));
    config.accounts.push_back(std::move(account));
    LAPIS_TRY_VOID(reader.finish());
  }
  return {};
}

Result<void> read_limits(TomlReader& root, Config& config) {
  LAPIS_TRY(const toml::table* table, root.table("limits"));
  if (table == nullptr) return {};
  TomlReader limits(*table);
  LAPIS_TRY(const auto buffers, limits.bytes("buffer_memory"));
  if (buffers && *buffers < kLeastBufferMemory) {
    return config_error(*limits.find("buffer_memory"), "buffer_memory is at least 16MiB");
  }
  assign(config.buffer_memory_bytes, buffers);
  LAPIS_TRY(const auto records, limits.bytes("record_cache"));
  assign(config.record_cache_bytes, records);
  LAPIS_TRY(const auto connections, limits.number("max_connections", 1));
  assign(config.max_connections, connections);
  LAPIS_TRY(const auto busy, limits.duration("busy_timeout"));
  assign(config.busy_timeout, busy);
  LAPIS_TRY(const auto head, limits.duration("head_timeout"));
  assign(config.head_timeout, head);
  LAPIS_TRY(const auto idle, limits.duration("idle_timeout"));
  assign(config.idle_timeout, idle);
  LAPIS_TRY(const auto stall, limits.duration("stall_timeout"));
  assign(config.stall_timeout, stall);
  LAPIS_TRY(const auto drain, limits.duration("drain_timeout"));
  assign(config.drain_timeout, drain);
  return limits.finish();
}

Result<void> read_admin(TomlReader& root, Config& config) {
  LAPIS_TRY(const toml::table* table, root.table("admin"));
  if (table == nullptr) return {};
  TomlReader admin(*table);
  LAPIS_TRY(const auto listen, admin.text("listen"));
  if (listen) LAPIS_TRY_VOID(at(admin, "listen", set_admin_listen(*listen, config)));
  LAPIS_TRY(const auto socket, admin.text("socket"));
  if (socket && socket->empty()) {
    return config_error(*admin.find("socket"), "socket is a path, or \"off\"");
  }
  if (socket) set_admin_socket(*socket, config);
  LAPIS_TRY(const auto metrics, admin.flag("metrics"));
  assign(config.metrics, metrics);
  return admin.finish();
}

Result<void> read_access_log(TomlReader& root, Config& config) {
  LAPIS_TRY(const toml::table* table, root.table("access_log"));
  if (table == nullptr) return {};
  TomlReader log(*table);
  LAPIS_TRY(const auto path, log.text("path"));
  if (!path || path->empty()) {
    return config_error(*table, "access_log needs a path, or \"-\" for standard output");
  }
  config.access_log = *path;
  LAPIS_TRY(const auto buffer, log.bytes("buffer"));
  if (buffer && (*buffer < kLeastLogBuffer || *buffer > kMostLogBuffer)) {
    return config_error(*log.find("buffer"), "buffer is from 64KiB to 1GiB");
  }
  if (buffer) config.access_log_buffer_bytes = std::bit_ceil(*buffer);
  return log.finish();
}

}  // namespace

Result<void> set_admin_listen(std::string_view text, Config& config) {
  config.admin_listen.reset();
  config.admin_listen_given = true;
  if (text == "off") return {};
  LAPIS_TRY(const auto address, parse_listen_address(text));
  if (address.tls) return fail(ErrorCode::kInvalidInput, "the admin listener speaks no TLS");
  config.admin_listen = address;
  return {};
}

void set_admin_socket(std::string_view text, Config& config) {
  config.admin_socket.reset();
  config.admin_socket_given = true;
  if (text != "off") config.admin_socket = std::string(text);
}

Result<http::ListenAddress> parse_listen_address(std::string_view text) {
  http::ListenAddress address;
  if (text.starts_with("https://")) {
    address.tls = true;
    text.remove_prefix(8);
  } else if (text.starts_with("http://")) {
    text.remove_prefix(7);
  }
  const std::size_t colon = text.rfind(':');
  const auto port = colon == text.npos ? std::nullopt : parse_u64(text.substr(colon + 1));
  if (!port || *port > 65'535) {
    return fail(ErrorCode::kInvalidInput, "\"" + std::string(text) + "\" is not ADDRESS:PORT");
  }
  std::string_view host = text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  if (host.empty()) {
    return fail(ErrorCode::kInvalidInput, "\"" + std::string(text) + "\" has no address");
  }
  address.address = std::string(host);
  address.port = static_cast<std::uint16_t>(*port);
  return address;
}

Result<Config> read_config(const toml::table& table) {
  TomlReader root(table);
  Config config;
  LAPIS_TRY_VOID(read_listeners(root, config));
  LAPIS_TRY_VOID(read_metadata(root, config));
  LAPIS_TRY_VOID(read_pools(root, config));
  LAPIS_TRY_VOID(read_tiering(root, config));
  LAPIS_TRY_VOID(read_scrub(root, config));
  LAPIS_TRY_VOID(read_accounts(root, config));
  LAPIS_TRY_VOID(read_limits(root, config));
  LAPIS_TRY_VOID(read_admin(root, config));
  LAPIS_TRY_VOID(read_access_log(root, config));
  LAPIS_TRY_VOID(read_copy_sources(root, config));
  LAPIS_TRY(const auto slow, root.duration("slow_request"));
  assign(config.slow_request, slow);
  LAPIS_TRY(const auto level, root.text("log_level"));
  if (level) {
    LAPIS_TRY(config.log_level, at(root, "log_level", parse_log_level(*level)));
  }
  LAPIS_TRY(const auto strict, root.flag("strict_versions"));
  assign(config.strict_versions, strict);
  LAPIS_TRY(const auto shards, root.number("shards", 1));
  if (shards && *shards > 256) return config_error(*root.find("shards"), "at most 256 shards");
  if (shards) config.shards = static_cast<unsigned>(*shards);
  LAPIS_TRY_VOID(root.finish());
  return config;
}

}  // namespace lapis::daemon
