// ExtentRecovery: what a path holds when the store is opened, matched with what the metadata knows.
// It looks and changes nothing.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "lapis/base/result.h"
#include "lapis/io/file.h"
#include "lapis/io/task.h"
#include "storage/chunk/extent_header.h"
#include "storage/chunk/lost_commits.h"
#include "storage/chunk/path_state.h"
#include "storage/chunk/rows.h"
#include "storage/chunk/store_context.h"

namespace lapis::storage {

struct RecoveredExtent {
  ExtentId id;
  ExtentRow row;  // as it is to be from now on: never open
  bool is_changed = false;
  std::unique_ptr<io::File> reader;
};

struct RecoveredExtents {
  std::vector<RecoveredExtent> extents;
  std::vector<ExtentId> leftovers;  // files of interrupted creations, ours and named by no row
  ExtentId last;                    // the highest id that is or was in use
};

// Lives on the background shard, for the recovery of one path.
class ExtentRecovery {
 public:
  using Rows = std::map<ExtentId, ExtentRow>;

  ExtentRecovery(const StoreContext& context, PathId path, std::filesystem::path directory,
                 const Rows& rows, LostCommits& lost)
      : context_(context),
        path_(path),
        directory_(std::move(directory)),
        rows_(rows),
        lost_(lost) {}

  // An extent that was open is sealed, its frames looked at for evidence. One that is damaged or
  // gone is reported and never reused; its chunks' readers will fail. Errors: those of listing;
  // kServerBusy where there are no more file descriptors.
  io::Task<Result<RecoveredExtents>> run();

 private:
  enum class Header : std::uint8_t { kOurs, kBlank, kDamaged, kForeign };
  struct Read {
    Header kind = Header::kDamaged;
    ExtentHeader header;
  };

  io::Task<void> recover_known();
  io::Task<void> recover_one(ExtentId id, ExtentRow row);
  io::Task<Result<std::vector<std::string>>> list(std::filesystem::path extents);
  io::Task<Result<std::unique_ptr<io::File>>> open(ExtentId id);
  io::Task<void> examine_unknown(ExtentId id);
  io::Task<Read> read_header(io::File& file, ExtentId id);
  io::Task<Result<std::uint64_t>> examine_frames(io::File& file, const ExtentHeader& header);
  std::string describe(ExtentId id) const;

  const StoreContext& context_;
  const PathId path_;
  const std::filesystem::path directory_;
  const Rows& rows_;
  LostCommits& lost_;
  Rows::const_iterator next_;
  RecoveredExtents found_;
  Result<void> outcome_;
};

}  // namespace lapis::storage
