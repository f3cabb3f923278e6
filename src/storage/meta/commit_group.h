// CommitGroup: transactions that become durable together. They run in order, each over RocksDB plus
// what those before it wrote (I5); their writes are one batch, synced once (I4); then all of them
// complete. Lives on the committer's thread.
#pragma once

#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>

#include <cstddef>
#include <cstdint>
#include <vector>

#include "storage/meta/overlay.h"
#include "storage/meta/pending_queue.h"
#include "storage/meta/room.h"
#include "storage/meta/store_rows.h"
#include "storage/meta/version_stripes.h"

namespace lapis::storage {

class CommitGroup {
 public:
  // `before`: where the last group left the store.
  CommitGroup(rocksdb::DB& db, Room room, CommitPoint before)
      : db_(db), room_(room), before_(before), last_id_(before.last_id) {}

  // Runs the transaction now; `pending` stays in the group until `complete`.
  void run(Pending& pending);

  std::size_t size() const { return members_.size(); }
  // Whether the group should be committed before more run in it.
  bool is_full() const;
  // Whether there is anything to make durable. Ids count even where the transaction that drew them
  // failed: it may have shown them (I6).
  bool has_writes() const { return batch_.Count() != 0 || last_id_ != before_.last_id; }

  // Makes the writes durable and visible. Completion means synced. Errors: RocksDB's.
  Result<CommitPoint> write();
  void raise_versions(VersionStripes& versions) const;
  const Overlay& writes() const { return overlay_; }

  // Hands every member its own result, or `outcome` where that is an error, with one post for each
  // executor. The members are gone afterwards.
  void complete(const Result<void>& outcome);

 private:
  Result<void> run_in_batch(Transaction& fn);

  rocksdb::DB& db_;
  const Room room_;
  const CommitPoint before_;
  std::uint64_t last_id_;
  rocksdb::WriteBatch batch_;
  Overlay overlay_;
  std::vector<VersionStripes::Stripe> stripes_;
  std::vector<Pending*> members_;
};

}  // namespace lapis::storage
