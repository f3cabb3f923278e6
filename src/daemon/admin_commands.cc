#include "daemon/admin_commands.h"

#include <memory>
#include <nlohmann/json.hpp>
#include <utility>

#include "daemon/tier_json.h"

namespace lapis::daemon {
namespace {

using admin::Caller;
using admin::Json;
using Kind = admin::CommandTable::Kind;
using Sources = std::shared_ptr<const CommandSources>;

std::string_view name_of(storage::PoolClass pool_class) {
  return pool_class == storage::PoolClass::kFlash ? "flash" : "hdd";
}

Json json_of(const storage::PathStats& path) {
  Json shown = {{"path", path.path.string()},
                {"path_id", path.id.value},
                {"class", name_of(path.pool_class)},
                {"state", storage::name_of(path.status)},
                {"extent_bytes", path.extent_bytes},
                {"extents_open", path.extents_open},
                {"extents_sealed", path.extents_sealed},
                {"extents_free", path.extents_free},
                {"capacity_bytes", path.capacity_bytes},
                {"available_bytes", path.available_bytes},
                {"live_bytes", path.live_bytes},
                {"dead_bytes", path.dead_bytes},
                {"free_bytes", path.free_bytes},
                {"accounted", path.accounted}};
  if (!path.problem.empty()) shown["problem"] = path.problem;
  return shown;
}

Json& pool_of(Json& pools, const storage::PathStats& path) {
  for (Json& pool : pools) {
    if (pool["name"] == path.pool) return pool;
  }
  pools.push_back(
      {{"name", path.pool}, {"class", name_of(path.pool_class)}, {"paths", Json::array()}});
  return pools.back();
}

// The paths under their pools, in the order in which pools first appear, with each pool's sums.
Json pools_of(const CommandSources& sources) {
  Json pools = Json::array();
  for (const storage::PathStats& path : sources.paths()) {
    Json& pool = pool_of(pools, path);
    Json shown = json_of(path);
    for (const char* sum :
         {"capacity_bytes", "available_bytes", "live_bytes", "dead_bytes", "free_bytes"}) {
      pool[sum] = pool.value(sum, std::uint64_t{0}) + shown[sum].get<std::uint64_t>();
    }
    pool["paths"].push_back(std::move(shown));
  }
  return pools;
}

Json json_of(const MetadataStatus& metadata) {
  return {{"path", metadata.path.string()},
          {"capacity_bytes", metadata.capacity_bytes},
          {"available_bytes", metadata.available_bytes},
          {"estimated_rows", metadata.engine.estimated_keys},
          {"table_bytes", metadata.engine.table_bytes},
          {"log_bytes", metadata.engine.log_bytes},
          {"space", daemon::json_of(metadata.moving_out)},
          {"state", !metadata.writable   ? "failed"
                    : !metadata.has_room ? "full"
                                         : "online"}};
}

Result<Json> status(const CommandSources& sources) {
  const NodeStatus node = sources.status();
  return Json{{"version", node.version},
              {"pid", node.pid},
              {"uptime_seconds", node.uptime_seconds},
              {"ready", node.problems.empty()},
              {"problems", node.problems},
              {"listening", node.listening},
              {"metadata", json_of(node.metadata)},
              {"release_entries", node.release_entries},
              {"pools", pools_of(sources)}};
}

Result<Json> add_path(const CommandSources& sources, const Json& request) {
  NewPath added;
  LAPIS_TRY(added.pool, admin::text_argument(request, "pool"));
  LAPIS_TRY(added.path, admin::text_argument(request, "path"));
  LAPIS_TRY_VOID(sources.add_path(added));
  return Json{{"pools", pools_of(sources)}};
}

// A command over a source, or one that says what is missing.
template <class Source>
void add(admin::CommandTable& table, const char* name, const Source& source, const char* what,
         admin::Handler handler, Kind kind = Kind::kQuick) {
  table.add(name, kind, source ? std::move(handler) : admin::not_built(what));
}

void add_change(admin::CommandTable& table, const Sources& sources, const char* name,
                CommandSources::ChangePath CommandSources::* change, const char* what,
                Kind kind = Kind::kQuick) {
  const auto handler = [sources, change](const Json& request, const Caller&) -> Result<Json> {
    LAPIS_TRY(const std::string path, admin::text_argument(request, "path"));
    LAPIS_TRY_VOID(((*sources).*change)(path));
    return Json{{"pools", pools_of(*sources)}};
  };
  add(table, name, (*sources).*change, what, handler, kind);
}

}  // namespace

admin::CommandTable make_commands(CommandSources given) {
  const Sources sources = std::make_shared<const CommandSources>(std::move(given));
  admin::CommandTable table;
  table.add("status", Kind::kQuick,
            [sources](const Json&, const Caller&) { return status(*sources); });
  table.add("pool.status", Kind::kQuick, [sources](const Json&, const Caller&) -> Result<Json> {
    return Json{{"pools", pools_of(*sources)}};
  });
  add(table, "pool.add", sources->add_path, "adding a path",
      [sources](const Json& request, const Caller&) { return add_path(*sources, request); });
  add_change(table, sources, "pool.drain", &CommandSources::drain_path, "draining a path");
  add_change(table, sources, "pool.read-only", &CommandSources::set_read_only,
             "making a path read-only");
  add_change(table, sources, "pool.resume", &CommandSources::resume_path, "resuming a path");
  // It looks at every chunk's row.
  add_change(table, sources, "pool.retire", &CommandSources::retire_path, "retiring a path",
             Kind::kLong);
  add(table, "tier.status", sources->tier, "tiering",
      [sources](const Json&, const Caller&) { return sources->tier(); });
  // It may search all blobs.
  table.add("scrub.status", Kind::kLong,
            sources->scrub ? [sources](const Json&, const Caller&) { return sources->scrub(); }
                           : admin::not_built("scrubbing"));
  add(table, "scrub.start", sources->start_scrub, "scrubbing",
      [sources](const Json&, const Caller&) -> Result<Json> {
        sources->start_scrub();
        return Json::object();
      });
  table.add("fsck", Kind::kLong,
            sources->fsck ? sources->fsck : admin::not_built("checking a running store"));
  return table;
}

}  // namespace lapis::daemon
