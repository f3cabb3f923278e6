// BlobHarness: a blob Service over stores in memory, its operations made synchronous. The requests
// are short-hands for what most tests say; a test that means more fills the request itself.
#pragma once

#include <algorithm>
#include <atomic>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "lapis/blob/ops/append_block.h"
#include "lapis/blob/ops/create_container.h"
#include "lapis/blob/ops/delete_blob.h"
#include "lapis/blob/ops/delete_container.h"
#include "lapis/blob/ops/get_blob.h"
#include "lapis/blob/ops/get_block_list.h"
#include "lapis/blob/ops/put_append_blob.h"
#include "lapis/blob/ops/put_blob.h"
#include "lapis/blob/ops/put_block.h"
#include "lapis/blob/ops/put_block_list.h"
#include "lapis/blob/reclaimer.h"
#include "lapis/blob/service.h"
#include "support/inline_executor.h"
#include "support/manual_clock.h"
#include "support/memory_chunk_store.h"
#include "support/memory_meta_store.h"
#include "support/watched_meta_store.h"

namespace lapis::test {

// A request body from a string, given out in small parts.
class TextSource final : public io::ByteSource {
 public:
  explicit TextSource(std::string text, std::size_t part = 1000)
      : text_(std::move(text)), part_(part) {}
  std::uint64_t remaining() const override { return text_.size() - at_; }
  io::Task<Result<std::size_t>> read(MutableBytes into) override {
    const std::size_t count = std::min({into.size(), part_, text_.size() - at_});
    std::copy_n(as_bytes(text_).begin() + static_cast<std::ptrdiff_t>(at_), count, into.begin());
    at_ += count;
    co_return count;
  }

 private:
  std::string text_;
  std::size_t part_;
  std::size_t at_ = 0;
};

inline io::Task<Result<std::string>> read_all(io::BufferSource& source) {
  std::string text;
  while (true) {
    LAPIS_CO_TRY(const Bytes part, co_await source.next());
    if (part.empty()) co_return text;
    text += as_text(part);
  }
}

// `length` bytes that differ from place to place and from `seed` to seed.
inline std::string pattern(std::size_t length, std::uint64_t seed) {
  std::string text(length, '\0');
  std::uint64_t state = seed * 0x9E3779B97F4A7C15u + 1;
  for (char& c : text) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    c = static_cast<char>(state >> 56);
  }
  return text;
}

inline blob::BlobKey key_of(std::string name) { return {"acct", "box", std::move(name)}; }

inline std::vector<blob::BlockListEntry> latest(const std::vector<std::string>& ids) {
  std::vector<blob::BlockListEntry> list;
  for (const auto& id : ids) list.push_back({blob::BlockSource::kLatest, {id}});
  return list;
}

struct BlobHarnessOptions {
  blob::Limits limits = {.inline_body_bytes = 16};
  MemoryChunkStoreOptions chunks = {.max_chunk_length = 100, .lend_length = 64};
  std::uint64_t cache_bytes = 1 << 20;
  std::shared_ptr<blob::RecentReads> recent{};
  std::shared_ptr<const blob::FeaturesByAccount> features{};
  std::shared_ptr<blob::AccessQueue> accesses{};
  std::shared_ptr<blob::PendingCopies> copies{};
};

// Container "box" of account "acct" exists.
class BlobHarness {
 public:
  explicit BlobHarness(BlobHarnessOptions options = {})
      : meta(rows),
        chunks(rows, options.chunks),
        blocking(1, 64),
        service(meta, chunks, blocking, clock, options.limits, options.cache_bytes, nullptr,
                options.recent, nullptr, std::move(options.features), options.accesses,
                options.copies),
        reclaimer(service) {
    LAPIS_CHECK(run(blob::create_container(service, {{"acct", "box"}, {}})));
  }

  template <class T>
  T run(io::Task<T> task) {
    return executor.run_task(std::move(task));
  }

