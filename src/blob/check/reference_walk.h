// ReferenceWalk: every reference of the blob module's rows, in the order of the rows.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "blob/check/loan_index.h"
#include "blob/check/page_map_index.h"
#include "blob/check/segment_index.h"
#include "blob/check/sharing.h"

namespace lapis::blob {

using ReferenceKey = BlockTarget;

struct Reference {
  ReferenceKey target;
  OwnerHash owner = 0;
  std::uint32_t length = 0;
  bool is_pending = false;
  bool is_possible = false;  // pending, and left where the owner goes on naming it

  ReferenceKey key() const { return target; }
  friend auto operator<=>(const Reference&, const Reference&) = default;
};

// Whom a reference is of, for messages.
struct Holder {
  ContainerId container;
  std::string_view blob;  // empty: see the next two, else of something that is queued or only kept
  SegmentId segment;
  PageMapId map;  // likewise
  bool is_uncommitted = false;
};

// The name, and of a past state which it is.
std::string shown_name(const NameKey& key, const BlobProperties& properties);

class ReferenceWalk {
 public:
  using Visit = std::function<void(const Reference&, const Holder&)>;

  // One scan of blobs, uploads, shared bodies and release entries, which fills the index of
  // segments and says what is wrong with them. `containers` outlives the walk.
  static Result<ReferenceWalk> prepare(const ReferenceCheck& check,
                                       const ContainerIndex& containers,
                                       const storage::FindingSink& found, ReferenceStats& stats);

  const SegmentIndex& segments() const { return segments_; }
  const PageMapIndex& page_maps() const { return page_maps_; }
  // For `check_sharing`.
  const std::vector<HeldBody>& shared() const { return shared_; }
  const LoanIndex& loans() const { return loans_; }

  // One scan over everything.
  Result<void> run(const ReferenceCheck& check, const Visit& visit) const;

 private:
  explicit ReferenceWalk(const ContainerIndex& containers) : containers_(&containers) {}

  Result<void> add_name_row(const ReferenceCheck& check, std::string_view key,
                            std::string_view value, const storage::FindingSink& found,
                            ReferenceStats& stats);
  Result<void> check_pending(const ReferenceCheck& check, const NameKey& name,
                             const BlobProperties& properties, const storage::FindingSink& found);
  void add_body(ContainerId container, const Body& body);  // of a live row, without its layers
  Result<void> add_loan(std::string_view key, std::string_view value);
  bool is_held(ContainerId container, BodyId body) const;
  Result<void> add_kept(std::string_view key, std::string_view value);
  void add_release(ContainerId container, const Release& release, OwnerHash owner);
  Result<void> check_uploads(const ReferenceCheck& check, const storage::FindingSink& found,
                             ReferenceStats& stats) const;
  bool is_released(ContainerId container, UploadId upload) const;

  const ContainerIndex* containers_;
  SegmentIndex segments_;
  PageMapIndex page_maps_;
  LoanIndex loans_;
  std::vector<std::pair<ContainerId, UploadId>> released_uploads_;  // in order
  std::vector<HeldBody> shared_;
};

}  // namespace lapis::blob
