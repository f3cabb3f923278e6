#include "lapis/azure/ops/blob_batch.h"

#include <gtest/gtest.h>

#include "support/azure_call.h"

namespace lapis::azure {
namespace {

using test::make_call;

constexpr const char* kHead = "--b\r\nContent-Type: application/http\r\nContent-ID: 0\r\n";

std::string part(const std::string& request, const std::string& head = kHead) {
  return head + "\r\n" + request + "\r\n--b--\r\n";
}

test::OwnedCall batch(const std::string& target, const std::string& host = "127.0.0.1:10000",
                      const std::string& version = "2021-12-02") {
  http::Request request = test::make_request("POST", target,
                                             {{"Content-Type", "multipart/mixed; boundary=b"},
                                              {"x-ms-version", version},
                                              {"Authorization", "SharedKey acct:x"}},
                                             host);
  return make_call(std::move(request));
}

struct PathCase {
  const char* what;
  const char* target;
  const char* host;
  const char* path;
  const char* container;  // or the code of the error
  const char* blob;
};

// As the SDKs, azcopy and OpenDAL write them.
TEST(BlobBatch, PathsWithAndWithoutTheAccount) {
  constexpr const char* kPath = "127.0.0.1:10000";
  constexpr const char* kHost = "acct.blob.example.com";
  const PathCase cases[] = {
      {"JavaScript, OpenDAL", "/acct?comp=batch", kPath, "/acct/box/d/b", "box", "d/b"},
      {"Python", "/acct/?comp=batch", kPath, "/box/d/b", "box", "d/b"},
      {"host style", "/?comp=batch", kHost, "/box/d/b", "box", "d/b"},
      {"a container of the account's name, host style", "/?comp=batch", kHost, "/acct/box/b",
       "acct", "box/b"},
      {"a container of the account's name, two segments", "/acct?comp=batch", kPath, "/acct/b",
       "acct", "b"},
      {"the container settles it: no account", "/acct/acct?restype=container&comp=batch", kPath,
       "/acct/box/b", "acct", "box/b"},
      {"a root blob", "/acct/$root?restype=container&comp=batch", kPath, "/acct/robots.txt",
       "$root", "robots.txt"},
      {"a root blob by its container", "/acct/$root?restype=container&comp=batch", kPath,
       "/$root/robots.txt", "$root", "robots.txt"},
      {"the container settles it: account", "/acct/box?restype=container&comp=batch", kPath,
       "/acct/box/b", "box", "b"},
      {"the secondary", "/acct-secondary?comp=batch", kPath, "/acct-secondary/box/b", "box", "b"},
      {"absolute", "/acct?comp=batch", kPath, "http://127.0.0.1:10000/acct/box/b", "box", "b"},
      {"escapes", "/acct?comp=batch", kPath, "/acct/box/a%20b%2Fc", "box", "a b/c"},
      {"no container of that name", "/acct?comp=batch", kPath, "/Box/b", "InvalidResourceName", ""},
      {"malformed", "/acct?comp=batch", kPath, "/box/%zz", "InvalidUri", ""},
      {"another account is a container here", "/acct?comp=batch", kPath, "/other/box/b", "other",
       "box/b"},
  };
  for (const PathCase& c : cases) {
    const auto call = batch(c.target, c.host);
    const auto parts =
        parse_blob_batch(call, part("DELETE " + std::string(c.path) + "?x=1 HTTP/1.1\r\n\r\n"));
    ASSERT_TRUE(parts) << c.what << ": " << to_string(parts.error());
    const auto located = locate_batch_part(call, parts->at(0), Guid{});
    if (!located) {
      EXPECT_EQ(info(located.error().code).azure_code, c.container) << c.what;
      continue;
    }
    EXPECT_EQ(located->target.account, "acct") << c.what;
    EXPECT_EQ(located->target.container, c.container) << c.what;
    EXPECT_EQ(located->target.blob, c.blob) << c.what;
    EXPECT_EQ(located->version.requested.date, 20211202u) << c.what;
  }
}

TEST(BlobBatch, PartsTakeOverTheConnection) {
  auto call = batch("/acct?comp=batch");
  call.request->secure = true;
  call.request->peer_address = "192.0.2.7";
  const auto parts = parse_blob_batch(
      call, part("DELETE /box/b HTTP/1.1\r\nHost: else.where\r\nx-ms-date: now\r\n"));
  ASSERT_TRUE(parts) << to_string(parts.error());
  const http::Request& request = *parts->at(0).request;
  EXPECT_TRUE(request.secure);
  EXPECT_EQ(request.peer_address, "192.0.2.7");
  EXPECT_EQ(request.headers.count("Host"), 1u);
  EXPECT_EQ(request.headers.get("x-ms-date"), "now");
}

TEST(BlobBatch, ScopeOfAContainer) {
  const auto call = batch("/acct/box?restype=container&comp=batch");
  const auto inside = make_call("DELETE", "/acct/box/b");
  const auto outside = make_call("DELETE", "/acct/other/b");
  const auto foreign = make_call("DELETE", "/other/box/b");
  EXPECT_TRUE(check_batch_scope(call, inside));
  EXPECT_EQ(check_batch_scope(call, outside).error().code, ErrorCode::kInvalidInput);
  EXPECT_EQ(check_batch_scope(call, foreign).error().code, ErrorCode::kInvalidInput);
  EXPECT_TRUE(check_batch_scope(batch("/acct?comp=batch"), outside));
}

TEST(BlobBatch, PartsThatAreNone) {
  const std::string good = "DELETE /box/b HTTP/1.1\r\n\r\n";
  const std::string type = "Content-Type: application/http\r\n";
  const std::string cases[] = {
      part(good, "--b\r\nContent-ID: 0\r\n"),
      part(good, "--b\r\nContent-Type: text/plain\r\nContent-ID: 0\r\n"),
      part(good, "--b\r\n" + type),
      part(good, "--b\r\n" + type + "Content-ID: \r\n"),
      part(good, "--b\r\n" + type + "Content-ID: a\tb\r\n"),
      part(good, "--b\r\n" + type + "Content-ID: " + std::string(129, '1') + "\r\n"),
      part(good, "--b\r\n" + type + "Content-ID: 0\r\nContent-Transfer-Encoding: base64\r\n"),
      part("DELETE /box/b\r\n\r\n"),
      part("DELETE * HTTP/1.1\r\n\r\n"),
      part("OPTIONS * HTTP/1.1\r\n\r\n"),
      part("DELETE /box/b HTTP/1.1\r\nContent-Length: 4\r\n\r\nbody"),
      part("DELETE /box/b HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
      part("DELETE /box/b HTTP/1.1\r\n\r\nbody"),
      part("DELETE /box/b HTTP/1.1\r\n folded\r\n\r\n"),
      part(""),
      "",
  };
  const auto call = batch("/acct?comp=batch");
  for (const std::string& document : cases) {
    const auto parts = parse_blob_batch(call, document);
    ASSERT_FALSE(parts) << document;
    EXPECT_EQ(parts.error().code, ErrorCode::kInvalidInput) << document;
  }
  EXPECT_TRUE(parse_blob_batch(call, part("DELETE /box/b HTTP/1.1\r\nContent-Length: 0\r\n")));
}

TEST(BlobBatch, WhatIsNoBatchAtAll) {
  struct Case {
    const char* target;
    const char* type;
    const char* version;
    const char* code;
  };
  const Case cases[] = {
      {"/acct?comp=batch", "multipart/mixed; boundary=b", "2018-11-09", ""},
      {"/acct?comp=batch", "multipart/mixed", "2018-11-09", ""},  // told inside the answer
      {"/acct?comp=batch", "multipart/mixed; boundary=b", "2018-03-28",
       "InvalidQueryParameterValue"},
      {"/acct/box?comp=batch", "multipart/mixed; boundary=b", "2020-04-08", ""},
      {"/acct/box?comp=batch", "multipart/mixed; boundary=b", "2020-02-10",
       "InvalidQueryParameterValue"},
      {"/acct?comp=batch", "", "2021-12-02", "MissingRequiredHeader"},
      {"/acct?comp=batch", "application/xml", "2021-12-02", "InvalidHeaderValue"},
  };
  for (const Case& c : cases) {
    const auto call = make_call("POST", c.target, {{"Content-Type", c.type}}, c.version);
    const auto checked = check_blob_batch(call);
    EXPECT_EQ(checked ? "" : info(checked.error().code).azure_code, c.code)
        << c.target << c.type << c.version;
  }
}

TEST(BlobBatch, IdsOfPartsBeginAsTheBatchs) {
  const Guid id = Guid::make();
  const std::string text = id.to_string();
  EXPECT_EQ(batch_part_id(id, 0).to_string(), text.substr(0, 28) + "00000000");
  EXPECT_EQ(batch_part_id(id, 255).to_string(), text.substr(0, 28) + "000000ff");
}

TEST(BlobBatch, AnswersStandInOrder) {
  std::vector<BatchAnswer> answers(2);
  answers[0].content_id = "7";
  answers[0].response.status = 202;
  answers[0].response.headers.add("x-ms-request-id", "id");
  answers[1].response.status = 404;
  answers[1].response.reason = "Gone.";
  answers[1].response.body = std::string("<Error/>");
  const auto response = render_blob_batch(answers);
  EXPECT_EQ(response.status, 202);
  const std::string type(response.headers.get("Content-Type"));
  ASSERT_TRUE(type.starts_with("multipart/mixed; boundary=batchresponse_")) << type;
  const std::string mark = "--" + type.substr(type.find('=') + 1);
  EXPECT_EQ(std::get<std::string>(response.body),
            mark +
                "\r\nContent-Type: application/http\r\nContent-ID: 7\r\n\r\n"
                "HTTP/1.1 202 Accepted\r\nx-ms-request-id: id\r\nServer: Lapis/0.1.0\r\n\r\n\r\n" +
                mark +
                "\r\nContent-Type: application/http\r\n\r\n"
                "HTTP/1.1 404 Gone.\r\nContent-Length: 8\r\nServer: Lapis/0.1.0\r\n\r\n"
                "<Error/>\r\n" +
                mark + "--\r\n");
}

}  // namespace
}  // namespace lapis::azure
