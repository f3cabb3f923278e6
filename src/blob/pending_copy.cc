#include "lapis/blob/pending_copy.h"

#include <algorithm>
#include <utility>

#include "blob/body_intake.h"
#include "blob/pending_state.h"
#include "lapis/base/log.h"

namespace lapis::blob {
namespace {

constexpr unsigned kMostFailures = 5;      // in a row
constexpr std::chrono::seconds kPause{1};  // after the first; twice as long after each that follows
constexpr unsigned kMostDoublings = 6;
// Of a request whose errors tell what the source said, whatever version asked for the copy.
constexpr std::uint32_t kTellsSourceErrors = 20251105;
// REST "Copy Blob": a copy that has not ended by then fails.
constexpr std::chrono::hours kLongest{14 * 24};

// What is read of the source, as far as it is counted, and until the copy is aborted.
class CountedBody final : public io::ByteSource {
 public:
  CountedBody(io::ByteSource& body, CopyProgress& progress) : body_(body), progress_(progress) {}
  std::uint64_t remaining() const override { return body_.remaining(); }
  io::Task<Result<std::size_t>> read(MutableBytes into) override {
    if (progress_.aborted.load()) co_return fail(ErrorCode::kNoPendingCopyOperation, "aborted");
    auto count = co_await body_.read(into);
    if (count) progress_.copied.fetch_add(*count);
    co_return count;
  }

 private:
  io::ByteSource& body_;
  CopyProgress& progress_;
};

// As Azure words it: `404 BlobNotFound "Copy failed when reading the source."`.
std::string description_of(const Error& error) {
  const ErrorInfo& known = info(error.code);
  const auto said = std::ranges::find(error.fields, "CopySourceErrorCode", &ErrorField::name);
  const std::string code(said == error.fields.end() ? known.azure_code : said->value);
  const bool is_source =
      error.code == ErrorCode::kCannotVerifyCopySource || error.code == ErrorCode::kConditionNotMet;
  const int status = error.sent_status != 0 ? error.sent_status : known.http_status;
  const std::string_view text =
      is_source ? "Copy failed when reading the source." : "Copy failed when writing the blob.";
  return std::to_string(status) + " " + code + " \"" + std::string(text) + "\"";
}

// Whether it may go better the next time.
bool passes(const Error& error) {
  if (error.code == ErrorCode::kInternalError) return true;
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
    if (service_.clock.now() - copy_.began > kLongest) {
      co_return co_await end({.status = CopyStatus::kFailed,
                              .description = "500 OperationTimedOut \"The copy took too long.\""});
    }
    progress_.copied.store(0);
    Result<TakenBody> taken = co_await take();
    if (progress_.aborted.load())
      co_return Result<void>{};  // its end was written by who aborted it
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
    co_return co_await end({.stored = taken->stored.get(), .encoded_body = encode_body(body)});
  }

 private:
  io::Task<Result<TakenBody>> take() {
    LAPIS_CO_TRY_VOID(check_room(service_, copy_.length));
    SourceRequest request = copy_.source;
    request.version = kTellsSourceErrors;
    LAPIS_CO_TRY(const auto source, co_await sources_.open(std::move(request)));
    if (source->properties().length != copy_.length) {
      co_return fail(ErrorCode::kConditionNotMet, "the source has another length");
    }
    progress_.source = source.get();
    CountedBody body(source->body(), progress_);
    const IncomingBody incoming{copy_.container, copy_.key.name, copy_.length, false};
    auto taken = co_await take_body(service_, incoming, body);
    progress_.source = nullptr;
    co_return taken;
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
    co_return co_await end({.status = CopyStatus::kFailed, .description = description_of(error)});
  }

  io::Task<Result<void>> end(CopyEnd end) {
    bool ended = false;
    const Timestamp now = service_.clock.now();
    auto transaction = [&](storage::MetaView& view) -> Result<void> {
      LAPIS_TRY(ended, end_pending_copy(view, copy_, end, now, *service_.time));
      return {};
    };
    auto written = co_await service_.meta.transact({copy_.container}, std::move(transaction));
    if (!written) ++progress_.failures;
    LAPIS_CO_TRY_VOID(written);
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
  const unsigned failures = std::max(taken.progress->failures, 1u);
  const auto pause = kPause * (1u << std::min(failures - 1, kMostDoublings));
  log_debug("blob", "a copy is tried again",
            {{"copy_id", taken.id.to_string()}, {"error", to_string(ended.error())}});
  service.copies->put_back(taken.id, service.clock.instant() + pause);
}

}  // namespace lapis::blob
