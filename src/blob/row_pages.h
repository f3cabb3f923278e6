// Walking a range of rows from a shard, a bounded page at a time, on the blocking pool.
#pragma once

#include <string>
#include <vector>

#include "lapis/blob/service.h"

namespace lapis::blob {

struct Row {
  std::string key;
  std::string value;
};

// Rows as of one moment. Empty at the end of the range only.
using RowPage = std::vector<Row>;

// The first rows of [first, last): some hundreds, or some MiB.
io::Task<Result<RowPage>> read_page(Service& service, std::string first, std::string last);

// Where the page after this one starts.
std::string after(const RowPage& page);

}  // namespace lapis::blob
