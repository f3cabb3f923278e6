// Copies that go on behind their answers: what each is, and how far those are that wait or run.
//
// A pending copy is a row (docs/formats.md, table 33) beside a blob without content whose
// properties say so. Who works on them (lapis/blob/pending_copy.h) takes one after the other from
// here; after a restart they are all found in the rows again, and begin anew.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "lapis/base/clock.h"
#include "lapis/base/ids.h"
#include "lapis/base/random.h"
#include "lapis/blob/copy_source.h"

namespace lapis::blob {

struct PendingCopy {
  Guid id;
  ContainerId container = {};  // that the copy is in
  BlobKey key = {};
  SourceRequest source = {};
  // What the copy gets once it is done: it shows none of it before.
  std::uint64_t length = 0;
  std::optional<Md5Digest> md5 = {};
  std::uint32_t append_blocks = 0;
  bool sealed = false;
  std::uint64_t sequence_number = 0;  // of a page blob
  Timestamp began = {};
};

// Of one copy in this process.
struct CopyProgress {
  std::atomic<std::uint64_t> copied = 0;  // bytes
  std::atomic<bool> aborted = false;
  // For who has taken it, on one shard:
  unsigned failures = 0;         // in a row
  std::string failure;           // why it is to end as failed; empty: it is not
  CopySource* source = nullptr;  // that is being read
};

// One for all services over a store; thread-safe.
class PendingCopies {
 public:
  // More than that are refused: each has a row, and waits for those before it.
  static constexpr std::size_t kMost = 10'000;

  PendingCopies() = default;
  PendingCopies(const PendingCopies&) = delete;
  PendingCopies& operator=(const PendingCopies&) = delete;

  // Waits from now on for somebody to take it; once, however often it is added.
  void add(const Guid& id);
  struct Taken {
    Guid id;
    std::shared_ptr<CopyProgress> progress;
  };
  // The longest waiting that is due.
  std::optional<Taken> take(Instant now);
  // It was taken and could not go on: waits again, from `due` on.
  void put_back(const Guid& id, Instant due);
  // It is done, or there is nothing to do any more.
  void end(const Guid& id);

  // Whoever works on it had better stop.
  void abort(const Guid& id);
  // Bytes; 0 of what is not known here.
  std::uint64_t copied(const Guid& id) const;
  std::size_t count() const;

  // From here on a copy that breaks off goes on after the next start.
  void stop() { stopping_.store(true); }
  bool is_stopping() const { return stopping_.load(); }

 private:
  struct Waiting {
    Guid id;
    Instant due;
  };
  mutable std::mutex mutex_;  // guards the next two
  std::map<Guid, std::shared_ptr<CopyProgress>> known_;
  std::deque<Waiting> waiting_;
  std::atomic<bool> stopping_ = false;
};

}  // namespace lapis::blob
