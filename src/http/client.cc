#include "lapis/http/client.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <utility>

#include "http/alarm.h"
#include "http/ascii.h"
#include "http/connector.h"
#include "http/product.h"
#include "http/response_parser.h"
#include "lapis/base/clock.h"

namespace lapis::http {
namespace {

// host[:port] as Host wants it.
std::string authority_of(const ClientOptions& options) {
  const bool is_v6 = options.host.find(':') != options.host.npos;
  const std::string host = is_v6 ? "[" + options.host + "]" : options.host;
  const std::uint16_t standard = options.tls || options.tls_context ? 443 : 80;
  return options.port == standard ? host : host + ":" + std::to_string(options.port);
}

// Whether nothing in the request can end a line or a word that it should not.
bool is_writable(const ClientRequest& request) {
  const auto is_field = [](const Header& field) {
    return kTokenChars.spells(field.name) && !has_control(field.value);
  };
  const auto is_visible = [](char c) { return static_cast<unsigned char>(c) > 0x20 && c != 0x7f; };
  return kTokenChars.spells(request.method) && request.target.starts_with('/') &&
         std::ranges::all_of(request.target, is_visible) &&
         std::ranges::all_of(request.headers.all(), is_field);
}

std::string head_of(const ClientRequest& request, const std::string& authority) {
  std::string head = request.method + " " + request.target + " HTTP/1.1\r\n";
  const auto add = [&head](std::string_view name, std::string_view value) {
    head.append(name).append(": ").append(value).append("\r\n");
  };
  if (request.headers.find("Host") == nullptr) add("Host", authority);
  if (request.headers.find("User-Agent") == nullptr) add("User-Agent", kProduct);
  const bool has_body =
      !request.body.empty() || request.method == "PUT" || request.method == "POST";
  if (has_body && request.headers.find("Content-Length") == nullptr) {
    add("Content-Length", std::to_string(request.body.size()));
  }
  for (const Header& field : request.headers.all()) add(field.name, field.value);
  return head.append("\r\n");
}

class OneConnection final : public Client {
 public:
  OneConnection(io::Shard& shard, ClientOptions options)
      : shard_(shard), options_(std::move(options)), alarm_(Alarm::make(shard)) {}

  io::Task<Result<void>> connect() override {
    if (aborted_) co_return was_aborted();
    tls_ = options_.tls_context;
    if (!tls_ && options_.tls) {
      LAPIS_CO_TRY(tls_, make_client_tls(*options_.tls));
    }
    auto connected = co_await connect_transport(shard_, options_, tls_.get(), *alarm_);
    if (aborted_) co_return was_aborted();
    if (!connected) co_return std::unexpected(std::move(connected).error());
    transport_ = *std::move(connected);
    usable_ = true;
    co_return Result<void>();
  }

  io::Task<Result<ClientResponse>> send(const ClientRequest& request) override {
    LAPIS_CO_TRY_VOID(co_await write_request(request));
    const bool to_head = request.method == "HEAD";
    co_return co_await read_response(to_head);
  }

  io::Task<Result<ClientResponse>> open(const ClientRequest& request) override {
    LAPIS_CO_TRY_VOID(co_await write_request(request));
    const bool to_head = request.method == "HEAD";
    begin_transfer();
    for (std::size_t interim = 0;; ++interim) {
      LAPIS_CO_TRY(ClientResponse response, co_await read_head(to_head));
      if (response.status < 200) {
        LAPIS_CO_TRY_VOID(check_interim(interim));
        continue;
      }
      keep_alive_ = response.keep_alive;
      body_left_ = response.body_length;
      if (body_left_ == 0) usable_ = keep_alive_;
      co_return response;
    }
  }

