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
};

http::Request request_for(const http::Url& url, const blob::SourceRequest& asked) {
  http::Request request;
  request.method = http::Method::kGet;
  request.method_text = "GET";
  request.target = url.target;
  request.headers = azure::source_headers(asked);
  request.headers.add("Host", url.authority);
  request.secure = url.secure;
  request.peer_address = asked.asked_by;  // never out of the URL, which whoever asks has written
  return request;
}

}  // namespace

io::Task<Result<std::unique_ptr<blob::CopySource>>> open_own_source(
    http::Handler& server, const http::Url& url, const blob::SourceRequest& request) {
  auto source = std::make_unique<OwnSource>();
  source->request = request_for(url, request);
  http::Response response = co_await server.handle(source->request, source->nothing);
  if (response.status != 200 && response.status != 206) {
    const auto* text = std::get_if<std::string>(&response.body);
    const std::string_view document = text == nullptr ? std::string_view() : *text;
    co_return fail(azure::source_refused(request, response.status, response.headers, document));
  }
  source->serve(std::move(response.body));
  LAPIS_CO_TRY(source->known, azure::read_source_head(request, response.status, response.headers,
                                                      source->answer->remaining()));
  co_return source;
}

}  // namespace lapis::source
