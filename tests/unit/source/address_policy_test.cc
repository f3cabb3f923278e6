#include "lapis/source/address_policy.h"

#include <gtest/gtest.h>

namespace lapis::source {
namespace {

http::IpAddress ip(const std::string& text) {
  const auto address = http::parse_ip_address(text);
  EXPECT_TRUE(address) << text;
  return address.value_or(http::IpAddress{});
}

// The first and the last address of each range that is refused, and what lies right beside it.
struct RangeCase {
  const char* name;
  const char* first;
  const char* last;
  const char* before = nullptr;
  const char* behind = nullptr;
};
constexpr RangeCase kRanges[] = {
    {"ThisNetwork", "0.0.0.0", "0.255.255.255", nullptr, "1.0.0.0"},
    {"TenPrivate", "10.0.0.0", "10.255.255.255", "9.255.255.255", "11.0.0.0"},
    {"CarrierNat", "100.64.0.0", "100.127.255.255", "100.63.255.255", "100.128.0.0"},
    {"Loopback", "127.0.0.0", "127.255.255.255", "126.255.255.255", "128.0.0.0"},
    {"AzurePlatform", "168.63.129.16", "168.63.129.16", "168.63.129.15", "168.63.129.17"},
    {"LinkLocal", "169.254.0.0", "169.254.255.255", "169.253.255.255", "169.255.0.0"},
    {"Metadata", "169.254.169.254", "169.254.169.254"},
    {"SixteenPrivate", "172.16.0.0", "172.31.255.255", "172.15.255.255", "172.32.0.0"},
    {"Protocols", "192.0.0.0", "192.0.0.255", "191.255.255.255", "192.0.1.0"},
    {"DocumentationOne", "192.0.2.0", "192.0.2.255", "192.0.1.255", "192.0.3.0"},
    {"SixToFourRelays", "192.88.99.0", "192.88.99.255", "192.88.98.255", "192.88.100.0"},
    {"HomePrivate", "192.168.0.0", "192.168.255.255", "192.167.255.255", "192.169.0.0"},
    {"Benchmarks", "198.18.0.0", "198.19.255.255", "198.17.255.255", "198.20.0.0"},
    {"DocumentationTwo", "198.51.100.0", "198.51.100.255", "198.51.99.255", "198.51.101.0"},
    {"DocumentationThree", "203.0.113.0", "203.0.113.255", "203.0.112.255", "203.0.114.0"},
    {"Multicast", "224.0.0.0", "239.255.255.255", "223.255.255.255"},
    {"Reserved", "240.0.0.0", "255.255.255.255"},
    {"V6Unspecified", "::", "::"},
    {"V6Loopback", "::1", "::1"},
    {"V6Compatible", "::8.8.8.8", "::8.8.8.8"},
    {"V6LocalNat64", "64:ff9b:1::", "64:ff9b:1:ffff:ffff:ffff:ffff:ffff"},
    {"V6Discard", "100::", "100::ffff:ffff:ffff:ffff"},
    {"V6BelowGlobal", "1fff::", "1fff:ffff::", nullptr, "2000::"},
    {"V6AboveGlobal", "4000::", "4000::1", "3ffe::1"},
    {"V6Teredo", "2001::", "2001:1ff:ffff::", "2000:ffff::", "2001:200::"},
    {"V6Documentation", "2001:db8::", "2001:db8:ffff::", "2001:db7:ffff::", "2001:db9::"},
    {"V6SixToFour", "2002::", "2002:ffff::", "2001:ffff::", "2003::"},
    {"V6DocumentationTwo", "3fff::", "3fff:fff:ffff::", "3ffe:ffff::", "3fff:1000::"},
    {"V6UniqueLocal", "fc00::", "fdff:ffff::"},
    {"V6LinkLocal", "fe80::", "febf:ffff::"},
    {"V6SiteLocal", "fec0::", "feff::"},
    {"V6Multicast", "ff00::", "ffff::"},
    {"MappedLoopback", "::ffff:127.0.0.1", "::ffff:127.255.255.255", "::ffff:126.0.0.1",
     "::ffff:128.0.0.1"},
    {"MappedPrivate", "::ffff:10.0.0.1", "::ffff:10.1.2.3"},
    {"MappedMetadata", "::ffff:169.254.169.254", "::ffff:a9fe:a9fe"},
    {"Nat64Loopback", "64:ff9b::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::8.8.8.8"},
    {"Nat64Private", "64:ff9b::192.168.1.1", "64:ff9b::10.0.0.1"},
};

class SpecialRange : public testing::TestWithParam<RangeCase> {};

TEST_P(SpecialRange, IsRefusedToItsEdgesAndNotBeyond) {
  const RangeCase& range = GetParam();
  EXPECT_TRUE(is_special(ip(range.first)));
  EXPECT_TRUE(is_special(ip(range.last)));
  if (range.before != nullptr) {
    EXPECT_FALSE(is_special(ip(range.before))) << range.before;
  }
  if (range.behind != nullptr) {
    EXPECT_FALSE(is_special(ip(range.behind))) << range.behind;
  }
}

INSTANTIATE_TEST_SUITE_P(All, SpecialRange, testing::ValuesIn(kRanges),
                         [](const auto& p) { return std::string(p.param.name); });

TEST(IsSpecial, OrdinaryAddressesAreNot) {
  for (const char* text : {"1.1.1.1", "8.8.8.8", "20.60.1.1", "193.99.144.80", "2606:4700::1111",
                           "2a00:1450:4001:82a::200e", "::ffff:8.8.8.8", "64:ff9b::808:808"}) {
    EXPECT_FALSE(is_special(ip(text))) << text;
  }
}

TEST(RealAddress, IsTheOneBehindMappingAndNat64) {
  EXPECT_EQ(real_address(ip("::ffff:192.0.2.1")), ip("192.0.2.1"));
  EXPECT_EQ(real_address(ip("64:ff9b::c000:201")), ip("192.0.2.1"));
  EXPECT_EQ(real_address(ip("2001:db8::1")), ip("2001:db8::1"));
  EXPECT_EQ(real_address(ip("192.0.2.1")), ip("192.0.2.1"));
}

}  // namespace
}  // namespace lapis::source