  io::Task<Result<std::size_t>> read_body(MutableBytes into) override {
    if (!body_left_) co_return co_await read_coded_body(into);
    into = into.first(static_cast<std::size_t>(std::min<std::uint64_t>(into.size(), *body_left_)));
    if (into.empty()) co_return std::size_t{0};
    std::size_t count = std::min(into.size(), unread_.size());
    if (count != 0) {
      std::memcpy(into.data(), unread_.data(), count);
      unread_.erase(0, count);
    } else {
      LAPIS_CO_TRY(count, co_await receive(into));
      if (count == 0) co_return fail(ErrorCode::kInternalError, "the body ends early");
    }
    *body_left_ -= count;
    if (body_left_ == 0) usable_ = keep_alive_;
    co_return count;
  }

  io::Task<Result<void>> write(Bytes raw) override {
    const Pieces pieces{raw, {}};
    co_return co_await write_all(pieces);
  }

  io::Task<Result<ClientResponse>> read_response(bool to_head) override {
    usable_ = false;
    begin_transfer();
    for (std::size_t interim = 0;; ++interim) {
      LAPIS_CO_TRY(ClientResponse response, co_await read_one(to_head));
      if (response.status < 200) {
        LAPIS_CO_TRY_VOID(check_interim(interim));
        continue;
      }
      usable_ = response.keep_alive;
      co_return response;
    }
  }

  bool usable() const override { return usable_; }

  void abort() override {
    aborted_ = true;
    if (transport_) {
      transport_->abort();
    } else {
      alarm_->ring();  // of connecting
    }
  }

 private:
  // A response has to bring at least this much in each stall_timeout of waiting for it.
  static constexpr std::uint64_t kStallBytes = 16 * 1024;
  // Interim responses before the one that counts.
  static constexpr std::size_t kMaxInterim = 64;

  static Result<void> check_interim(std::size_t before) {
    if (before < kMaxInterim) return {};
    return fail(ErrorCode::kInternalError, "response: nothing but interim ones");
  }

  static std::unexpected<Error> was_aborted() {
    return fail(ErrorCode::kInternalError, "connecting: aborted");
  }

  void set_alarm(std::chrono::milliseconds limit) {
    alarm_->arm(limit, [this] {
      timed_out_ = true;
      transport_->abort();
    });
  }

  std::unexpected<Error> broken(const std::error_code& error, std::string_view what) {
    if (timed_out_) return fail(ErrorCode::kOperationTimedOut, std::string(what));
    if (aborted_) return fail(ErrorCode::kInternalError, std::string(what) + ": aborted");
    return fail(ErrorCode::kInternalError, std::string(what) + ": " + error.message());
  }

  io::Task<Result<void>> write_all(Pieces pieces) {
    usable_ = false;
    while (!pieces.empty()) {
      IoResult wrote = transport_->write_now(pieces);
      if (!wrote.error && wrote.bytes == 0) {
        set_alarm(options_.stall_timeout);
        wrote = co_await transport_->write_some(pieces);
        alarm_->disarm();
      }
      if (wrote.error) co_return broken(wrote.error, "writing a request");
      pieces.advance(wrote.bytes);
    }
    co_return Result<void>();
  }

  io::Task<Result<void>> write_request(const ClientRequest& request) {
    if (!is_writable(request)) co_return fail(ErrorCode::kInvalidInput, "request of the client");
    const std::string head = head_of(request, authority_of(options_));
    const Pieces pieces{as_bytes(head), as_bytes(request.body)};
    co_return co_await write_all(pieces);
  }

  // Some bytes of a response; 0 at the end of the stream.
  io::Task<Result<std::size_t>> receive(MutableBytes into) {
    const Instant began = clock_.instant();
    set_alarm(allowance_);
    const IoResult got = co_await transport_->read_some(into);
    alarm_->disarm();
    if (got.error || timed_out_ || aborted_) co_return broken(got.error, "reading a response");
    moved_ += got.bytes;
    if (moved_ >= kStallBytes) {
      begin_transfer();
    } else {
      const auto waited = std::chrono::ceil<std::chrono::milliseconds>(clock_.instant() - began);
      allowance_ = std::max(allowance_ - waited, std::chrono::milliseconds(0));
    }
    co_return got.bytes;
  }
  // Once for a response and the interim ones before it: they are no progress.
  void begin_transfer() {
    moved_ = 0;
    allowance_ = options_.stall_timeout;
  }

