#include "lapis/admin/commands.h"

#include <gtest/gtest.h>

#include <latch>
#include <nlohmann/json.hpp>
#include <thread>

namespace lapis::admin {
namespace {

class Present final : public Caller {
 public:
  bool is_gone() const override { return false; }
};

class CommandTableTest : public testing::Test {
 protected:
  Json answer(const std::string& line) const {
    const std::string text = table_.answer(line, caller_);
    EXPECT_EQ(text.find('\n'), text.npos);
    return Json::parse(text);
  }

  Present caller_;
  CommandTable table_;
};

TEST_F(CommandTableTest, AnswersWithTheResult) {
  table_.add("echo", CommandTable::Kind::kQuick, [](const Json& request, const Caller&) {
    return Result<Json>(Json{{"said", request["say"]}});
  });
  EXPECT_EQ(answer(R"({"command":"echo","say":"a\nb"})"),
            Json::parse(R"({"ok":true,"result":{"said":"a\nb"}})"));
}

TEST_F(CommandTableTest, AnswersWithTheError) {
  table_.add("full", CommandTable::Kind::kQuick, [](const Json&, const Caller&) -> Result<Json> {
    return fail(ErrorCode::kInsufficientStorage, "no room on /srv");
  });
  table_.add("later", CommandTable::Kind::kQuick, not_built("time travel"));
  EXPECT_EQ(answer(R"({"command":"full"})")["error"],
            (Json{{"code", "InsufficientStorage"}, {"message", "no room on /srv"}}));
  const Json later = answer(R"({"command":"later"})");
  EXPECT_EQ(later["ok"], false);
  EXPECT_EQ(later["error"]["code"], "NotImplemented");
  EXPECT_EQ(later["error"]["message"], "time travel is not built in this release");
}

TEST_F(CommandTableTest, RefusesWhatIsNoRequest) {
  table_.add("known", CommandTable::Kind::kQuick, not_built("it"));
  for (const char* line : {"", "nonsense", "[]", "7", "{}", R"({"command":7})",
                           R"({"command":"unknown"})", "{\"command\":\"\xff\"}"}) {
    const Json refused = answer(line);
    EXPECT_EQ(refused["ok"], false) << line;
    EXPECT_EQ(refused["error"]["code"], "InvalidInput") << line;
  }
  EXPECT_NE(answer(R"({"command":"unknown"})")["error"]["message"].get<std::string>().find("known"),
            std::string::npos);
}

TEST_F(CommandTableTest, AnswersWhereAHandlerThrows) {
  table_.add("throws", CommandTable::Kind::kQuick, [](const Json& request, const Caller&) {
    return Result<Json>(request.at("missing"));
  });
  EXPECT_EQ(answer(R"({"command":"throws"})")["error"]["code"], "InternalError");
}

TEST_F(CommandTableTest, ShowsNamesThatAreNotUtf8) {
  table_.add("name", CommandTable::Kind::kQuick,
             [](const Json&, const Caller&) { return Result<Json>(Json("a\xff")); });
  EXPECT_EQ(answer(R"({"command":"name"})")["result"], "a\xef\xbf\xbd");
}

TEST_F(CommandTableTest, RefusesALongCommandThatRuns) {
  std::latch begun(1);
  std::latch may_end(1);
  table_.add("long", CommandTable::Kind::kLong, [&](const Json&, const Caller&) -> Result<Json> {
    begun.count_down();
    may_end.wait();
    return Json("done");
  });
  table_.add("quick", CommandTable::Kind::kQuick,
             [](const Json&, const Caller&) -> Result<Json> { return Json("quick"); });
  std::thread first([&] { EXPECT_EQ(answer(R"({"command":"long"})")["result"], "done"); });
  begun.wait();
  EXPECT_EQ(answer(R"({"command":"long"})")["error"]["code"], "ServerBusy");
  EXPECT_EQ(answer(R"({"command":"quick"})")["result"], "quick");
  may_end.count_down();
  first.join();
}

TEST(Arguments, MustBeOfTheirKind) {
  const Json request = {{"path", "/srv"}, {"empty", ""}, {"number", 7}, {"deep", true}};
  EXPECT_EQ(text_argument(request, "path").value(), "/srv");
  EXPECT_FALSE(text_argument(request, "empty"));
  EXPECT_FALSE(text_argument(request, "number"));
  EXPECT_FALSE(text_argument(request, "absent"));
  EXPECT_TRUE(flag_argument(request, "deep").value());
  EXPECT_FALSE(flag_argument(request, "absent").value());
  EXPECT_FALSE(flag_argument(request, "path"));
}

}  // namespace
}  // namespace lapis::admin
