#include "http/response_parser.h"

#include <gtest/gtest.h>

namespace lapis::http {
namespace {

constexpr ResponseParser::Limits kLimits{1024, 64};

struct ParseCase {
  const char* name;
  std::string bytes;
  bool to_head = false;
  std::string body = {};  // where it succeeds
  bool fails = false;
};

// Feeds `bytes` in steps; what is not taken comes again with more behind it.
Result<ClientResponse> parse(const ParseCase& test, std::size_t step) {
  const auto parser = ResponseParser::make(kLimits, test.to_head);
  std::string unread;
  for (std::size_t at = 0; at < test.bytes.size() && !parser->done(); at += step) {
    unread += test.bytes.substr(at, step);
    LAPIS_TRY(const std::size_t used, parser->put(unread));
    unread.erase(0, used);
  }
  if (!parser->done()) LAPIS_TRY_VOID(parser->put_end());
  return parser->take();
}

class ResponseParserOfBytes : public testing::TestWithParam<ParseCase> {};

TEST_P(ResponseParserOfBytes, YieldsTheBodyOrFailsInWhateverPieces) {
  for (const std::size_t step : {std::size_t{1}, std::size_t{7}, std::size_t{10'000}}) {
    const auto response = parse(GetParam(), step);
    ASSERT_EQ(response.has_value(), !GetParam().fails) << step;
    if (response) {
      EXPECT_EQ(response->body, GetParam().body) << step;
    }
  }
}

const std::string kOk = "HTTP/1.1 200 OK\r\n";
const ParseCase kParseCases[] = {
    {"Length", kOk + "Content-Length: 5\r\n\r\nhello", false, "hello"},
    {"LengthZero", kOk + "Content-Length: 0\r\n\r\n"},
    {"Chunked", kOk + "Transfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2;x=y\r\nlo\r\n0\r\n\r\n",
     false, "hello"},
    {"ChunkedTrailer", kOk + "Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nx: y\r\n\r\n", false,
     "a"},
    {"UntilTheEnd", kOk + "\r\nhello", false, "hello"},
    {"ToHead", kOk + "Content-Length: 5\r\n\r\n", true},
    {"NoContent", "HTTP/1.1 204 No Content\r\n\r\n"},
    {"NotModified", "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n"},
    {"Nothing", "", false, "", true},
    {"NoHttp", "SSH-2.0-OpenSSH_9.2\r\n", false, "", true},
    {"CutInHead", kOk + "Content-Le", false, "", true},
    {"CutInBody", kOk + "Content-Length: 5\r\n\r\nhel", false, "", true},
    {"CutInChunks", kOk + "Transfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n", false, "", true},
    {"BadChunkSize", kOk + "Transfer-Encoding: chunked\r\n\r\nxyz\r\n", false, "", true},
    {"TwoLengths", kOk + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab", false, "", true},
    {"HeadOverLimit", kOk + "x: " + std::string(2000, 'a') + "\r\n\r\n", false, "", true},
    {"LengthOverLimit", kOk + "Content-Length: 65\r\n\r\n", false, "", true},
    {"ChunksOverLimit",
     kOk + "Transfer-Encoding: chunked\r\n\r\n41\r\n" + std::string(65, 'a') + "\r\n0\r\n\r\n",
     false, "", true},
    {"EndlessOverLimit", kOk + "\r\n" + std::string(65, 'a'), false, "", true},
};
INSTANTIATE_TEST_SUITE_P(Cases, ResponseParserOfBytes, testing::ValuesIn(kParseCases),
                         [](const auto& p) { return std::string(p.param.name); });

TEST(ResponseParser, KeepsStatusReasonAndFields) {
  const auto response = parse({"",
                               "HTTP/1.1 404 The blob is gone.\r\nx-ms-error-code: BlobNotFound\r\n"
                               "Content-Length: 0\r\n\r\n"},
                              1000);
  ASSERT_TRUE(response.has_value());
  EXPECT_EQ(response->status, 404);
  EXPECT_EQ(response->reason, "The blob is gone.");
  EXPECT_EQ(response->headers.get("X-Ms-Error-Code"), "BlobNotFound");
  EXPECT_TRUE(response->keep_alive);
}

TEST(ResponseParser, SaysThatAClosingConnectionDoesNotStay) {
  const auto response = parse({"", kOk + "Connection: close\r\nContent-Length: 0\r\n\r\n"}, 1000);
  ASSERT_TRUE(response.has_value());
  EXPECT_FALSE(response->keep_alive);
}

TEST(ResponseParser, PausesBehindTheHeadWhereTheBodyIsReadPieceByPiece) {
  for (const std::size_t step : {std::size_t{1}, std::size_t{7}, std::size_t{10'000}}) {
    const auto parser = ResponseParser::make({1024, ~0ull}, false, true);
    const std::string bytes =
        kOk + "Transfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n";
    std::string unread;
    std::string body;
    std::size_t at = 0;
    while (!parser->done()) {
      const bool head_was_done = parser->head_done();
      const auto used = parser->put(unread);
      ASSERT_TRUE(used);
      unread.erase(0, *used);
      if (!head_was_done && parser->head_done()) {
        const ClientResponse head = parser->take_head();
        EXPECT_EQ(head.status, 200);
        EXPECT_FALSE(head.body_length);
        EXPECT_TRUE(head.body.empty());
      }
      if (parser->head_done()) body += parser->take_body();
      if (*used == 0) unread += bytes.substr(at, step), at += step;
    }
    EXPECT_EQ(body, "hello") << step;
  }
}

}  // namespace
}  // namespace lapis::http
