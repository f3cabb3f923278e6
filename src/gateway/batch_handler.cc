// Blob Batch: its parts are requests of their own, some of which are served at a time.
#include <algorithm>
#include <exception>
#include <optional>
#include <utility>
#include <vector>

#include "gateway/handlers.h"
#include "gateway/read_document.h"
#include "lapis/azure/ops/blob_batch.h"
#include "lapis/base/log.h"
#include "lapis/io/started.h"

namespace lapis::gateway {
namespace {

// What parts write is synced together, so they are not served one behind the other; and a batch is
// one client's, so not all at once either.
constexpr std::size_t kInFlight = 32;

struct Work {
  azure::BatchPart part;
  Guid id;
  RequestTrace trace;
  Result<azure::Call> call;
};

// Which operation a batch may hold.
bool may_be_batched(const Route& route) {
  return route.name == "DeleteBlob" || route.name == "SetBlobTier";
}

// What a part's own address makes impossible is its own failure, and no matter of the batch.
Result<void> check_part(const azure::Call& batch, const Work& work, const Route*& operation) {
  if (!work.call) return {};
  LAPIS_TRY_VOID(azure::check_batch_scope(batch, *work.call));
  const auto route = find_route(*work.call);
  if (!route || !may_be_batched(**route)) {
    return fail(ErrorCode::kInvalidInput, "batch: a part that is neither deletion nor tier");
  }
  if (operation != nullptr && operation->name != (*route)->name) {
    return fail(ErrorCode::kAllBatchSubRequestsShouldBeSameApi);
  }
  operation = *route;
  return {};
}

Result<std::vector<Work>> plan(const azure::Call& batch, std::string_view document) {
  LAPIS_TRY(auto parts, azure::parse_blob_batch(batch, document));
  std::vector<Work> works;
  works.reserve(parts.size());  // what a call refers to stays where it is
  const Route* operation = nullptr;
  for (azure::BatchPart& part : parts) {
    const Guid id = azure::batch_part_id(batch.request_id, works.size());
    Result<azure::Call> call = azure::locate_batch_part(batch, part, id);
    works.push_back({std::move(part), id, RequestTrace{}, std::move(call)});
    LAPIS_TRY_VOID(check_part(batch, works.back(), operation));
  }
  return works;
}

io::Task<void> serve(const Exchange& exchange, Work& work, http::Response& answer) {
  http::Request& request = *work.part.request;
  if (!work.call) {
    answer = exchange.subrequests.refuse(request, exchange.call, work.id, work.call.error());
    co_return;
  }
  if (exchange.call.request.trace != nullptr) {
    work.trace.began = cycles_now();
    request.trace = &work.trace;
  }
  bool threw = true;
  try {
    io::Task<http::Response> task = exchange.subrequests.serve(*work.call);
    answer = co_await std::move(task).traced(request.trace);
    threw = false;
  } catch (const std::exception& error) {
    log_error("gateway", "part of a batch threw", {{"what", error.what()}});
  }
  if (!threw) co_return;
  const Error error{ErrorCode::kInternalError, "a part threw"};
  answer = exchange.subrequests.refuse(request, exchange.call, work.id, error);
}

io::Task<void> serve_all(const Exchange& exchange, std::vector<Work>& works,
                         std::vector<azure::BatchAnswer>& answers) {
  std::vector<io::Started<void>> running(std::min(works.size(), kInFlight));
  for (std::size_t i = 0; i < works.size(); ++i) {
    io::Started<void>& slot = running[i % running.size()];
    if (slot.pending()) co_await slot.join();
    answers[i].content_id = works[i].part.content_id;
    slot = io::Started<void>(serve(exchange, works[i], answers[i].response));
  }
  for (io::Started<void>& slot : running) {
    if (slot.pending()) co_await slot.join();
  }
}

}  // namespace

http::Response fail_batch(const azure::Call& batch, Subrequests& subrequests, const Error& error) {
  const azure::BatchAnswer failure{
      {}, subrequests.refuse(batch.request, batch, batch.request_id, error)};
  return azure::render_blob_batch({&failure, 1});
}

LAPIS_HANDLER(blob_batch) {
  (void)authorized;
  LAPIS_CO_TRY_VOID(azure::check_blob_batch(exchange.call));
  LAPIS_CO_TRY(const std::string document, co_await read_document(exchange, azure::kMaxBatchBytes));
  Result<std::vector<Work>> works = plan(exchange.call, document);
  if (!works) co_return fail_batch(exchange.call, exchange.subrequests, works.error());
  std::vector<azure::BatchAnswer> answers(works->size());
  co_await serve_all(exchange, *works, answers);
  co_return azure::render_blob_batch(answers);
}

}  // namespace lapis::gateway
