// LogOutput: where lines go: a file that is appended to and can be reopened, or standard output.
// Failure never leaves half a line in front of the next one.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "lapis/base/result.h"

namespace lapis::gateway {

// Used by one thread.
class LogOutput {
 public:
  // "-" is standard output.
  explicit LogOutput(std::filesystem::path path) : path_(std::move(path)) {}
  ~LogOutput();
  LogOutput(const LogOutput&) = delete;
  LogOutput& operator=(const LogOutput&) = delete;

  // Opens the file anew, creating it where it is not there: after it was renamed. Where that fails
  // the old one, if any, stays in use.
  Result<void> reopen();

  // Writes whole lines; returns how many bytes of them are written or will be with the next call.
  // Less where the disk is full or a pipe is not read; what is left out begins at a line's start.
  std::size_t write(std::string_view lines);

  const std::filesystem::path& path() const { return path_; }
  int last_error() const { return last_error_; }

 private:
  bool is_standard_output() const { return path_ == "-"; }
  std::size_t put(std::string_view bytes);

  const std::filesystem::path path_;
  int fd_ = -1;
  bool is_file_ = false;   // else a pipe or the like, whose reader may stand still
  bool is_stuck_ = false;  // as it did last time: it is not waited for again
  int last_error_ = 0;
  std::string torn_;  // the rest of a line whose beginning has been written
};

}  // namespace lapis::gateway
