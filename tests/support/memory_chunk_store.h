// MemoryChunkStore: a ChunkStore in memory, for tests of the layers above. It keeps the contract of
// the real one (rows go through the transaction, unrecorded bodies vanish, a reader keeps what it
// reads, damage is seen) and counts what is alive, so that a test can claim that nothing leaked.
#pragma once

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "lapis/base/crc64.h"
#include "lapis/storage/chunk_store.h"
#include "lapis/storage/tables.h"

namespace lapis::test {

struct MemoryChunkStoreOptions {
  std::uint64_t max_chunk_length = storage::kMaxChunkLength;  // less: more chunks from small bodies
  std::uint64_t lend_length = 1ull << 20;  // the most bytes that one `next` of a reader lends
  std::uint64_t capacity = ~0ull;          // held bytes; more is kInsufficientStorage
};

// Thread-safe. `meta` outlives it and holds the chunks' rows.
class MemoryChunkStore final : public storage::ChunkStore {
 public:
  explicit MemoryChunkStore(storage::MetaStore& meta, MemoryChunkStoreOptions options = {})
      : meta_(meta), options_(options), state_(std::make_shared<State>()) {
    state_->capacity = options.capacity;
  }

  io::Task<Result<std::unique_ptr<storage::StoredBody>>> write(
      storage::ChunkOwner, io::ByteSource& source, std::uint64_t length,
      storage::ByteObserver* observer) override {
    LAPIS_CHECK(length > 0);
    if (!has_room(length)) co_return fail(ErrorCode::kInsufficientStorage, "memory store is full");
    auto body = std::make_unique<Body>(state_);
    for (std::uint64_t done = 0; done < length;) {
      std::vector<std::byte> data(std::min(options_.max_chunk_length, length - done));
      for (std::size_t filled = 0; filled < data.size();) {
        MutableBytes into = MutableBytes(data).subspan(filled);
        LAPIS_CO_TRY(std::size_t got, co_await source.read(into));
        if (got == 0) co_return fail(ErrorCode::kBadRequest, "body ended early");
        if (observer != nullptr) observer->observe(into.first(got));
        filled += got;
      }
      done += data.size();
      body->add(std::move(data));
    }
    co_return std::unique_ptr<storage::StoredBody>(std::move(body));
  }

  io::Task<Result<std::vector<std::unique_ptr<storage::StoredBody>>>> write_cold(
      std::span<const storage::ShortBody> bodies) override {
    std::vector<std::unique_ptr<storage::StoredBody>> stored;
    for (const storage::ShortBody& body : bodies) {
      if (!has_room(body.bytes.size())) {
        co_return fail(ErrorCode::kInsufficientStorage, "memory store is full");
      }
      auto one = std::make_unique<Body>(state_);
      one->add({body.bytes.begin(), body.bytes.end()});
      stored.push_back(std::move(one));
    }
    co_return stored;
  }

  bool has_room(std::uint64_t length) const override {
    const std::lock_guard lock(state_->mutex);
    return state_->held <= state_->capacity && length <= state_->capacity - state_->held;
  }

  io::Task<Result<std::unique_ptr<io::BufferSource>>> read(
      std::unique_ptr<storage::SliceSource> slices) override {
    co_return std::unique_ptr<io::BufferSource>(std::make_unique<Reader>(*this, std::move(slices)));
  }

  io::Task<Result<std::uint64_t>> crc64(std::unique_ptr<storage::SliceSource> slices) override {
    Reader reader(*this, std::move(slices));
    std::uint64_t crc = 0;
    while (true) {
      LAPIS_CO_TRY(const Bytes lent, co_await reader.next());
      if (lent.empty()) co_return crc;
      crc = lapis::crc64(lent, crc);
    }
  }

  std::unique_ptr<Freed> new_freed() override { return std::make_unique<FreedChunks>(); }

  Result<void> release(storage::MetaView& view, ChunkId chunk, Freed& freed) override {
    LAPIS_TRY(auto row, view.get(row_key(chunk)));
    if (!row) return {};
    view.erase(row_key(chunk));
    static_cast<FreedChunks&>(freed).chunks.push_back(chunk);
    return {};
  }

  void released(std::unique_ptr<Freed> freed) override {
    const std::lock_guard lock(state_->mutex);
    for (ChunkId chunk : static_cast<FreedChunks&>(*freed).chunks) state_->drop(chunk);
  }

  Result<void> set_rank(storage::MetaView& view, ChunkId chunk, storage::HeatRank rank) override {
    LAPIS_TRY(auto row, view.get(row_key(chunk)));
    if (row) view.put(row_key(chunk), row_of(rank));
    return {};
  }

  // Chunks whose rows have this rank.
  std::size_t ranked(storage::HeatRank rank) const {
    const std::lock_guard lock(state_->mutex);
    std::size_t count = 0;
    const auto snapshot = meta_.snapshot();
    for (const auto& [id, chunk] : state_->chunks) {
      const auto row = snapshot->get(row_key(id));
      count += row && *row == row_of(rank) ? 1 : 0;
    }
    return count;
  }

