// Serves the disks of a Rig as the files disk0, disk1, … of a FUSE mount, for loop devices to use.
#pragma once

#include <string>

#include "support/faultblk/rig.h"

namespace lapis::faultblk {

// Mounts at `directory` and serves until it is unmounted or SIGTERM; returns the exit code. `rig`
// outlives the call. Once a process.
int serve_disks(Rig& rig, const std::string& program, const std::string& directory);

}  // namespace lapis::faultblk
