// Headers that only operations know which copy: who takes which of them.
#pragma once

#include "lapis/azure/call.h"
#include "lapis/http/message.h"

namespace lapis::azure {

// The operations that copy and are built.
enum class Copying : std::uint8_t {
  kNone = 0,
  kBlob = 1,            // Copy Blob
  kBlobFromUrl = 2,     // Copy Blob From URL
  kPutFromUrl = 4,      // Put Blob From URL
  kBlockFromUrl = 8,    // Put Block From URL
  kPageFromUrl = 16,    // Put Page From URL
  kAppendFromUrl = 32,  // Append Block From URL
  kIncremental = 64,    // Incremental Copy Blob
};

// Which of them the request is for: told apart as the routes are.
Copying copying(const Call& call);

// Whether it takes the header, which goes with x-ms-copy-source.
bool takes_of_copies(Copying operation, const http::Header& header);

}  // namespace lapis::azure
