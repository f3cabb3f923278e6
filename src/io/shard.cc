#include "lapis/io/shard.h"

#include "io/current_shard.h"
#include "io/loop_shard.h"
#include "lapis/base/check.h"
#include "lapis/io/asio_shard.h"

namespace lapis::io {
namespace {
thread_local Shard* current_shard = nullptr;
}

CurrentShardScope::CurrentShardScope(Shard& shard) {
  LAPIS_CHECK(current_shard == nullptr);
  current_shard = &shard;
}

CurrentShardScope::~CurrentShardScope() { current_shard = nullptr; }

Shard* Shard::current() { return current_shard; }

Result<std::unique_ptr<Shard>> Shard::start(const ShardOptions& options, const Clock& clock) {
  auto shard = std::make_unique<LoopShard>(options, clock);
  LAPIS_TRY_VOID(shard->start_thread());
  return shard;
}

// LoopShard is the only Shard.
boost::asio::io_context& context_of(Shard& shard) {
  return static_cast<LoopShard&>(shard).context();
}

FileRing& ring_of(Shard& shard) { return static_cast<LoopShard&>(shard).ring(); }

}  // namespace lapis::io
