#include "storage/chunk/path_work.h"

#include <functional>

#include "lapis/base/crash_point.h"

namespace lapis::storage {

io::Task<Result<std::optional<std::string>>> find_lost(const StoreContext& context,
                                                       Admission& admission) {
  LostCommits lost(context.recovered, context.epoch);
  LAPIS_CO_TRY_VOID(co_await recover(context, admission, lost));
  if (!lost.found()) co_return std::nullopt;
  co_return lost.report() + ". Restore a backup of the metadata, or accept the loss at a start";
}

io::Task<Result<void>> admit(const StoreContext& context, Admission& admission, PathId new_id) {
  auto write = [&] { return occupy(context, admission, new_id); };
  LAPIS_CO_TRY_VOID(co_await context.blocking.run(std::ref(write)));
  crash_point(CrashPoint::kAddBeforeRows);
  Transaction put = [&admission](MetaView& view) -> Result<void> {
    put_rows(view, admission);
    return {};
  };
  LAPIS_CO_TRY_VOID(co_await context.meta.transact(Scope{}, std::move(put)));
  crash_point(CrashPoint::kAddRegistered);
  co_return Result<void>{};
}

}  // namespace lapis::storage
