#include "storage/chunk/path_adoption.h"

#include "lapis/base/log.h"

namespace lapis::storage {
namespace {

PathSettings settings_of(const Admission& admission) {
  const PoolOptions& pool = *admission.claim.pool;
  const std::uint64_t extent_bytes = admission.row->extent_bytes;
  return {.id = admission.id(),
          .directory = admission.claim.directory,
          .pool = pool.name,
          .pool_class = pool.pool_class,
          .extent_bytes = extent_bytes,
          .min_free_bytes = pool.min_free_bytes != 0 ? pool.min_free_bytes : extent_bytes,
          .most_bytes = pool.capacity_bytes,
          .fill_share = pool.fill_share};
}

}  // namespace

io::Task<void> PathAdoption::adopt(Admission admission) {
  auto made = std::make_unique<PoolPath>(context_, settings_of(admission), reclaim_, group_);
  PoolPath& path = *made;
  path.state.set_mode(admission.row->mode);
  if (admission.claim.missing) {
    path.state.set_missing(admission.claim.why);
    for (const auto& [id, row] : admission.extents) add_extent(path, id, row, nullptr);
  } else {
    path.lock = std::move(admission.claim.lock);
    path.supply.set_last_id(admission.recovered.last);
    for (RecoveredExtent& extent : admission.recovered.extents) {
      add_extent(path, extent.id, extent.row, std::move(extent.reader));
    }
    co_await path.supply.look();
  }
  paths_.add(std::move(made));
}

io::Task<void> PathAdoption::bring_back(PoolPath& path, Admission admission) {
  path.supply.set_last_id(admission.recovered.last);
  for (RecoveredExtent& extent : admission.recovered.extents) {
    Extent* known = path.state.extents().find(extent.id);
    if (known == nullptr) {
      add_extent(path, extent.id, extent.row, std::move(extent.reader));
      continue;
    }
    known->bring_back(extent.row, std::move(extent.reader));
    if (extent.row.state == ExtentState::kFree) path.supply.add_free(*known);
  }
  path.lock = std::move(admission.claim.lock);
  path.state.set_present();
  co_await path.supply.look();
  path.supply.make_ready();
  log_info("storage", "pool path is back",
           {{"path", path.state.settings().directory.string()},
            {"pool", path.state.settings().pool},
            {"state", name_of(path.state.status())}});
}

void PathAdoption::add_extent(PoolPath& path, ExtentId id, ExtentRow row,
                              std::unique_ptr<io::File> reader) {
  const bool is_ready = reader != nullptr && row.state == ExtentState::kFree;
  const Extent::Identity identity{path.state.settings().id, id, row.bytes};
  Extent& extent = path.state.extents().add(
      std::make_unique<Extent>(identity, row, std::move(reader), context_.slots, reclaim_));
  if (is_ready) path.supply.add_free(extent);
}

}  // namespace lapis::storage
