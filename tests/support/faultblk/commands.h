// The control language of a Rig: one line in, one line out.
//
//   status                      name=value pairs
//   cut MODE SEED               power off now; MODE is drop, all, prefix, subset or torn
//   cutat N MODE SEED           power off at the N-th write from now
//   die                         hanging requests fail: after the processes above were killed
//   restore                     power on
//   eio read|write|flush K [SEED]   one in K such requests fails; 0: none
//   range FROM TO               limits failing reads and writes to these bytes
//   delay read|write|flush US   each such request takes that long
//   lie 0|1                     flushes are answered but not done
//   flip DISK OFFSET BIT        rot
//   flushall                    everything reaches the medium
#pragma once

#include <string>

#include "support/faultblk/rig.h"

namespace lapis::faultblk {

// The answer, "ok", or "error: …".
std::string execute(Rig& rig, const std::string& line);

}  // namespace lapis::faultblk
