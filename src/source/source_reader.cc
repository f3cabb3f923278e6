#include "lapis/source/source_reader.h"

#include <utility>

#include "lapis/azure/copy_source.h"
#include "lapis/base/log.h"
#include "source/outgoing_source.h"
#include "source/own_source.h"
#include "source/slots.h"

namespace lapis::source {
namespace {

using OpenedSource = Result<std::unique_ptr<blob::CopySource>>;

class HeldTurn final : public blob::CopyTurn {
 public:
  HeldTurn(Slots::Slot slot, const bool& stopped) : slot_(std::move(slot)), stopped_(stopped) {}
  Result<void> check() const override {
    if (stopped_) return fail(ErrorCode::kServerBusy, "the server is stopping");
    return {};
  }

 private:
  Slots::Slot slot_;
  const bool& stopped_;
};

// An opened source, and the turn that it takes.
class HeldSource final : public blob::CopySource {
 public:
  HeldSource(std::unique_ptr<blob::CopySource> source, HeldTurn turn)
      : turn_(std::move(turn)), source_(std::move(source)), body_(source_->body(), turn_) {}
  const blob::SourceProperties& properties() const override { return source_->properties(); }
  io::ByteSource& body() override { return body_; }
  void abort() override { source_->abort(); }

 private:
  HeldTurn turn_;
  std::unique_ptr<blob::CopySource> source_;
  blob::BodyInTurn body_;
};

class Reader final : public SourceReader {
 public:
  Reader(io::Shard& shard, const Policy& policy, ReaderOptions options, const Clock& clock,
         std::shared_ptr<http::TlsContext> tls)
      : shard_(shard),
        policy_(policy),
        options_(options),
        tls_(std::move(tls)),
        slots_(shard, clock, {.slots = options.max_copies, .wait = options.busy_timeout}) {}

  void serve_own_by(http::Handler& server) override { own_ = &server; }

  io::Task<Result<std::unique_ptr<blob::CopyTurn>>> take_turn() override {
    LAPIS_CO_TRY(Slots::Slot slot, co_await slots_.take());
    co_return std::make_unique<HeldTurn>(std::move(slot), stopped_);
  }

  io::Task<OpenedSource> open(blob::SourceRequest request) override {
    LAPIS_CO_TRY(Slots::Slot slot, co_await slots_.take());
    HeldTurn turn(std::move(slot), stopped_);
    auto opened = co_await open_any(request);
    if (!opened) {
      failed_.add();
      log_debug("source", "a copy's source cannot be read",
                {{"reason", to_string(opened.error())}});
      co_return opened;
    }
    co_return std::make_unique<HeldSource>(*std::move(opened), std::move(turn));
  }

  io::Task<void> stop() override {
    stopped_ = true;
    for (http::Client* client : clients_) client->abort();
    co_await slots_.stop();
  }

  ReaderStats stats() const override {
    return {.copying = slots_.taken(),
            .waiting = slots_.waiting(),
            .opened_own = opened_own_.value(),
            .opened_elsewhere = opened_elsewhere_.value(),
            .failed = failed_.value(),
            .refused = slots_.refused(),
            .bytes_elsewhere = bytes_elsewhere_.value()};
  }

 private:
  io::Task<OpenedSource> open_any(const blob::SourceRequest& request) {
    const auto url = http::parse_url(request.url);
    if (!url) co_return fail(azure::source_not_allowed("no URL"));
    if (own_ != nullptr && policy_.is_own(*url, request.asked_host, request.asked_securely)) {
      opened_own_.add();
      co_return co_await open_own_source(*own_, *url, request);
    }
    if (stopped_) co_return fail(ErrorCode::kServerBusy, "the server is stopping");
    opened_elsewhere_.add();
    const Outgoing outgoing{shard_, policy_, options_, tls_, clients_, bytes_elsewhere_};
    co_return co_await open_outgoing_source(outgoing, *url, request);
  }

  io::Shard& shard_;
  const Policy& policy_;
  const ReaderOptions options_;
  const std::shared_ptr<http::TlsContext> tls_;
  http::Handler* own_ = nullptr;
  bool stopped_ = false;
  OpenClients clients_;
  Counter opened_own_;
  Counter opened_elsewhere_;
  Counter failed_;
  Counter bytes_elsewhere_;
  Slots slots_;
};

}  // namespace

std::unique_ptr<SourceReader> SourceReader::make(io::Shard& shard, const Policy& policy,
                                                 ReaderOptions options, const Clock& clock,
                                                 std::shared_ptr<http::TlsContext> tls) {
  return std::make_unique<Reader>(shard, policy, options, clock, std::move(tls));
}

}  // namespace lapis::source
