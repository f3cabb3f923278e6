// ControlSocket: takes commands for a Rig from a unix socket, one connection after the other.
#pragma once

#include <string>
#include <thread>

#include "support/faultblk/rig.h"

namespace lapis::faultblk {

class ControlSocket {
 public:
  // Listens at `path`, replacing what is there. Throws std::system_error. `rig` outlives this.
  ControlSocket(Rig& rig, const std::string& path);
  ~ControlSocket();
  ControlSocket(const ControlSocket&) = delete;
  ControlSocket& operator=(const ControlSocket&) = delete;

 private:
  void serve();
  void serve_connection(int connection);

  Rig& rig_;
  std::string path_;
  int listener_;
  std::jthread thread_;
};

}  // namespace lapis::faultblk
