#include "http/input_buffer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <string>

namespace lapis::http {
namespace {

constexpr std::size_t kLimit = 64 * 1024;

void fill(InputBuffer& buffer, const std::string& text) {
  for (std::size_t at = 0; at < text.size();) {
    const MutableBytes space = buffer.space();
    ASSERT_FALSE(space.empty());
    const std::size_t n = std::min(space.size(), text.size() - at);
    std::memcpy(space.data(), text.data() + at, n);
    buffer.filled(n);
    at += n;
  }
}

TEST(InputBuffer, KeepsItsBytesWhileItGrows) {
  InputBuffer buffer(kLimit);
  std::string text(kLimit, 'x');
  for (std::size_t i = 0; i < text.size(); ++i) text[i] = static_cast<char>('a' + i % 23);
  fill(buffer, text);
  EXPECT_EQ(buffer.text(), text);
}

TEST(InputBuffer, HasNoSpaceBeyondItsLimit) {
  InputBuffer buffer(kLimit);
  fill(buffer, std::string(kLimit, 'x'));
  EXPECT_TRUE(buffer.space().empty());
}

TEST(InputBuffer, MovesItsBytesToTheFrontBeforeItGrows) {
  InputBuffer buffer(InputBuffer::kInitialBytes);
  fill(buffer, std::string(InputBuffer::kInitialBytes, 'x'));
  buffer.consume(InputBuffer::kInitialBytes - 3);
  EXPECT_EQ(buffer.space().size(), InputBuffer::kInitialBytes - 3);
  EXPECT_EQ(buffer.text(), "xxx");
}

TEST(InputBuffer, ShrinksWhenItRunsEmpty) {
  InputBuffer buffer(kLimit);
  fill(buffer, std::string(kLimit, 'x'));
  buffer.consume(kLimit);
  EXPECT_EQ(buffer.space().size(), InputBuffer::kInitialBytes);
}

TEST(InputBuffer, NeverHoldsMoreThanASmallLimit) {
  InputBuffer buffer(100);
  EXPECT_EQ(buffer.space().size(), 100u);
}

TEST(InputBuffer, TakesWhatFits) {
  InputBuffer buffer(kLimit);
  fill(buffer, "abcdef");
  std::byte into[4];
  EXPECT_EQ(buffer.take(into), 4u);
  EXPECT_EQ(as_text(into), "abcd");
  EXPECT_EQ(buffer.take(into), 2u);
  EXPECT_TRUE(buffer.empty());
}

}  // namespace
}  // namespace lapis::http
