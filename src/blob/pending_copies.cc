#include "lapis/blob/pending_copies.h"

#include <algorithm>

namespace lapis::blob {

void PendingCopies::add(const Guid& id) {
  const std::lock_guard lock(mutex_);
  auto& progress = known_[id];
  if (progress) return;
  progress = std::make_shared<CopyProgress>();
  waiting_.push_back({id, Instant{}});
}

void PendingCopies::put_back(const Guid& id, Instant due) {
  const std::lock_guard lock(mutex_);
  if (known_.contains(id)) waiting_.push_back({id, due});
}

std::optional<PendingCopies::Taken> PendingCopies::take(Instant now) {
  const std::lock_guard lock(mutex_);
  const auto found =
      std::ranges::find_if(waiting_, [now](const Waiting& one) { return one.due <= now; });
  if (found == waiting_.end()) return std::nullopt;
  Taken taken{found->id, known_.at(found->id)};
  waiting_.erase(found);
  return taken;
}

void PendingCopies::end(const Guid& id) {
  const std::lock_guard lock(mutex_);
  known_.erase(id);
  std::erase_if(waiting_, [&id](const Waiting& one) { return one.id == id; });
}

void PendingCopies::abort(const Guid& id) {
  const std::lock_guard lock(mutex_);
  const auto found = known_.find(id);
  if (found != known_.end()) found->second->aborted.store(true);
}

std::uint64_t PendingCopies::copied(const Guid& id) const {
  const std::lock_guard lock(mutex_);
  const auto found = known_.find(id);
  return found == known_.end() ? 0 : found->second->copied.load();
}

std::size_t PendingCopies::count() const {
  const std::lock_guard lock(mutex_);
  return known_.size();
}

}  // namespace lapis::blob
