#include "blob/clock_mover.h"

#include <algorithm>
#include <utility>

#include "lapis/base/check.h"
#include "lapis/base/crash_point.h"
#include "lapis/base/log.h"

namespace lapis::blob {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kLogComponent = "inline";
constexpr std::size_t kBatch = 128;
// However full the store is: what is used all the time is not worth moving.
constexpr std::chrono::milliseconds kLeastAge = 1min;
constexpr std::chrono::milliseconds kPause = 500ms;  // where nothing is to be done
constexpr std::chrono::milliseconds kLeastPause = 2ms;
constexpr std::chrono::seconds kRest = 5s;  // after what failed
constexpr std::chrono::seconds kLongestWait = 60s;
// A round that brought nothing is not made again before this many times what it took.
constexpr int kRestRounds = 20;
// Tables are rewritten when so much has moved out of them, or rows of so many bytes were passed.
constexpr std::uint64_t kCompactMoved = 64ull << 20;
constexpr std::uint64_t kCompactPassed = 256ull << 20;

std::uint64_t share_of(std::uint64_t bytes, double share) {
  return static_cast<std::uint64_t>(static_cast<double>(bytes) * share);
}

std::string seconds_text(Instant::duration time) {
  return std::to_string(std::chrono::ceil<std::chrono::seconds>(time).count()) + " s";
}

}  // namespace

std::unique_ptr<InlineMover> InlineMover::make(Service& service, InlineMoverOptions options) {
  return std::make_unique<ClockMover>(service, std::move(options));
}

ClockMover::ClockMover(Service& service, InlineMoverOptions options)
    : service_(service),
      options_(std::move(options)),
      least_age_(std::min(options_.cold_after, kLeastAge)),
      age_(options_.cold_after),
      batch_(kBatch) {
  LAPIS_CHECK(service_.recent != nullptr);
}

io::Task<Instant::duration> ClockMover::step() {
  const Instant began = service_.clock.instant();
  const auto measure = [this] { return options_.space(); };
  const Result<storage::MetaSpace> space = co_await service_.blocking.run(measure);
  if (!space) {
    rest(to_string(space.error()), kRest);
    publish();
    co_return kPause;
  }
  show(*space);
  if (!status_.moving && status_.used_bytes > status_.high_bytes) begin();
  const bool is_enough = left_bytes() == 0;
  const bool is_done = is_enough && passed_.moved_bytes == 0;
  if (status_.moving && is_done) end();
  if (!status_.moving || began < rests_until_) {
    publish();
    co_return kPause;
  }
  status_.why.clear();
  if (is_enough || is_due_to_compact()) {
    co_await compact();
  } else {
    co_await advance();
    round_.spent += service_.clock.instant() - began;
  }
  publish();
  co_return pause_since(began);
}

void ClockMover::show(const storage::MetaSpace& space) {
  status_.size_bytes = space.size_bytes;
  status_.used_bytes = space.used_bytes;
  status_.high_bytes = share_of(space.size_bytes, options_.high);
  status_.low_bytes = share_of(space.size_bytes, options_.low);
}

std::uint64_t ClockMover::left_bytes() const {
  const std::uint64_t keeps = status_.low_bytes + passed_.moved_bytes;
  return status_.used_bytes > keeps ? status_.used_bytes - keeps : 0;
}

void ClockMover::begin() {
  status_.moving = true;
  age_ = options_.cold_after;
  round_ = {};
  hand_.begin_round();
  log_info(kLogComponent, "small bodies move out of the metadata",
           {{"used", status_.used_bytes}, {"high", status_.high_bytes}});
}

void ClockMover::end() {
  status_.moving = false;
  status_.why.clear();
  reported_.clear();
  rests_until_ = {};
  log_info(
      kLogComponent, "the metadata is below its low watermark",
      {{"used", status_.used_bytes}, {"low", status_.low_bytes}, {"moved", status_.moved_bodies}});
}

bool ClockMover::is_due_to_compact() const {
  return passed_.moved_bytes >= kCompactMoved ||
         (passed_.moved_bytes != 0 && passed_.bytes >= kCompactPassed);
}

// Where old rows are held (a page of a listing is read in no time, a check of the store may take
// hours) what moved still counts as gone, so that no more moves because of them. After another
// failure it does not: the tables are rewritten by the database itself, if late.
io::Task<void> ClockMover::compact() {
  crash_point(CrashPoint::kOutBeforeCompact);
  const auto compacted = co_await options_.compact(passed_.rows, stopping_);
  crash_point(CrashPoint::kOutCompacted);
  if (stopping_) co_return;
  const bool is_held = !compacted && compacted.error().code == ErrorCode::kServerBusy;
  held_ = is_held ? std::clamp<Duration>(2 * held_, kPause, kLongestWait) : Duration{};
  if (!compacted) rest(to_string(compacted.error()), is_held ? held_ : kRest);
  if (is_held) co_return;
  passed_ = {};
  status_.compactions += compacted ? 1 : 0;
}

