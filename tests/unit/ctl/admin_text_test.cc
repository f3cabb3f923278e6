#include "ctl/admin_text.h"

#include <gmock/gmock.h>
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

TEST(TierText, HasALineForEachPool) {
  const nlohmann::json answer = {{"pools",
                                  {{{"name", "flash"},
                                    {"class", "flash"},
                                    {"used_bytes", 1u << 30},
                                    {"size_bytes", 2u << 30},
                                    {"left_bytes", 1024u},
                                    {"demoted_bytes", 4096u},
                                    {"why", "above the high watermark"}}}},
                                 {"moved_bytes_per_second", 1u << 20},
                                 {"rate_limit_bytes_per_second", 2u << 20}};
  EXPECT_EQ(
      tier_text(answer),
      "POOL   CLASS     USED       OF  HIGH  LOW     LEFT     DOWN   UP  COMPACTED  DRAINED  WHY\n"
      "flash  flash  1.0 GiB  2.0 GiB   0 B  0 B  1.0 KiB  4.0 KiB  0 B        0 B      0 B  "
      "above the high watermark\n"
      "moving 1.0 MiB/s, at most 2.0 MiB/s");
}

TEST(TierText, SaysHowFullTheMetadataIs) {
  nlohmann::json answer = {{"metadata",
                            {{"used_bytes", 9u << 20},
                             {"size_bytes", 10u << 20},
                             {"high_bytes", 8u << 20},
                             {"low_bytes", 7u << 20},
                             {"moving_out", true},
                             {"left_bytes", 2u << 20},
                             {"moved_bodies", 3u},
                             {"moved_bytes", 3072u},
                             {"why", "no room"}}}};
  EXPECT_THAT(tier_text(answer),
              testing::HasSubstr(
                  "\nmetadata: 9.0 MiB of 10.0 MiB used, small bodies move out above 8.0 MiB until "
                  "7.0 MiB; 2.0 MiB left; moved 3 (3.0 KiB); no room\n"));
  answer["metadata"]["moving_out"] = false;
  answer["metadata"]["why"] = "";
  EXPECT_THAT(tier_text(answer), testing::HasSubstr("until 7.0 MiB; moved 3 (3.0 KiB)\n"));
}

TEST(ScrubText, TellsHowFarItIsAndWhatIsDamaged) {
  nlohmann::json answer = {{"enabled", true},
                           {"period_seconds", 86'400u * 14},
                           {"rate_limit_bytes_per_second", 64u << 20},
                           {"running", {{"started", "T1"}, {"completed", nullptr}, {"chunks", 5u}}},
                           {"last", nullptr},
                           {"next", "T2"},
                           {"left_bytes", 1024u},
                           {"rate_bytes_per_second", 1u << 20},
                           {"damaged_chunks", 1u}};
  answer["damaged"] = {{{"chunk", 7u}, {"found", "T0"}, {"by", "scrub"}, {"seen", "1 of 2 units"}}};
  answer["affected"] = {{{"account", "a"},
                         {"container", "c"},
                         {"blob", "b"},
                         {"offset", 16'384u},
                         {"length", 100u},
                         {"chunk", 7u}}};
  EXPECT_EQ(scrub_text(answer),
            "everything once in 14d 0h, at most 64.0 MiB/s\n"
            "running: since T1, 5 chunks, 0 B read, 0 damaged; 1.0 MiB/s, about 1.0 KiB left\n"
            "last: none\n"
            "next: T2\n"
            "damaged chunks: 1\n"
            "  chunk 7, found T0 by scrub: 1 of 2 units\n"
            "affected a/c/b offset=16384 length=100 chunk=7");
}

TEST(FsckText, NamesFindingsAndBlobs) {
  const nlohmann::json report = {
      {"clean", false},
      {"counts", {{"lost", 1u}, {"leaked", 0u}, {"doubled", 0u}, {"wrong", 0u}}},
      {"findings", {{{"kind", "lost"}, {"what", "payload"}, {"chunk", 7u}, {"file", "/f"}}}},
      {"affected",
       {{{"container", "a/c"}, {"blob", "b"}, {"chunk", 7u}, {"uncommitted", false}},
        {{"container", "a/c"}, {"blob", "u"}, {"chunk", 7u}, {"uncommitted", true}}}},
      {"checked", {{"blobs", 3u}, {"chunks", 2u}, {"extents", 1u}, {"live_bytes", 8192u}}}};
  EXPECT_EQ(
      fsck_text(report),
      "lost payload chunk=7 file=/f\n"
      "affected a/c/b chunk=7\n"
      "affected a/c/u (uncommitted blocks) chunk=7\n"
      "NOT CLEAN, lost 1, leaked 0, doubled 0, wrong 0; 3 blobs, 2 chunks, 1 extents, 8.0 KiB "
      "live, 0 B dead, 0 B verified");
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
