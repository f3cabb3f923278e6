#include "storage/chunk/extent_recovery.h"

#include <algorithm>
#include <chrono>
#include <functional>

#include "lapis/base/log.h"
#include "lapis/base/number.h"
#include "storage/chunk/frame_walk.h"

namespace lapis::storage {
namespace {

// How many header blocks are read at once: on a disk with ten thousand extents that is most of the
// start.
constexpr int kReaders = 16;
// How often an open is tried while the blocking pool, or the table of files, is full.
constexpr int kOpenAttempts = 20;
constexpr std::chrono::milliseconds kBusyPause{50};

void report(LogLevel level, const std::string& extent, const std::string& what) {
  log(level, "storage", "extent at start", {{"extent", extent}, {"what", what}});
}

}  // namespace

io::Task<Result<RecoveredExtents>> ExtentRecovery::run() {
  const auto extents = extents_directory(directory_);
  LAPIS_CO_TRY(const auto names, co_await list(extents));
  next_ = rows_.begin();
  io::TaskGroup readers;
  for (int i = 0; i < kReaders; ++i) (void)readers.spawn(recover_known());
  co_await readers.close();
  LAPIS_CO_TRY_VOID(outcome_);
  for (const auto& [id, row] : rows_) found_.last = std::max(found_.last, id);
  for (const std::string& name : names) {
    const auto id = name.size() == 16 ? parse_hex_u64(name) : std::nullopt;
    if (!id) {
      report(LogLevel::kWarn, (extents / name).string(), "not an extent's name; left alone");
      continue;
    }
    found_.last = std::max(found_.last, ExtentId{*id});
    if (!rows_.contains(ExtentId{*id})) co_await examine_unknown(ExtentId{*id});
  }
  LAPIS_CO_TRY_VOID(outcome_);
  co_return std::move(found_);
}

io::Task<Result<std::vector<std::string>>> ExtentRecovery::list(std::filesystem::path extents) {
  auto read = [&]() -> Result<std::vector<std::string>> {
    LAPIS_TRY(const bool exists, context_.files.exists(extents));
    if (!exists) return std::vector<std::string>{};
    return context_.files.list(extents);
  };
  co_return co_await context_.blocking.run(std::ref(read));
}

// On the blocking pool: while the store runs nothing else on this shard may wait for a cold disk.
io::Task<Result<std::unique_ptr<io::File>>> ExtentRecovery::open(ExtentId id) {
  const auto name = extent_file(directory_, id);
  auto attempt = [&] { return context_.files.open(name, {}); };
  for (int i = 1;; ++i) {
    auto file = co_await context_.blocking.run(std::ref(attempt));
    const bool is_busy = !file && file.error().code == ErrorCode::kServerBusy;
    if (!is_busy || i == kOpenAttempts) co_return file;
    co_await context_.background.sleep(kBusyPause);
  }
}

io::Task<void> ExtentRecovery::recover_known() {
  while (next_ != rows_.end() && outcome_) {
    const auto [id, row] = *next_++;
    co_await recover_one(id, row);
  }
}

io::Task<void> ExtentRecovery::recover_one(ExtentId id, ExtentRow row) {
  RecoveredExtent extent{id, row, false, nullptr};
  auto file = co_await open(id);
  if (!file && file.error().code == ErrorCode::kServerBusy) {
    outcome_ = fail(file.error());  // it may well be there
    co_return;
  }
  if (!file) {
    report(LogLevel::kError, describe(id), "missing: " + to_string(file.error()));
    co_return;
  }
  extent.reader = std::move(*file);
  const Read read = co_await read_header(*extent.reader, id);
  const bool is_ours = read.kind == Header::kOurs;
  if (is_ours && read.header.generation > row.generation) {
    lost_.add(describe(id) + " is of generation " + std::to_string(read.header.generation) +
              ", the metadata knows " + std::to_string(row.generation));
    extent.row.generation = read.header.generation;
    if (row.state != ExtentState::kFailed) extent.row.state = ExtentState::kSealed;
  }
  const bool is_current = is_ours && read.header.generation == row.generation;
  // A free extent's header is rewritten before use, so it may be of the generation before, or torn.
  const bool is_damaged = row.state == ExtentState::kFree
                              ? read.kind == Header::kForeign
                              : !is_ours || read.header.generation < row.generation;
  if (is_damaged && row.state != ExtentState::kFailed) {
    report(LogLevel::kError, describe(id), "its header is damaged; it is not written to any more");
    extent.row.state = ExtentState::kFailed;
  } else if (extent.row.state == ExtentState::kOpen) {
    extent.row.state = ExtentState::kSealed;
  }
  const bool may_hold_later = row.state == ExtentState::kOpen || row.state == ExtentState::kFree;
  if (is_ours && may_hold_later && (is_current || read.header.generation > row.generation)) {
    const auto frames = co_await examine_frames(*extent.reader, read.header);
    if (!frames && frames.error().code == ErrorCode::kServerBusy) {
      outcome_ = fail(frames.error());
      co_return;
    }
    if (!frames) {
      report(LogLevel::kError, describe(id), "not readable: " + to_string(frames.error()));
      extent.row.state = ExtentState::kFailed;
    } else if (*frames != 0 && extent.row.state == ExtentState::kFree) {
      lost_.add(describe(id) + " holds frames, the metadata knows none");
      extent.row.state = ExtentState::kSealed;
    }
  }
  extent.is_changed = extent.row.state != row.state || extent.row.generation != row.generation;
  found_.extents.push_back(std::move(extent));
}

// No row names the file: its creation was interrupted, or the commit that registered it was lost.
io::Task<void> ExtentRecovery::examine_unknown(ExtentId id) {
  const auto file = co_await open(id);
  if (!file) {
    report(LogLevel::kWarn, describe(id), "unknown and not readable; left alone");
    co_return;
  }
  const Read read = co_await read_header(**file, id);
  if (read.kind == Header::kForeign || read.kind == Header::kDamaged) {
    report(LogLevel::kWarn, describe(id), "unknown and not of this store; left alone");
    co_return;
  }
  if (read.kind == Header::kOurs) {
    const auto frames = co_await examine_frames(**file, read.header);
    if (!frames && frames.error().code == ErrorCode::kServerBusy) outcome_ = fail(frames.error());
    if (!frames) {
      report(LogLevel::kWarn, describe(id), "unknown and not readable; left alone");
      co_return;
    }
  }
  found_.leftovers.push_back(id);
}

io::Task<ExtentRecovery::Read> ExtentRecovery::read_header(io::File& file, ExtentId id) {
  const auto buffer = co_await context_.background.buffers().acquire(kExtentHeaderBytes);
  if (!buffer) {  // that says nothing of the extent
    outcome_ = fail(buffer.error());
    co_return Read{};
  }
  const MutableBytes block = buffer->bytes().first(kExtentHeaderBytes);
  const auto count = co_await file.read_at(0, block);
  if (!count) co_return Read{};
  if (*count == 0) co_return Read{Header::kBlank, {}};
  const auto header = decode_extent_header(block.first(*count));
  if (!header) co_return Read{};
  if (!*header) co_return Read{Header::kBlank, {}};
  const bool is_ours =
      (*header)->store == context_.store && (*header)->path == path_ && (*header)->extent == id;
  co_return Read{is_ours ? Header::kOurs : Header::kForeign, **header};
}

// How many frames of the header's generation there are.
io::Task<Result<std::uint64_t>> ExtentRecovery::examine_frames(io::File& file,
                                                               const ExtentHeader& header) {
  LAPIS_CO_TRY(io::Buffer buffer,
               co_await context_.background.buffers().acquire(io::BufferPool::kLarge));
  const FrameWalk::Expected expected{header.store, header.path, header.extent, header.generation,
                                     header.bytes};
  FrameWalk walk(file, expected, std::move(buffer));
  std::uint64_t frames = 0;
  while (true) {
    LAPIS_CO_TRY(const auto frame, co_await walk.next());
    if (!frame) co_return frames;
    lost_.examine(*frame);
    ++frames;
  }
}

std::string ExtentRecovery::describe(ExtentId id) const {
  return extent_file(directory_, id).string();
}

}  // namespace lapis::storage
