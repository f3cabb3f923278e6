// Which file operations fail: the N-th of a kind, once or for a while, everywhere or under a path.
#pragma once

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lapis::test {

enum class FileOp : std::uint8_t {
  kOpen,
  kRead,
  kWrite,
  kDatasync,
  kAllocate,
  kSync,
  kReplace,
  kSyncDirectory,
  kMakeDirectories,
  kRemove,
};

inline constexpr std::size_t kFileOps = static_cast<std::size_t>(FileOp::kRemove) + 1;
inline constexpr std::uint64_t kForEver = std::numeric_limits<std::uint64_t>::max();

struct Fault {
  FileOp op = FileOp::kWrite;
  std::uint64_t nth = 1;  // counted from when the fault is added; 1 is the next
  std::uint64_t times = 1;
  int error = EIO;
  std::string path_part = {};  // only paths that contain it
};

class FaultPlan {
 public:
  void add(Fault fault) { faults_.push_back({std::move(fault), 0}); }
  void clear() { faults_.clear(); }

  // Counts the operation; the errno with which it is to fail, if it is.
  std::optional<int> next(FileOp op, std::string_view path) {
    ++counts_[static_cast<std::size_t>(op)];
    std::optional<int> error;
    for (Armed& armed : faults_) {
      if (armed.fault.op != op || !path.contains(armed.fault.path_part)) continue;
      ++armed.seen;
      if (armed.seen < armed.fault.nth || armed.seen - armed.fault.nth >= armed.fault.times)
        continue;
      error = armed.fault.error;
    }
    return error;
  }

  std::uint64_t count(FileOp op) const { return counts_[static_cast<std::size_t>(op)]; }

 private:
  struct Armed {
    Fault fault;
    std::uint64_t seen;
  };
  std::vector<Armed> faults_;
  std::array<std::uint64_t, kFileOps> counts_{};
};

}  // namespace lapis::test
