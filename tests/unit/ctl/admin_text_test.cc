#include "ctl/admin_text.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace lapis::ctl {
namespace {

nlohmann::json path(const char* name, bool accounted) {
  return {{"path", name},           {"state", "online"},     {"capacity_bytes", 1 << 30},
          {"available_bytes", 512}, {"live_bytes", 1 << 20}, {"dead_bytes", 0},
          {"free_bytes", 4096},     {"accounted", accounted}};
}

TEST(PoolsText, HasALineForEachPathAndASum) {
  const nlohmann::json answer = {
      {"pools",
       {{{"name", "flash"},
         {"class", "flash"},
         {"capacity_bytes", 2u << 30},
         {"paths", {path("/srv/a", true), path("/srv/b", false)}}},
        {{"name", "disks"}, {"class", "hdd"}, {"paths", {path("/srv/c", true)}}}}}};
  EXPECT_EQ(pools_text(answer),
            "POOL   CLASS  PATH    STATE      SIZE  AVAILABLE  LIVE      DEAD         FREE\n"
            "flash  flash  /srv/a  online  1.0 GiB      512 B  1.0 MiB   0 B       4.0 KiB\n"
            "flash  flash  /srv/b  online  1.0 GiB      512 B  counting  counting  4.0 KiB\n"
            "flash  flash  (all)           2.0 GiB        0 B  0 B       0 B           0 B\n"
            "disks  hdd    /srv/c  online  1.0 GiB      512 B  1.0 MiB   0 B       4.0 KiB");
}

TEST(StatusText, NamesProblems) {
  const std::string text = status_text({{"version", "1.2.3"},
                                        {"pid", 7u},
                                        {"uptime_seconds", 61u},
                                        {"ready", false},
                                        {"problems", {"path /srv/a has failed"}},
                                        {"listening", {"http://127.0.0.1:10000"}}});
  EXPECT_TRUE(
      text.starts_with("lapisd 1.2.3, process 7, up 1m 1s, NOT READY\n"
                       "  path /srv/a has failed\n"
                       "listening on http://127.0.0.1:10000\n"))
      << text;
}

TEST(MembersText, NestsAndNamesUnits) {
  const nlohmann::json answer = {{"moved_bytes", 2048u},
                                 {"pools", {{{"name", "a"}, {"left_seconds", 90u}}}},
                                 {"why", nullptr}};
  EXPECT_EQ(members_text(answer),
            "moved bytes: 2.0 KiB\n"
            "pools:\n"
            "  -\n"
            "    left seconds: 1m 30s\n"
            "    name: a\n"
            "why: -");
}

}  // namespace
}  // namespace lapis::ctl
