// Taking a request's body in: a short one into memory, to be written with the transaction, a long
// one into chunks, durable before any row names them (I1). Hashes are taken on the way.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "lapis/blob/service.h"
#include "lapis/io/streams.h"

namespace lapis::blob {

struct IncomingBody {
  ContainerId container;
  std::string_view name;  // the blob's; outlives the call
  std::uint64_t length = 0;
  bool want_md5 = false;
};

struct TakenBody {
  std::string bytes;                            // all of a short body
  std::unique_ptr<storage::StoredBody> stored;  // else
  std::optional<Md5Digest> md5;                 // where it was wanted
  std::uint64_t crc64 = 0;
};

bool is_short(const Service& service, std::uint64_t length);

// Errors: kInsufficientStorage where a body of this length finds no room; asked before it is read.
Result<void> check_room(const Service& service, std::uint64_t length);

// Errors: those of ChunkStore::write, the body's.
io::Task<Result<TakenBody>> take_body(Service& service, IncomingBody incoming,
                                      io::ByteSource& source);

// Errors: kMd5Mismatch, kCrc64Mismatch, with both values as fields. `taken.md5` is there where an
// MD5 is claimed.
Result<void> check_hashes(const BodyHashes& claimed, const TakenBody& taken);

}  // namespace lapis::blob
