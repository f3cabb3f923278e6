// Both users of Beast, in the one file that compiles it.
#include <boost/beast/http/basic_parser.hpp>
#include <limits>
#include <string>
#include <utility>

#include "http/head_parser.h"
#include "http/response_parser.h"

namespace lapis::http {
namespace beast = boost::beast;
using beast::error_code;
using beast::string_view;
namespace {

std::string_view to_std(string_view text) { return {text.data(), text.size()}; }

// Beast's parser with what neither of our uses needs.
template <bool is_request>
class Parser : public beast::http::basic_parser<is_request> {
 protected:
  void on_request_impl(beast::http::verb, string_view, string_view, int, error_code&) override {}
  void on_response_impl(int, string_view, int, error_code&) override {}
  void on_header_impl(error_code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  std::size_t on_body_impl(string_view body, error_code&) override { return body.size(); }
  void on_chunk_header_impl(std::uint64_t, string_view, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, string_view body, error_code&) override {
    return body.size();
  }
  void on_finish_impl(error_code&) override {}
};

class RequestHeadParser final : public Parser<true> {
 public:
  explicit RequestHeadParser(Headers& headers) : headers_(headers) {
    header_limit(std::numeric_limits<std::uint32_t>::max());  // the session's limit has been kept
    body_limit(boost::none);                                  // bodies are not parsed here
  }

 private:
  void on_field_impl(beast::http::field, string_view name, string_view value,
                     error_code&) override {
    headers_.add(to_std(name), to_std(value));
  }
  Headers& headers_;
};

Method method_of(std::string_view text) {
  if (text == "GET") return Method::kGet;
  if (text == "HEAD") return Method::kHead;
  if (text == "PUT") return Method::kPut;
  if (text == "POST") return Method::kPost;
  if (text == "DELETE") return Method::kDelete;
  if (text == "OPTIONS") return Method::kOptions;
  if (text == "PATCH") return Method::kPatch;
  return Method::kOther;
}

class BeastResponseParser final : public Parser<false>, public ResponseParser {
 public:
  BeastResponseParser(const Limits& limits, bool to_head, bool pauses) {
    header_limit(limits.max_head_bytes);
    body_limit(limits.max_body_bytes);
    eager(!pauses);
    skip(to_head);
  }

  Result<std::size_t> put(std::string_view bytes) override {
    error_code error;
    if (is_header_done()) eager(true);
    const std::size_t used = basic_parser::put({bytes.data(), bytes.size()}, error);
    if (error && error != beast::http::error::need_more) {
      return fail(ErrorCode::kInternalError, "response: " + error.message());
    }
    return used;
  }
  Result<void> put_end() override {
    error_code error = beast::http::error::partial_message;
    if (got_some()) basic_parser::put_eof(error);
    if (error) return fail(ErrorCode::kInternalError, "response ends early: " + error.message());
    return {};
  }
  bool done() const override { return is_done(); }
  ClientResponse take() override {
    response_.keep_alive = keep_alive();
    return std::move(response_);
  }
  bool head_done() const override { return is_header_done(); }
  ClientResponse take_head() override {
    response_.keep_alive = keep_alive();
    if (is_done()) {
      response_.body_length = 0;
    } else if (const auto length = content_length()) {
      response_.body_length = *length;
    }
    return std::exchange(response_, {});
  }
  std::string take_body() override { return std::exchange(response_.body, {}); }

 private:
  void on_response_impl(int status, string_view reason, int, error_code&) override {
    response_.status = status;
    response_.reason = to_std(reason);
  }
  void on_field_impl(beast::http::field, string_view name, string_view value,
                     error_code&) override {
    response_.headers.add(to_std(name), to_std(value));
  }
  std::size_t on_body_impl(string_view body, error_code&) override {
    response_.body.append(to_std(body));
    return body.size();
  }
  std::size_t on_chunk_body_impl(std::uint64_t, string_view body, error_code&) override {
    response_.body.append(to_std(body));
    return body.size();
  }
  ClientResponse response_;
};

}  // namespace

Result<void> parse_head(std::string_view head, const CheckedHead& checked, Request& request) {
  request.headers.clear();
  RequestHeadParser parser(request.headers);
  error_code error;
  const std::size_t used = parser.put({head.data(), head.size()}, error);
  if (error) return fail(ErrorCode::kBadRequest, "head: " + error.message());
  const auto length = parser.content_length();
  const bool agrees = parser.is_header_done() && used == head.size() &&
                      length.has_value() == checked.content_length.has_value() &&
                      (!length || *length == *checked.content_length) &&
                      parser.chunked() == checked.chunked;
  if (!agrees) return fail(ErrorCode::kBadRequest, "head: two readings of its framing");
  request.method = method_of(checked.method);
  request.method_text.assign(checked.method);
  request.target.assign(checked.target);
  request.content_length = checked.content_length;
  request.chunked = checked.chunked;
  return {};
}

std::unique_ptr<ResponseParser> ResponseParser::make(const Limits& limits, bool to_head,
                                                     bool pauses) {
  return std::make_unique<BeastResponseParser>(limits, to_head, pauses);
}

}  // namespace lapis::http
