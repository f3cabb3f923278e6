#include "lapis/admin/socket_server.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <fstream>
#include <latch>
#include <nlohmann/json.hpp>
#include <thread>

#include "admin/line_channel.h"
#include "admin/unix_address.h"
#include "lapis/admin/client.h"
#include "support/temp_dir.h"

namespace lapis::admin {
namespace {

using namespace std::chrono_literals;

class SocketServerTest : public testing::Test {
 protected:
  CommandTable echo() {
    CommandTable table;
    table.add("echo", CommandTable::Kind::kQuick, [](const Json& request, const Caller&) {
      return Result<Json>(request.value("say", Json()));
    });
    return table;
  }
  std::unique_ptr<SocketServer> start(CommandTable table) {
    auto server = SocketServer::start(path_, std::move(table), clock_);
    EXPECT_TRUE(server) << to_string(server.error());
    return server ? std::move(*server) : nullptr;
  }
  auto ask(const Json& request) { return call(path_, request, 10s, clock_); }

  // A connection that says what it likes.
  std::unique_ptr<LineChannel> connect() {
    const auto address = UnixAddress::open(path_);
    io::UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    EXPECT_EQ(address->connect(socket.get()), 0);
    return std::make_unique<LineChannel>(std::move(socket), -1, clock_);
  }
  static constexpr LineChannel::ReadLimits kLimits{1 << 20, 10s, 10s};

  SystemClock clock_;
  test::TempDir dir_;
  // Longer than an address may be.
  std::filesystem::path deep_ = dir_ / std::string(120, 'd');
  std::filesystem::path path_ = deep_ / "admin.sock";
  bool made_ = std::filesystem::create_directory(deep_);
};

TEST_F(SocketServerTest, AnswersAClient) {
  const auto server = start(echo());
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(ask({{"command", "echo"}, {"say", i}}).value(), Json(i));
  }
}

TEST_F(SocketServerTest, AnswersLineByLine) {
  const auto server = start(echo());
  const auto channel = connect();
  ASSERT_TRUE(channel->write_line("{\"command\":\"echo\",\"say\":1}\n{\"command\":\"echo\"", 10s));
  EXPECT_EQ(channel->read_line(kLimits).value(), R"({"ok":true,"result":1})");
  ASSERT_TRUE(channel->write_line(",\"say\":2}", 10s));
  EXPECT_EQ(Json::parse(channel->read_line(kLimits).value().value())["error"]["code"],
            "InvalidInput");
}

TEST_F(SocketServerTest, TellsWhyACommandFailed) {
  const auto server = start(echo());
  const auto refused = ask({{"command", "nothing"}});
  ASSERT_FALSE(refused);
  EXPECT_TRUE(refused.error().is_answer);
  EXPECT_EQ(refused.error().code, "InvalidInput");
}

TEST_F(SocketServerTest, IsForItsOwnUser) {
  const auto server = start(echo());
  struct stat found{};
  ASSERT_EQ(::stat(path_.c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 07777, 0600u);
}

TEST_F(SocketServerTest, ClosesOnALineThatIsTooLong) {
  const auto server = start(echo());
  const auto channel = connect();
  (void)channel->write_line(std::string(200'000, 'x'), 10s);
  const auto answer = channel->read_line(kLimits);
  EXPECT_TRUE(!answer || !*answer);
  EXPECT_TRUE(ask({{"command", "echo"}}));
}

TEST_F(SocketServerTest, RemovesItsSocketWhenItStops) {
  auto server = start(echo());
  server->stop();
  EXPECT_FALSE(std::filesystem::exists(path_));
  const auto refused = ask({{"command", "echo"}});
  ASSERT_FALSE(refused);
  EXPECT_FALSE(refused.error().is_answer);
  EXPECT_NE(refused.error().message.find("does not run"), std::string::npos);
}

TEST_F(SocketServerTest, ReplacesASocketThatNobodyListensOn) {
  {
    const auto address = UnixAddress::open(path_);
    const io::UniqueFd left(::socket(AF_UNIX, SOCK_STREAM, 0));
    ASSERT_EQ(address->bind(left.get()), 0);
  }
  ASSERT_TRUE(std::filesystem::is_socket(path_));
  EXPECT_FALSE(ask({{"command", "echo"}}));
  const auto server = start(echo());
  EXPECT_TRUE(ask({{"command", "echo"}}));
}

TEST_F(SocketServerTest, RefusesASocketInUse) {
  const auto server = start(echo());
  const auto second = SocketServer::start(path_, echo(), clock_);
  ASSERT_FALSE(second);
  EXPECT_NE(second.error().detail.find("in use"), std::string::npos);
  EXPECT_TRUE(ask({{"command", "echo"}}));
}

TEST_F(SocketServerTest, LeavesAFileAlone) {
  std::ofstream(path_) << "precious";
  EXPECT_FALSE(SocketServer::start(path_, echo(), clock_));
  EXPECT_EQ(std::filesystem::file_size(path_), 8u);
}

TEST_F(SocketServerTest, DoesNotRemoveAnothersSocket) {
  auto first = start(echo());
  std::filesystem::rename(path_, deep_ / "moved");
  const auto second = start(echo());
  first->stop();
  EXPECT_TRUE(ask({{"command", "echo"}}));
}

TEST_F(SocketServerTest, RefusesADirectoryThatIsMissing) {
  EXPECT_FALSE(SocketServer::start(dir_ / "missing" / "admin.sock", echo(), clock_));
}

TEST_F(SocketServerTest, TellsTooManyClients) {
  const auto server = start(echo());
  std::vector<std::unique_ptr<LineChannel>> held;
  for (int i = 0; i < 8; ++i) {
    held.push_back(connect());
    ASSERT_TRUE(held.back()->write_line(R"({"command":"echo"})", 10s));
    ASSERT_TRUE(held.back()->read_line(kLimits));
  }
  const auto refused = ask({{"command", "echo"}});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "ServerBusy");
  held.clear();
}

TEST_F(SocketServerTest, EndsALongCommandWhenItStops) {
  std::latch begun(1);
  CommandTable table;
  table.add("wait", CommandTable::Kind::kLong,
            [&](const Json&, const Caller& caller) -> Result<Json> {
              begun.count_down();
              while (!caller.is_gone()) std::this_thread::yield();
              return Json("gone");
            });
  const auto server = start(std::move(table));
  std::thread client([&] { (void)ask({{"command", "wait"}}); });
  begun.wait();
  server->stop();
  client.join();
}

TEST_F(SocketServerTest, EndsALongCommandWhenItsClientLeaves) {
  std::latch begun(1), ended(1);
  CommandTable table;
  table.add("wait", CommandTable::Kind::kLong,
            [&](const Json&, const Caller& caller) -> Result<Json> {
              begun.count_down();
              while (!caller.is_gone()) std::this_thread::yield();
              ended.count_down();
              return Json("gone");
            });
  const auto server = start(std::move(table));
  {
    const auto channel = connect();
    ASSERT_TRUE(channel->write_line(R"({"command":"wait"})", 10s));
    begun.wait();
  }
  ended.wait();
}

}  // namespace
}  // namespace lapis::admin
