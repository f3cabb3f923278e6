// SocketServer: a Unix socket on which a CommandTable's commands are given, for the user that the
// daemon runs as (mode 0600). Lines in, lines out; a client may send several, one after the other.
#pragma once

#include <filesystem>
#include <memory>

#include "lapis/admin/commands.h"
#include "lapis/base/clock.h"
#include "lapis/base/result.h"

namespace lapis::admin {

// Limits (I11): lines of requests of 64 KiB, 8 clients at once (more are told that it is busy), 10
// seconds for a client to send a line that it has begun or to take some of an answer, 60 between
// lines.
// Used by one thread.
class SocketServer {
 public:
  // Answers when it returns. What a daemon that was killed left at `path` is replaced. Errors: the
  // socket of one that runs, something else that lies there (left alone), a directory that is
  // missing or not ours.
  static Result<std::unique_ptr<SocketServer>> start(const std::filesystem::path& path,
                                                     CommandTable commands, const Clock& clock);
  virtual ~SocketServer() = default;
  // Long commands are told that their callers are gone; waits for those that run, then removes the
  // socket. Idempotent; also done by the destructor.
  virtual void stop() = 0;
};

// Where the socket lies unless the configuration says otherwise.
std::filesystem::path default_socket(const std::filesystem::path& metadata_path);

}  // namespace lapis::admin
