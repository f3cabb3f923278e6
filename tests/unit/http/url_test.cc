#include "lapis/http/url.h"

#include <gtest/gtest.h>

#include "lapis/http/ip_address.h"

namespace lapis::http {
namespace {

struct UrlCase {
  const char* text;
  bool secure = false;
  const char* host = nullptr;  // null: it is no URL
  std::uint16_t port = 0;
  const char* target = nullptr;
};
const UrlCase kUrls[] = {
    {"http://a.example/c/b?x=y&sig=a%2Bb", false, "a.example", 80, "/c/b?x=y&sig=a%2Bb"},
    {"HTTPS://A.Example/c", true, "a.example", 443, "/c"},
    {"https://a.example:8443", true, "a.example", 8443, "/"},
    {"http://a.example?comp=x", false, "a.example", 80, "/?comp=x"},
    {"http://127.0.0.1:10000/acct/c/b", false, "127.0.0.1", 10'000, "/acct/c/b"},
    {"http://[::1]:81/c", false, "::1", 81, "/c"},
    {"http://[FE80::1]/c", false, "fe80::1", 80, "/c"},
    {""},
    {"a.example/c"},
    {"//a.example/c"},
    {"ftp://a.example/c"},
    {"file:///etc/passwd"},
    {"gopher://a.example/_x"},
    {"http:a.example"},
    {"http://"},
    {"http:///c"},
    {"http://:80/c"},
    {"http://user@a.example/c"},
    {"http://user:pass@a.example/c"},
    {"http://a.example@evil.test/c"},
    {"http://a.example:0/c"},
    {"http://a.example:65536/c"},
    {"http://a.example:8a/c"},
    {"http://a.example:/c"},
    {"http://a.example/c#d"},
    {"http://a.example/a b"},
    {"http://a.example/\xc3\xa4"},
    {"http://a.example/a\r\nHost: b"},
    {"http://a.example\\@evil.test/c"},
    {"http://[::1/c"},
    {"http://[::1]x/c"},
};

class ParseUrl : public testing::TestWithParam<UrlCase> {};

TEST_P(ParseUrl, TakesItApartOrRefusesIt) {
  const UrlCase& expected = GetParam();
  const auto url = parse_url(expected.text);
  ASSERT_EQ(url.has_value(), expected.host != nullptr) << expected.text;
  if (!url) return;
  EXPECT_EQ(url->secure, expected.secure);
  EXPECT_EQ(url->host, expected.host);
  EXPECT_EQ(url->port, expected.port);
  EXPECT_EQ(url->target, expected.target);
}

INSTANTIATE_TEST_SUITE_P(All, ParseUrl, testing::ValuesIn(kUrls));

TEST(ParseUrlText, KeepsTheAuthorityAsItWasGiven) {
  EXPECT_EQ(parse_url("http://A.example:080/c")->authority, "A.example:080");
}

TEST(IpAddress, RoundTripsAndRefusesOtherSpellings) {
  for (const char* text : {"192.0.2.1", "::1", "2001:db8::1", "::ffff:1.2.3.4"}) {
    const auto address = parse_ip_address(text);
    ASSERT_TRUE(address) << text;
    EXPECT_EQ(to_string(*address), text);
  }
  for (const char* text : {"", "1.2.3", "2130706433", "0x7f.1", "01.2.3.4", "[::1]", "fe80::1%eth0",
                           "localhost", "1.2.3.4 "}) {
    EXPECT_FALSE(parse_ip_address(text)) << text;
  }
}

}  // namespace
}  // namespace lapis::http
