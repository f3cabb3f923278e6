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

void PathState::note_failure(const Error& error) {
  const unsigned failures = failures_.fetch_add(1) + 1;
  log_error("storage", "pool path failed",
            {{"path", settings_.directory.string()},
             {"failures", failures},
             {"error", to_string(error)}});
  if (failures >= kMaxFailures && writable_.exchange(false)) {
    log_error("storage", "pool path is read-only now: it failed too often",
              {{"path", settings_.directory.string()}});
  }
}

}  // namespace lapis::storage
