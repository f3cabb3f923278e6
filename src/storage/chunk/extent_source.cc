#include "storage/chunk/extent_source.h"

#include <functional>

namespace lapis::storage {

io::Task<Result<io::File*>> ExtentSource::file(const Place& place) {
  const auto key = std::pair(place.path, place.extent);
  if (const auto known = open_.find(key); known != open_.end()) co_return known->second.get();
  if (paths_.find(place) == nullptr) {
    co_return fail(ErrorCode::kInternalError, "no such extent");
  }
  if (open_.size() >= kMostOpen) open_.clear();
  const auto name = extent_file(paths_.by_id(place.path)->state.settings().directory, place.extent);
  auto open = [&] { return context_.files.open(name, {.uncached_reads = true}); };
  LAPIS_CO_TRY(auto file, co_await context_.blocking.run(std::ref(open)));
  co_return (open_[key] = std::move(file)).get();
}

}  // namespace lapis::storage
