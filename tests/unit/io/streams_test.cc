#include "lapis/io/streams.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <string>

#include "support/inline_executor.h"

namespace lapis::io {
namespace {

// Gives `text` in pieces of at most `piece` bytes, then ends or fails.
class PieceSource final : public ByteSource {
 public:
  PieceSource(std::string text, std::size_t piece, bool fails = false)
      : text_(std::move(text)), piece_(piece), fails_(fails) {}

  std::uint64_t remaining() const override { return text_.size() - at_; }

  Task<Result<std::size_t>> read(MutableBytes into) override {
    const std::size_t count = std::min({into.size(), piece_, text_.size() - at_});
    if (count == 0 && fails_) co_return fail(ErrorCode::kServerBusy, "peer vanished");
    std::memcpy(into.data(), text_.data() + at_, count);
    at_ += count;
    co_return count;
  }

 private:
  const std::string text_;
  const std::size_t piece_;
  const bool fails_;
  std::size_t at_ = 0;
};

struct ReadExactlyCase {
  const char* name;
  std::size_t piece;
  std::size_t wanted;
  bool source_fails;
  std::optional<ErrorCode> error;
};

constexpr ReadExactlyCase kCases[] = {
    {"AtOnce", 100, 10, false, std::nullopt},
    {"InPieces", 3, 10, false, std::nullopt},
    {"ByteByByte", 1, 10, false, std::nullopt},
    {"OnlyWhatIsWanted", 100, 4, false, std::nullopt},
    {"Nothing", 100, 0, true, std::nullopt},
    {"AnEarlyEndFails", 4, 11, false, ErrorCode::kBadRequest},
    {"AnErrorIsPassedOn", 4, 11, true, ErrorCode::kServerBusy},
};

class ReadExactly : public testing::TestWithParam<ReadExactlyCase> {};

TEST_P(ReadExactly, FillsItsBufferOrFails) {
  const ReadExactlyCase& p = GetParam();
  PieceSource source("0123456789", p.piece, p.source_fails);
  std::array<std::byte, 16> into{};
  const MutableBytes wanted = MutableBytes(into).first(p.wanted);
  const Result<void> outcome = test::InlineExecutor().run_task(read_exactly(source, wanted));
  if (p.error) {
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, *p.error);
    return;
  }
  ASSERT_TRUE(outcome);
  EXPECT_EQ(as_text(wanted), std::string("0123456789").substr(0, p.wanted));
  EXPECT_EQ(source.remaining(), 10 - p.wanted);
}

INSTANTIATE_TEST_SUITE_P(Streams, ReadExactly, testing::ValuesIn(kCases),
                         [](const auto& p) { return std::string(p.param.name); });

}  // namespace
}  // namespace lapis::io
