// Marks a thread as a shard's.
#pragma once

#include "lapis/io/shard.h"

namespace lapis::io {

// Shard::current() is `shard` on this thread for the life of the object.
class CurrentShardScope {
 public:
  explicit CurrentShardScope(Shard& shard);
  ~CurrentShardScope();
  CurrentShardScope(const CurrentShardScope&) = delete;
  CurrentShardScope& operator=(const CurrentShardScope&) = delete;
};

}  // namespace lapis::io
