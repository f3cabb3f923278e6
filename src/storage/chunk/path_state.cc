#include "storage/chunk/path_state.h"

#include "lapis/base/log.h"

namespace lapis::storage {

std::filesystem::path extents_directory(const std::filesystem::path& directory) {
  return directory / "extents";
}

std::filesystem::path extent_file(const std::filesystem::path& directory, ExtentId id) {
  std::string name(16, '0');
  std::uint64_t rest = id.value;
  for (std::size_t i = 16; i-- > 0; rest >>= 4) name[i] = "0123456789abcdef"[rest & 15];
  return extents_directory(directory) / name;
}

std::string_view name_of(PathStatus status) {
  switch (status) {
    case PathStatus::kOnline:
      return "online";
    case PathStatus::kReadOnly:
      return "read-only";
    case PathStatus::kDraining:
      return "draining";
    case PathStatus::kMissing:
      return "missing";
    case PathStatus::kFailed:
      return "failed";
    case PathStatus::kRetired:
      return "retired";
  }
  return "";
}

PathStatus PathState::status() const {
  const PathMode asked = mode();
  if (asked == PathMode::kRetired) return PathStatus::kRetired;
  if (!is_present()) return PathStatus::kMissing;
  // A failed path is what is most worth draining.
  if (asked == PathMode::kDraining) return PathStatus::kDraining;
  if (failures_.load() >= kMaxFailures) return PathStatus::kFailed;
  return asked == PathMode::kReadOnly ? PathStatus::kReadOnly : PathStatus::kOnline;
}

void PathState::set_present() {
  {
    const std::lock_guard lock(mutex_);
    problem_.clear();
  }
  present_.store(true);
}

void PathState::set_missing(const std::string& why) {
  bool is_news = present_.exchange(false);
  {
    const std::lock_guard lock(mutex_);
    is_news = is_news || problem_ != why;
    problem_ = why;
  }
  if (!is_news) return;
  log_error("storage", "pool path is missing: what lies on it cannot be read",
            {{"path", settings_.directory.string()}, {"pool", settings_.pool}, {"why", why}});
}

void PathState::set_retired() {
  mode_.store(PathMode::kRetired);
  present_.store(false);
}

void PathState::clear_failures() {
  {
    const std::lock_guard lock(mutex_);
    if (is_present()) problem_.clear();
  }
  failures_.store(0);
}

std::string PathState::problem() const {
  const std::lock_guard lock(mutex_);
  return problem_;
}

void PathState::note_failure(const Error& error) {
  {
    const std::lock_guard lock(mutex_);
    problem_ = to_string(error);
  }
  const unsigned failures = failures_.fetch_add(1) + 1;
  log_error("storage", "pool path failed",
            {{"path", settings_.directory.string()},
             {"failures", failures},
             {"error", to_string(error)}});
  if (failures == kMaxFailures) {
    log_error("storage", "pool path is read-only now: it failed too often",
              {{"path", settings_.directory.string()}});
  }
}

}  // namespace lapis::storage
