#include "lapis/http/client.h"

#include <algorithm>
#include <array>
#include <utility>

#include "http/alarm.h"
#include "http/ascii.h"
#include "http/connector.h"
#include "http/product.h"
#include "http/response_parser.h"

namespace lapis::http {
namespace {

// host[:port] as Host wants it.
std::string authority_of(const ClientOptions& options) {
  const bool is_v6 = options.host.find(':') != options.host.npos;
  const std::string host = is_v6 ? "[" + options.host + "]" : options.host;
  const std::uint16_t standard = options.tls ? 443 : 80;
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

  io::Task<Result<void>> open() {
    if (options_.tls) {
      LAPIS_CO_TRY(tls_, TlsContext::for_client(*options_.tls));
    }
    LAPIS_CO_TRY(transport_, co_await connect_transport(shard_, options_, tls_.get(), *alarm_));
    usable_ = true;
    co_return Result<void>();
  }

  io::Task<Result<ClientResponse>> send(const ClientRequest& request) override {
    if (!is_writable(request)) co_return fail(ErrorCode::kInvalidInput, "request of the client");
    const std::string head = head_of(request, authority_of(options_));
    const Pieces pieces{as_bytes(head), as_bytes(request.body)};
    LAPIS_CO_TRY_VOID(co_await write_all(pieces));
    const bool to_head = request.method == "HEAD";
    co_return co_await read_response(to_head);
  }

  io::Task<Result<void>> write(Bytes raw) override {
    const Pieces pieces{raw, {}};
    co_return co_await write_all(pieces);
  }

  io::Task<Result<ClientResponse>> read_response(bool to_head) override {
    usable_ = false;
    while (true) {
      LAPIS_CO_TRY(ClientResponse response, co_await read_one(to_head));
      if (response.status < 200) continue;
      usable_ = response.keep_alive;
      co_return response;
    }
  }

  bool usable() const override { return usable_; }

 private:
  void set_alarm() {
    alarm_->arm(options_.stall_timeout, [this] {
      timed_out_ = true;
      transport_->abort();
    });
  }

  std::unexpected<Error> broken(const std::error_code& error, std::string_view what) {
    if (timed_out_) return fail(ErrorCode::kOperationTimedOut, std::string(what));
    return fail(ErrorCode::kInternalError, std::string(what) + ": " + error.message());
  }

  io::Task<Result<void>> write_all(Pieces pieces) {
    usable_ = false;
    while (!pieces.empty()) {
      IoResult wrote = transport_->write_now(pieces);
      if (!wrote.error && wrote.bytes == 0) {
        set_alarm();
        wrote = co_await transport_->write_some(pieces);
        alarm_->disarm();
      }
      if (wrote.error) co_return broken(wrote.error, "writing a request");
      pieces.advance(wrote.bytes);
    }
    co_return Result<void>();
  }

  // The next response, interim or not.
  io::Task<Result<ClientResponse>> read_one(bool to_head) {
    const ResponseParser::Limits limits{options_.max_head_bytes, options_.max_body_bytes};
    const auto parser = ResponseParser::make(limits, to_head);
    while (true) {
      if (!unread_.empty()) {
        LAPIS_CO_TRY(const std::size_t used, parser->put(unread_));
        unread_.erase(0, used);
      }
      if (parser->done()) co_return parser->take();
      set_alarm();
      const IoResult got =
          co_await transport_->read_some(std::as_writable_bytes(std::span(piece_)));
      alarm_->disarm();
      if (got.error || timed_out_) co_return broken(got.error, "reading a response");
      if (got.at_end()) {
        LAPIS_CO_TRY_VOID(parser->put_end());
        co_return parser->take();
      }
      unread_.append(piece_.data(), got.bytes);
    }
  }

  io::Shard& shard_;
  const ClientOptions options_;
  std::unique_ptr<TlsContext> tls_;
  std::unique_ptr<Alarm> alarm_;
  std::unique_ptr<Transport> transport_;
  bool timed_out_ = false;
  bool usable_ = false;
  std::string unread_;  // received, not yet parsed
  std::array<char, 64 * 1024> piece_;
};

}  // namespace

io::Task<Result<std::unique_ptr<Client>>> Client::connect(io::Shard& shard, ClientOptions options) {
  auto client = std::make_unique<OneConnection>(shard, std::move(options));
  LAPIS_CO_TRY_VOID(co_await client->open());
  co_return client;
}

}  // namespace lapis::http
