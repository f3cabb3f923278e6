#include "daemon/config.h"

#include <gtest/gtest.h>

#include <fstream>

#include "daemon/config_file.h"

namespace lapis::daemon {
namespace {

constexpr std::string_view kMinimal = R"(
listen = ["127.0.0.1:0"]
[metadata]
path = "/m"
[[pool]]
name = "flash"
paths = ["/f"]
[[account]]
name = "team"
keys = ["c2VjcmV0c2VjcmV0"]
)";

Result<Config> read(std::string_view text) {
  const toml::table table = toml::parse(text, std::string_view("lapisd.toml"));
  return read_config(table);
}

TEST(Config, MinimalFileIsRead) {
  const auto config = read(kMinimal);
  ASSERT_TRUE(config) << config.error().detail;
  EXPECT_EQ(config->metadata_path, "/m");
  ASSERT_EQ(config->pools.size(), 1u);
  EXPECT_EQ(config->pools[0].paths.size(), 1u);
  EXPECT_EQ(config->accounts.at(0).name, "team");
  EXPECT_EQ(config->listen.at(0).port, 0);
}

TEST(Config, AccountsAreNotPublicUnlessToldSo) {
  EXPECT_FALSE(read(kMinimal)->accounts.at(0).public_access);
  for (const bool allowed : {false, true}) {
    const char* setting = allowed ? "public_access = true\n" : "public_access = false\n";
    const auto config = read(std::string(kMinimal) + setting);
    ASSERT_TRUE(config) << config.error().detail;
    EXPECT_EQ(config->accounts.at(0).public_access, allowed);
  }
  EXPECT_FALSE(read(std::string(kMinimal) + "public_access = 1\n"));
}

TEST(Config, AnAccountKeepsVersionsWhereItSaysSo) {
  const auto keeps = [](const std::string& setting) {
    const auto config = read(std::string(kMinimal) + setting);
    EXPECT_TRUE(config);
    return config->features.at(config->accounts.at(0).name).versioning;
  };
  EXPECT_FALSE(keeps(""));
  EXPECT_TRUE(keeps("versioning = true\n"));
  EXPECT_FALSE(keeps("versioning = false\n"));
  EXPECT_FALSE(read(std::string(kMinimal) + "versioning = 7\n"));
}

TEST(Config, AnAccountKeepsDeletedContainersForSomeDays) {
  const auto days = [](const std::string& setting) {
    const auto config = read(std::string(kMinimal) + setting);
    EXPECT_TRUE(config);
    return config->features.at(config->accounts.at(0).name).container_retention_days;
  };
  EXPECT_EQ(days(""), std::nullopt);
  EXPECT_EQ(days("container_delete_retention_days = 1\n"), 1u);
  EXPECT_EQ(days("container_delete_retention_days = 365\n"), 365u);
  for (const char* bad : {"0", "366", "-1", "4294967297", "\"7d\"", "7.5", "true"}) {
    const auto config =
        read(std::string(kMinimal) + "container_delete_retention_days = " + bad + "\n");
    ASSERT_FALSE(config) << bad;
    EXPECT_NE(config.error().detail.find("container_delete_retention_days"), std::string::npos)
        << config.error().detail;
  }
}

TEST(Config, ImmutableStorageNeedsVersions) {
  struct Case {
    const char* settings;
    std::optional<bool> immutable;  // nothing: an error
  };
  for (const Case& c : {Case{"", false},
                        {"versioning = true\n", false},
                        {"versioning = true\nimmutable_storage = true\n", true},
                        {"immutable_storage = false\n", false},
                        {"immutable_storage = true\n", {}},
                        {"versioning = false\nimmutable_storage = true\n", {}},
                        {"versioning = true\nimmutable_storage = 1\n", {}}}) {
    const auto config = read(std::string(kMinimal) + c.settings);
    ASSERT_EQ(config.has_value(), c.immutable.has_value()) << c.settings;
    if (!config) continue;
    EXPECT_EQ(config->features.at(config->accounts.at(0).name).immutable_storage, *c.immutable);
  }
}

TEST(Config, AnAccountKeepsTimesOfLastAccessWhereItSaysSo) {
  const auto keeps = [](const std::string& setting) {
    const auto config = read(std::string(kMinimal) + setting);
    EXPECT_TRUE(config);
    return config->features.at(config->accounts.at(0).name).last_access_time;
  };
  EXPECT_FALSE(keeps(""));
  EXPECT_FALSE(keeps("versioning = true\n"));
  EXPECT_TRUE(keeps("last_access_time = true\n"));
  EXPECT_FALSE(keeps("last_access_time = false\n"));
  EXPECT_FALSE(read(std::string(kMinimal) + "last_access_time = \"yes\"\n"));
}

TEST(Config, PoolsHavePolicies) {
  const auto config = read(std::string(kMinimal) +
                           "[[pool]]\nname = \"disks\"\nclass = \"hdd\"\npaths = [\"/d\"]\n"
                           "capacity = \"1GiB\"\nhigh_watermark = 90\nlow_watermark = 60\n"
                           "move_rate = \"1MiB\"\nmove_operations = 7\n");
  ASSERT_TRUE(config) << config.error().detail;
  ASSERT_EQ(config->tier.pools.size(), 2u);
  EXPECT_EQ(config->tier.pools[0].pool, "flash");
  EXPECT_EQ(config->tier.pools[0].high, 0.85);
  const tier::PoolPolicy& disks = config->tier.pools[1];
  EXPECT_EQ(disks.pool, "disks");
  EXPECT_EQ(disks.pool_class, storage::PoolClass::kHdd);
  EXPECT_EQ(disks.high, 0.9);
  EXPECT_EQ(disks.low, 0.6);
  EXPECT_EQ(disks.bytes_per_second, 1u << 20);
  EXPECT_EQ(disks.operations_per_second, 7u);
  EXPECT_EQ(config->pools[1].capacity_bytes, 1u << 30);
}

TEST(Config, TheMetadataHasWatermarks) {
  const auto usual = read(kMinimal);
  ASSERT_TRUE(usual);
  EXPECT_EQ(usual->metadata_capacity_bytes, 0u);
  EXPECT_EQ(usual->metadata_high, 0.85);
  EXPECT_EQ(usual->metadata_low, 0.75);
  EXPECT_EQ(usual->cold_after, std::chrono::hours(1));
  std::string text(kMinimal);
  const std::string place = "[metadata]\n";
  text.insert(
      text.find(place) + place.size(),
      "capacity = \"8GiB\"\nhigh_watermark = 50\nlow_watermark = 40\ncold_after = \"5m\"\n");
  const auto config = read(text);
  ASSERT_TRUE(config) << config.error().detail;
  EXPECT_EQ(config->metadata_capacity_bytes, 8ull << 30);
  EXPECT_EQ(config->metadata_high, 0.5);
  EXPECT_EQ(config->metadata_low, 0.4);
  EXPECT_EQ(config->cold_after, std::chrono::minutes(5));
}

TEST(Config, ScrubIsOnUnlessItSaysOtherwise) {
  const auto usual = read(kMinimal);
  ASSERT_TRUE(usual);
  EXPECT_TRUE(usual->scrub.enabled);
  EXPECT_EQ(usual->scrub.period, std::chrono::hours(14 * 24));
  EXPECT_EQ(usual->scrub.rate, 64ull << 20);
  const auto config =
      read(std::string(kMinimal) + "[scrub]\nenabled = false\nperiod = \"30d\"\nrate = \"8MiB\"\n");
  ASSERT_TRUE(config) << config.error().detail;
  EXPECT_FALSE(config->scrub.enabled);
  EXPECT_EQ(config->scrub.period, std::chrono::hours(30 * 24));
  EXPECT_EQ(config->scrub.rate, 8ull << 20);
}

struct Refusal {
  const char* name;
  const char* text;    // appended to, or in place of, the minimal file
  const char* reason;  // part of the refusal, with the line
  bool alone = false;
};

class ConfigRefusal : public testing::TestWithParam<Refusal> {};

TEST_P(ConfigRefusal, NamesFileLineAndReason) {
  const Refusal& refusal = GetParam();
  const std::string text = refusal.alone ? refusal.text : std::string(kMinimal) + refusal.text;
  const auto config = read(text);
  ASSERT_FALSE(config);
  EXPECT_NE(config.error().detail.find(refusal.reason), std::string::npos) << config.error().detail;
}

INSTANTIATE_TEST_SUITE_P(
    Files, ConfigRefusal,
    testing::Values(
        Refusal{"UnknownSetting", "[limits]\nbuffer_memroy = \"1GiB\"\n",
                "lapisd.toml:12: unknown setting \"buffer_memroy\""},
        Refusal{"SizeWithoutUnit", "[limits]\nbuffer_memory = \"12 lots\"\n",
                "lapisd.toml:12: buffer_memory must be a size"},
        Refusal{"SizeTooSmall", "[limits]\nbuffer_memory = \"1MiB\"\n", "at least 16MiB"},
        Refusal{"SizeOverflow", "[limits]\nbuffer_memory = \"99999999999TiB\"\n",
                "buffer_memory must be a size"},
        Refusal{"DurationOfWrongKind", "[limits]\nidle_timeout = 5\n",
                "lapisd.toml:12: idle_timeout must be a time"},
        Refusal{"ZeroConnections", "[limits]\nmax_connections = 0\n", "at least 1"},
        Refusal{"PoolNamedTwice", "[[pool]]\nname = \"flash\"\npaths = [\"/g\"]\n",
                "lapisd.toml:11: pool flash is named twice"},
        Refusal{"PoolOfAnotherClass",
                "[[pool]]\nname = \"b\"\nclass = \"tape\"\npaths = [\"/g\"]\n",
                "lapisd.toml:13: a pool's class is flash or hdd"},
        Refusal{"PoolWithoutPaths", "[[pool]]\nname = \"b\"\n",
                "lapisd.toml:11: a pool needs at least one path"},
        Refusal{"WatermarksTheWrongWayRound",
                "[[pool]]\nname = \"b\"\npaths = [\"/g\"]\nhigh_watermark = 70\n",
                "low_watermark is below"},
        Refusal{"WatermarkAboveAll",
                "[[pool]]\nname = \"b\"\npaths = [\"/g\"]\nhigh_watermark = 101\n",
                "lapisd.toml:14: a percentage is from 1 to 100"},
        Refusal{"CoolBlobs", "[tiering]\ncool_blobs = \"never\"\n",
                "lapisd.toml:12: cool_blobs is first or at-once"},
        Refusal{"MetadataWatermarksTheWrongWayRound",
                "listen = []\n[metadata]\npath = \"/m\"\nlow_watermark = 85\n",
                "the metadata's low_watermark is below its high_watermark", true},
        Refusal{"MetadataWithoutCapacity", "listen = []\n[metadata]\npath = \"/m\"\ncapacity = 0\n",
                "lapisd.toml:4: capacity is more than nothing", true},
        Refusal{"ColdAtOnce", "listen = []\n[metadata]\npath = \"/m\"\ncold_after = \"10ms\"\n",
                "lapisd.toml:4: cold_after is from 1s to 30d", true},
        Refusal{"CompactionOfFullExtents", "[tiering]\ncompact_below = 91\n",
                "lapisd.toml:12: compact_below is at most 90"},
        Refusal{"NoPool", "[metadata]\npath = \"/m\"\n", "at least one [[pool]] is needed", true},
        Refusal{"KeyNotBase64", "[[account]]\nname = \"x22\"\nkeys = [\"***\"]\n",
                "lapisd.toml:13"},
        Refusal{"AccountWithoutKeys", "[[account]]\nname = \"x22\"\n", "lapisd.toml:1"},
        Refusal{"TlsWithoutKey", "[tls]\ncertificate = \"c\"\n", "certificate and private_key"},
        Refusal{"NoMetadata", "listen = []\n", "[metadata]", true},
        Refusal{"ListenNotAnArray", "listen = \"127.0.0.1:1\"\n", "lapisd.toml:1: listen", true},
        Refusal{"ListenWithoutPort", "listen = [\"127.0.0.1\"]\n", "is not ADDRESS:PORT", true},
        Refusal{"AdminWithTls", "[admin]\nlisten = \"https://127.0.0.1:1\"\n",
                "lapisd.toml:12: the admin listener speaks no TLS"},
        Refusal{"AdminSocketEmpty", "[admin]\nsocket = \"\"\n",
                "lapisd.toml:12: socket is a path, or \"off\""},
        Refusal{"ScrubUnknown", "[scrub]\nspeed = 1\n",
                "lapisd.toml:12: unknown setting \"speed\""},
        Refusal{"ScrubTooOften", "[scrub]\nperiod = \"10ms\"\n",
                "lapisd.toml:12: period is from 1s to 365d"},
        Refusal{"ScrubTooSeldom", "[scrub]\nperiod = \"366d\"\n", "period is from 1s to 365d"},
        Refusal{"ScrubTooSlow", "[scrub]\nrate = \"1KiB\"\n", "rate is at least 1MiB"},
        Refusal{"AdminUnknown", "[admin]\nmetric = true\n", "unknown setting \"metric\""},
        Refusal{"AccessLogWithoutPath", "[access_log]\n", "access_log needs a path"},
        Refusal{"AccessLogBufferTooSmall", "[access_log]\npath = \"-\"\nbuffer = \"1KiB\"\n",
                "buffer is from 64KiB to 1GiB"},
        Refusal{"PortTooLarge", "listen = [\"127.0.0.1:70000\"]\n", "is not ADDRESS:PORT", true}),
    [](const auto& p) { return std::string(p.param.name); });

TEST(Config, ShippedFileIsValidAndSaysTheDefaults) {
  Flags flags;
  flags.config_file = LAPIS_SOURCE_DIR "/conf/lapisd.toml";
  const auto config = load_config(flags);
  ASSERT_TRUE(config) << config.error().detail;
  EXPECT_EQ(config->accounts.at(0).name, azure::kDevelopmentAccount);
}

// Every commented setting of the shipped file is one that exists and takes the value shown.
TEST(Config, ShippedFileWithEverythingUncommentedIsValid) {
  std::ifstream in(LAPIS_SOURCE_DIR "/conf/lapisd.toml");
  std::string text;
  for (std::string line; std::getline(in, line);) {
    const bool setting = line.starts_with("#") && line.size() > 1 && line[1] != ' ';
    text += (setting ? line.substr(1) : line) + "\n";
  }
  const auto config = read(text);
  ASSERT_TRUE(config) << config.error().detail;
  EXPECT_EQ(config->buffer_memory_bytes, Config{}.buffer_memory_bytes);
  EXPECT_EQ(config->record_cache_bytes, Config{}.record_cache_bytes);
  EXPECT_EQ(config->block_cache_bytes, Config{}.block_cache_bytes);
  EXPECT_EQ(config->max_connections, Config{}.max_connections);
  EXPECT_EQ(config->idle_timeout, Config{}.idle_timeout);
  EXPECT_EQ(config->drain_timeout, Config{}.drain_timeout);
  EXPECT_EQ(config->slow_request, Config{}.slow_request);
  EXPECT_EQ(config->access_log_buffer_bytes, Config{}.access_log_buffer_bytes);
  EXPECT_EQ(config->admin_listen->port, kDefaultAdminPort);
  EXPECT_TRUE(config->metrics);
}

TEST(Config, AdminListenerHasADefaultAndCanBeOff) {
  Flags flags;
  flags.listen = {"127.0.0.1:0"};
  const auto by_default = load_config(flags).value();
  ASSERT_TRUE(by_default.admin_listen);
  EXPECT_EQ(by_default.admin_listen->address, "127.0.0.1");
  EXPECT_FALSE(by_default.admin_listen_given);
  flags.admin_listen = "127.0.0.1:0";
  const auto given = load_config(flags).value();
  EXPECT_EQ(given.admin_listen->port, 0);
  EXPECT_TRUE(given.admin_listen_given);
  flags.admin_listen = "off";
  EXPECT_FALSE(load_config(flags).value().admin_listen);
  flags.admin_listen = "https://127.0.0.1:0";
  EXPECT_FALSE(load_config(flags));
}

TEST(Config, AccessLogBufferBecomesAPowerOfTwo) {
  const std::string log = "[access_log]\npath = \"-\"\nbuffer = \"100KiB\"\n";
  EXPECT_EQ(read(std::string(kMinimal) + log)->access_log_buffer_bytes, 128u << 10);
}

constexpr std::string_view kHddPool =
    "[[pool]]\nname = \"disks\"\nclass = \"hdd\"\npaths = [\"/d1\", \"/d2\"]\n";

TEST(Config, PoolsOfBothClassesAreRead) {
  const auto config = read(std::string(kMinimal) + std::string(kHddPool));
  ASSERT_TRUE(config) << config.error().detail;
  ASSERT_EQ(config->pools.size(), 2u);
  EXPECT_EQ(config->pools[0].pool_class, storage::PoolClass::kFlash);
  EXPECT_EQ(config->pools[1].name, "disks");
  EXPECT_EQ(config->pools[1].pool_class, storage::PoolClass::kHdd);
  EXPECT_EQ(config->pools[1].paths.size(), 2u);
  EXPECT_TRUE(check_config(*config));
}

TEST(Config, APathBelongsToOnePool) {
  for (const char* same : {"/f", "/f/", "/x/../f", "/m"}) {
    auto config = read(std::string(kMinimal) + std::string(kHddPool));
    ASSERT_TRUE(config);
    config->pools[1].paths[1] = same;
    EXPECT_FALSE(check_config(*config)) << same;
  }
}

struct Address {
  const char* name;
  const char* text;
  const char* address;  // null: refused
  int port;
  bool tls;
};

class ListenAddressText : public testing::TestWithParam<Address> {};

TEST_P(ListenAddressText, IsReadOrRefused) {
  const Address& expected = GetParam();
  const auto address = parse_listen_address(expected.text);
  if (expected.address == nullptr) {
    EXPECT_FALSE(address);
    return;
  }
  ASSERT_TRUE(address);
  EXPECT_EQ(address->address, expected.address);
  EXPECT_EQ(address->port, expected.port);
  EXPECT_EQ(address->tls, expected.tls);
}

INSTANTIATE_TEST_SUITE_P(Texts, ListenAddressText,
                         testing::Values(Address{"Plain", "127.0.0.1:80", "127.0.0.1", 80, false},
                                         Address{"Tls", "https://0.0.0.0:443", "0.0.0.0", 443,
                                                 true},
                                         Address{"V6", "[::1]:0", "::1", 0, false},
                                         Address{"NoPort", "127.0.0.1", nullptr, 0, false},
                                         Address{"SignedPort", "127.0.0.1:+5", nullptr, 0, false},
                                         Address{"NoHost", ":80", nullptr, 0, false},
                                         Address{"EmptyPort", "127.0.0.1:", nullptr, 0, false}),
                         [](const auto& p) { return std::string(p.param.name); });

TEST(Config, DevelopmentAccountIsServedOnLoopbackOnly) {
  Flags flags;
  flags.listen = {"0.0.0.0:10000"};
  const auto refused = load_config(flags);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().detail.find("loopback"), std::string::npos);
  flags.listen = {"127.0.0.2:10000", "[::1]:0"};
  EXPECT_TRUE(load_config(flags));
}

