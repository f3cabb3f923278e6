#include "budget/aged_store.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <thread>

#include "storage/chunk/heat_rows.h"
#include "storage/chunk/keys.h"
#include "storage/chunk/rows.h"
#include "storage/meta/open_meta_store.h"
#include "unit/storage/chunk/store_fixture.h"

namespace lapis::test {
namespace {

constexpr std::size_t kSteps = 80;  // of six hours
constexpr std::chrono::hours kStep{6};
constexpr std::size_t kAtOnce = 256;  // on each shard: they share their syncs

void check(const Result<void>& done) {
  if (!done) throw std::runtime_error(to_string(done.error()));
}

template <class T>
T value(Result<T> result) {
  if (!result) throw std::runtime_error(to_string(result.error()));
  return *std::move(result);
}

}  // namespace

AgedStore::AgedStore(std::uint64_t chunks) : chunks_(chunks) {
  open(2 * chunks * kFrameBytes + 64 * kExtentBytes);
}

AgedStore::~AgedStore() {
  store_.reset();
  meta_.reset();
}

void AgedStore::open(std::uint64_t capacity_bytes) {
  storage::MetaStoreOptions meta;
  meta.directory = dir_ / "meta";
  meta.min_free_bytes = 1;
  statistics_->set_stats_level(rocksdb::StatsLevel::kExceptHistogramOrTimers);
  meta_ = value(storage::open_meta_store(meta, blocking_, rocksdb::Env::Default(), statistics_));
  storage::ChunkStoreOptions options;
  options.scrub.enabled = false;  // its reads would be counted
  for (const auto pool_class : {storage::PoolClass::kFlash, storage::PoolClass::kHdd}) {
    storage::PoolOptions pool;
    pool.name = pool_class == storage::PoolClass::kFlash ? "flash" : "disk";
    pool.pool_class = pool_class;
    pool.paths = {dir_ / pool.name};
    pool.extent_bytes = kExtentBytes;
    pool.capacity_bytes = capacity_bytes;
    check(files_.make_directories(pool.paths[0]));
    options.pools.push_back(pool);
  }
  store_ = value(storage::LocalChunkStore::open(options, *meta_, files_, {&*shard0_, &*shard1_},
                                                *background_, blocking_, clock_));
}

// Halves of [first, first + count) on two shards, kAtOnce of each at a time.
template <class One>
void AgedStore::on_both_shards(std::size_t first, std::size_t count, One one) {
  std::vector<std::thread> threads;
  for (io::Shard* shard : {&*shard0_, &*shard1_}) {
    threads.emplace_back([=, this] {
      run_on(*shard, [=, this]() -> io::Task<void> {
        StoreCalls calls{*store_, *meta_};
        std::size_t next = first + shard->index();
        const auto work = [&]() -> io::Task<void> {
          while (next < first + count) {
            const std::size_t mine = std::exchange(next, next + 2);
            co_await one(calls, mine);
          }
        };
        io::TaskGroup group;
        for (std::size_t i = 0; i < kAtOnce; ++i) (void)group.spawn(work());
        co_await group.close();
      });
    });
  }
  for (std::thread& thread : threads) thread.join();
}

std::string AgedStore::body(std::size_t chunk) const { return body_text(kBodyBytes, chunk + 1); }

void AgedStore::write(std::size_t first, std::size_t count) {
  const std::uint32_t hour = storage::hour_of(clock_.now());
  on_both_shards(first, count, [this, hour](StoreCalls& calls, std::size_t i) -> io::Task<void> {
    const std::string text = body(i);
    const Chunks written = value(co_await calls.put(text));
    chunks_[i] = {written.at(0).id, hour};
  });
}

// Every so-manyth of those before `end`.
void AgedStore::read_again(std::size_t end, std::size_t every) {
  const std::uint32_t hour = storage::hour_of(clock_.now());
  const auto read_one = [=, this](StoreCalls& calls, std::size_t i) -> io::Task<void> {
    Aged& chunk = chunks_[i * every];
    (void)value(co_await calls.get({{chunk.id, 0, kBodyBytes}}));
    chunk.hour = hour;
  };
  // In parts, because a shard forgets what it has not handed on for too long.
  constexpr std::size_t kPart = 50'000;
  for (std::size_t first = 0; first < end / every; first += kPart) {
    on_both_shards(first, std::min(kPart, end / every - first), read_one);
    check(run_on(background_, [&] { return store_->note_uses(); }));
  }
}

void AgedStore::fill() {
  for (std::size_t step = 0; step < kSteps; ++step) {
    const std::size_t first = chunks_.size() * step / kSteps;
    write(first, chunks_.size() * (step + 1) / kSteps - first);
    clock_.advance(kStep);
    if (step == kSteps * 3 / 4) read_again(chunks_.size() / 2, 5);
  }
  read_again(chunks_.size(), 20);
  clock_.advance(kStep);
}

std::size_t AgedStore::path_of(std::size_t chunk) {
  const auto stored =
      value(run_on(shard0_, [&] { return meta_->get(storage::chunk_key(chunks_[chunk].id)); }));
  const storage::ChunkRow row = value(storage::decode_chunk_row(stored.value()));
  const auto paths = store_->stats();
  const auto path = std::ranges::find(paths, row.places.at(0).path, &storage::PathStats::id);
  return static_cast<std::size_t>(path - paths.begin());
}

Result<std::string> AgedStore::read(std::size_t chunk) {
  StoreCalls calls{*store_, *meta_};
  return run_on(shard0_, [&] {
    return calls.get(std::vector<storage::ChunkSlice>{{chunks_[chunk].id, 0, kBodyBytes}});
  });
}

std::vector<storage::ColdChunk> AgedStore::on_path(std::size_t path) {
  const PathId id = store_->stats().at(path).id;
  return value(
      run_on(background_, [&] { return store_->coldest(id, chunks_.size() + 1, std::nullopt); }));
}

// Chunks begin to go at the pool's present size less half an extent, and go until `chunks` have.
tier::TierOptions AgedStore::policy_for(std::uint64_t chunks) {
  const storage::PathStats flash = store_->stats().at(0);
  const std::uint64_t used = (flash.extents_open + flash.extents_sealed) * flash.extent_bytes;
  const auto size = static_cast<double>(used + flash.free_bytes + flash.available_bytes);
  const std::uint64_t low = flash.live_bytes - chunks * kFrameBytes;
  const std::uint64_t start = used - flash.extent_bytes / 2;
  // `start` is that far below the high one: see tier::watermarks_of.
  const std::uint64_t high = start + std::max((start - low) / 3, 4 * flash.extent_bytes);
  tier::TierOptions options;
  options.promote_reads = 0;
  options.pools = {{.pool = "flash",
                    .high = static_cast<double>(high) / size,
                    .low = static_cast<double>(low) / size},
                   {.pool = "disk", .pool_class = storage::PoolClass::kHdd}};
  return options;
}

bool AgedStore::has_settled(const tier::PoolStatus& flash) const {
  const storage::PathStats stats = store_->stats().at(0);
  return flash.demoted_chunks != 0 && !flash.demoting && flash.live_bytes <= flash.low_bytes &&
         flash.used_bytes < flash.high_bytes && stats.extents_dead == 0;
}

RunCost AgedStore::counters() const {
  const auto count = [this](rocksdb::Tickers ticker) {
    return statistics_->getTickerCount(ticker);
  };
  RunCost cost;
  cost.rows_read = count(rocksdb::NUMBER_KEYS_READ);
  cost.seeks = count(rocksdb::NUMBER_DB_SEEK);
  cost.steps = count(rocksdb::NUMBER_DB_NEXT);
  cost.skipped = count(rocksdb::NUMBER_ITER_SKIP);
  cost.extent_reads = counts_.reads;
  cost.extent_read_bytes = counts_.read_bytes;
  cost.extent_written_bytes = counts_.written_bytes;
  cost.transactions = meta_->stats().transactions;
  cost.device = daemon::device_bytes();
  return cost;
}

void AgedStore::wait_for(const tier::Tierer& tierer) const {
  constexpr std::chrono::milliseconds kLook{50};
  constexpr int kMostLooks = 20 * 120;  // at the same
  std::uint64_t moved = 0;
  for (int looks = 0; looks < kMostLooks; ++looks) {
    const tier::PoolStatus flash = tierer.status().pools.at(0);
    if (has_settled(flash)) return;
    const std::uint64_t now = flash.demoted_bytes + flash.compacted_bytes;
    if (std::exchange(moved, now) != now) looks = 0;
    std::this_thread::sleep_for(kLook);
  }
  throw std::runtime_error("the tierer does not come to rest");
}

RunCost AgedStore::demote(std::uint64_t chunks) {
  while (!store_->stats().at(0).accounted) std::this_thread::yield();
  const tier::TierOptions options = policy_for(chunks);
  const RunCost before = counters();
  const auto tierer = tier::Tierer::start(options, *store_, *background_, clock_);
  wait_for(*tierer);
  tierer->stop();
  const tier::PoolStatus flash = tierer->status().pools.at(0);
  RunCost cost = counters();
  cost.demoted = flash.demoted_chunks;
  cost.moved = (flash.demoted_bytes + flash.compacted_bytes) / kFrameBytes;
  cost.rows_read -= before.rows_read;
  cost.seeks -= before.seeks;
  cost.steps -= before.steps;
  cost.skipped -= before.skipped;
  cost.extent_reads -= before.extent_reads;
  cost.extent_read_bytes -= before.extent_read_bytes;
  cost.extent_written_bytes -= before.extent_written_bytes;
  cost.transactions -= before.transactions;
  cost.device.read -= before.device.read;
  cost.device.written -= before.device.written;
  return cost;
}

}  // namespace lapis::test
