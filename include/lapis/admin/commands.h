// The commands that an operator gives a running daemon: by name, one JSON object in, one out. What
// they do is their owners' (the daemon wires them); here is how a line is understood and answered.
//
//   {"command": "pool.drain", "path": "/srv/disk2"}
//   {"ok": true, "result": {...}}
//   {"ok": false, "error": {"code": "ServerBusy", "message": "..."}}
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "lapis/base/result.h"

namespace lapis::admin {

using Json = nlohmann::json;

// Who waits for an answer. Thread-safe.
class Caller {
 public:
  virtual ~Caller() = default;
  // Nobody reads the answer any more: a long command ends.
  virtual bool is_gone() const = 0;
};

// Blocks. The error's detail is for the operator: he sees it.
using Handler = std::function<Result<Json>(const Json& request, const Caller& caller)>;

// Filled before it is used; `answer` from any thread.
class CommandTable {
 public:
  // A quick command has its turn behind other quick ones. A long one runs beside them, and is
  // refused (kServerBusy) while it runs already.
  enum class Kind : std::uint8_t { kQuick, kLong };

  CommandTable();
  CommandTable(CommandTable&&) noexcept;
  CommandTable& operator=(CommandTable&&) noexcept;
  ~CommandTable();

  void add(std::string name, Kind kind, Handler handler);
  // The line that answers `line`, without a newline.
  std::string answer(std::string_view line, const Caller& caller) const;

 private:
  struct Command;
  Result<Json> run(std::string_view line, const Caller& caller) const;

  std::map<std::string, std::unique_ptr<Command>, std::less<>> commands_;
  std::unique_ptr<std::mutex> turn_;
};

// The handler of a command that this daemon was built without the means for.
Handler not_built(std::string what);

// A text that the request must give, not empty. Errors: kInvalidInput.
Result<std::string> text_argument(const Json& request, const char* name);
// A number that it may give.
Result<std::optional<std::uint64_t>> number_argument(const Json& request, const char* name);
// A flag that it may give.
Result<bool> flag_argument(const Json& request, const char* name);

}  // namespace lapis::admin
