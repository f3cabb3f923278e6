#include "source/own_source.h"

#include <utility>

#include "lapis/azure/copy_source.h"
#include "lapis/io/pulled_bytes.h"

namespace lapis::source {
namespace {

// The request lives as long as its answer.
class OwnSource final : public blob::CopySource {
 public:
  http::Request request;
  io::PulledBytes nothing;  // the request has no body
  std::optional<io::PulledBytes> answer;
  blob::SourceProperties known;

  void serve(http::Body body) {
    if (auto* stream = std::get_if<std::unique_ptr<io::BufferSource>>(&body)) {
      answer.emplace(std::move(*stream));
    } else if (auto* text = std::get_if<std::string>(&body)) {
      answer.emplace(std::move(*text));
    } else {
      answer.emplace();
    }
  }

  const blob::SourceProperties& properties() const override { return known; }
  io::ByteSource& body() override { return *answer; }
  void abort() override {}  // it waits for disks alone
};

http::Request request_for(const http::Url& url, std::string_view target, http::Headers headers,
                          const blob::SourceRequest& asked) {
  http::Request request;
  request.method = http::Method::kGet;
  request.method_text = "GET";
  request.target = target;
  request.headers = std::move(headers);
  request.headers.add("Host", url.authority);
  request.secure = url.secure;
  request.peer_address = asked.asked_by;  // never out of the URL, which whoever asks has written
  return request;
}

std::string_view text_of(const http::Response& response) {
  const auto* text = std::get_if<std::string>(&response.body);
  return text == nullptr ? std::string_view() : *text;
}

// An answer that is no refusal.
io::Task<Result<http::Response>> ask(http::Handler& server, OwnSource& source,
                                     const blob::SourceRequest& asked) {
  http::Response response = co_await server.handle(source.request, source.nothing);
  if (response.status == 200 || response.status == 206) co_return response;
  co_return fail(
      azure::source_refused(asked, response.status, response.headers, text_of(response)));
}

io::Task<Result<blob::Tags>> read_tags(http::Handler& server, const http::Url& url,
                                       const blob::SourceRequest& asked) {
  OwnSource source;
  source.request = request_for(url, azure::source_tags_target(url.target),
                               azure::source_tags_headers(asked), asked);
  LAPIS_CO_TRY(const http::Response response, co_await ask(server, source, asked));
  co_return azure::read_source_tags(response.status, text_of(response));
}

}  // namespace

io::Task<Result<std::unique_ptr<blob::CopySource>>> open_own_source(
    http::Handler& server, const http::Url& url, const blob::SourceRequest& request) {
  auto source = std::make_unique<OwnSource>();
  blob::Tags tags;
  if (request.wants_tags) {
    LAPIS_CO_TRY(tags, co_await read_tags(server, url, request));
  }
  source->request = request_for(url, url.target, azure::source_headers(request), request);
  LAPIS_CO_TRY(http::Response response, co_await ask(server, *source, request));
  source->serve(std::move(response.body));
  LAPIS_CO_TRY(source->known, azure::read_source_head(request, response.status, response.headers,
                                                      source->answer->remaining()));
  source->known.tags = std::move(tags);
  // Whoever asks may read it: it has been. No other answer tells a type.
  if (source->known.type) source->known.own = azure::source_blob(url, request.version);
  co_return source;
}

}  // namespace lapis::source
