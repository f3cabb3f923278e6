// List Blobs: GET /CONTAINER?restype=container&comp=list -> 200. The page is written as it is
// scanned.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "lapis/azure/call.h"
#include "lapis/blob/ops/list_blobs.h"

namespace lapis::azure {

struct ListBlobsQuery {
  blob::ListBlobs request;
  bool include_metadata = false;
  bool include_copy = false;
  bool include_tags = false;
  bool include_immutability = false;
  bool include_legal_hold = false;
  // As given, for the echo in the answer.
  std::optional<std::string> prefix, delimiter, marker, start_from;
  std::optional<std::size_t> max_results;
};

Result<ListBlobsQuery> parse_list_blobs(const Call& call);

// Writes the XML while blob::list_blobs scans. Made on the shard, called on a pool thread, then
// finished on the shard.
class ListBlobsWriter : public blob::ListSink {
 public:
  // All outlive it. `time`: for the states of leases, and for how long what is deleted is kept.
  ListBlobsWriter(const Call& call, const ListBlobsQuery& query, const blob::ServiceClock& time);
  ~ListBlobsWriter() override;
  void blob(std::string_view name, const blob::BlobProperties& properties) override;
  void versions_only(std::string_view name, const blob::BlobProperties& properties) override;
  void uncommitted(std::string_view name) override;
  void prefix(std::string_view name) override;
  // Errors: kFeatureVersionMismatch where a blob is of a type that the request's version does not
  // know.
  Result<http::Response> finish(const blob::ListBlobsResult& result) &&;

 private:
  class Page;
  std::unique_ptr<Page> page_;
};

}  // namespace lapis::azure
