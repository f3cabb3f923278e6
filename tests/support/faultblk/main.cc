// faultblk: block devices that lose power and fail to order. See rig.h and commands.h.
//
//   faultblk DIRECTORY SOCKET DISKS DISK_MIB [CACHE_MIB]
//
// serves DIRECTORY/disk0, disk1, … and takes commands at SOCKET until unmounted. CACHE_MIB bounds
// the memory for writes that no flush has made durable, a disk; by default there is no bound.
#include <cstdint>
#include <cstdio>
#include <exception>
#include <limits>
#include <string>

#include "support/faultblk/control_socket.h"
#include "support/faultblk/fuse_disks.h"
#include "support/faultblk/rig.h"

int main(int argc, char** argv) try {
  if (argc < 5 || argc > 6) {
    std::fputs("usage: faultblk DIRECTORY SOCKET DISKS DISK_MIB [CACHE_MIB]\n", stderr);
    return 2;
  }
  const std::size_t disks = std::stoul(argv[3]);
  const std::uint64_t disk_bytes = std::stoull(argv[4]) << 20;
  const std::uint64_t cache_bytes =
      argc > 5 ? std::stoull(argv[5]) << 20 : std::numeric_limits<std::uint64_t>::max();
  if (disks == 0 || disk_bytes == 0) {
    std::fputs("faultblk: at least one disk of one MiB\n", stderr);
    return 2;
  }
  lapis::faultblk::Rig rig(disks, disk_bytes, cache_bytes);
  lapis::faultblk::ControlSocket control(rig, argv[2]);
  return lapis::faultblk::serve_disks(rig, argv[0], argv[1]);
} catch (const std::exception& error) {
  std::fprintf(stderr, "faultblk: %s\n", error.what());
  return 1;
}
