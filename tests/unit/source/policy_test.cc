#include "lapis/source/policy.h"

#include <gtest/gtest.h>

namespace lapis::source {
namespace {

http::Url url(const std::string& text) {
  const auto parsed = http::parse_url(text);
  EXPECT_TRUE(parsed) << text;
  return parsed.value_or(http::Url{});
}

http::IpAddress ip(const std::string& text) { return http::parse_ip_address(text).value(); }

TEST(Policy, AllowsEveryHostWhereNoneIsNamed) {
  const Policy policy(PolicyOptions{});
  EXPECT_TRUE(policy.check(url("http://anything.example/c/b")));
  EXPECT_TRUE(policy.check(url("https://192.0.2.1:7777/c/b")));
}

struct HostCase {
  const char* url;
  bool allowed;
};

TEST(Policy, AllowsTheHostsThatAreNamedAndTheirPorts) {
  PolicyOptions options;
  options.hosts = {"one.example", "*.blob.core.windows.net", "192.0.2.1", "2001:db8::1"};
  options.ports = {80, 443, 8443};
  const Policy policy(options);
  const HostCase cases[] = {
      {"http://one.example/c/b", true},
      {"http://ONE.Example/c/b", true},
      {"https://one.example:8443/c/b", true},
      {"https://one.example:8444/c/b", false},
      {"http://two.example/c/b", false},
      {"http://sub.one.example/c/b", false},
      {"http://one.example.evil.test/c/b", false},
      {"http://one.example./c/b", false},
      {"https://a.blob.core.windows.net/c/b", true},
      {"https://a.b.blob.core.windows.net/c/b", true},
      {"https://blob.core.windows.net/c/b", false},
      {"https://evilblob.core.windows.net/c/b", false},
      {"http://192.0.2.1/c/b", true},
      {"http://192.0.2.2/c/b", false},
      {"http://[2001:db8::1]/c/b", true},
      {"http://[2001:db8::2]/c/b", false},
      {"http://3221225985/c/b", false},  // 192.0.2.1 as some write it
  };
  for (const HostCase& each : cases) {
    EXPECT_EQ(policy.check(url(each.url)).has_value(), each.allowed) << each.url;
  }
}

TEST(Policy, PermitsNoSpecialAddressUnlessItIsNamed) {
  const Policy closed(PolicyOptions{});
  EXPECT_TRUE(closed.permits(ip("8.8.8.8"), 80));
  EXPECT_FALSE(closed.permits(ip("127.0.0.1"), 80));
  EXPECT_FALSE(closed.permits(ip("10.1.2.3"), 80));

  PolicyOptions options;
  options.networks = {http::parse_network("10.1.0.0/16").value(),
                      http::parse_network("fd12::/16").value()};
  const Policy open(options);
  EXPECT_TRUE(open.permits(ip("10.1.2.3"), 80));
  EXPECT_TRUE(open.permits(ip("::ffff:10.1.2.3"), 80));
  EXPECT_TRUE(open.permits(ip("64:ff9b::10.1.2.3"), 80));
  EXPECT_TRUE(open.permits(ip("fd12::5"), 80));
  EXPECT_FALSE(open.permits(ip("10.2.0.1"), 80));
  EXPECT_FALSE(open.permits(ip("fd13::5"), 80));
  EXPECT_FALSE(open.permits(ip("169.254.169.254"), 80));
}

// Whoever connected from this server would come from an address of its own.
TEST(Policy, PermitsNoConnectionToThisServerItself) {
  PolicyOptions options;
  options.networks = {
      http::parse_network("127.0.0.0/8").value(), http::parse_network("10.0.0.0/8").value(),
      http::parse_network("0.0.0.0/0").value(), http::parse_network("::/0").value()};
  Policy policy(options);
  policy.listens_on({{"127.0.0.1", 10'000, false}, {"10.0.0.5", 10'443, true}, {"8.8.8.8", 80}});
  EXPECT_FALSE(policy.permits(ip("127.0.0.1"), 10'000));
  EXPECT_FALSE(policy.permits(ip("::ffff:127.0.0.1"), 10'000));
  EXPECT_FALSE(policy.permits(ip("64:ff9b::127.0.0.1"), 10'000));
  EXPECT_FALSE(policy.permits(ip("10.0.0.5"), 10'443));
  EXPECT_FALSE(policy.permits(ip("8.8.8.8"), 80));
  EXPECT_FALSE(policy.permits(ip("0.0.0.0"), 10'000)) << "this machine, whatever its addresses";
  EXPECT_FALSE(policy.permits(ip("::"), 10'010));
  EXPECT_TRUE(policy.permits(ip("127.0.0.1"), 10'010));
  EXPECT_TRUE(policy.permits(ip("127.0.0.2"), 10'000));
  EXPECT_TRUE(policy.permits(ip("10.0.0.5"), 10'000));
}

TEST(Policy, AListenerOnEveryAddressIsThisMachines) {
  PolicyOptions options;
  options.networks = {http::parse_network("127.0.0.1").value()};
  Policy policy(options);
  policy.listens_on({{"0.0.0.0", 10'000, false}});
  EXPECT_FALSE(policy.permits(ip("127.0.0.1"), 10'000));
  EXPECT_TRUE(policy.is_own(url("http://127.0.0.1:10000/c/b"), "", false));
  EXPECT_TRUE(policy.permits(ip("127.0.0.1"), 10'001));
}

struct OwnCase {
  const char* url;
  const char* asked;
  bool asked_securely;
  bool own;
};

TEST(Policy, KnowsItsOwnUrls) {
  PolicyOptions options;
  options.own_hosts = {"*.blob.lapis.test", "storage.test"};
  Policy policy(options);
  policy.listens_on({{"127.0.0.1", 10'000, false}, {"127.0.0.1", 10'443, true}});
  const OwnCase cases[] = {
      {"http://127.0.0.1:10000/a/c/b", "", false, true},
      {"http://[::ffff:127.0.0.1]:10000/a/c/b", "", false, true},
      {"https://127.0.0.1:10443/a/c/b", "", false, true},
      {"https://127.0.0.1:10000/a/c/b", "", false, false},
      {"http://127.0.0.1:10443/a/c/b", "", false, false},
      {"http://127.0.0.1:10001/a/c/b", "", false, false},
      {"http://a.blob.lapis.test:10000/c/b", "", false, true},
      {"https://a.blob.lapis.test/c/b", "", false, true},
      {"http://a.blob.lapis.test:9999/c/b", "", false, false},
      {"http://blob.lapis.test:10000/c/b", "", false, false},
      {"http://storage.test:10000/a/c/b", "", false, true},
      // The endpoint that the copy was asked of.
      {"http://lb.test:81/a/c/b", "lb.test:81", false, true},
      {"http://LB.test:81/a/c/b", "lb.TEST:81", false, true},
      {"http://lb.test/a/c/b", "lb.test", false, true},
      {"http://lb.test:80/a/c/b", "lb.test", false, true},
      {"https://lb.test/a/c/b", "lb.test:443", true, true},
      {"https://lb.test/a/c/b", "lb.test", false, false},
      {"http://lb.test:81/a/c/b", "lb.test:82", false, false},
      {"http://other.test:81/a/c/b", "lb.test:81", false, false},
      // Another account there.
      {"http://one.blob.x.test:81/c/b", "two.blob.x.test:81", false, true},
      {"http://one.blob.x.test:81/c/b", "two.blob.y.test:81", false, false},
      {"http://one.x.test:81/c/b", "two.x.test:81", false, false},
      {"http://lb.test:81/a/c/b", "", false, false},
      {"http://lb.test:81/a/c/b", "no host", false, false},
  };
  for (const OwnCase& each : cases) {
    EXPECT_EQ(policy.is_own(url(each.url), each.asked, each.asked_securely), each.own)
        << each.url << " asked of " << each.asked;
  }
}

TEST(HostPattern, IsANameADomainOrAnAddress) {
  for (const char* text : {"a", "a.example", "*.example", "192.0.2.1", "2001:db8::1"}) {
    EXPECT_TRUE(is_host_pattern(text)) << text;
  }
  for (const char* text : {"", "*", "*.", "a.*", "*a.example", "http://a", "a:80", "a/b", "a b"}) {
    EXPECT_FALSE(is_host_pattern(text)) << text;
  }
}

}  // namespace
}  // namespace lapis::source
