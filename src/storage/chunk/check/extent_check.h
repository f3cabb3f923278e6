// ExtentCheck: one extent file against its row and the places that chunk rows name in it.
#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "lapis/storage/chunk_check.h"
#include "storage/chunk/check/named_place.h"

namespace lapis::storage {

// Something that looked wrong when it was looked at.
struct SuspectPlace {
  NamedPlace place;
  FindingKind kind = FindingKind::kLost;
  std::string_view what;
  std::vector<FindingField> details;
};
struct SuspectExtent {
  FindingKind kind = FindingKind::kWrong;
  std::string_view what;
  std::string detail;
};

struct ExtentOutcome {
  std::vector<SuspectExtent> extent;
  std::vector<SuspectPlace> places;
};

// Lives on the checking shard, for one extent.
class ExtentCheck {
 public:
  // `places` are in order. What is found, seen and counted goes to the last two.
  ExtentCheck(const ChunkCheck& check, const CheckedPath& path, const CheckedExtent& extent,
              std::span<const NamedPlace> places, ExtentOutcome& outcome, ChunkCheckStats& stats)
      : check_(check),
        path_(path),
        extent_(extent),
        places_(places),
        outcome_(outcome),
        stats_(stats) {}

  io::Task<void> run();

 private:
  io::Task<bool> is_header_whole();
  io::Task<void> walk_frames();
  void meet(const FrameHeader& frame);
  void pass_until(std::uint64_t offset);
  void suspect_all(std::string_view what);
  io::Task<void> read_payloads();
  io::Task<void> judge(io::File& file, const NamedPlace& place, std::string_view frame_is,
                       io::Buffer& buffer);
  void find_overlaps();

  const ChunkCheck& check_;
  const CheckedPath& path_;
  const CheckedExtent& extent_;
  const std::span<const NamedPlace> places_;
  ExtentOutcome& outcome_;
  ChunkCheckStats& stats_;

  struct Met {
    const NamedPlace* place;
    std::string_view frame_is;  // what is wrong with its frame; empty: nothing
  };
  std::unique_ptr<io::File> file_;
  std::vector<Met> met_;
  std::size_t next_ = 0;  // of places_
  bool knows_later_ = false;
};

// A file that no row names. True where frames of this store lie in it: it was in use.
enum class UnknownFile : std::uint8_t { kUnfinished, kHoldsFrames, kForeign };
io::Task<void> examine_unknown_file(const ChunkCheck& check, const CheckedPath& path, ExtentId id,
                                    UnknownFile& answer);

}  // namespace lapis::storage
