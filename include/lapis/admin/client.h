// The other end of the admin socket: one command, one answer.
#pragma once

#include <chrono>
#include <filesystem>

#include "lapis/admin/commands.h"
#include "lapis/base/clock.h"
#include "lapis/base/result.h"

namespace lapis::admin {

// Why a command has no result.
struct CallFailure {
  bool is_answer = false;  // the daemon's own word; else it could not be asked
  std::string code;        // of an answer
  std::string message;
};

// The result of `request`, which names its command. Blocks, until `limit` at most.
std::expected<Json, CallFailure> call(const std::filesystem::path& socket, const Json& request,
                                      std::chrono::milliseconds limit, const Clock& clock);

}  // namespace lapis::admin
