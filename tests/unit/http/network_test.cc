#include "lapis/http/network.h"

#include <gtest/gtest.h>

namespace lapis::http {
namespace {

IpAddress ip(const char* text) { return parse_ip_address(text).value(); }

struct NetworkCase {
  const char* text;
  bool is_network;
  const char* inside = nullptr;
  const char* outside = nullptr;
};

TEST(ParseNetwork, TakesAddressesAndRangesThatEndWhereTheySay) {
  const NetworkCase cases[] = {
      {"10.0.0.0/8", true, "10.255.0.1", "11.0.0.0"},
      {"192.168.4.0/22", true, "192.168.7.255", "192.168.8.0"},
      {"127.0.0.1", true, "127.0.0.1", "127.0.0.2"},
      {"0.0.0.0/0", true, "8.8.8.8", "::1"},
      {"fd00::/8", true, "fdff::1", "fe00::1"},
      {"::/0", true, "::1", "127.0.0.1"},
      {"fd00::1", true, "fd00::1", "fd00::2"},
      {"::ffff:10.0.0.0/104", true, "10.1.2.3", "11.0.0.0"},
      {"::ffff:192.0.2.1", true, "192.0.2.1", "192.0.2.2"},
      {"::/64", true, "::ffff:10.0.0.1", "10.0.0.1"},
      {"10.0.0.1/8", false},
      {"10.0.0.0/33", false},
      {"fd00::/129", false},
      {"10.0.0.0/", false},
      {"10.0.0.0/x", false},
      {"10.0.0", false},
      {"example.test", false},
      {"", false},
  };
  for (const NetworkCase& each : cases) {
    const auto network = parse_network(each.text);
    ASSERT_EQ(network.has_value(), each.is_network) << each.text;
    if (each.inside != nullptr) {
      EXPECT_TRUE(network->contains(ip(each.inside))) << each.text;
    }
    if (each.outside != nullptr) {
      EXPECT_FALSE(network->contains(ip(each.outside))) << each.text;
    }
  }
}

TEST(Unmapped, IsTheAddressThatAConnectionComesFrom) {
  EXPECT_EQ(unmapped(ip("::ffff:192.0.2.1")), ip("192.0.2.1"));
  EXPECT_EQ(unmapped(ip("192.0.2.1")), ip("192.0.2.1"));
  EXPECT_EQ(unmapped(ip("::1")), ip("::1"));
  EXPECT_EQ(unmapped(ip("64:ff9b::192.0.2.1")), ip("64:ff9b::192.0.2.1"));
}

}  // namespace
}  // namespace lapis::http
