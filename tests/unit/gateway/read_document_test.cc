#include "gateway/read_document.h"

#include "unit/gateway/pipeline_fixture.h"

namespace lapis::gateway {
namespace {

constexpr std::uint64_t kMost = 16 << 20;
constexpr std::uint64_t kFirst = 16 << 10;  // may be taken before a byte has come

// Gives so many of the bytes it announces, a few at a time, and sees what memory stands ready.
class Announced final : public io::ByteSource {
 public:
  Announced(std::uint64_t length, std::uint64_t given) : left_(length), given_(given) {}
  std::uint64_t remaining() const override { return left_; }
  io::Task<Result<std::size_t>> read(MutableBytes into) override {
    most_ = std::max(most_, at_ + into.size());
    EXPECT_LE(at_ + into.size(), std::max(kFirst, 2 * at_)) << at_;
    if (at_ == given_) co_return fail(ErrorCode::kRequestTimeout, "body stalled");
    const std::uint64_t count = std::min<std::uint64_t>({into.size(), 1 + at_ / 3, given_ - at_});
    for (std::uint64_t i = 0; i < count; ++i) into[i] = std::byte(byte_at(at_ + i));
    at_ += count;
    left_ -= count;
    co_return count;
  }
  static char byte_at(std::uint64_t at) { return static_cast<char>(at * 7 + at / 251); }
  std::uint64_t most() const { return most_; }  // bytes that were held at a time

 private:
  std::uint64_t left_;
  const std::uint64_t given_;
  std::uint64_t at_ = 0;
  std::uint64_t most_ = 0;
};

class NoSubrequests final : public Subrequests {
 public:
  io::Task<http::Response> serve(const azure::Call&) override { co_return http::Response{}; }
  http::Response refuse(const http::Request&, const azure::Call&, const Guid&,
                        const Error&) override {
    return {};
  }
};

class ReadDocument : public Pipeline {
 protected:
  Result<std::string> read(Announced& body, std::optional<std::uint64_t> length) {
    test::OwnedCall owned = test::make_call("PUT", "/team/box/b?comp=blocklist");
    owned.request->content_length = length;
    NoSubrequests none;
    const Exchange exchange{owned.call, service_, body, none, nullptr};
    return executor_.run_task(read_document(exchange, kMost));
  }
};

TEST_F(ReadDocument, IsWholeAtAnyLength) {
  for (const std::uint64_t length :
       {std::uint64_t{0}, std::uint64_t{1}, kFirst - 1, kFirst, kFirst + 1, 5 * kFirst, kMost}) {
    Announced body(length, length);
    const auto document = read(body, length);
    ASSERT_TRUE(document) << length;
    ASSERT_EQ(document->size(), length);
    bool same = true;
    for (std::size_t i = 0; i < length; ++i) same &= (*document)[i] == Announced::byte_at(i);
    EXPECT_TRUE(same) << length;
  }
}

// An announcement alone costs a server little.
TEST_F(ReadDocument, TakesMemoryForWhatHasCome) {
  for (const std::uint64_t given : {std::uint64_t{0}, std::uint64_t{1}, kFirst, 3 * kFirst}) {
    Announced body(kMost, given);
    const auto document = read(body, kMost);
    ASSERT_FALSE(document);
    EXPECT_EQ(document.error().code, ErrorCode::kRequestTimeout);
    EXPECT_LE(body.most(), std::max(kFirst, 2 * given)) << given;
  }
}

TEST_F(ReadDocument, HasToBeAnnouncedAndWithinItsBound) {
  Announced endless(0, 0);
  EXPECT_EQ(read(endless, {}).error().code, ErrorCode::kMissingContentLengthHeader);
  Announced large(kMost + 1, kMost + 1);
  EXPECT_EQ(read(large, kMost + 1).error().code, ErrorCode::kRequestBodyTooLarge);
  EXPECT_EQ(large.most(), 0u);
}

}  // namespace
}  // namespace lapis::gateway