  Result<blob::PutBlobResult> put(blob::PutBlob request, const std::string& text) {
    request.content_length = text.size();
    TextSource source(text);
    return run(blob::put_blob(service, std::move(request), source));
  }
  Result<blob::PutBlobResult> put(const std::string& name, const std::string& text) {
    blob::PutBlob request;
    request.key = key_of(name);
    return put(std::move(request), text);
  }
  Result<blob::PutBlockResult> stage(const std::string& name, const std::string& id,
                                     const std::string& text) {
    blob::PutBlock request;
    request.key = key_of(name);
    request.block.text = id;
    request.content_length = text.size();
    TextSource source(text);
    return run(blob::put_block(service, std::move(request), source));
  }
  Result<blob::PutBlockListResult> commit(const std::string& name,
                                          std::vector<blob::BlockListEntry> list) {
    blob::PutBlockList request;
    request.key = key_of(name);
    request.blocks = std::move(list);
    return run(blob::put_block_list(service, std::move(request)));
  }
  Result<blob::PutBlobResult> create_append_blob(const std::string& name) {
    blob::PutBlob request;
    request.key = key_of(name);
    return run(blob::put_append_blob(service, std::move(request)));
  }
  Result<blob::AppendBlockResult> append(blob::AppendBlock request, const std::string& text) {
    request.content_length = text.size();
    TextSource source(text);
    return run(blob::append_block(service, std::move(request), source));
  }
  Result<blob::AppendBlockResult> append(const std::string& name, const std::string& text) {
    blob::AppendBlock request;
    request.key = key_of(name);
    return append(std::move(request), text);
  }
  // Commits `blocks` blocks, short and long, and one of several chunks; what they hold.
  std::string commit_mixed(const std::string& name, int blocks) {
    std::string content;
    std::vector<std::string> ids;
    const auto add = [&](std::string id, const std::string& text) {
      LAPIS_CHECK(stage(name, id, text));
      ids.push_back(std::move(id));
      content += text;
    };
    for (int i = 0; i < blocks; ++i) {
      add("B" + std::to_string(100 + i), pattern(static_cast<std::size_t>(1 + (i * 37) % 60), i));
    }
    add("L000", pattern(333, 99));
    LAPIS_CHECK(commit(name, latest(ids)));
    return content;
  }
  Result<std::string> get(const blob::BlobKey& key,
                          std::optional<blob::RequestedRange> range = std::nullopt) {
    blob::GetBlob request;
    request.key = key;
    request.range = range;
    LAPIS_TRY(auto result, run(blob::get_blob(service, std::move(request))));
    return run(read_all(*result.body));
  }
  Result<std::string> get(const std::string& name,
                          std::optional<blob::RequestedRange> range = std::nullopt) {
    return get(key_of(name), range);
  }
  Result<std::string> get_snapshot(const std::string& name, Timestamp time) {
    blob::BlobKey key = key_of(name);
    key.snapshot = time;
    return get(key);
  }
  Result<blob::DeleteBlobResult> erase(const std::string& name) {
    blob::DeleteBlob request;
    request.key = key_of(name);
    return run(blob::delete_blob(service, std::move(request)));
  }
  Result<blob::GetBlockListResult> blocks(const std::string& name) {
    return run(blob::get_block_list(service, {key_of(name), true, true, {}}));
  }
  Result<blob::ReclaimStats> reclaim() { return run(reclaimer.run_once()); }
  Result<blob::ReclaimStats> expire_deletions() {
    return run(reclaimer.expire_deletions(stopping));
  }

  // Rows of a table, for a claim that nothing is left.
  std::size_t rows_of(storage::Table table) const {
    const MetaRows all = rows.rows();
    return static_cast<std::size_t>(std::ranges::count_if(all, [table](const auto& row) {
      return static_cast<storage::Table>(row.first[0]) == table;
    }));
  }

  InlineExecutor executor;
  ManualClock clock;
  MemoryMetaStore rows;
  WatchedMetaStore meta;
  MemoryChunkStore chunks;
  io::BlockingPool blocking;
  blob::Service service;
  blob::Reclaimer reclaimer;
  std::atomic<bool> stopping = false;
};

}  // namespace lapis::test
