#include "source/outgoing_source.h"

#include <span>
#include <utility>

#include "lapis/azure/copy_source.h"

namespace lapis::source {
namespace {

std::unexpected<Error> broken(Error error) {
  if (error.code == ErrorCode::kAuthorizationFailure) {
    return fail(azure::source_not_allowed(std::move(error.detail)));
  }
  return fail(azure::source_unreachable(std::move(error.detail)));
}

// The body of an answer of known length.
class OutgoingBody final : public io::ByteSource {
 public:
  OutgoingBody(http::Client& client, std::uint64_t length, Counter& bytes)
      : client_(client), left_(length), bytes_(bytes) {}

  std::uint64_t remaining() const override { return left_; }
  io::Task<Result<std::size_t>> read(MutableBytes into) override {
    if (left_ == 0 || into.empty()) co_return std::size_t{0};
    auto count = co_await client_.read_body(into);
    if (!count) co_return broken(std::move(count).error());
    if (*count == 0) co_return fail(azure::source_unreachable("the source ends early"));
    left_ -= *count;
    bytes_.add(*count);
    co_return *count;
  }

 private:
  http::Client& client_;
  std::uint64_t left_;
  Counter& bytes_;
};

class OutgoingSource final : public blob::CopySource {
 public:
  OutgoingSource(std::unique_ptr<http::Client> client, const Outgoing& outgoing)
      : client_(std::move(client)), open_(outgoing.open), bytes_(outgoing.bytes) {
    open_.insert(client_.get());
  }
  ~OutgoingSource() override { open_.erase(client_.get()); }

  http::Client& client() { return *client_; }
  void promise(blob::SourceProperties properties) {
    properties_ = std::move(properties);
    body_.emplace(*client_, properties_.length, bytes_);
  }

  const blob::SourceProperties& properties() const override { return properties_; }
  io::ByteSource& body() override { return *body_; }
  void abort() override { client_->abort(); }

 private:
  std::unique_ptr<http::Client> client_;
  OpenClients& open_;
  Counter& bytes_;
  blob::SourceProperties properties_;
  std::optional<OutgoingBody> body_;
};

// A document, of a refusal or of tags, as far as it is looked at. What cannot be read is none.
io::Task<std::string> read_document(http::Client& client) {
  std::string text(azure::kMaxSourceDocumentBytes, '\0');
  std::size_t size = 0;
  while (size < text.size()) {
    const MutableBytes room = std::as_writable_bytes(std::span(text).subspan(size));
    const auto count = co_await client.read_body(room);
    if (!count || *count == 0) break;
    size += *count;
  }
  text.resize(size);
  co_return text;
}

io::Task<Result<std::unique_ptr<OutgoingSource>>> connect(const Outgoing& outgoing,
                                                          const http::Url& url) {
  http::ClientOptions options;
  options.host = url.host;
  options.port = url.port;
  if (url.secure) options.tls_context = outgoing.tls;
  options.connect_timeout = outgoing.options.connect_timeout;
  options.stall_timeout = outgoing.options.stall_timeout;
  options.permits = [&policy = outgoing.policy, port = url.port](const http::IpAddress& address) {
    return policy.permits(address, port);
  };
  auto client = http::Client::make(outgoing.shard, std::move(options));
  auto source = std::make_unique<OutgoingSource>(std::move(client), outgoing);
  auto connected = co_await source->client().connect();
  if (!connected) co_return broken(std::move(connected).error());
  co_return source;
}

// An answer that is no refusal.
io::Task<Result<http::ClientResponse>> ask(http::Client& client, http::ClientRequest get,
                                           const blob::SourceRequest& request) {
  auto answer = co_await client.open(get);
  if (!answer) co_return broken(std::move(answer).error());
  if (answer->status == 200 || answer->status == 206) co_return answer;
  const std::string document = co_await read_document(client);
  co_return fail(azure::source_refused(request, answer->status, answer->headers, document));
}

// Over a connection of its own, which ends with it.
io::Task<Result<blob::Tags>> read_tags(const Outgoing& outgoing, const http::Url& url,
                                       const blob::SourceRequest& request) {
  LAPIS_CO_TRY(const auto source, co_await connect(outgoing, url));
  http::ClientRequest get;
  get.target = azure::source_tags_target(url.target);
  get.headers = azure::source_tags_headers(request);
  get.headers.add("Host", url.authority);
  LAPIS_CO_TRY(const auto answer, co_await ask(source->client(), std::move(get), request));
  co_return azure::read_source_tags(answer.status, co_await read_document(source->client()));
}

}  // namespace

io::Task<Result<std::unique_ptr<blob::CopySource>>> open_outgoing_source(
    Outgoing outgoing, const http::Url& url, const blob::SourceRequest& request) {
  const Result<void> allowed = outgoing.policy.check(url);
  if (!allowed) co_return fail(azure::source_not_allowed(allowed.error().detail));
  blob::Tags tags;
  if (request.wants_tags) {
    LAPIS_CO_TRY(tags, co_await read_tags(outgoing, url, request));
  }
  LAPIS_CO_TRY(auto source, co_await connect(outgoing, url));
  http::ClientRequest get;
  get.target = url.target;
  get.headers = azure::source_headers(request);
  get.headers.add("Host", url.authority);
  LAPIS_CO_TRY(const auto answer, co_await ask(source->client(), std::move(get), request));
  LAPIS_CO_TRY(blob::SourceProperties properties,
               azure::read_source_head(request, answer.status, answer.headers, answer.body_length));
  properties.tags = std::move(tags);
  source->promise(std::move(properties));
  co_return source;
}

}  // namespace lapis::source
