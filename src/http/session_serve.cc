// The answering half of Session: from a request to its response on the wire.
#include <exception>
#include <utility>

#include "http/session.h"
#include "lapis/base/log.h"

namespace lapis::http {
namespace {

void log_exception(const Request& request, const char* what) {
  log_error("http", "handler threw",
            {{"method", request.method_text}, {"peer", request.peer_address}, {"what", what}});
}

}  // namespace

io::Task<Response> Session::ask_handler(RequestBody& body) {
  try {
    co_return co_await home_.handler.handle(request_, body);
  } catch (const std::exception& error) {
    log_exception(request_, error.what());
  } catch (...) {
    log_exception(request_, "not a std::exception");
  }
  co_return rejection(Error{ErrorCode::kInternalError, "handler threw"});
}

Response Session::rejection(const Error& error) {
  Response response;
  trace_.error = error.code;
  try {
    response = home_.handler.reject(error);
    if (!std::holds_alternative<std::unique_ptr<io::BufferSource>>(response.body)) return response;
    log_error("http", "a rejection may not stream its body");
  } catch (const std::exception& thrown) {
    log_exception(request_, thrown.what());
  }
  response = Response{};
  response.status = info(error.code).http_status;
  return response;
}

Session::Outgoing Session::plan(const Response& response, bool to_head) const {
  Outgoing out;
  std::uint64_t size = 0;
  if (const auto* text = std::get_if<std::string>(&response.body)) {
    size = text->size();
    out.piece = as_bytes(*text);
  } else if (const auto* stream = std::get_if<std::unique_ptr<io::BufferSource>>(&response.body)) {
    size = (*stream)->remaining();
    if (size != 0) out.source = stream->get();
  }
  const bool bodiless = !status_has_body(response.status);
  if (bodiless || to_head) {
    out.piece = {};
    out.source = nullptr;
    if (!bodiless) out.length = response.announced_length.value_or(size);
    if (response.status == 304) out.length = response.announced_length;
  } else {
    out.length = size;
  }
  return out;
}

// The next bytes of a body that still has `left` to come: at least one, at most `left`.
io::Task<Result<Bytes>> Session::next_piece(io::BufferSource& source, std::uint64_t left) {
  Result<Bytes> piece;
  const PhaseTimer waiting(request_.trace, Phase::kData);
  try {
    piece = co_await source.next();
  } catch (const std::exception& error) {
    log_exception(request_, error.what());
    piece = fail(ErrorCode::kInternalError, "body threw");
  }
  if (piece && (piece->empty() || piece->size() > left)) {
    piece = fail(ErrorCode::kInternalError, "body has not the length it said");
  }
  co_return piece;
}

void Session::write_head(const Response& response, const Outgoing& out, bool close) {
  HeadFacts facts;
  facts.content_length = out.length;
  facts.close = close;
  facts.to_http_1_0 = http_1_0_;
  facts.common = home_.common.lines();
  head_.clear();
  append_response_head(head_, response, facts);
}

io::Task<Session::After> Session::serve() {
  begin_trace();
  const std::uint64_t length = request_.content_length.value_or(0);
  RequestBody body(link_, input_, length, expects_continue_, request_.trace);
  Response response = co_await ask_handler(body);

  const bool to_head = request_.method == Method::kHead;
  Outgoing out = plan(response, to_head);
  if (out.source != nullptr) {
    // A body whose beginning cannot be had is still an error with a status of its own.
    const Result<Bytes> first = co_await next_piece(*out.source, *out.length);
    if (first) {
      out.piece = *first;
    } else {
      response = rejection(first.error());
      out = plan(response, to_head);
    }
  }
  const bool close = response.close || !keep_alive_ || request_.chunked || home_.draining ||
                     body.failed() || body.is_held_back() ||
                     body.remaining() > home_.options.drain_limit_bytes;
  write_head(response, out, close);
  trace_answered();
  link_.begin_transfer();
  Pieces pieces{as_bytes(head_), out.piece};
  bool sent = link_.write_now(pieces);
  if (sent && !pieces.empty()) sent = co_await link_.write(pieces);
  if (sent && out.source != nullptr) sent = co_await send_stream(out);
  trace_sent();
  After after = close ? After::kClose : After::kKeep;
  if (!sent) after = After::kAbort;
  if (after == After::kKeep && body.remaining() != 0) {
    link_.begin_transfer();
    const bool drained = co_await body.drain(home_.scratch);
    if (!drained) after = After::kAbort;
  }
  report(response, true, length - body.remaining(), sent);
  co_return after;
}

// The rest of a streamed body, behind the first piece.
io::Task<bool> Session::send_stream(Outgoing out) {
  std::uint64_t left = *out.length - out.piece.size();
  while (left != 0) {
    const Result<Bytes> piece = co_await next_piece(*out.source, left);
    if (!piece) {
      log_warn("http", "response cut short",
               {{"peer", request_.peer_address}, {"error", to_string(piece.error())}});
      co_return false;
    }
    const Pieces pieces{*piece, {}};
    const bool sent = co_await link_.write(pieces);
    if (!sent) co_return false;
    left -= piece->size();
  }
  co_return true;
}

io::Task<Session::After> Session::send_refusal() {
  log_debug("http", "request refused",
            {{"peer", request_.peer_address}, {"error", to_string(*refusal_)}});
  begin_trace();
  Response response = rejection(*refusal_);
  if (refusal_status_ != 0) {
    response.status = refusal_status_;
    response.reason.clear();
  }
  http_1_0_ = false;
  const Outgoing out = plan(response, false);
  write_head(response, out, true);
  trace_answered();
  link_.begin_transfer();
  const Pieces pieces{as_bytes(head_), out.piece};
  const bool sent = co_await link_.write(pieces);
  trace_sent();
  report(response, false, 0, sent);
  co_return sent ? After::kClose : After::kAbort;
}

}  // namespace lapis::http
