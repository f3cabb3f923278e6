// The stripes of a page map as one of its generations sees them. Blocks on the disk: for the
// blocking pool.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "blob/records.h"
#include "lapis/storage/meta_store.h"

namespace lapis::blob {

// A row of table 2b.
struct StripeRow {
  std::uint64_t stripe = 0;
  std::uint64_t generation = 0;  // that wrote it
  bool has_older = false;        // rows of generations before
  std::string row;               // as it is stored
  PagePieces pieces;
  PagePieces beneath = {};  // what the levels beneath show (page_stack.h), where it was looked for
};

// Errors: kInternalError where it is damaged.
Result<StripeRow> read_stripe(const PageStripeKey& key, std::string_view row);

// The stripes that hold pages [first_page, end_page) of a blob.
struct StripeSpan {
  std::uint64_t first = 0;
  std::uint64_t end = 0;
};

// Steps of a cursor that one job of the blocking pool takes at most.
inline constexpr std::size_t kStepsInJob = 4096;

// Walks the stripes of a span that have rows. One seek where a stripe has one generation, and one
// for each that younger generations alone have written; it ends before the span does where it has
// taken its steps, for whoever walks to go on in another job.
class StripeScan {
 public:
  // `snapshot` outlives it.
  StripeScan(storage::MetaSnapshot& snapshot, ContainerId container, const PageBody& pages,
             StripeSpan span, std::size_t steps = kStepsInJob);
  // The next of them; nothing at the end.
  Result<std::optional<StripeRow>> next();
  // Stripes before this one are walked when there is no next: the span's end, or behind its first.
  std::uint64_t end() const { return end_; }
  std::size_t steps_left() const { return steps_; }

 private:
  std::string key_of(std::uint64_t stripe) const;

  const ContainerId container_;
  const PageBody pages_;
  std::uint64_t end_;
  std::size_t steps_;
  std::unique_ptr<storage::MetaCursor> cursor_;
};

StripeSpan stripes_of(std::uint64_t first_page, std::uint64_t end_page);

}  // namespace lapis::blob
