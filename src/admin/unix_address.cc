#include "admin/unix_address.h"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "lapis/io/file.h"

namespace lapis::admin {
namespace {

// With "/proc/self/fd/N/" before it, it fits an address.
constexpr std::size_t kMaxName = 64;

}  // namespace

Result<UnixAddress> UnixAddress::open(const std::filesystem::path& path) {
  const std::string name = path.filename().string();
  const std::filesystem::path parent = path.has_parent_path() ? path.parent_path() : ".";
  if (name.empty() || name.size() > kMaxName) {
    return fail(ErrorCode::kInvalidInput, path.string() + " cannot be a socket's name");
  }
  io::UniqueFd directory(::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory) return fail(io::from_errno(errno, "open " + parent.string()));
  return UnixAddress(std::move(directory), name);
}

int UnixAddress::connect(int socket) const {
  const sockaddr_un to = address();
  return ::connect(socket, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0 ? 0 : errno;
}

int UnixAddress::bind(int socket) const {
  const sockaddr_un at = address();
  return ::bind(socket, reinterpret_cast<const sockaddr*>(&at), sizeof at) == 0 ? 0 : errno;
}

sockaddr_un UnixAddress::address() const {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string path = "/proc/self/fd/" + std::to_string(directory()) + "/" + name_;
  std::memcpy(address.sun_path, path.data(), std::min(path.size(), sizeof address.sun_path - 1));
  return address;
}

}  // namespace lapis::admin
