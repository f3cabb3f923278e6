#include "lapis/blob/access_times.h"

#include <utility>
#include <vector>

#include "blob/blob_rows.h"
#include "blob/last_access.h"
#include "blob/property_row.h"
#include "lapis/blob/access_queue.h"

namespace lapis::blob {
namespace {

// Rows that one transaction rewrites: the committer is everybody's, and a row may hold a short
// body.
constexpr std::size_t kInTransaction = 64;

BlobKey key_of(const AccessedState& state) {
  return {{}, {}, state.name, state.snapshot, state.snapshot ? std::nullopt : state.version};
}

// Whether it was written. Who reads a damaged row next is told of it; here it is passed over.
bool write_one(storage::MetaView& view, const AccessedState& state, Timestamp at) {
  auto row = read_state(view, state.container, key_of(state));
  if (!row || row->properties.etag.value != state.etag) return false;
  if (!is_access_due(row->properties.last_access, at)) return false;
  row->properties.last_access = at;
  return write_property_row(view, *row).has_value();
}

// Of one container.
class Batch {
 public:
  explicit Batch(Service& service) : service_(service) {}

  bool takes(const AccessedState& state) const {
    if (states_.empty()) return true;
    return states_.size() < kInTransaction && states_.front().first.container == state.container;
  }
  void add(Accesses::node_type node) { states_.emplace_back(std::move(node.key()), node.mapped()); }
  // Where it fails the states are queued again.
  io::Task<Result<void>> write(std::uint64_t& written) {
    if (states_.empty()) co_return Result<void>{};
    std::uint64_t rows = 0;
    auto transaction = [&](storage::MetaView& view) -> Result<void> {
      rows = 0;
      if (!check_live(view, container())) return {};
      for (const auto& [state, at] : states_) rows += write_one(view, state, at) ? 1 : 0;
      return {};
    };
    const auto done = co_await service_.meta.transact({container()}, std::move(transaction));
    if (done) {
      written += rows;
    } else {
      for (auto& [state, at] : states_) service_.accesses->note(std::move(state), at);
    }
    states_.clear();
    co_return done;
  }

 private:
  ContainerId container() const { return states_.front().first.container; }

  Service& service_;
  std::vector<std::pair<AccessedState, Timestamp>> states_;
};

}  // namespace

io::Task<Result<void>> write_access_times(Service& service, std::uint64_t& written) {
  if (!service.accesses) co_return Result<void>{};
  Accesses left = service.accesses->take();
  Batch batch(service);
  Result<void> result;
  while (!left.empty() && result) {
    while (!left.empty() && batch.takes(left.begin()->first)) batch.add(left.extract(left.begin()));
    result = co_await batch.write(written);
  }
  while (!left.empty()) {
    auto node = left.extract(left.begin());
    service.accesses->note(std::move(node.key()), node.mapped());
  }
  co_return result;
}

}  // namespace lapis::blob
