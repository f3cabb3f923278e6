#include "daemon/admin_server.h"

#include <gtest/gtest.h>

#include "support/raw_connection.h"

namespace lapis::daemon {
namespace {

class AdminServerTest : public testing::Test {
 protected:
  std::unique_ptr<AdminServer> start(AdminSources sources) {
    return AdminServer::start({"127.0.0.1", 0, false}, std::move(sources), clock_).value();
  }
  static test::RawResponse ask(const AdminServer& server, const std::string& what) {
    test::RawConnection connection(server.address().port);
    return connection.exchange(what + " HTTP/1.1\r\nHost: x\r\n\r\n");
  }
  static AdminSources healthy() {
    return {[] { return std::string("page\n"); }, [] { return std::vector<std::string>(); }};
  }

  SystemClock clock_;
};

TEST_F(AdminServerTest, ServesItsPages) {
  const auto server = start(healthy());
  EXPECT_EQ(ask(*server, "GET /livez").body, "alive\n");
  EXPECT_EQ(ask(*server, "GET /readyz?verbose").body, "ready\n");
  const auto page = ask(*server, "GET /metrics");
  EXPECT_EQ(page.body, "page\n");
  EXPECT_TRUE(page.has("Content-Type: text/plain; version=0.0.4"));
  EXPECT_EQ(ask(*server, "GET /").status, 404);
  EXPECT_EQ(ask(*server, "PUT /livez").status, 405);
}

TEST_F(AdminServerTest, SaysEveryProblem) {
  AdminSources sources = healthy();
  sources.problems = [] { return std::vector<std::string>{"one is wrong", "two is too"}; };
  const auto server = start(std::move(sources));
  const auto page = ask(*server, "GET /readyz");
  EXPECT_EQ(page.status, 503);
  EXPECT_EQ(page.body, "not ready\none is wrong\ntwo is too\n");
  EXPECT_EQ(ask(*server, "GET /livez").status, 200);
}

TEST_F(AdminServerTest, HasNoMetricsWhereTheyAreOff) {
  AdminSources sources = healthy();
  sources.metrics = nullptr;
  const auto server = start(std::move(sources));
  EXPECT_EQ(ask(*server, "GET /metrics").status, 404);
}

TEST_F(AdminServerTest, RefusesAnAddressThatIsTaken) {
  const auto server = start(healthy());
  EXPECT_FALSE(AdminServer::start(server->address(), healthy(), clock_));
}

}  // namespace
}  // namespace lapis::daemon
