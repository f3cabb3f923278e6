#include "lapis/admin/fsck.h"

#include <nlohmann/json.hpp>

#include "admin/fsck_report.h"
#include "lapis/io/shard.h"
#include "lapis/storage/read_only_meta_store.h"

namespace lapis::admin {
namespace {

using nlohmann::json;

constexpr std::uint64_t kBufferBytes = 8ull << 20;

// A shard of the check's own: what it reads stands in nobody's ring, at low priority.
Result<std::unique_ptr<io::Shard>> start_shard(const Clock& clock) {
  io::ShardOptions options;
  options.buffer_budget_bytes = kBufferBytes;
  options.background = true;
  return io::Shard::start(options, clock);
}

Result<json> check_both(const storage::ChunkCheck& chunks, const FsckOptions& options,
                        const Clock& clock) {
  const Instant begun = clock.instant();
  FsckReport report(options.max_shown);
  const storage::FindingSink found = [&](storage::Finding finding) {
    report.add(std::move(finding));
  };
  LAPIS_TRY(const auto chunk_stats, storage::check_chunks(chunks, found));
  const blob::ReferenceCheck references{.snapshot = chunks.snapshot,
                                        .is_cancelled = options.is_cancelled};
  LAPIS_TRY(const auto reference_stats, blob::check_references(references, found));
  const auto add_user = [&](const blob::ChunkUser& user) { report.add(user); };
  LAPIS_TRY_VOID(blob::find_users(references, report.affected(), add_user));
  json answer = report.to_json();
  answer["online"] = static_cast<bool>(chunks.now);
  answer["deep"] = options.deep;
  answer["checked"] = to_json(chunk_stats);
  answer["checked"].update(to_json(reference_stats));
  answer["seconds"] = std::chrono::duration<double>(clock.instant() - begun).count();
  return answer;
}

}  // namespace

Result<json> fsck_online(storage::LocalMetaStore& meta, io::FileSystem& files,
                         const FsckOptions& options, const Clock& clock) {
  LAPIS_TRY(const auto shard, start_shard(clock));
  const auto snapshot = meta.snapshot();
  storage::ChunkCheck check{
      .snapshot = *snapshot, .store = meta.uuid(), .files = files, .shard = *shard};
  check.now = [&meta] { return meta.snapshot(); };
  check.deep = options.deep;
  check.is_cancelled = options.is_cancelled;
  return check_both(check, options, clock);
}

Result<json> fsck_offline(const std::filesystem::path& metadata_path,
                          const std::vector<std::filesystem::path>& pool_paths,
                          const FsckOptions& options, const Clock& clock) {
  LAPIS_TRY(const auto meta, storage::ReadOnlyMetaStore::open(metadata_path));
  LAPIS_TRY(const auto shard, start_shard(clock));
  const auto files = io::make_uring_file_system();
  const auto snapshot = meta->snapshot();
  storage::ChunkCheck check{
      .snapshot = *snapshot, .store = meta->uuid(), .files = *files, .shard = *shard};
  check.last_commit = meta->last_commit();
  check.epoch = meta->epoch();
  check.directories = pool_paths;
  check.deep = options.deep;
  check.is_cancelled = options.is_cancelled;
  return check_both(check, options, clock);
}

}  // namespace lapis::admin
