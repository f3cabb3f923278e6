#include "lapis/io/pulled_bytes.h"

#include <gtest/gtest.h>

#include "support/inline_executor.h"
#include "support/scripted_handler.h"

namespace lapis::io {
namespace {

using test::InlineExecutor;
using test::PatternSource;

struct Pulled {
  std::string text;
  std::optional<ErrorCode> error = {};
};

// `most` bytes at a time, until the end.
Pulled pull(PulledBytes& bytes, std::size_t most) {
  InlineExecutor executor;
  Pulled pulled;
  std::string room(most, '\0');
  while (true) {
    const std::uint64_t left = bytes.remaining();
    const auto count = executor.run_task(bytes.read(std::as_writable_bytes(std::span(room))));
    if (!count) {
      pulled.error = count.error().code;
      return pulled;
    }
    EXPECT_EQ(bytes.remaining(), left - *count);
    if (*count == 0) {
      EXPECT_EQ(left, 0u) << "the end before it";
      return pulled;
    }
    pulled.text.append(room, 0, *count);
  }
}

std::string pattern(std::size_t length) {
  std::string text;
  for (std::size_t at = 0; at < length; ++at) text.push_back(test::pattern_at(at));
  return text;
}

TEST(PulledBytes, AreAllThatIsLentWhateverTheSizes) {
  for (const std::size_t piece : {1u, 7u, 100u, 1000u}) {
    for (const std::size_t most : {1u, 3u, 100u, 4096u}) {
      PulledBytes bytes(std::make_unique<PatternSource>(1000, piece, 1000));
      EXPECT_EQ(bytes.remaining(), 1000u);
      EXPECT_EQ(pull(bytes, most).text, pattern(1000)) << piece << " " << most;
    }
  }
}

TEST(PulledBytes, EndWithTheError) {
  PulledBytes bytes(std::make_unique<PatternSource>(1000, 100, 450));
  const Pulled pulled = pull(bytes, 64);
  EXPECT_EQ(pulled.error, ErrorCode::kServerBusy);
  EXPECT_EQ(pulled.text, pattern(400));
}

TEST(PulledBytes, AreAText) {
  for (const std::string text :
       {"", "short", "longer than a string holds in itself, whatever it is"}) {
    PulledBytes bytes{text};
    EXPECT_EQ(pull(bytes, 3).text, text);
  }
}

TEST(PulledBytes, AreNone) {
  PulledBytes bytes;
  EXPECT_EQ(bytes.remaining(), 0u);
  EXPECT_EQ(pull(bytes, 3).text, "");
}

}  // namespace
}  // namespace lapis::io
