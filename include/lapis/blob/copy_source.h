// Where the bytes of a copy come from: the seam between the rules of copying and what fetches them.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "lapis/blob/conditions.h"
#include "lapis/blob/ops/get_blob.h"
#include "lapis/io/streams.h"

namespace lapis::blob {

// What is asked of a source.
struct SourceRequest {
  std::string url;            // absolute, with what it carries to authorise its reading
  std::string authorization;  // sent as Authorization; empty: none
  std::string file_intent;    // of a source that is a file (x-ms-file-request-intent)
  std::optional<RequestedRange> range;
  Conditions conditions;
  std::string if_match;       // an ETag as a source told it; beats the one of `conditions`
  std::string if_tags;        // of the conditions the one on tags, as it was sent
  bool wants_tags = false;    // which are asked for by a request of their own
  std::uint32_t version = 0;  // yyyymmdd of the API, of the request for the copy
  // Where the copy was asked for: a source at the same endpoint is in this store.
  std::string asked_host;  // host[:port]; what the client says, signed by nobody
  bool asked_securely = false;
  // Who asks for the copy: the address at the other end of the connection. A source in this store
  // is read in that name.
  std::string asked_by;
};

// What a source says of itself.
struct SourceProperties {
  std::uint64_t length = 0;           // of what is read
  std::optional<BlobType> type;       // where it is a blob
  std::uint32_t append_blocks = 0;    // of an append blob
  bool sealed = false;                // likewise
  std::uint64_t sequence_number = 0;  // of a page blob
  std::string etag;                   // as it was told, where it tells one content from all others
  HttpProperties http;                // the MD5 only where all of it is read
  Result<Metadata> metadata;          // an error where it could not be a blob's
  Tags tags;                          // where they were asked for
  // The blob, or snapshot, of this store that it is; who asks for the copy may read it.
  std::optional<BlobKey> own = {};
};

// A source that has answered, and waits to be read.
class CopySource {
 public:
  virtual ~CopySource() = default;
  virtual const SourceProperties& properties() const = 0;
  // `remaining` is the length. Errors: kCannotVerifyCopySource where the source does not send what
  // it promised; those of this store where it lies here.
  virtual io::ByteSource& body() = 0;
  // A read that waits, and every later one, fails soon.
  virtual void abort() = 0;
};

// One of so many copies at once that their buffers always suffice: who holds buffers for reading
// and waits for others to write has one. Ends with the object, on the shard.
class CopyTurn {
 public:
  virtual ~CopyTurn() = default;
  // Asked between the parts of a copy. Errors: kServerBusy where the server stops.
  virtual Result<void> check() const = 0;
};

// What is read in a turn, as long as that goes on. Both outlive it.
class BodyInTurn final : public io::ByteSource {
 public:
  BodyInTurn(io::ByteSource& body, const CopyTurn& turn) : body_(body), turn_(turn) {}
  std::uint64_t remaining() const override { return body_.remaining(); }
  io::Task<Result<std::size_t>> read(MutableBytes into) override {
    LAPIS_CO_TRY_VOID(turn_.check());
    co_return co_await body_.read(into);
  }

 private:
  io::ByteSource& body_;
  const CopyTurn& turn_;
};

// Lives on its shard.
class CopySources {
 public:
  virtual ~CopySources() = default;
  // For a copy that reads a blob of this store by itself; `open` takes one for what it opens.
  // Errors: kServerBusy (too many copies).
  virtual io::Task<Result<std::unique_ptr<CopyTurn>>> take_turn() = 0;
  // Asks for the source once, and before for its tags where they are wanted; what is opened is
  // destroyed on this shard. Errors:
  // kCannotVerifyCopySource with the status and message of the source, or of this server where it
  // does not ask it; kInvalidRange (the range is not in the source); kServerBusy (too many copies).
  virtual io::Task<Result<std::unique_ptr<CopySource>>> open(SourceRequest request) = 0;
};

}  // namespace lapis::blob
