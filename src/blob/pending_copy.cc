#include "lapis/blob/pending_copy.h"

#include <algorithm>
#include <utility>

#include "blob/blob_rows.h"
#include "blob/body_intake.h"
#include "blob/pages/pending_pages.h"
#include "blob/pending_state.h"
#include "lapis/base/log.h"

namespace lapis::blob {
namespace {

constexpr unsigned kMostFailures = 5;      // in a row
constexpr std::chrono::seconds kPause{1};  // after the first; twice as long after each that follows
constexpr unsigned kMostDoublings = 6;
constexpr unsigned kDoublingsWhereFull = 3;  // more: reclaiming takes longer
// Of a request whose errors tell what the source said, whatever version asked for the copy.
constexpr std::uint32_t kTellsSourceErrors = 20251105;
// REST "Copy Blob": a copy that has not ended by then fails.
constexpr std::chrono::hours kLongest{14 * 24};

// What is read of the source: counted, and until the copy is aborted or `last` is over.
class CountedBody final : public io::ByteSource {
 public:
  CountedBody(io::ByteSource& body, CopyProgress& progress, const Clock& clock, Timestamp last)
      : body_(body), progress_(progress), clock_(clock), last_(last) {}
  std::uint64_t remaining() const override { return body_.remaining(); }
  io::Task<Result<std::size_t>> read(MutableBytes into) override {
    if (progress_.aborted.load()) co_return fail(ErrorCode::kNoPendingCopyOperation, "aborted");
    if (clock_.now() > last_) co_return fail(ErrorCode::kOperationTimedOut, "two weeks are over");
    auto count = co_await body_.read(into);
    if (count) progress_.copied.fetch_add(*count);
    co_return count;
  }

 private:
  io::ByteSource& body_;
  CopyProgress& progress_;
  const Clock& clock_;
  const Timestamp last_;
};

// As Azure words it: `404 BlobNotFound "Copy failed when reading the source."`.
std::string description_of(const Error& error) {
  const ErrorInfo& known = info(error.code);
  const auto said = std::ranges::find(error.fields, "CopySourceErrorCode", &ErrorField::name);
  const std::string code(said == error.fields.end() ? known.azure_code : said->value);
  const bool is_source =
      error.code == ErrorCode::kCannotVerifyCopySource || error.code == ErrorCode::kConditionNotMet;
  const int status = error.sent_status != 0 ? error.sent_status : known.http_status;
  std::string_view text = "Copy failed when writing the blob.";
  if (is_source) text = "Copy failed when reading the source.";
  if (error.code == ErrorCode::kOperationTimedOut) text = "The copy took too long.";
  return std::to_string(status) + " " + code + " \"" + std::string(text) + "\"";
}

// Whether it may go better the next time.
bool passes(const Error& error) {
  if (error.code == ErrorCode::kInternalError) return true;
  // What has died, of the try before too, comes back after a while.
  if (error.code == ErrorCode::kInsufficientStorage) return true;
  if (error.code != ErrorCode::kCannotVerifyCopySource) return false;
  return error.sent_status == 0 || error.sent_status == 408 || error.sent_status == 429 ||
         error.sent_status >= 500;
}

class Run {
 public:
  Run(Service& service, CopySources& sources, PendingCopy copy, CopyProgress& progress)
      : service_(service), sources_(sources), copy_(std::move(copy)), progress_(progress) {}

  // Completes when the copy has ended, as a success or for good.
  io::Task<Result<void>> run() {
    if (!progress_.failure.empty()) co_return co_await end_as_failed();
    LAPIS_CO_TRY(const auto type, co_await waiting_type());
    if (!type) co_return co_await end({.status = CopyStatus::kFailed});  // of nothing but its row
    progress_.copied.store(0);
    if (*type == BlobType::kPage) co_return co_await run_pages();
    Result<TakenBody> taken = co_await take();
    if (progress_.aborted.load()) co_return Result<void>{};  // who aborted it has written its end
    if (!taken) co_return co_await give_up(std::move(taken).error());
    Body body;
    if (taken->stored) {
      Block block;
      block.length = copy_.length;
      block.chunks = taken->stored->chunks();
      body.blocks.push_back(std::move(block));
    } else {
      body.inline_bytes = std::move(taken->bytes);
    }
    auto ended = co_await end({.stored = taken->stored.get(), .encoded_body = encode_body(body)});
    if (!ended) co_return co_await give_up(std::move(ended).error());
    co_return Result<void>{};
  }

 private:
  io::Task<Result<void>> run_pages() {
    Result<void> brought = co_await bring();
    if (progress_.aborted.load()) co_return Result<void>{};
    if (brought) brought = co_await end({});
    if (!brought) co_return co_await give_up(std::move(brought).error());
    co_return Result<void>{};
  }

  // Of the blob that waits for it; nothing where there is none any more.
  io::Task<Result<std::optional<BlobType>>> waiting_type() {
    LAPIS_CO_TRY(const auto state,
                 co_await service_.meta.get(container_state_key(copy_.container)));
    if (!state) co_return std::nullopt;
    LAPIS_CO_TRY(const ContainerState content, decode_container_state(*state));
    if (is_ended(content)) co_return std::nullopt;
    LAPIS_CO_TRY(const auto row,
                 co_await service_.meta.get(blob_key(copy_.container, copy_.key.name)));
    if (!row) co_return std::nullopt;
    LAPIS_CO_TRY(const BlobProperties properties, decode_properties(*row));
    if (!is_pending(properties) || properties.copy->id != copy_.id) co_return std::nullopt;
    co_return properties.type;
  }

