// ClockHand: goes over the rows of all blobs, round and round, a page at a time.
#pragma once

#include <string>

#include "blob/keys.h"
#include "blob/row_pages.h"

namespace lapis::blob {

// Lives on one shard.
class ClockHand {
 public:
  // A round begins here and ends here.
  void begin_round();
  // The next rows; none where the round is complete, and another one begins.
  io::Task<Result<RowPage>> next(Service& service);
  // To a row of the page before.
  void go_back(const std::string& key) { at_ = key; }

 private:
  const std::string first_ = table_prefix(storage::Table::kBlob);
  const std::string last_ = prefix_end(first_);
  std::string at_ = first_;
  std::string began_ = first_;
  bool wrapped_ = false;
};

}  // namespace lapis::blob
