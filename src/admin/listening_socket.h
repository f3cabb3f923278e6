// ListeningSocket: the name of the admin socket in its directory, made and taken away so that it is
// only ever the one of the daemon that runs.
#pragma once

#include <sys/types.h>

#include <filesystem>

#include "admin/unix_address.h"
#include "lapis/io/unique_fd.h"

namespace lapis::admin {

class ListeningSocket {
 public:
  // Of mode 0600 from the first moment. Two daemons that start at once are told apart by a lock on
  // the directory, held while one looks and makes. Errors: see SocketServer::start.
  static Result<ListeningSocket> open(const std::filesystem::path& path);

  ListeningSocket(ListeningSocket&&) noexcept = default;
  ListeningSocket& operator=(ListeningSocket&&) = delete;
  // Closes it, and removes the name where it is still ours.
  ~ListeningSocket();

  int get() const { return socket_.get(); }

 private:
  ListeningSocket(UnixAddress address, io::UniqueFd socket, ino_t inode)
      : address_(std::move(address)), socket_(std::move(socket)), inode_(inode) {}

  UnixAddress address_;
  io::UniqueFd socket_;
  ino_t inode_;
};

}  // namespace lapis::admin
