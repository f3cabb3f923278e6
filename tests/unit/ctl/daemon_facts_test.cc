#include "ctl/daemon_facts.h"

#include <gtest/gtest.h>

#include <fstream>

#include "support/temp_dir.h"

namespace lapis::ctl {
namespace {

class DaemonFactsTest : public testing::Test {
 protected:
  Result<DaemonFacts> read(const std::string& text) {
    std::ofstream(dir_ / "lapisd.toml") << text;
    return read_daemon_facts(dir_ / "lapisd.toml");
  }
  test::TempDir dir_;
};

TEST_F(DaemonFactsTest, FindsTheDefaultSocket) {
  const auto facts =
      read("[metadata]\npath='/m'\n[[pool]]\npaths=['/a','/b']\n[[pool]]\npaths=['/c']");
  ASSERT_TRUE(facts) << to_string(facts.error());
  EXPECT_EQ(facts->admin_socket, "/m/admin.sock");
  EXPECT_EQ(facts->pool_paths, (std::vector<std::filesystem::path>{"/a", "/b", "/c"}));
}

TEST_F(DaemonFactsTest, FindsTheConfiguredSocket) {
  const std::string metadata = "[metadata]\npath='/m'\n";
  EXPECT_EQ(read(metadata + "[admin]\nsocket='/run/x'")->admin_socket, "/run/x");
  EXPECT_FALSE(read(metadata + "[admin]\nsocket='off'")->admin_socket);
}

TEST_F(DaemonFactsTest, SaysWhatIsWrong) {
  EXPECT_FALSE(read_daemon_facts(dir_ / "missing"));
  EXPECT_FALSE(read("[metadata]\n"));
  const auto broken = read("\n\nmetadata = [");
  ASSERT_FALSE(broken);
  EXPECT_NE(broken.error().detail.find("lapisd.toml: line "), std::string::npos);
  EXPECT_FALSE(read("[metadata]\npath='/m'\n[[pool]]\nname='x'"));
}

}  // namespace
}  // namespace lapis::ctl
