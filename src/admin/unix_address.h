// Names of Unix sockets: an address holds 107 bytes, a path may be longer, so a socket is reached
// through its open directory.
#pragma once

#include <sys/socket.h>
#include <sys/un.h>

#include <filesystem>
#include <string>

#include "lapis/base/result.h"
#include "lapis/io/unique_fd.h"

namespace lapis::admin {

class UnixAddress {
 public:
  // Opens the directory that `path` lies in. Errors: those of the system, the path in the detail.
  static Result<UnixAddress> open(const std::filesystem::path& path);

  const std::string& name() const { return name_; }  // in the directory
  int directory() const { return directory_.get(); }

  // As connect(2) and bind(2): 0 or the errno.
  int connect(int socket) const;
  int bind(int socket) const;

 private:
  UnixAddress(io::UniqueFd directory, std::string name)
      : directory_(std::move(directory)), name_(std::move(name)) {}
  sockaddr_un address() const;

  io::UniqueFd directory_;
  std::string name_;
};

}  // namespace lapis::admin