  // That it is the one that the answer was about.
  Result<void> check(const SourceProperties& source) const {
    const bool is_other = source.length != copy_.length ||
                          (!copy_.source.if_match.empty() && source.etag != copy_.source.if_match);
    if (is_other) return fail(ErrorCode::kConditionNotMet, "the source has changed");
    return {};
  }

  // Until when it may take.
  Timestamp last() const { return copy_.began + kLongest; }

  io::Task<Result<std::unique_ptr<CopySource>>> open() {
    if (service_.clock.now() > last()) {
      co_return fail(ErrorCode::kOperationTimedOut, "two weeks are over");
    }
    SourceRequest request = copy_.source;
    request.version = kTellsSourceErrors;
    LAPIS_CO_TRY(auto source, co_await sources_.open(std::move(request)));
    LAPIS_CO_TRY_VOID(check(source->properties()));
    co_return source;
  }

  io::Task<Result<TakenBody>> take() {
    LAPIS_CO_TRY_VOID(check_room(service_, copy_.length));
    LAPIS_CO_TRY(const auto source, co_await open());
    progress_.source = source.get();
    CountedBody body(source->body(), progress_, service_.clock, last());
    const IncomingBody incoming{copy_.container, copy_.key.name, copy_.length, false};
    auto taken = co_await take_body(service_, incoming, body);
    progress_.source = nullptr;
    co_return taken;
  }

  io::Task<Result<void>> bring() {
    LAPIS_CO_TRY(const auto source, co_await open());
    progress_.source = source.get();
    CountedBody body(source->body(), progress_, service_.clock, last());
    auto brought = co_await bring_pages(service_, copy_, body);
    progress_.source = nullptr;
    co_return brought;
  }

  io::Task<Result<void>> give_up(Error error) {
    const bool is_busy = error.code == ErrorCode::kServerBusy || service_.copies->is_stopping();
    const bool is_last = !is_busy && ++progress_.failures >= kMostFailures;
    if (is_busy || (passes(error) && !is_last)) co_return fail(std::move(error));
    log_warn("blob", "a copy has failed",
             {{"copy_id", copy_.id.to_string()}, {"error", to_string(error)}});
    if (error.sent_status == 304 || error.sent_status == 412) {
      error = Error{ErrorCode::kConditionNotMet};
    }
    progress_.failure = description_of(error);
    co_return co_await end_as_failed();
  }

  io::Task<Result<void>> end_as_failed() {
    return end({.status = CopyStatus::kFailed, .description = progress_.failure});
  }

  io::Task<Result<void>> end(CopyEnd end) {
    bool ended = false;
    const Timestamp now = service_.clock.now();
    auto transaction = [&](storage::MetaView& view) -> Result<void> {
      LAPIS_TRY(ended, end_pending_copy(view, copy_, end, now, *service_.time));
      return {};
    };
    LAPIS_CO_TRY_VOID(co_await service_.meta.transact({copy_.container}, std::move(transaction)));
    if (ended && end.stored != nullptr) end.stored->recorded();
    co_return Result<void>{};
  }

  Service& service_;
  CopySources& sources_;
  const PendingCopy copy_;
  CopyProgress& progress_;
};

}  // namespace

io::Task<Result<void>> resume_pending_copies(Service& service) {
  const auto snapshot = service.meta.snapshot();
  auto job = [&]() -> Result<void> {
    const std::string first = table_prefix(storage::Table::kPendingCopy);
    const auto cursor = snapshot->scan(first, prefix_end(first));
    for (; cursor->valid(); cursor->next()) {
      const auto id = parse_pending_copy_key(cursor->key());
      if (id) service.copies->add(*id);
    }
    return cursor->status();
  };
  co_return co_await service.blocking.run(std::move(job));
}

io::Task<void> run_pending_copy(Service& service, CopySources& sources,
                                PendingCopies::Taken taken) {
  Result<void> ended;
  const auto row = co_await service.meta.get(pending_copy_key(taken.id));
  if (!row) {
    ended = fail(row.error());
  } else if (*row) {  // else it has been aborted
    auto copy = decode_pending_copy(taken.id, **row);
    if (copy) {
      Run run(service, sources, *std::move(copy), *taken.progress);
      ended = co_await run.run();
    } else {
      log_error("blob", "a pending copy's row is damaged", {{"copy_id", taken.id.to_string()}});
    }
  }
  if (ended) {
    service.copies->end(taken.id);
    co_return;
  }
  unsigned doublings = std::max(taken.progress->failures, 1u) - 1;
  if (ended.error().code == ErrorCode::kInsufficientStorage) doublings += kDoublingsWhereFull;
  const auto pause = kPause * (1u << std::min(doublings, kMostDoublings));
  log_debug("blob", "a copy is tried again",
            {{"copy_id", taken.id.to_string()}, {"error", to_string(ended.error())}});
  service.copies->put_back(taken.id, service.clock.instant() + pause);
}

}  // namespace lapis::blob
