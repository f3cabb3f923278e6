// LogOutput: where lines go: a file that is appended to, or standard output.
// Failure never leaves half a line in front of the next one.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "lapis/base/result.h"

namespace lapis::gateway {

// Used by one thread.
class LogOutput {
 public:
  // Creates the file where it is not there; "-" is standard output. Errors: it cannot be opened.
  static Result<std::unique_ptr<LogOutput>> open(const std::filesystem::path& path);
  // Takes the descriptor over where `owns`.
  LogOutput(int fd, bool owns);
  ~LogOutput();
  LogOutput(const LogOutput&) = delete;
  LogOutput& operator=(const LogOutput&) = delete;

  // Writes whole lines; returns how many bytes of them are written or will be with the next call.
  // Less where the disk is full or a pipe is not read; what is left out begins at a line's start.
  std::size_t write(std::string_view lines);

  int last_error() const { return last_error_; }

 private:
  std::size_t put(std::string_view bytes);

  const int fd_;
  const bool owns_;
  const bool is_file_;     // else a pipe or the like, whose reader may stand still
  bool is_stuck_ = false;  // as it did last time: it is not waited for again
  int last_error_ = 0;
  std::string torn_;  // the rest of a line whose beginning has been written
};

}  // namespace lapis::gateway
