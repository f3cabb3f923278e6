#include "ctl/program.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "lapis/base/random.h"
#include "support/manual_clock.h"

namespace lapis::ctl {
namespace {

struct Outcome {
  int status;
  std::string out, err;
};

Outcome run_with(std::vector<std::string> arguments, const std::string& input = "") {
  std::istringstream in(input);
  std::ostringstream out, err;
  const test::ManualClock clock;  // 2026-01-02T03:04:05Z
  const Environment environment{in, out, err, clock, "1.2.3"};
  const int status = run(std::move(arguments), environment);
  return {status, out.str(), err.str()};
}

const std::vector<std::string> kAccountSas = {"sas",      "account",          "--permissions",
                                              "rwdlacup", "--expiry",         "2030-01-01T00:00Z",
                                              "--start",  "2020-01-01T00:00Z"};

// The signature was computed with Python's hmac over the string written out by hand.
TEST(Lapis, PrintsTheTokenAlone) {
  const Outcome outcome = run_with(kAccountSas);
  EXPECT_EQ(outcome.status, kOk);
  EXPECT_EQ(outcome.err, "");
  EXPECT_EQ(outcome.out,
            "sv=2021-12-02&ss=b&srt=sco&st=2020-01-01T00:00:00Z&se=2030-0"
            "1-01T00:00:00Z&sp=rwdlacup&spr=https,http&sig=hl9oNyiYND6q2YZycw1CVsY6yeZckFo%"
            "2FDyCKdlMQxAg%3D\n");
}

TEST(Lapis, CountsExpiryFromNow) {
  const Outcome outcome =
      run_with({"sas", "account", "--permissions", "r", "--expiry", "24h", "--protocol", "https"});
  EXPECT_EQ(outcome.status, kOk);
  EXPECT_NE(outcome.out.find("se=2026-01-03T03:04:05Z&"), std::string::npos);
  EXPECT_NE(outcome.out.find("spr=https&"), std::string::npos);
}

TEST(Lapis, PrintsAWholeUrl) {
  const Outcome outcome =
      run_with({"sas", "service", "--container", "box", "--blob", "a b/c", "--permissions", "r",
                "--expiry", "1h", "--url", "http://127.0.0.1:10000/devstoreaccount1/"});
  EXPECT_EQ(outcome.status, kOk);
  EXPECT_TRUE(outcome.out.starts_with("http://127.0.0.1:10000/devstoreaccount1/box/a%20b/c?sv="))
      << outcome.out;
}

TEST(Lapis, LeavesToAPolicyWhatItGives) {
  const Outcome outcome = run_with({"sas", "service", "--container", "box", "--policy", "readers"});
  EXPECT_EQ(outcome.status, kOk);
  EXPECT_NE(outcome.out.find("si=readers"), std::string::npos) << outcome.out;
  EXPECT_EQ(outcome.out.find("se="), std::string::npos) << outcome.out;
  EXPECT_EQ(outcome.out.find("sp="), std::string::npos) << outcome.out;
}

TEST(Lapis, TakesAKeyFromInputAndFile) {
  const auto path =
      std::filesystem::temp_directory_path() / ("lapis-key-" + Guid::make().to_string());
  std::ofstream(path) << "  Zm9v \r\n";
  std::vector<std::string> arguments = {"sas",      "account",       "--account",
                                        "other",    "--permissions", "r",
                                        "--expiry", "2030-01-01",    "--key-file"};
  auto from_input = arguments, from_file = arguments, given = arguments;
  from_input.push_back("-");
  from_file.push_back(path);
  given.back() = "--key";
  given.push_back("Zm9v");
  const Outcome expected = run_with(given);
  EXPECT_EQ(expected.status, kOk);
  EXPECT_EQ(run_with(from_input, "Zm9v\n").out, expected.out);
  EXPECT_EQ(run_with(from_file).out, expected.out);
  std::filesystem::remove(path);
}

struct Refused {
  const char* name;
  std::vector<std::string> arguments;
  int status;
  std::string says;
};

class LapisRefuses : public testing::TestWithParam<Refused> {};

TEST_P(LapisRefuses, SaysWhy) {
  const Outcome outcome = run_with(GetParam().arguments);
  EXPECT_EQ(outcome.status, GetParam().status);
  EXPECT_EQ(outcome.out, "");
  EXPECT_NE(outcome.err.find(GetParam().says), std::string::npos) << outcome.err;
}

std::vector<std::string> account(std::vector<std::string> more) {
  std::vector<std::string> arguments = {"sas", "account", "--expiry", "1h"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

const Refused kRefused[] = {
    {"NoCommand", {}, kUsage, "subcommand"},
    {"UnknownCommand", {"frobnicate"}, kUsage, "subcommand"},
    {"NoKind", {"sas"}, kUsage, "subcommand"},
    {"NoPermissions", account({}), kUsage, "--permissions"},
    {"NoExpiry", {"sas", "account", "--permissions", "r"}, kUsage, "--expiry"},
    {"NoContainer",
     {"sas", "service", "--permissions", "r", "--expiry", "1h"},
     kUsage,
     "--container"},
    {"KeyAndFile", account({"--permissions", "r", "--key", "Zm9v", "--key-file", "-"}), kUsage,
     "--key"},
    {"NoKeyForAccount", account({"--permissions", "r", "--account", "other"}), kFailed,
     "--key-file"},
    {"KeyIsNoBase64", account({"--permissions", "r", "--key", "***"}), kFailed, "base64"},
    {"NoSuchFile", account({"--permissions", "r", "--key-file", "/nonexistent"}), kFailed,
     "/nonexistent"},
    {"EmptyInput", account({"--permissions", "r", "--key-file", "-"}), kFailed, "standard input"},
    {"BadAccount", account({"--permissions", "r", "--account", "A", "--key", "Zm9v"}), kFailed,
     "account name"},
    {"BadLetters", account({"--permissions", "q"}), kFailed, "permissions"},
    {"BadService", account({"--permissions", "r", "--services", "x"}), kFailed, "services"},
    {"BadTypes", account({"--permissions", "r", "--resource-types", "x"}), kFailed,
     "resource types"},
    {"BadIp", account({"--permissions", "r", "--ip", "1.2.3"}), kFailed, "ip"},
    {"HttpOnly", account({"--permissions", "r", "--protocol", "http"}), kFailed, "protocol"},
    {"BadVersion", account({"--permissions", "r", "--version", "2014-02-14"}), kFailed, "version"},
    {"BadTime", account({"--permissions", "r", "--start", "now"}), kFailed, "now"},
    {"StartAfterExpiry", account({"--permissions", "r", "--start", "2h"}), kFailed,
     "after the start"},
    {"NeitherPermissionsNorPolicy",
     {"sas", "service", "--container", "box", "--expiry", "1h"},
     kFailed,
     "permissions"},
    {"NeitherExpiryNorPolicy",
     {"sas", "service", "--container", "box", "--permissions", "r"},
     kFailed,
     "expiry"},
    {"BadContainer",
     {"sas", "service", "--container", "A", "--permissions", "r", "--expiry", "1h"},
     kFailed,
     "container name"},
};
INSTANTIATE_TEST_SUITE_P(Commands, LapisRefuses, testing::ValuesIn(kRefused),
                         [](const auto& tested) { return std::string(tested.param.name); });

TEST(Lapis, NeverShowsAKey) {
  const Outcome outcome =
      run_with(account({"--permissions", "q", "--account", "other", "--key", "c2VjcmV0"}));
  EXPECT_EQ(outcome.status, kFailed);
  EXPECT_EQ(outcome.err.find("c2VjcmV0"), std::string::npos);
}

TEST(Lapis, TellsItsVersion) {
  const Outcome outcome = run_with({"--version"});
  EXPECT_EQ(outcome.status, kOk);
  EXPECT_EQ(outcome.out, "1.2.3\n");
}

}  // namespace
}  // namespace lapis::ctl
