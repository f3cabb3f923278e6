#include "lapis/http/embedded.h"

#include <gtest/gtest.h>

namespace lapis::http {
namespace {

TEST(EmbeddedRequest, HeadWithOrWithoutItsEmptyLine) {
  const char* cases[] = {
      "DELETE /c/b?x=1 HTTP/1.1\r\nA: 1\r\n\r\n",
      "DELETE /c/b?x=1 HTTP/1.1\r\nA: 1\r\n\r\n\r\n\r\n",
      "DELETE /c/b?x=1 HTTP/1.1\r\nA: 1\r\n",
      "DELETE /c/b?x=1 HTTP/1.1\r\nA: 1",
      "DELETE http://host/c/b?x=1 HTTP/1.1\r\nA: 1\r\nHost: host\r\nContent-Length: 0\r\n\r\n",
  };
  for (const char* text : cases) {
    const auto request = parse_embedded_request(text);
    ASSERT_TRUE(request) << text << to_string(request.error());
    EXPECT_EQ(request->method, Method::kDelete) << text;
    EXPECT_EQ(request->target, "/c/b?x=1") << text;
    EXPECT_EQ(request->headers.get("a"), "1") << text;
  }
}

TEST(EmbeddedRequest, RefusesBodiesAndWhatAHeadMayNotHold) {
  const char* cases[] = {
      "",
      "\r\n",
      "DELETE /c/b\r\n\r\n",
      "DELETE /c/b HTTP/2.0\r\n\r\n",
      "DELETE /c/b HTTP/1.1\r\nA: 1\r\n\r\nbody",
      "DELETE /c/b HTTP/1.1\r\nContent-Length: 4\r\n\r\n",
      "DELETE /c/b HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n",
      "DELETE /c/b HTTP/1.1\r\nA: 1\r\n folded\r\n\r\n",
      "DELETE /c/b HTTP/1.1\nA: 1\n\n",
      "DELETE /c/b HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
      "DELETE /c/b HTTP/1.1\r\nno field\r\n\r\n",
  };
  for (const char* text : cases) {
    const auto request = parse_embedded_request(text);
    ASSERT_FALSE(request) << text;
    EXPECT_EQ(request.error().code, ErrorCode::kBadRequest) << text;
  }
}

TEST(EmbeddedResponse, SaysItsLengthWhereItHasABody) {
  Response response;
  response.status = 404;
  response.headers.add("A", "1\r\n2");
  response.body = std::string("text");
  std::string out = "before ";
  append_embedded_response(out, response);
  EXPECT_EQ(out,
            "before HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\nA: 1  2\r\n"
            "Server: Lapis/0.1.0\r\n\r\ntext");
  out.clear();
  append_embedded_response(out, Response{});
  EXPECT_EQ(out, "HTTP/1.1 200 OK\r\nServer: Lapis/0.1.0\r\n\r\n");
}

}  // namespace
}  // namespace lapis::http
