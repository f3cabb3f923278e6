// A batch's requests pass through the gate like any other.
#include "lapis/gateway/request_metrics.h"
#include "unit/gateway/pipeline_fixture.h"

namespace lapis::gateway {
namespace {

class Batch : public Pipeline {
 protected:
  void SetUp() override {
    ASSERT_EQ(call("PUT", "/team/box?restype=container").status, 201);
    for (const char* name : {"a", "b", "c"}) {
      ASSERT_EQ(
          call("PUT", std::string("/team/box/") + name, "x", {{"x-ms-blob-type", "BlockBlob"}})
              .status,
          201);
    }
  }

  bool exists(const std::string& name) { return call("GET", "/team/box/" + name).status == 200; }

  Answer send(const std::vector<std::string>& requests,
              const std::string& target = "/team?comp=batch", const std::string& token = "full") {
    std::string body;
    for (std::size_t i = 0; i < requests.size(); ++i) {
      body += "--b\r\nContent-Type: application/http\r\nContent-ID: " + std::to_string(i) +
              "\r\n\r\n" + requests[i] + " HTTP/1.1\r\n\r\n\r\n";
    }
    return call("POST", target, body + "--b--\r\n",
                {{"Content-Type", "multipart/mixed; boundary=b"}, {"x-ms-version", "2021-12-02"}},
                token);
  }

  // The statuses of the answer's parts.
  static std::string statuses(const Answer& answer) {
    std::string found;
    for (std::size_t at = 0; (at = answer.body.find("HTTP/1.1 ", at)) != std::string::npos;) {
      at += 9;
      found += answer.body.substr(at, 3) + " ";
    }
    return found;
  }
};

TEST_F(Batch, PartsAreAuthorisedByThemselves) {
  const Answer answer = send({"DELETE /team/box/a?" + sas("d"), "DELETE /team/box/b?" + sas("r"),
                              "DELETE /box/c", "DELETE /team/box/d?" + sas("d")});
  EXPECT_EQ(answer.status, 202);
  EXPECT_EQ(statuses(answer), "202 403 401 404 ") << answer.body;
  EXPECT_FALSE(exists("a"));
  EXPECT_TRUE(exists("b"));
  EXPECT_TRUE(exists("c"));
}

TEST_F(Batch, BatchWithoutAuthorisationDoesNothing) {
  const std::vector<std::string> parts = {"DELETE /team/box/a?" + sas("d")};
  EXPECT_EQ(send(parts, "/team?comp=batch", "").status, 401);
  EXPECT_TRUE(exists("a"));
}

TEST_F(Batch, WholeBatchIsRefusedBeforeAnyPartIsServed) {
  const std::string good = "DELETE /team/box/a?" + sas();
  const std::pair<std::string, const char*> cases[] = {
      {"PUT /team/box/b?comp=tier&" + sas(), "AllBatchSubRequestsShouldBeSameApi"},
      {"GET /team/box/b?" + sas(), "InvalidInput"},
      {"PUT /team/box/b?comp=metadata&" + sas(), "InvalidInput"},
      {"POST /team/box?restype=container&comp=batch&" + sas(), "InvalidInput"},
      {"DELETE /team/box?restype=container&" + sas(), "InvalidInput"},
      {"nonsense", "InvalidInput"},
  };
  for (const auto& [part, code] : cases) {
    const Answer answer = send({good, part});
    EXPECT_EQ(answer.status, 202) << part;
    EXPECT_EQ(statuses(answer), "400 ") << part;
    EXPECT_NE(answer.body.find("x-ms-error-code: " + std::string(code)), std::string::npos)
        << part << answer.body;
    EXPECT_EQ(answer.body.find("Content-ID"), std::string::npos) << part;
    EXPECT_TRUE(exists("a")) << part;
  }
}

TEST_F(Batch, ContainerBatchStaysInItsContainer) {
  ASSERT_EQ(call("PUT", "/team/other?restype=container").status, 201);
  const std::string target = "/team/other?restype=container&comp=batch";
  EXPECT_EQ(statuses(send({"DELETE /team/box/a?" + sas()}, target)), "400 ");
  EXPECT_TRUE(exists("a"));
  EXPECT_EQ(
      statuses(send({"DELETE /team/box/a?" + sas()}, "/team/box?restype=container&comp=batch")),
      "202 ");
  EXPECT_FALSE(exists("a"));
}

}  // namespace
}  // namespace lapis::gateway
