// PageWalk: where the bytes of a range of a page blob lie, part by part, as BodyWalk tells it of
// others. All of it is of one moment, that of the snapshot: writers change the blob meanwhile.
#pragma once

#include <deque>
#include <memory>

#include "blob/body_walk.h"
#include "blob/pages/page_stack.h"

namespace lapis::blob {

// The rows that a read of a page blob goes by. Used by one task at a time.
using PageSnapshot = std::shared_ptr<storage::MetaSnapshot>;

// Loads the stripes of the range some at a time; a run of pages that were never written is one
// part, however long. Whoever walks keeps a read's pin. Lives on the shard of `service`.
class PageWalk {
 public:
  PageWalk(Service& service, PageSnapshot snapshot, PageStack stack, ByteRange range)
      : service_(service),
        snapshot_(std::move(snapshot)),
        stack_(std::move(stack)),
        at_(range.first),
        loaded_(range.first),
        end_(range.first + range.length) {}

  std::uint64_t remaining() const { return end_ - at_; }
  // The next part; of no length at the end. Errors: the store's; kInternalError for damage.
  io::Task<Result<BodyPart>> next();

 private:
  Result<std::deque<BodyPart>> load();

  Service& service_;
  const PageSnapshot snapshot_;
  const PageStack stack_;
  std::uint64_t at_;      // where the next part begins
  std::uint64_t loaded_;  // up to where parts are known
  const std::uint64_t end_;
  std::deque<BodyPart> parts_;
};

}  // namespace lapis::blob
