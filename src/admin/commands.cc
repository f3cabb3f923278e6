#include "lapis/admin/commands.h"

#include <atomic>
#include <exception>
#include <nlohmann/json.hpp>
#include <utility>

namespace lapis::admin {
namespace {

std::unexpected<Error> refuse(std::string why) {
  return fail(ErrorCode::kInvalidInput, std::move(why));
}

// Of bytes that may not be UTF-8 (names of files): what cannot be shown becomes U+FFFD.
std::string dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Json error_of(const Error& error) {
  const std::string_view text = error.detail.empty() ? info(error.code).text : error.detail;
  return {{"ok", false},
          {"error", {{"code", info(error.code).azure_code}, {"message", std::string(text)}}}};
}

// Set for as long as the object lives, where it was not set before.
class Flag {
 public:
  explicit Flag(std::atomic<bool>& flag) : flag_(flag), is_ours_(!flag.exchange(true)) {}
  Flag(const Flag&) = delete;
  Flag& operator=(const Flag&) = delete;
  ~Flag() {
    if (is_ours_) flag_.store(false);
  }
  bool is_ours() const { return is_ours_; }

 private:
  std::atomic<bool>& flag_;
  const bool is_ours_;
};

}  // namespace

struct CommandTable::Command {
  Kind kind;
  Handler handler;
  std::atomic<bool> is_running = false;
};

CommandTable::CommandTable() : turn_(std::make_unique<std::mutex>()) {}
CommandTable::CommandTable(CommandTable&&) noexcept = default;
CommandTable& CommandTable::operator=(CommandTable&&) noexcept = default;
CommandTable::~CommandTable() = default;

void CommandTable::add(std::string name, Kind kind, Handler handler) {
  auto command = std::make_unique<Command>();
  command->kind = kind;
  command->handler = std::move(handler);
  commands_[std::move(name)] = std::move(command);
}

std::string CommandTable::answer(std::string_view line, const Caller& caller) const {
  try {
    const Result<Json> result = run(line, caller);
    if (!result) return dump(error_of(result.error()));
    return dump(Json{{"ok", true}, {"result", *result}});
  } catch (const std::exception& error) {
    return dump(error_of({ErrorCode::kInternalError, error.what()}));
  }
}

Result<Json> CommandTable::run(std::string_view line, const Caller& caller) const {
  const Json request = Json::parse(line, nullptr, false);
  if (!request.is_object()) return refuse("a request is one JSON object on a line");
  LAPIS_TRY(const std::string name, text_argument(request, "command"));
  const auto found = commands_.find(name);
  if (found == commands_.end()) {
    std::string known;
    for (const auto& [each, command] : commands_) known.append(known.empty() ? "" : ", ") += each;
    return refuse("there is no command \"" + name + "\"; there are: " + known);
  }
  Command& command = *found->second;
  if (command.kind == Kind::kLong) {
    const Flag running(command.is_running);
    if (!running.is_ours()) return fail(ErrorCode::kServerBusy, name + " is running already");
    return command.handler(request, caller);
  }
  const std::lock_guard turn(*turn_);
  return command.handler(request, caller);
}

Handler not_built(std::string what) {
  return [what = std::move(what)](const Json&, const Caller&) -> Result<Json> {
    return fail(ErrorCode::kNotImplemented, what + " is not built in this release");
  };
}

Result<std::string> text_argument(const Json& request, const char* name) {
  const auto value = request.find(name);
  if (value == request.end() || !value->is_string() ||
      value->get_ref<const std::string&>().empty()) {
    return refuse(std::string("\"") + name + "\" must be given, as text");
  }
  return value->get<std::string>();
}

Result<std::optional<std::uint64_t>> number_argument(const Json& request, const char* name) {
  const auto value = request.find(name);
  if (value == request.end()) return std::nullopt;
  if (!value->is_number_unsigned()) return refuse(std::string("\"") + name + "\" must be a number");
  return value->get<std::uint64_t>();
}

Result<bool> flag_argument(const Json& request, const char* name) {
  const auto value = request.find(name);
  if (value == request.end()) return false;
  if (!value->is_boolean()) return refuse(std::string("\"") + name + "\" must be true or false");
  return value->get<bool>();
}

}  // namespace lapis::admin
