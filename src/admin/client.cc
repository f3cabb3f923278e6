#include "lapis/admin/client.h"

#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>

#include "admin/line_channel.h"
#include "admin/unix_address.h"

namespace lapis::admin {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kMaxAnswer = 64 << 20;
constexpr milliseconds kStalled{10'000};

std::unexpected<CallFailure> unreachable(std::string why) {
  return std::unexpected(CallFailure{false, {}, std::move(why)});
}

std::string why_not(int error, const std::filesystem::path& socket) {
  if (error == ENOENT || error == ECONNREFUSED) {
    return "lapisd does not run, or not with this admin socket: " + socket.string();
  }
  if (error == EACCES || error == EPERM) {
    return socket.string() + " is for the user that lapisd runs as (and root)";
  }
  return socket.string() + ": " + std::strerror(error);
}

std::expected<Json, CallFailure> read_answer(const std::string& line) {
  Json answer = Json::parse(line, nullptr, false);
  if (!answer.is_object() || !answer.contains("ok") || !answer["ok"].is_boolean()) {
    return unreachable("the answer is not lapisd's");
  }
  if (answer["ok"].get<bool>()) return std::move(answer["result"]);
  const Json error = answer.value("error", Json::object());
  if (!error.is_object()) return unreachable("the answer is not lapisd's");
  return std::unexpected(
      CallFailure{true, error.value("code", "InternalError"), error.value("message", "")});
}

}  // namespace

std::expected<Json, CallFailure> call(const std::filesystem::path& socket, const Json& request,
                                      milliseconds limit, const Clock& clock) {
  const auto address = UnixAddress::open(socket);
  if (!address) return unreachable(address.error().detail);
  io::UniqueFd connection(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!connection) return unreachable(std::strerror(errno));
  if (const int error = address->connect(connection.get()); error != 0) {
    return unreachable(why_not(error, socket));
  }
  LineChannel channel(std::move(connection), -1, clock);
  const std::string line = request.dump(-1, ' ', false, Json::error_handler_t::replace);
  // A daemon that is busy or stops answers, or ends, without having read.
  const auto sent = channel.write_line(line, kStalled);
  const auto answer = channel.read_line({kMaxAnswer, limit, kStalled});
  if (!answer) return unreachable(sent ? answer.error().detail : sent.error().detail);
  if (!*answer) return unreachable("lapisd stopped before it answered");
  return read_answer(**answer);
}

}  // namespace lapis::admin
