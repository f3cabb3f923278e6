// OpenExtent: an extent that one shard appends to, and a Reservation of room in it.
#pragma once

#include <cstdint>
#include <memory>

#include "lapis/base/result.h"
#include "lapis/io/file.h"
#include "storage/chunk/extent.h"
#include "storage/chunk/extent_header.h"
#include "storage/chunk/sync_group.h"

namespace lapis::storage {

// Handed from the background shard to one request shard, and lives there from then on. Its file
// closes when the last writer has ended.
class OpenExtent {
 public:
  OpenExtent(Extent& extent, std::unique_ptr<io::File> file)
      : extent_(extent), file_(std::move(file)), syncs_(*file_) {}
  OpenExtent(const OpenExtent&) = delete;
  OpenExtent& operator=(const OpenExtent&) = delete;

  Extent& extent() const { return extent_; }
  io::File& file() { return *file_; }
  SyncGroup& syncs() { return syncs_; }
  std::uint64_t room() const { return extent_.bytes() - next_offset_; }

 private:
  friend class Reservation;
  Extent& extent_;
  std::unique_ptr<io::File> file_;
  SyncGroup syncs_;
  std::uint64_t next_offset_ = kExtentHeaderBytes;
};

// Room for one frame. The destructor gives it back where nothing was written and nobody has
// reserved behind it; else it stays dead space until the extent is recycled.
class Reservation {
 public:
  // `bytes` fit into the extent's room.
  Reservation(std::shared_ptr<OpenExtent> open, SlotIndex slot, std::uint64_t bytes)
      : open_(std::move(open)),
        pin_(open_->extent(), slot),
        offset_(open_->next_offset_),
        bytes_(bytes) {
    LAPIS_CHECK(bytes_ % kFrameAlignment == 0 && bytes_ <= open_->room());
    open_->next_offset_ += bytes_;
  }
  Reservation(Reservation&&) noexcept = default;
  Reservation& operator=(Reservation&&) = delete;
  ~Reservation() {
    if (!open_ || written_ || open_->next_offset_ != offset_ + bytes_) return;
    open_->next_offset_ = offset_;
  }

  Place place() const {
    const Extent& extent = open_->extent();
    return {extent.path(), extent.id(), extent.generation(), offset_};
  }
  const std::shared_ptr<OpenExtent>& open() const { return open_; }

  // Writes at `at` from the frame's beginning. Completion is not durability.
  io::Task<Result<void>> write(std::uint64_t at, Bytes data) {
    LAPIS_CHECK(at + data.size() <= bytes_);
    written_ = true;
    return open_->file().write_at(offset_ + at, data);
  }

  // The pin goes with the body that was written.
  ExtentPin take_pin() && {
    written_ = true;
    return std::move(pin_);
  }

 private:
  std::shared_ptr<OpenExtent> open_;
  ExtentPin pin_;
  std::uint64_t offset_;
  std::uint64_t bytes_;
  bool written_ = false;
};

}  // namespace lapis::storage
