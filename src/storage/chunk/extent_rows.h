// Durable changes of extents' rows.
#pragma once

#include "lapis/base/result.h"
#include "lapis/io/task.h"
#include "storage/chunk/extent.h"
#include "storage/chunk/rows.h"
#include "storage/chunk/store_context.h"

namespace lapis::storage {

// Makes `row` the extent's row. Fails, changing nothing, where the row there is of a later
// generation: then this process does not know what it believes to know; and where the path has been
// retired meanwhile, whose extents have no rows.
io::Task<Result<void>> put_extent_row(const StoreContext& context, Extent::Identity extent,
                                      ExtentRow row);

}  // namespace lapis::storage