io::Task<void> ClockMover::advance() {
  const auto page = co_await hand_.next(service_);
  if (!page) {
    rest(to_string(page.error()), kRest);
    co_return;
  }
  const bool has_wrapped = page->empty() || page->front().key < passed_.rows.first;
  if (has_wrapped && passed_.moved_bytes != 0) {
    co_await compact();
    if (passed_.moved_bytes != 0) {
      if (!page->empty()) hand_.go_back(page->front().key);
      co_return;
    }
  }
  if (page->empty()) {
    end_round();
    co_return;
  }
  if (passed_.moved_bytes == 0) passed_ = {.rows = {.first = page->front().key}};
  for (const Row& row : *page) passed_.bytes += row.key.size() + row.value.size();
  passed_.rows.last = after(*page);
  const std::vector<ShortBodyRow> cold = cold_of(*page);
  for (std::span<const ShortBodyRow> left(cold); !left.empty();) {
    const auto is_other = [&](const ShortBodyRow& body) {
      return body.container != left.front().container;
    };
    const auto end = std::ranges::find_if(left, is_other);
    const auto count = std::min<std::size_t>(batch_, static_cast<std::size_t>(end - left.begin()));
    if (stopping_ || left_bytes() == 0 || !co_await move(left.first(count))) {
      hand_.go_back(left.front().key);
      co_return;
    }
    left = left.subspan(count);
  }
}

// A row that cannot be read stays where it is: reads and checks tell of it.
std::vector<ShortBodyRow> ClockMover::cold_of(const RowPage& page) {
  const Timestamp now = service_.clock.now();
  const Instant instant = service_.clock.instant();
  std::vector<ShortBodyRow> cold;
  for (const Row& row : page) {
    auto found = short_body_of(row.key, row.value);
    if (!found || !*found) continue;
    ShortBodyRow& body = **found;
    const Duration unread = service_.recent->idle(hash_of(body.container, body.name), instant);
    const Duration idle =
        std::min(unread, std::chrono::duration_cast<Duration>(now - body.last_modified));
    if (idle >= age_) {
      cold.push_back(std::move(body));
    } else {
      ++round_.movable;
      round_.longest_idle = std::max(round_.longest_idle, idle);
    }
  }
  return cold;
}

// Near its end the metadata's disk takes small transactions only (Room): then fewer at a time.
io::Task<bool> ClockMover::move(std::span<const ShortBodyRow> bodies) {
  const auto moved = co_await move_out(service_, bodies);
  if (moved) {
    status_.moved_bodies += moved->bodies;
    status_.moved_bytes += moved->bytes;
    reported_.clear();
    round_.moved += moved->bodies;
    passed_.moved_bytes += moved->bytes;
    passed_.rows.written_before = 0;
    batch_ = std::min(kBatch, batch_ * 2);
    co_return true;
  }
  const bool is_full = moved.error().code == ErrorCode::kInsufficientStorage;
  if (is_full && batch_ > 1) {
    batch_ /= 4;
    batch_ = std::max<std::size_t>(batch_, 1);
    co_return false;
  }
  batch_ = kBatch;
  rest(to_string(moved.error()), kRest);
  co_return false;
}

// The round did not suffice. The age goes down by halves, past those that would find nothing.
void ClockMover::end_round() {
  const Round round = std::exchange(round_, {});
  const Duration pause = kRestRounds * round.spent;
  if (round.movable == 0) {
    if (round.moved == 0)
      rest("no body that could move is left in it", std::max(pause, Duration(kRest)));
    return;
  }
  if (age_ > least_age_) {
    do {
      age_ = std::max(age_ / 2, least_age_);
    } while (age_ > round.longest_idle && age_ > least_age_);
    if (age_ <= round.longest_idle) return;
  }
  if (round.moved != 0) return;
  const Duration wait = std::clamp<Duration>(least_age_ - round.longest_idle, kPause, kLongestWait);
  rest("every small body was written or read in the last " + seconds_text(least_age_),
       std::max(pause, wait));
}

void ClockMover::rest(std::string why, Duration time) {
  rests_until_ = service_.clock.instant() + time;
  status_.why = std::move(why);
  if (std::exchange(reported_, status_.why) == status_.why) return;
  log_warn(kLogComponent, "small bodies stay in the metadata", {{"reason", status_.why}});
}

// Half of the time at most is spent on moving, until the store is well above its watermark.
Instant::duration ClockMover::pause_since(Instant began) const {
  const std::uint64_t high = status_.high_bytes;
  if (status_.used_bytes > high + (status_.size_bytes - high) / 2) return kLeastPause;
  return std::max<Duration>(service_.clock.instant() - began, kLeastPause);
}

void ClockMover::publish() {
  status_.left_bytes = status_.moving ? left_bytes() : 0;
  const std::lock_guard lock(mutex_);
  shown_ = status_;
}

InlineMoverStatus ClockMover::status() const {
  const std::lock_guard lock(mutex_);
  return shown_;
}

}  // namespace lapis::blob