  // Gives the parser what came, and what comes next. False where the stream has ended.
  io::Task<Result<bool>> feed(ResponseParser& parser) {
    if (!unread_.empty()) {
      LAPIS_CO_TRY(const std::size_t used, parser.put(unread_));
      unread_.erase(0, used);
      if (used != 0) co_return true;
      // A chunk's header or a trailer: the parser limits heads itself.
      if (unread_.size() > options_.max_head_bytes) {
        co_return fail(ErrorCode::kInternalError, "response: a part of its framing is too long");
      }
    }
    LAPIS_CO_TRY(const std::size_t count,
                 co_await receive(std::as_writable_bytes(std::span(piece_))));
    if (count == 0) {
      LAPIS_CO_TRY_VOID(parser.put_end());
      co_return false;
    }
    unread_.append(piece_.data(), count);
    co_return true;
  }

  // The next response, interim or not.
  io::Task<Result<ClientResponse>> read_one(bool to_head) {
    const ResponseParser::Limits limits{options_.max_head_bytes, options_.max_body_bytes};
    const auto parser = ResponseParser::make(limits, to_head);
    while (!parser->done()) {
      LAPIS_CO_TRY_VOID(co_await feed(*parser));
    }
    co_return parser->take();
  }

  io::Task<Result<ClientResponse>> read_head(bool to_head) {
    const ResponseParser::Limits limits{options_.max_head_bytes,
                                        std::numeric_limits<std::uint64_t>::max()};
    parser_ = ResponseParser::make(limits, to_head, true);
    while (!parser_->head_done()) {
      LAPIS_CO_TRY_VOID(co_await feed(*parser_));
    }
    co_return parser_->take_head();
  }

  // Of a body whose length only its end tells.
  io::Task<Result<std::size_t>> read_coded_body(MutableBytes into) {
    while (decoded_.empty() && !parser_->done()) {
      LAPIS_CO_TRY_VOID(co_await feed(*parser_));
      decoded_ = parser_->take_body();
    }
    const std::size_t count = std::min(into.size(), decoded_.size());
    if (count != 0) std::memcpy(into.data(), decoded_.data(), count);
    decoded_.erase(0, count);
    if (count == 0) usable_ = keep_alive_;
    co_return count;
  }

  io::Shard& shard_;
  const ClientOptions options_;
  const SystemClock clock_;
  std::shared_ptr<TlsContext> tls_;
  std::unique_ptr<Alarm> alarm_;
  std::unique_ptr<Transport> transport_;
  bool timed_out_ = false;
  bool aborted_ = false;
  bool usable_ = false;
  std::uint64_t moved_ = 0;                // since the allowance was whole
  std::chrono::milliseconds allowance_{};  // of waiting that is left of a stall_timeout
  std::string unread_;                     // received, not yet parsed
  // Of the response that was opened:
  std::unique_ptr<ResponseParser> parser_;
  bool keep_alive_ = false;
  std::optional<std::uint64_t> body_left_;  // where its length was told
  std::string decoded_;                     // else: parsed, not yet read
  std::array<char, 64 * 1024> piece_;
};

}  // namespace

Result<std::shared_ptr<TlsContext>> make_client_tls(const ClientTls& options) {
  return TlsContext::for_client(options);
}

std::unique_ptr<Client> Client::make(io::Shard& shard, ClientOptions options) {
  return std::make_unique<OneConnection>(shard, std::move(options));
}

io::Task<Result<std::unique_ptr<Client>>> Client::connect(io::Shard& shard, ClientOptions options) {
  auto client = make(shard, std::move(options));
  LAPIS_CO_TRY_VOID(co_await client->connect());
  co_return client;
}

}  // namespace lapis::http
