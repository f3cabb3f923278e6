#include "http/head_scan.h"

#include <gtest/gtest.h>

#include <string>

namespace lapis::http {
namespace {

constexpr std::string_view kHead = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

struct ScanCase {
  const char* name;
  std::string bytes;
  HeadScan::State state;
};

class HeadScanOfBytes : public testing::TestWithParam<ScanCase> {};

TEST_P(HeadScanOfBytes, EndsAsSaidWhetherWholeOrByteByByte) {
  HeadScan whole;
  EXPECT_EQ(whole.advance(GetParam().bytes), GetParam().state);
  HeadScan slow;
  HeadScan::State state = HeadScan::State::kMore;
  for (std::size_t n = 1; n <= GetParam().bytes.size() && state == HeadScan::State::kMore; ++n) {
    state = slow.advance(std::string_view(GetParam().bytes).substr(0, n));
  }
  EXPECT_EQ(state, GetParam().state);
}

const ScanCase kScanCases[] = {
    {"WholeHead", std::string(kHead), HeadScan::State::kComplete},
    {"HeadWithPart", "GET / HTTP/1.1\r\nHo", HeadScan::State::kMore},
    {"OneCrlfMissing", "GET / HTTP/1.1\r\nHost: a\r\n", HeadScan::State::kMore},
    {"BareLf", "GET / HTTP/1.1\n", HeadScan::State::kMalformed},
    {"BareLfLater", "GET / HTTP/1.1\r\nHost: a\n", HeadScan::State::kMalformed},
    {"EmptyLineBareLf", "GET / HTTP/1.1\r\n\n", HeadScan::State::kMalformed},
    {"TlsHello", "\x16\x03\x01", HeadScan::State::kMalformed},
    {"BlankFirst", " GET", HeadScan::State::kMalformed},
};
INSTANTIATE_TEST_SUITE_P(Bytes, HeadScanOfBytes, testing::ValuesIn(kScanCases),
                         [](const auto& p) { return std::string(p.param.name); });

TEST(HeadScan, SizeEndsBehindTheEmptyLineNotBehindTheBytes) {
  HeadScan scan;
  ASSERT_EQ(scan.advance(std::string(kHead) + "body\r\n\r\n"), HeadScan::State::kComplete);
  EXPECT_EQ(scan.size(), kHead.size());
}

TEST(HeadScan, KnowsWhetherTheRequestLineHasEnded) {
  HeadScan scan;
  EXPECT_EQ(scan.advance("GET /"), HeadScan::State::kMore);
  EXPECT_TRUE(scan.in_first_line());
  EXPECT_EQ(scan.advance("GET / HTTP/1.1\r\n"), HeadScan::State::kMore);
  EXPECT_FALSE(scan.in_first_line());
}

}  // namespace
}  // namespace lapis::http
