#include "blob/deletion_expiry.h"

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

#include "blob/expired_states.h"
#include "blob/kept_containers.h"
#include "blob/row_pages.h"
#include "lapis/base/log.h"

namespace lapis::blob {
namespace {

// Past states that one transaction ends: the committer is everybody's.
constexpr std::size_t kInTransaction = 64;
// So many in a row that a full disk refuses alone: it has no room for any.
constexpr std::size_t kRefusedInRow = 16;

using Due = std::span<const ExpiryKey>;

// Each transaction ends rows of one container. Where it cannot, because one of them cannot be read
// or all of them are too much for a disk that is nearly full, its halves are tried: what does not
// go alone stays, and must not keep the others.
class Expiry {
 public:
  Expiry(Service& service, const std::atomic<bool>& stopping, ReclaimStats& stats)
      : service_(service), stopping_(stopping), stats_(stats) {}

  // Rows of one page, in any order of containers.
  io::Task<Result<void>> end_all(Due due) {
    while (!due.empty() && !stopping_) {
      const auto is_other = [&](const ExpiryKey& one) {
        return one.container != due.front().container;
      };
      const auto others = std::ranges::find_if(due, is_other);
      const auto count =
          std::min<std::size_t>(most_, static_cast<std::size_t>(others - due.begin()));
      LAPIS_CO_TRY_VOID(co_await end_together(due.first(count)));
      due = due.subspan(count);
    }
    co_return Result<void>{};
  }

  // A container that was kept, by its row.
  io::Task<Result<void>> end_kept(const Row& row, const ExpiryKey& due) {
    bool is_unreadable = false;
    bool ended = false;
    auto transaction = [&](storage::MetaView& view) -> Result<void> {
      is_unreadable = true;
      LAPIS_TRY(ended, expire_container(view, due, row.value));
      is_unreadable = false;
      return {};
    };
    const Result<void> done = co_await service_.meta.transact({}, std::move(transaction));
    if (!done) {
      const bool is_full = done.error().code == ErrorCode::kInsufficientStorage;
      if (!is_unreadable && !is_full) co_return done;
      co_return pass_over("container_id", std::to_string(due.container.value), done.error(),
                          is_full);
    }
    if (ended) ++stats_.expired_deletions;
    refused_ = 0;
    co_return Result<void>{};
  }

  // Of the last that was refused, as the disk is full; nothing where all had room.
  const std::optional<Error>& refusal() const { return refusal_; }

 private:
  io::Task<Result<void>> end_together(Due due) {
    if (stopping_) co_return Result<void>{};
    bool is_unreadable = false;
    const Result<std::size_t> ended = co_await end_in_one(due, is_unreadable);
    if (ended) {
      stats_.expired_deletions += *ended;
      most_ = std::min(kInTransaction, most_ * 2);
      refused_ = 0;
      co_return Result<void>{};
    }
    const bool is_full = ended.error().code == ErrorCode::kInsufficientStorage;
    if (!is_unreadable && !is_full) co_return fail(ended.error());
    if (due.size() == 1) co_return pass_over("blob", due.front().name, ended.error(), is_full);
    const std::size_t half = due.size() / 2;
    if (is_full) most_ = half;
    LAPIS_CO_TRY_VOID(co_await end_together(due.first(half)));
    co_return co_await end_together(due.subspan(half));
  }

  // `is_unreadable`: that the rows failed it, not the store.
  io::Task<Result<std::size_t>> end_in_one(Due due, bool& is_unreadable) {
    std::vector<ExpiryKey> names(due.begin(), due.end());
    std::ranges::sort(names, {}, &ExpiryKey::name);
    std::size_t ended = 0;
    auto transaction = [&](storage::MetaView& view) -> Result<void> {
      ended = 0;
      is_unreadable = true;
      for (Due left(names); !left.empty();) {
        const auto is_other = [&](const ExpiryKey& one) { return one.name != left.front().name; };
        const auto count = std::ranges::find_if(left, is_other) - left.begin();
        LAPIS_TRY(const std::size_t went,
                  expire(view, left.first(static_cast<std::size_t>(count))));
        ended += went;
        left = left.subspan(static_cast<std::size_t>(count));
      }
      is_unreadable = false;
      return {};
    };
    const Scope scope{due.front().container};
    LAPIS_CO_TRY_VOID(co_await service_.meta.transact(scope, std::move(transaction)));
    co_return ended;
  }

  Result<void> pass_over(const char* what, std::string_view name, const Error& error,
                         bool is_full) {
    if (!is_full) {
      log_error("blob", "what is soft-deleted stays, as it cannot be read",
                {{what, std::string(name)}, {"reason", to_string(error)}});
      return {};
    }
    refusal_ = error;
    if (++refused_ == kRefusedInRow) return fail(error);
    return {};
  }

  using Scope = storage::Scope;

  Service& service_;
  const std::atomic<bool>& stopping_;
  ReclaimStats& stats_;
  std::size_t most_ = kInTransaction;  // fewer while the disk is nearly full
  std::size_t refused_ = 0;            // in a row
  std::optional<Error> refusal_;
};

}  // namespace

io::Task<Result<void>> expire_deletions_until(Service& service, ServiceTime now,
                                              const std::atomic<bool>& stopping,
                                              ReclaimStats& stats) {
  Expiry expiry(service, stopping, stats);
  std::string first = table_prefix(storage::Table::kExpiry);
  const std::string last = expiry_end(now);
  while (!stopping) {
    LAPIS_CO_TRY(const RowPage page, co_await read_page(service, first, last));
    if (page.empty()) break;
    first = after(page);
    std::vector<ExpiryKey> due;
    for (const Row& row : page) {
      if (stopping) break;
      const auto key = parse_expiry_key(row.key);
      if (!key) co_return fail(ErrorCode::kInternalError, "expiry key is damaged");
      if (key->is_of_container()) {
        LAPIS_CO_TRY_VOID(co_await expiry.end_kept(row, *key));
      } else {
        due.push_back(*key);
      }
    }
    LAPIS_CO_TRY_VOID(co_await expiry.end_all(due));
  }
  if (expiry.refusal()) co_return fail(*expiry.refusal());
  co_return Result<void>{};
}

}  // namespace lapis::blob