  // Bytes in chunks that were recorded and not released since.
  std::uint64_t live_bytes() const {
    const std::lock_guard lock(state_->mutex);
    std::uint64_t sum = 0;
    for (const auto& [id, chunk] : state_->chunks) sum += chunk.recorded ? chunk.data->size() : 0;
    return sum;
  }
  // The same and bodies not recorded yet.
  std::uint64_t held_bytes() const {
    const std::lock_guard lock(state_->mutex);
    return state_->held;
  }
  std::size_t chunk_count() const {
    const std::lock_guard lock(state_->mutex);
    return state_->chunks.size();
  }
  void set_capacity(std::uint64_t bytes) {
    const std::lock_guard lock(state_->mutex);
    state_->capacity = bytes;
  }
  // Flips a bit at `offset` of the chunk: readers that come to it fail with kInternalError.
  void damage(ChunkId id, std::uint64_t offset) {
    const std::lock_guard lock(state_->mutex);
    auto copy = std::make_shared<std::vector<std::byte>>(*state_->chunks.at(id).data);
    copy->at(offset) ^= std::byte{1};
    state_->chunks.at(id).data = std::move(copy);
  }

  static std::string row_key(ChunkId chunk) {
    std::array<std::byte, 9> key;
    key[0] = static_cast<std::byte>(storage::Table::kChunk);
    store_be(key, 1, chunk.value);
    return std::string(as_text(key));
  }

  static std::string_view row_of(storage::HeatRank rank) {
    return rank == storage::HeatRank::kNormal ? "memory" : "memory, asked down";
  }

 private:
  struct Chunk {
    std::shared_ptr<const std::vector<std::byte>> data;
    std::uint64_t crc = 0;
    bool recorded = false;
  };

  struct State {
    mutable std::mutex mutex;
    std::map<ChunkId, Chunk> chunks;
    std::uint64_t held = 0;
    std::uint64_t capacity = 0;
    std::uint64_t next_id = 1;

    void drop(ChunkId id) {
      const auto it = chunks.find(id);
      if (it == chunks.end()) return;
      held -= it->second.data->size();
      chunks.erase(it);
    }
  };

  struct FreedChunks final : Freed {
    std::vector<ChunkId> chunks;
  };

  class Body final : public storage::StoredBody {
   public:
    explicit Body(std::shared_ptr<State> state) : state_(std::move(state)) {}
    ~Body() override {
      if (recorded_) return;
      const std::lock_guard lock(state_->mutex);
      for (const auto& ref : chunks_) state_->drop(ref.id);
    }

    void add(std::vector<std::byte> data) {
      const std::uint64_t crc = lapis::crc64(data);
      crc_ = crc64_combine(crc_, crc, data.size());
      length_ += data.size();
      const std::lock_guard lock(state_->mutex);
      const ChunkId id{state_->next_id++};
      chunks_.push_back({id, data.size()});
      state_->held += data.size();
      auto shared = std::make_shared<const std::vector<std::byte>>(std::move(data));
      state_->chunks.emplace(id, Chunk{std::move(shared), crc});
    }

    const std::vector<storage::ChunkRef>& chunks() const override { return chunks_; }
    std::uint64_t length() const override { return length_; }
    std::uint64_t crc64() const override { return crc_; }
    void record(storage::MetaView& view, storage::HeatRank rank) const override {
      for (const auto& ref : chunks_) view.put(row_key(ref.id), row_of(rank));
    }
    void recorded() override {
      recorded_ = true;
      const std::lock_guard lock(state_->mutex);
      for (const auto& ref : chunks_) {
        const auto it = state_->chunks.find(ref.id);  // gone where it was released at once
        if (it != state_->chunks.end()) it->second.recorded = true;
      }
    }

   private:
    std::shared_ptr<State> state_;
    std::vector<storage::ChunkRef> chunks_;
    std::uint64_t length_ = 0;
    std::uint64_t crc_ = 0;
    bool recorded_ = false;
  };

  class Reader final : public io::BufferSource {
   public:
    Reader(MemoryChunkStore& store, std::unique_ptr<storage::SliceSource> slices)
        : store_(store), slices_(std::move(slices)) {}

    std::uint64_t remaining() const override { return slice_.length + slices_->remaining(); }

    io::Task<Result<Bytes>> next() override {
      while (slice_.length == 0) {
        LAPIS_CO_TRY(auto slice, co_await slices_->next());
        if (!slice) co_return Bytes{};
        slice_ = *slice;
        LAPIS_CO_TRY_VOID(co_await load());
      }
      const std::uint64_t length = std::min(slice_.length, store_.options_.lend_length);
      const Bytes lent = Bytes(*data_).subspan(slice_.offset, length);
      slice_.offset += length;
      slice_.length -= length;
      co_return lent;
    }

   private:
    io::Task<Result<void>> load() {
      LAPIS_CO_TRY(auto row, co_await store_.meta_.get(row_key(slice_.id)));
      const std::lock_guard lock(store_.state_->mutex);
      const auto it = store_.state_->chunks.find(slice_.id);
      if (!row || it == store_.state_->chunks.end()) {
        co_return fail(ErrorCode::kInternalError, "chunk has no row");
      }
      data_ = it->second.data;
      const bool inside =
          slice_.offset <= data_->size() && slice_.length <= data_->size() - slice_.offset;
      if (!inside) co_return fail(ErrorCode::kInternalError, "slice beyond its chunk");
      if (lapis::crc64(*data_) != it->second.crc) {
        co_return fail(ErrorCode::kInternalError, "chunk is damaged");
      }
      co_return Result<void>{};
    }

    MemoryChunkStore& store_;
    std::unique_ptr<storage::SliceSource> slices_;
    storage::ChunkSlice slice_;
    std::shared_ptr<const std::vector<std::byte>> data_;
  };

  storage::MetaStore& meta_;
  const MemoryChunkStoreOptions options_;
  std::shared_ptr<State> state_;  // shared with bodies, which may outlive the store
};

}  // namespace lapis::test
