#include "daemon/admin_commands.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace lapis::daemon {
namespace {

using admin::Json;

class Present final : public admin::Caller {
 public:
  bool is_gone() const override { return false; }
};

class AdminCommands : public testing::Test {
 protected:
  AdminCommands() {
    sources_.status = [] {
      NodeStatus status;
      status.version = "1.2.3";
      status.problems = {"one is wrong"};
      status.metadata.has_room = false;
      status.metadata.moving_out.used_bytes = 7;
      status.metadata.moving_out.moving = true;
      return status;
    };
    sources_.paths = [] {
      std::vector<storage::PathStats> paths(3);
      paths[0].pool = paths[1].pool = "flash";
      paths[2].pool = "disks";
      for (auto& path : paths) path.live_bytes = 100;
      paths[1].path = "/srv/b";
      paths[1].status = storage::PathStatus::kFailed;
      paths[1].problem = "EIO";
      paths[2].pool_class = storage::PoolClass::kHdd;
      return paths;
    };
  }
  Json ask(const Json& request) {
    const admin::CommandTable table = make_commands(sources_);
    return Json::parse(table.answer(request.dump(), Present()));
  }

  CommandSources sources_;
};

TEST_F(AdminCommands, ShowPoolsAndTheirSums) {
  const Json pools = ask({{"command", "pool.status"}})["result"]["pools"];
  ASSERT_EQ(pools.size(), 2u);
  EXPECT_EQ(pools[0]["live_bytes"], 200);
  EXPECT_EQ(pools[0]["paths"][0]["state"], "online");
  EXPECT_EQ(pools[0]["paths"][1]["state"], "failed");
  EXPECT_EQ(pools[0]["paths"][1]["problem"], "EIO");
  EXPECT_EQ(pools[1]["name"], "disks");
  EXPECT_EQ(pools[1]["class"], "hdd");
}

TEST_F(AdminCommands, ShowTheNodesState) {
  const Json status = ask({{"command", "status"}})["result"];
  EXPECT_EQ(status["version"], "1.2.3");
  EXPECT_EQ(status["ready"], false);
  EXPECT_EQ(status["metadata"]["state"], "full");
  EXPECT_EQ(status["metadata"]["space"]["used_bytes"], 7);
  EXPECT_EQ(status["metadata"]["space"]["moving_out"], true);
  EXPECT_EQ(status["pools"].size(), 2u);
}

TEST_F(AdminCommands, SayWhatIsNotBuilt) {
  for (const char* name : {"pool.add", "pool.drain", "pool.resume", "pool.retire", "tier.status",
                           "scrub.status", "scrub.start", "fsck"}) {
    const Json answer = ask({{"command", name}, {"path", "/srv/b"}, {"pool", "flash"}});
    EXPECT_EQ(answer["ok"], false) << name;
    EXPECT_EQ(answer["error"]["code"], "NotImplemented") << name;
  }
}

TEST_F(AdminCommands, ChangePaths) {
  std::vector<std::string> done;
  sources_.add_path = [&](const NewPath& added) -> Result<void> {
    done.push_back("add " + added.path.string() + " to " + added.pool);
    return {};
  };
  sources_.drain_path = [&](const std::filesystem::path& path) -> Result<void> {
    done.push_back("drain " + path.string());
    return {};
  };
  sources_.retire_path = [](const std::filesystem::path&) -> Result<void> {
    return fail(ErrorCode::kInvalidInput, "1 chunk lies on it");
  };
  const Json added = ask({{"command", "pool.add"}, {"path", "/srv/n"}, {"pool", "disks"}});
  EXPECT_EQ(added["result"]["pools"].size(), 2u);
  EXPECT_EQ(ask({{"command", "pool.drain"}, {"path", "/srv/b"}})["ok"], true);
  EXPECT_EQ(ask({{"command", "pool.drain"}})["error"]["code"], "InvalidInput");
  EXPECT_EQ(ask({{"command", "pool.retire"}, {"path", "/srv/b"}})["error"]["message"],
            "1 chunk lies on it");
  EXPECT_EQ(done, (std::vector<std::string>{"add /srv/n to disks", "drain /srv/b"}));
}

}  // namespace
}  // namespace lapis::daemon
