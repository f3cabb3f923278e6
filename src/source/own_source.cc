#include "source/own_source.h"

#include <cstring>
#include <utility>

#include "lapis/azure/copy_source.h"

namespace lapis::source {
namespace {

// The request has no body.
class NoBody final : public io::ByteSource {
 public:
  std::uint64_t remaining() const override { return 0; }
  io::Task<Result<std::size_t>> read(MutableBytes) override { co_return std::size_t{0}; }
};

// The bytes of an answer, pulled into the caller's memory.
class AnswerBody final : public io::ByteSource {
 public:
  void serve(http::Body body) {
    body_ = std::move(body);
    if (const auto* text = std::get_if<std::string>(&body_)) lent_ = as_bytes(*text);
  }

  std::uint64_t remaining() const override {
    const auto* stream = std::get_if<std::unique_ptr<io::BufferSource>>(&body_);
    return lent_.size() + (stream != nullptr ? (*stream)->remaining() : 0);
  }

  io::Task<Result<std::size_t>> read(MutableBytes into) override {
    if (lent_.empty()) {
      auto* stream = std::get_if<std::unique_ptr<io::BufferSource>>(&body_);
      if (stream == nullptr) co_return std::size_t{0};
      LAPIS_CO_TRY(lent_, co_await (*stream)->next());
    }
    const std::size_t count = std::min(into.size(), lent_.size());
    if (count != 0) std::memcpy(into.data(), lent_.data(), count);
    lent_ = lent_.subspan(count);
    co_return count;
  }

 private:
  http::Body body_;
  Bytes lent_;
};

// The request lives as long as its answer.
class OwnSource final : public blob::CopySource {
 public:
  http::Request request;
  NoBody nothing;
  AnswerBody answer;
  blob::SourceProperties known;

  const blob::SourceProperties& properties() const override { return known; }
  io::ByteSource& body() override { return answer; }
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
  source->answer.serve(std::move(response.body));
  LAPIS_CO_TRY(source->known, azure::read_source_head(request, response.status, response.headers,
                                                      source->answer.remaining()));
  co_return source;
}

}  // namespace lapis::source