TEST(Config, HttpsNeedsACertificate) {
  Flags flags;
  flags.listen = {"https://127.0.0.1:0"};
  EXPECT_FALSE(load_config(flags));
}

TEST(Config, UnusableCertificateIsRefusedBeforeAnythingIsOpened) {
  auto config = read(kMinimal);
  ASSERT_TRUE(config);
  config->tls = http::TlsOptions{"/nonexistent/tls.crt", "/nonexistent/tls.key"};
  const auto checked = check_config(*config);
  ASSERT_FALSE(checked);
  EXPECT_NE(checked.error().detail.find("/nonexistent/tls.crt"), std::string::npos)
      << checked.error().detail;
}

TEST(Config, OnePathIsNotUsedTwice) {
  auto config = read(kMinimal);
  ASSERT_TRUE(config);
  config->pools[0].paths.emplace_back("/m");
  EXPECT_FALSE(check_config(*config));
}

TEST(Config, MissingFileIsRefusedByName) {
  Flags flags;
  flags.config_file = "/nonexistent/lapisd.toml";
  const auto config = load_config(flags);
  ASSERT_FALSE(config);
  EXPECT_NE(config.error().detail.find("/nonexistent/lapisd.toml"), std::string::npos);
}

}  // namespace
}  // namespace lapis::daemon
