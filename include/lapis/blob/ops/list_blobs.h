// List Blobs. https://learn.microsoft.com/rest/api/storageservices/list-blobs
// A seek and a scan, bounded in rows visited as well as returned; with a delimiter each common
// prefix is passed by one seek.
#pragma once

#include "lapis/blob/service.h"

namespace lapis::blob {

// Where a page starts: at this name (inclusive), or at one of its snapshots, or, after a common
// prefix, past all that begins with it.
struct ListPosition {
  std::string name;
  bool past_prefix = false;
  std::optional<Timestamp> snapshot = std::nullopt;
};

struct ListBlobs {
  ContainerKey key;
  std::string prefix;
  std::string delimiter;   // empty: flat
  std::string start_from;  // names before it are left out; a prefix shows for one that is not
  std::optional<ListPosition> start;
  std::size_t max_results = Limits::kMaxListResults;
  bool include_uncommitted = false;
  bool include_snapshots = false;  // of each blob before it, oldest first
};

// Receives the page while it is scanned, in order, on a thread of the blocking pool. What it is
// given is valid during the call only.
class ListSink {
 public:
  virtual ~ListSink() = default;
  virtual void blob(std::string_view name, const BlobProperties& properties) = 0;
  virtual void uncommitted(std::string_view name) = 0;  // a name with uncommitted blocks only
  virtual void prefix(std::string_view name) = 0;
};

struct ListBlobsResult {
  std::optional<ListPosition> next;  // nothing at the end
};

// `sink` lives until completion. Errors: kContainerNotFound.
io::Task<Result<ListBlobsResult>> list_blobs(Service& service, ListBlobs request, ListSink& sink);

}  // namespace lapis::blob
