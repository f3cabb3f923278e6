// MetaStore: ordered rows with atomic, durable transactions. The seam behind which a second engine,
// shared by many gateways, can stand; the local one is RocksDB with a group-committing committer.
//
// A transaction is a function over a view of the rows: it reads, decides and writes; its writes
// land all together and durably, or not at all. It runs synchronously on the committer's thread, in
// one order with all others, so it must be short and must not block; it may be run again, so it
// only assigns to what it captures. It touches rows of one scope (a container), because that is
// what a clustered engine offers.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "lapis/base/ids.h"
#include "lapis/base/result.h"
#include "lapis/io/task.h"

namespace lapis::storage {

// The rows as a running transaction sees them: committed, then its group's earlier transactions',
// then its own writes.
class MetaView {
 public:
  virtual ~MetaView() = default;
  virtual Result<std::optional<std::string>> get(std::string_view key) = 0;
  virtual void put(std::string_view key, std::string_view value) = 0;
  // As `put`, of what is stored already, under this key or one that the transaction erases, and
  // grows by some bytes at most. A store that is nearly full still takes it, so that it can be
  // emptied.
  virtual void rewrite(std::string_view key, std::string_view value) = 0;
  virtual void erase(std::string_view key) = 0;
  // Erases [first, last): one operation whatever it covers. Not for rows that are read through
  // `version_of`.
  virtual void erase_range(std::string_view first, std::string_view last) = 0;
  // A number never returned before in this store's life, and larger than any before: the source of
  // ETags and of container, upload and segment ids. Durable with the transaction.
  virtual std::uint64_t next_id() = 0;
};

// Rows of one moment, in key order. Every call may block on a disk: for the blocking pool and for
// start-up. Used by one thread at a time.
class MetaCursor {
 public:
  virtual ~MetaCursor() = default;
  virtual void seek(std::string_view key) = 0;  // to the first row at or after `key`
  virtual void next() = 0;
  virtual bool valid() const = 0;            // false at the end of the range and after an error
  virtual std::string_view key() const = 0;  // valid until the cursor moves
  virtual std::string_view value() const = 0;
  virtual Result<void> status() const = 0;  // asked when valid() is false
};

class MetaSnapshot {
 public:
  virtual ~MetaSnapshot() = default;
  virtual Result<std::optional<std::string>> get(std::string_view key) = 0;
  // A cursor over [first, last), standing at the first row. Outlived by the snapshot.
  virtual std::unique_ptr<MetaCursor> scan(std::string_view first, std::string_view last) = 0;
};

// What one transaction may touch: rows of this container (an empty id: the account level).
struct Scope {
  ContainerId container;
};

using Transaction = std::move_only_function<Result<void>(MetaView&)>;

// Thread-safe.
class MetaStore {
 public:
  virtual ~MetaStore() = default;

  // The row from memory alone: nothing where answering would need a disk. Never blocks.
  virtual std::optional<Result<std::optional<std::string>>> try_get(std::string_view key) = 0;
  // The row; tries memory inline and goes to the blocking pool only where that does not know.
  virtual io::Task<Result<std::optional<std::string>>> get(std::string key) = 0;
  // The rows as they are now. Creating it does not block.
  virtual std::unique_ptr<MetaSnapshot> snapshot() = 0;

  // Runs `fn` and makes its writes durable; completes on the calling executor, after the sync.
  // Where `fn` fails nothing of it is kept and its error is returned, likewise after the sync of
  // what it may have read. Errors: fn's; kServerBusy when too many wait; kInternalError when the
  // store cannot write any more (then every later call fails until a restart).
  virtual io::Task<Result<void>> transact(Scope scope, Transaction fn) = 0;

  // A counter that has grown since it was read if `key` may have changed since. Striped, so it may
  // grow for other keys' sake. Raised before a change is acknowledged. Never blocks or locks.
  virtual std::uint64_t version_of(std::string_view key) const = 0;

  // The sequence of the last commit known durable.
  virtual Sequence durable_sequence() const = 0;
};

}  // namespace lapis::storage
