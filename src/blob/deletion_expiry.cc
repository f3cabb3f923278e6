#include "blob/deletion_expiry.h"

#include <span>
#include <utility>

#include "blob/past_states.h"
#include "blob/row_pages.h"
#include "lapis/base/log.h"

namespace lapis::blob {
namespace {

// Past states that one transaction ends: the committer is everybody's.
constexpr std::size_t kInTransaction = 64;

// Rows of one container. A blob that cannot be read is told of, and must not keep the others.
io::Task<Result<void>> expire_rows(Service& service, ContainerId container,
                                   std::span<const Row> rows, ReclaimStats& stats) {
  std::uint64_t expired = 0;
  auto transaction = [&](storage::MetaView& view) -> Result<void> {
    expired = 0;
    for (const Row& row : rows) {
      const auto due = parse_expiry_key(row.key);
      LAPIS_TRY(const bool went, expire(view, *due));
      expired += went ? 1 : 0;
    }
    return {};
  };
  LAPIS_CO_TRY_VOID(co_await service.meta.transact({container}, std::move(transaction)));
  stats.expired_deletions += expired;
  co_return Result<void>{};
}

void leave_in_place(const ExpiryKey& due, const Error& error) {
  log_error("blob", "a soft-deleted blob stays, as it cannot be read",
            {{"blob", std::string(due.name)}, {"reason", to_string(error)}});
}

// All of them at once; where that fails for one, each by itself.
io::Task<Result<void>> expire_together(Service& service, ContainerId container,
                                       std::span<const Row> rows, ReclaimStats& stats) {
  auto done = co_await expire_rows(service, container, rows, stats);
  if (done || done.error().code != ErrorCode::kInternalError || rows.size() == 1) {
    if (!done && done.error().code == ErrorCode::kInternalError) {
      leave_in_place(*parse_expiry_key(rows.front().key), done.error());
      co_return Result<void>{};
    }
    co_return done;
  }
  for (std::size_t i = 0; i < rows.size(); ++i) {
    LAPIS_CO_TRY_VOID(co_await expire_together(service, container, rows.subspan(i, 1), stats));
  }
  co_return Result<void>{};
}

}  // namespace

io::Task<Result<void>> expire_deletions_until(Service& service, ServiceTime now,
                                              ReclaimStats& stats) {
  std::string first = table_prefix(storage::Table::kExpiry);
  const std::string last = expiry_end(now);
  while (true) {
    LAPIS_CO_TRY(const RowPage page, co_await read_page(service, first, last));
    if (page.empty()) break;
    first = after(page);
    for (std::span<const Row> left(page); !left.empty();) {
      const auto due = parse_expiry_key(left.front().key);
      if (!due) co_return fail(ErrorCode::kInternalError, "expiry key is damaged");
      std::size_t count = 1;
      while (count < left.size() && count < kInTransaction) {
        const auto next = parse_expiry_key(left[count].key);
        if (!next || next->container != due->container) break;
        ++count;
      }
      LAPIS_CO_TRY_VOID(
          co_await expire_together(service, due->container, left.first(count), stats));
      left = left.subspan(count);
    }
  }
  co_return Result<void>{};
}

}  // namespace lapis::blob
