#include "gateway/access_log/ring.h"

#include <bit>
#include <cstring>

#include "lapis/base/check.h"

namespace lapis::gateway {

RecordRing::RecordRing(std::size_t bytes)
    : size_(bytes), memory_(std::make_unique_for_overwrite<std::byte[]>(bytes)) {
  LAPIS_CHECK(std::has_single_bit(bytes) && bytes >= 1024);
}

void RecordRing::put_length(std::uint64_t at, std::uint32_t length) {
  std::memcpy(memory_.get() + (at & (size_ - 1)), &length, sizeof length);
}

// A record lies in one piece: where it would reach beyond the end, the rest there is skipped.
bool RecordRing::push(Bytes record) {
  const std::uint64_t room = room_of(record.size());
  std::uint64_t at = written_.load(std::memory_order_relaxed);
  const std::uint64_t to_end = size_ - (at & (size_ - 1));
  const std::uint64_t needed = room <= to_end ? room : to_end + room;
  if (at + needed - taken_seen_ > size_) {
    taken_seen_ = taken_.load(std::memory_order_acquire);
    if (at + needed - taken_seen_ > size_) {
      dropped_.add();
      return false;
    }
  }
  if (room > to_end) {
    put_length(at, kSkip);
    at += to_end;
  }
  put_length(at, static_cast<std::uint32_t>(record.size()));
  std::memcpy(memory_.get() + (at & (size_ - 1)) + sizeof(std::uint32_t), record.data(),
              record.size());
  written_.store(at + room, std::memory_order_release);
  return true;
}

Bytes RecordRing::front() {
  while (true) {
    const std::uint64_t at = taken_.load(std::memory_order_relaxed);
    if (at == written_.load(std::memory_order_acquire)) return {};
    const std::byte* place = memory_.get() + (at & (size_ - 1));
    std::uint32_t length = 0;
    std::memcpy(&length, place, sizeof length);
    if (length != kSkip) return {place + sizeof length, length};
    taken_.store(at + size_ - (at & (size_ - 1)), std::memory_order_release);
  }
}

void RecordRing::pop(std::size_t size) {
  taken_.store(taken_.load(std::memory_order_relaxed) + room_of(size), std::memory_order_release);
}

}  // namespace lapis::gateway
