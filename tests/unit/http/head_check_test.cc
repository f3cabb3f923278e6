#include "http/head_check.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace lapis::http {
namespace {

using std::string_literals::operator""s;

struct RefusalCase {
  const char* name;
  std::string head;
  ErrorCode code = ErrorCode::kBadRequest;
};

// A GET with `fields` behind its Host.
std::string get(const std::string& fields) {
  return "GET /c/b HTTP/1.1\r\nHost: a.example\r\n" + fields + "\r\n";
}

// A request line of its own, with a Host.
std::string line(const std::string& request_line) {
  return request_line + "\r\nHost: a.example\r\n\r\n";
}

std::string with_host(const std::string& host) {
  return "GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n";
}

std::string fields_in_number(int n) {
  std::string fields;
  for (int i = 0; i < n; ++i) fields += "x-" + std::to_string(i) + ": v\r\n";
  return fields;
}

class HeadCheckRefuses : public testing::TestWithParam<RefusalCase> {};

TEST_P(HeadCheckRefuses, Head) {
  const auto checked = head_check(GetParam().head, HeadLimits{});
  ASSERT_FALSE(checked.has_value());
  EXPECT_EQ(checked.error().code, GetParam().code) << to_string(checked.error());
}

const RefusalCase kRequestLines[] = {
    {"Empty", ""},
    {"OnlyCrlf", "\r\n"},
    {"NoEmptyLine", "GET / HTTP/1.1\r\nHost: a\r\n"},
    {"NoTarget", line("GET HTTP/1.1")},
    {"NoVersion", line("GET /")},
    {"NoMethod", line(" / HTTP/1.1")},
    {"TwoBlanksBeforeTarget", line("GET  / HTTP/1.1")},
    {"TwoBlanksBeforeVersion", line("GET /  HTTP/1.1")},
    {"BlankAtEnd", line("GET / HTTP/1.1 ")},
    {"BlankAtStart", line(" GET / HTTP/1.1")},
    {"TabsBetween", line("GET\t/\tHTTP/1.1")},
    {"TabInsteadOfSecondBlank", line("GET /\tHTTP/1.1")},
    {"MethodNoToken", line("GE(T / HTTP/1.1")},
    {"MethodWithColon", line("GET: / HTTP/1.1")},
    {"MethodWithNul", line("GE\0T / HTTP/1.1"s)},
    {"VersionLowerCase", line("GET / http/1.1")},
    {"VersionTwo", line("GET / HTTP/2.0")},
    {"VersionZeroNine", line("GET / HTTP/0.9")},
    {"VersionOneTwo", line("GET / HTTP/1.2")},
    {"VersionOneDigit", line("GET / HTTP/1")},
    {"VersionLong", line("GET / HTTP/1.10")},
    {"VersionLeadingZero", line("GET / HTTP/01.1")},
    {"VersionOtherName", line("GET / HTTPS/1.1")},
    {"TargetWithBlank", line("GET /a b HTTP/1.1")},
    {"TargetWithFragment", line("GET /a#b HTTP/1.1")},
    {"TargetWithNul", line("GET /a\0b HTTP/1.1"s)},
    {"TargetWithTab", line("GET /a\tb HTTP/1.1")},
    {"TargetWithBareCr", line("GET /a\rb HTTP/1.1")},
    {"TargetWithDel", line("GET /a\x7f HTTP/1.1")},
    {"TargetRelative", line("GET a/b HTTP/1.1")},
    {"TargetQueryOnly", line("GET ?a=b HTTP/1.1")},
    {"TargetAsteriskForGet", line("GET * HTTP/1.1")},
    {"TargetAuthorityForm", line("CONNECT a.example:443 HTTP/1.1")},
    {"AbsoluteOtherScheme", line("GET ftp://a.example/ HTTP/1.1")},
    {"AbsoluteNoAuthority", line("GET http:///a HTTP/1.1")},
    {"AbsoluteWithUser", line("GET http://u@a.example/ HTTP/1.1")},
    {"AbsoluteQueryWithoutPath", line("GET http://a.example?x HTTP/1.1")},
    {"AbsoluteOtherHost", line("GET http://b.example/ HTTP/1.1")},
    {"LineEndBareLf", "GET / HTTP/1.1\nHost: a\r\n\r\n"},
    {"LineEndBareCr", "GET / HTTP/1.1\rHost: a\r\n\r\n"},
    {"LineEndCrCrLf", "GET / HTTP/1.1\r\r\nHost: a\r\n\r\n"},
    {"TargetTooLong", line("GET /" + std::string(16 * 1024, 'a') + " HTTP/1.1"),
     ErrorCode::kUriTooLong},
};

const RefusalCase kFields[] = {
    {"EndBareLf", get("x: y\n")},
    {"EndsWithBareLfs", "GET / HTTP/1.1\r\nHost: a\n\n"},
    {"LastLineBareLf", "GET / HTTP/1.1\r\nHost: a\r\n\n"},
    {"BareCrInValue", get("x: a\rb\r\n")},
    {"BareCrHidesField", get("x: a\rContent-Length: 5\r\n")},
    {"CrCrLf", get("x: a\r\r\n")},
    {"FoldedWithBlank", get("x: a\r\n b\r\n")},
    {"FoldedWithTab", get("x: a\r\n\tb\r\n")},
    {"FoldedFirst", "GET / HTTP/1.1\r\n Host: a\r\n\r\n"},
    {"BlankBeforeColon", get("Content-Length : 5\r\n")},
    {"TabBeforeColon", get("Content-Length\t: 5\r\n")},
    {"BlankInName", get("x y: z\r\n")},
    {"NoColon", get("just text\r\n")},
    {"NoName", get(": value\r\n")},
    {"NulInName", get("x\0y: z\r\n"s)},
    {"NulInValue", get("x: a\0b\r\n"s)},
    {"ControlInValue", get("x: a\x01z\r\n")},
    {"EscapeInValue", get("x: \x1b[2J\r\n")},
    {"DelInValue", get("x: a\x7f\r\n")},
    {"HighByteInName", get("x\xc3\xa4: z\r\n")},
    {"BracketInName", get("x[1]: z\r\n")},
    {"TooMany", get(fields_in_number(200)), ErrorCode::kRequestHeadTooLarge},
    {"BytesBehind", get("") + "GET"},
    {"NoHost", "GET / HTTP/1.1\r\nx: y\r\n\r\n"},
    {"TwoHosts", get("Host: b.example\r\n")},
    {"TwoEqualHosts", get("Host: a.example\r\n")},
    {"TwoHostsOtherCase", get("hOST: a.example\r\n")},
    {"TwoHostsInHttp10", "GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n"},
    {"HostEmpty", with_host("")},
    {"HostWithUser", with_host("u@a.example")},
    {"HostWithPath", with_host("a.example/b")},
    {"HostWithBlank", with_host("a.example b.example")},
    {"HostList", with_host("a.example, b.example")},
    {"HostPortNoNumber", with_host("a.example:http")},
    {"HostPortEmpty", with_host("a.example:")},
    {"HostPortLong", with_host("a.example:123456")},
    {"HostTwoPorts", with_host("a.example:80:80")},
    {"HostOnlyPort", with_host(":80")},
    {"HostBracketOpen", with_host("[::1")},
    {"HostBracketEmpty", with_host("[]")},
    {"HostBracketThenText", with_host("[::1]x")},
    {"HostTooLong", with_host(std::string(256, 'a'))},
};

const RefusalCase kFraming[] = {
    {"LengthPlus", get("Content-Length: +5\r\n")},
    {"LengthMinus", get("Content-Length: -5\r\n")},
    {"LengthHex", get("Content-Length: 0x5\r\n")},
    {"LengthHexDigits", get("Content-Length: ff\r\n")},
    {"LengthList", get("Content-Length: 5,5\r\n")},
    {"LengthListBlank", get("Content-Length: 5, 5\r\n")},
    {"LengthTwoWords", get("Content-Length: 5 5\r\n")},
    {"LengthEmpty", get("Content-Length:\r\n")},
    {"LengthBlank", get("Content-Length:   \r\n")},
    {"LengthFraction", get("Content-Length: 5.0\r\n")},
    {"LengthExponent", get("Content-Length: 1e3\r\n")},
    {"LengthUnderscore", get("Content-Length: 1_000\r\n")},
    {"LengthQuoted", get("Content-Length: \"5\"\r\n")},
    {"LengthOver63Bits", get("Content-Length: 9223372036854775808\r\n")},
    {"LengthOver64Bits", get("Content-Length: 18446744073709551617\r\n")},
    {"LengthTwiceEqual", get("Content-Length: 5\r\nContent-Length: 5\r\n")},
    {"LengthTwiceDifferent", get("Content-Length: 5\r\nContent-Length: 6\r\n")},
    {"LengthTwiceOtherCase", get("Content-Length: 5\r\ncontent-LENGTH: 5\r\n")},
    {"LengthAndChunked", get("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n")},
    {"ChunkedAndLength", get("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n")},
    {"ChunkedAndLengthZero", get("Transfer-Encoding: chunked\r\nContent-Length: 0\r\n")},
    {"CodingIdentity", get("Transfer-Encoding: identity\r\n")},
    {"CodingGzip", get("Transfer-Encoding: gzip\r\n")},
    {"CodingGzipChunked", get("Transfer-Encoding: gzip, chunked\r\n")},
    {"CodingChunkedGzip", get("Transfer-Encoding: chunked, gzip\r\n")},
    {"CodingChunkedTwice", get("Transfer-Encoding: chunked, chunked\r\n")},
    {"CodingTwoFields", get("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n")},
    {"CodingTwoFieldsIdentity",
     get("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n")},
    {"CodingXChunked", get("Transfer-Encoding: xchunked\r\n")},
    {"CodingQuoted", get("Transfer-Encoding: \"chunked\"\r\n")},
    {"CodingWithParameter", get("Transfer-Encoding: chunked;q=1\r\n")},
    {"CodingComma", get("Transfer-Encoding: ,chunked\r\n")},
    {"CodingVerticalTab", get("Transfer-Encoding: \x0b"
                              "chunked\r\n")},
    {"CodingEmpty", get("Transfer-Encoding:\r\n")},
    {"CodingInHttp10", "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"},
};

const auto kName = [](const auto& p) { return std::string(p.param.name); };
INSTANTIATE_TEST_SUITE_P(RequestLine, HeadCheckRefuses, testing::ValuesIn(kRequestLines), kName);
INSTANTIATE_TEST_SUITE_P(Field, HeadCheckRefuses, testing::ValuesIn(kFields), kName);
INSTANTIATE_TEST_SUITE_P(Framing, HeadCheckRefuses, testing::ValuesIn(kFraming), kName);

struct AcceptCase {
  const char* name;
  std::string head;
  std::string target = "/c/b";
  bool keep_alive = true;
  std::optional<std::uint64_t> content_length = {};
  bool chunked = false;
  Expectation expectation = Expectation::kNone;
};

class HeadCheckAccepts : public testing::TestWithParam<AcceptCase> {};

TEST_P(HeadCheckAccepts, Head) {
  const auto checked = head_check(GetParam().head, HeadLimits{});
  ASSERT_TRUE(checked.has_value()) << to_string(checked.error());
  EXPECT_EQ(checked->target, GetParam().target);
  EXPECT_EQ(checked->keep_alive, GetParam().keep_alive);
  EXPECT_EQ(checked->content_length, GetParam().content_length);
  EXPECT_EQ(checked->chunked, GetParam().chunked);
  EXPECT_EQ(checked->expectation, GetParam().expectation);
}

const AcceptCase kTargets[] = {
    {"Plain", get("")},
    {"Root", line("GET / HTTP/1.1"), "/"},
    {"QueryAsSent", line("GET /c?comp=list&x=%2F%zz HTTP/1.1"), "/c?comp=list&x=%2F%zz"},
    {"DotSegmentsAsSent", line("GET /a/../b//c HTTP/1.1"), "/a/../b//c"},
    {"RawUtf8AsSent", line("GET /\xc3\xa4 HTTP/1.1"), "/\xc3\xa4"},
    {"OtherVisibleAsSent", line("GET /a\"<>[]^`{|}\\b HTTP/1.1"), "/a\"<>[]^`{|}\\b"},
    {"LongestTarget", line("GET /" + std::string(16 * 1024 - 1, 'a') + " HTTP/1.1"),
     "/" + std::string(16 * 1024 - 1, 'a')},
    {"AbsoluteForm", line("GET http://a.example/c?d HTTP/1.1"), "/c?d"},
    {"AbsoluteFormTls", line("GET HTTPS://A.example/c HTTP/1.1"), "/c"},
    {"AbsoluteFormNoPath", line("GET http://a.example HTTP/1.1"), "/"},
    {"AsteriskForOptions", line("OPTIONS * HTTP/1.1"), "*"},
    {"UnknownMethod", line("BREW /pot HTTP/1.1"), "/pot"},
    {"HostWithPort", "GET / HTTP/1.1\r\nHost: a.example:10000\r\n\r\n", "/"},
    {"HostV4", with_host("127.0.0.1:10000"), "/"},
    {"HostV6", with_host("[2001:db8::1]:10000"), "/"},
    {"HostV6NoPort", with_host("[::1]"), "/"},
    {"ValueWithTabAndHighBytes", get("x: a\tb \xc3\xa4\r\n")},
    {"ValueEmpty", get("x:\r\n")},
    {"NameOfAllTokenChars", get("!#$%&'*+-.^_`|~09azAZ: v\r\n")},
    {"MostFields", get(fields_in_number(199))},
    {"FieldTwice", get("x: 1\r\nx: 2\r\n")},
};

const AcceptCase kConnections[] = {
    {"Close", get("Connection: close\r\n"), "/c/b", false},
    {"CloseOtherCase", get("connection: CLOSE\r\n"), "/c/b", false},
    {"CloseInList", get("Connection: foo , close\r\n"), "/c/b", false},
    {"CloseInSecondField", get("Connection: foo\r\nConnection: close\r\n"), "/c/b", false},
    {"CloseBeatsKeepAlive", get("Connection: keep-alive, close\r\n"), "/c/b", false},
    {"KeepAlive", get("Connection: keep-alive\r\n")},
    {"Http10Closes", "GET / HTTP/1.0\r\n\r\n", "/", false},
    {"Http10KeepAlive", "GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", "/", true},
    {"Http10WithHost", "GET / HTTP/1.0\r\nHost: a\r\n\r\n", "/", false},
};

const AcceptCase kBodies[] = {
    {"LengthZero", get("Content-Length: 0\r\n"), "/c/b", true, 0},
    {"Length", get("Content-Length: 42\r\n"), "/c/b", true, 42},
    {"LengthBlanksAround", get("Content-Length: \t42 \t\r\n"), "/c/b", true, 42},
    {"LengthLeadingZeros", get("Content-Length: 0042\r\n"), "/c/b", true, 42},
    {"LengthLargest", get("Content-Length: 9223372036854775807\r\n"), "/c/b", true,
     9223372036854775807u},
    {"Chunked", get("Transfer-Encoding: chunked\r\n"), "/c/b", true, {}, true},
    {"ChunkedOtherCase", get("transfer-encoding: Chunked\r\n"), "/c/b", true, {}, true},
    {"Continue", get("Content-Length: 1\r\nExpect: 100-continue\r\n"), "/c/b", true, 1, false,
     Expectation::kContinue},
    {"ContinueOtherCase", get("Content-Length: 1\r\nexpect: 100-Continue\r\n"), "/c/b", true, 1,
     false, Expectation::kContinue},
    {"OtherExpectation", get("Expect: magic\r\n"), "/c/b", true, {}, false, Expectation::kUnknown},
    {"OtherAfterContinue",
     get("Expect: 100-continue\r\nExpect: magic\r\n"),
     "/c/b",
     true,
     {},
     false,
     Expectation::kUnknown},
    {"ContinueAfterOther",
     get("Expect: magic\r\nExpect: 100-continue\r\n"),
     "/c/b",
     true,
     {},
     false,
     Expectation::kUnknown},
    {"ContinueInHttp10", "PUT / HTTP/1.0\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\n", "/",
     false, 1, false, Expectation::kNone},
};

INSTANTIATE_TEST_SUITE_P(Target, HeadCheckAccepts, testing::ValuesIn(kTargets), kName);
INSTANTIATE_TEST_SUITE_P(Connection, HeadCheckAccepts, testing::ValuesIn(kConnections), kName);
INSTANTIATE_TEST_SUITE_P(Body, HeadCheckAccepts, testing::ValuesIn(kBodies), kName);

}  // namespace
}  // namespace lapis::http
