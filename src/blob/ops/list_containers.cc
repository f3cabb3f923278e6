#include "lapis/blob/ops/list_containers.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "blob/kept_containers.h"

namespace lapis::blob {
namespace {

using Cursor = std::unique_ptr<storage::MetaCursor>;

// As Azure shows it of one that is deleted, whatever its lease was.
constexpr LeaseView kLeaseOfDeleted{LeaseState::kLeased, false};

// Two tables walked together: names, and deletions of names.
class Listing {
 public:
  Listing(storage::MetaSnapshot& snapshot, const ListContainers& request, const ServiceClock& time)
      : snapshot_(snapshot), request_(request), time_(time) {
    result_.now = time.now();
  }

  Result<ListContainersResult> run() {
    live_ = open(account_prefix(request_.account), {});
    if (request_.include_deleted) open_kept();
    LAPIS_TRY_VOID(settle_live());
    LAPIS_TRY_VOID(settle_kept());
    while (live_name_ || kept_key_) {
      const bool is_kept = kept_key_ && (!live_name_ || kept_key_->name <= *live_name_);
      if (result_.items.size() == request_.max_results) {
        result_.next = is_kept ? ContainerPosition{std::string(kept_key_->name), kept_key_->deleted}
                               : position_of_live();
        break;
      }
      LAPIS_TRY_VOID(is_kept ? take_kept() : take_live());
    }
    return std::move(result_);
  }

 private:
  // What begins with `account` and the prefix, from the start on; null where that is nothing.
  Cursor open(const std::string& account, const std::string& behind_name) {
    const std::string all = account + request_.prefix;
    const std::string first = std::max(all, account + request_.start.name + behind_name);
    const std::string last = prefix_end(all);
    if (first >= last) return nullptr;
    return snapshot_.scan(first, last);
  }

  void open_kept() {
    const std::string account = kept_prefix(request_.account);
    std::string time;
    if (!request_.start.name.empty()) {
      time =
          kept_container_key(request_.account, {}, request_.start.deleted).substr(account.size());
    }
    kept_ = open(account, time);
  }

  // Where the cursor stands.
  Result<void> settle_live() {
    live_name_.reset();
    if (!live_) return {};
    if (!live_->valid()) return live_->status();
    live_name_ = parse_container_name_key(live_->key());
    if (!live_name_) return fail(ErrorCode::kInternalError, "container name key is damaged");
    return {};
  }

  // Likewise; deletions that are over wait to be ended, and are passed by.
  Result<void> settle_kept() {
    kept_key_.reset();
    for (; kept_ && kept_->valid(); kept_->next()) {
      kept_key_ = parse_kept_container_key(kept_->key());
      if (!kept_key_) return fail(ErrorCode::kInternalError, "key of a kept container is damaged");
      LAPIS_TRY(kept_record_, decode_kept(kept_->value()));
      if (kept_record_.properties.deletion->until > result_.now) return {};
      kept_key_.reset();
    }
    return kept_ ? kept_->status() : Result<void>();
  }

  // A deletion of the name that comes later is not told of beside it.
  ContainerPosition position_of_live() const {
    return {std::string(*live_name_),
            request_.include_deleted ? ContainerPosition::kLive : Timestamp{}};
  }

  Result<void> take_live() {
    LAPIS_TRY(ContainerRecord record, decode_container(live_->value()));
    const LeaseView lease = lease_view(record.properties.lease, time_);
    result_.items.push_back({std::string(*live_name_), std::move(record.properties), lease});
    live_->next();
    return settle_live();
  }

  Result<void> take_kept() {
    result_.items.push_back(
        {std::string(kept_key_->name), std::move(kept_record_.properties), kLeaseOfDeleted});
    kept_->next();
    return settle_kept();
  }

  storage::MetaSnapshot& snapshot_;
  const ListContainers& request_;
  const ServiceClock& time_;
  Cursor live_, kept_;
  std::optional<std::string_view> live_name_;
  std::optional<KeptContainerKey> kept_key_;
  ContainerRecord kept_record_;
  ListContainersResult result_;
};

}  // namespace

io::Task<Result<ListContainersResult>> list_containers(Service& service, ListContainers request) {
  const auto snapshot = service.meta.snapshot();
  auto job = [&] { return Listing(*snapshot, request, *service.time).run(); };
  LAPIS_CO_TRY(ListContainersResult result, co_await service.blocking.run(std::move(job)));
  result.immutable_storage = service.features_of(request.account).immutable_storage;
  co_return result;
}

}  // namespace lapis::blob
