// List Blobs. https://learn.microsoft.com/rest/api/storageservices/list-blobs
// A seek and a scan, bounded in rows visited as well as returned; with a delimiter each common
// prefix is passed by one seek.
#pragma once

#include "lapis/blob/service.h"

namespace lapis::blob {

// Where a page starts: at this name (inclusive), or at one of its past states or behind them, or
// behind its deleted blob too, or, after a common prefix, past all that begins with it.
struct ListPosition {
  std::string name;
  bool past_prefix = false;
  std::optional<Timestamp> past = std::nullopt;  // the largest: behind them
  bool past_root = false;
};

struct ListBlobs {
  ContainerKey key;
  std::string prefix;
  std::string delimiter;   // empty: flat
  std::string start_from;  // names before it are left out; a prefix shows for one that is not
  std::optional<ListPosition> start;
  std::size_t max_results = Limits::kMaxListResults;
  bool include_uncommitted = false;
  // Of each blob before it, oldest first.
  bool include_snapshots = false;
  bool include_versions = false;
  bool include_deleted = false;        // what is soft-deleted of all that is shown
  bool include_versions_only = false;  // names that have versions, but no blob
};

// Receives the page while it is scanned, in order, on a thread of the blocking pool. What it is
// given is valid during the call only.
class ListSink {
 public:
  virtual ~ListSink() = default;
  // A blob, a snapshot, or a version.
  virtual void blob(std::string_view name, const BlobProperties& properties) = 0;
  // A name that has versions, but no blob, with what the blob was at last.
  virtual void versions_only(std::string_view name, const BlobProperties& properties) = 0;
  virtual void uncommitted(std::string_view name) = 0;  // a name with uncommitted blocks only
  virtual void prefix(std::string_view name) = 0;
};

struct ListBlobsResult {
  std::optional<ListPosition> next;  // nothing at the end
};

// `sink` lives until completion. Errors: kContainerNotFound.
io::Task<Result<ListBlobsResult>> list_blobs(Service& service, ListBlobs request, ListSink& sink);

}  // namespace lapis::blob
