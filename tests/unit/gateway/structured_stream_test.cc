// Structured bodies through the whole pipeline, and as streams by themselves.
#include "gateway/structured_stream.h"

#include "support/structured.h"
#include "unit/gateway/pipeline_fixture.h"

namespace lapis::gateway {
namespace {

using test::structured;

constexpr const char* kForm = "XSM/1.0; properties=crc64";

class Structured : public Pipeline {
 protected:
  void SetUp() override { ASSERT_EQ(call("PUT", "/team/box?restype=container").status, 201); }

  static std::vector<test::Field> upload(std::size_t payload) {
    return {{"x-ms-blob-type", "BlockBlob"},
            {"x-ms-structured-body", kForm},
            {"x-ms-structured-content-length", std::to_string(payload)}};
  }
};

TEST_F(Structured, PayloadIsStoredWithoutItsFraming) {
  for (const std::size_t size : {0u, 1u, 5u, 4096u, 4097u, 300'000u}) {
    const std::string payload(size, 'p');
    for (const std::size_t segment : {1000u, 65'536u, 4u << 20}) {
      const Answer put = call("PUT", "/team/box/b", structured(payload, segment), upload(size));
      ASSERT_EQ(put.status, 201) << size << put.body;
      EXPECT_EQ(put.headers.get("x-ms-structured-body"), kForm);
      EXPECT_EQ(put.unread, 0u);
      EXPECT_TRUE(call("GET", "/team/box/b").body == payload) << size << " " << segment;
    }
  }
}

TEST_F(Structured, DamageStoresNothing) {
  for (const std::size_t size : {0u, 12u, 9000u}) {
    const std::string message = structured(std::string(size, 'p'), 5000);
    for (const std::size_t at : {std::size_t{0}, message.size() / 2, message.size() - 1}) {
      std::string damaged = message;
      damaged[at] = static_cast<char>(damaged[at] ^ 1);
      const Answer put = call("PUT", "/team/box/b", damaged, upload(size));
      EXPECT_EQ(put.status, 400) << size << " " << at;
      EXPECT_EQ(call("GET", "/team/box/b").code(), "BlobNotFound") << size << " " << at;
      const Answer block =
          call("PUT", "/team/box/b?comp=block&blockid=QUE%3D", damaged, upload(size));
      EXPECT_EQ(block.status, 400) << size << " " << at;
      EXPECT_EQ(call("GET", "/team/box/b?comp=blocklist&blocklisttype=all").code(), "BlobNotFound");
    }
  }
}

TEST_F(Structured, BlocksAndRangesOfAnySize) {
  std::string payload(5 << 20, 'p');
  for (std::size_t i = 0; i < payload.size(); i += 997) payload[i] = static_cast<char>(i);
  ASSERT_EQ(call("PUT", "/team/box/b?comp=block&blockid=QUE%3D", structured(payload, 4 << 20),
                 upload(payload.size()))
                .status,
            201);
  const std::string list = "<BlockList><Latest>QUE=</Latest></BlockList>";
  ASSERT_EQ(call("PUT", "/team/box/b?comp=blocklist", list).status, 201);
  const std::vector<test::Field> wanted = {{"x-ms-structured-body", kForm}};
  const Answer whole = call("GET", "/team/box/b", {}, wanted);
  EXPECT_EQ(whole.status, 200);
  EXPECT_EQ(whole.headers.get("x-ms-structured-content-length"), std::to_string(5 << 20));
  EXPECT_TRUE(whole.body == structured(payload, 4 << 20));
  for (const auto& [first, last] : {std::pair{0, 0}, {1000, 4'999'999}, {5'242'879, 5'242'879}}) {
    std::vector<test::Field> range = wanted;
    const std::string text = std::to_string(first) + "-" + std::to_string(last);
    range.push_back({"Range", "bytes=" + text});
    const Answer part = call("GET", "/team/box/b", {}, range);
    EXPECT_EQ(part.status, 206);
    EXPECT_EQ(part.headers.get("Content-Range"), "bytes " + text + "/5242880");
    const auto size = static_cast<std::size_t>(last - first + 1);
    EXPECT_EQ(part.headers.get("x-ms-structured-content-length"), std::to_string(size));
    EXPECT_TRUE(part.body ==
                structured(payload.substr(static_cast<std::size_t>(first), size), 4 << 20))
        << text;
  }
}

// Runs of a payload, of which the last is not to be had.
class Unreadable final : public io::BufferSource {
 public:
  Unreadable(std::vector<std::string> runs, std::uint64_t missing) : runs_(std::move(runs)) {
    left_ = missing;
    for (const std::string& run : runs_) left_ += run.size();
  }
  std::uint64_t remaining() const override { return left_; }
  io::Task<Result<Bytes>> next() override {
    if (at_ == runs_.size()) co_return fail(ErrorCode::kServerBusy, "no disk");
    left_ -= runs_[at_].size();
    co_return as_bytes(runs_[at_++]);
  }

 private:
  std::vector<std::string> runs_;
  std::size_t at_ = 0;
  std::uint64_t left_ = 0;
};

// What a body lends before it fails; it has to.
std::string lent_before_failure(std::vector<std::string> runs) {
  http::Response response;
  response.body = std::make_unique<Unreadable>(std::move(runs), 7);
  make_structured(response);
  auto& body = *std::get<std::unique_ptr<io::BufferSource>>(response.body);
  test::InlineExecutor executor;
  std::string lent;
  for (;;) {
    const auto piece = executor.run_task(body.next());
    if (!piece) {
      EXPECT_EQ(piece.error().code, ErrorCode::kServerBusy);
      return lent;
    }
    LAPIS_CHECK(!piece->empty());
    lent += as_text(*piece);
  }
}

// Until its first piece is there an answer can still be an error, which the framing must not spoil.
TEST(StructuredBody, ThatCannotBeReadFailsBeforeItsHeader) {
  EXPECT_EQ(lent_before_failure({}), "");
  const std::string begun = structured(std::string(12, 'p'), 12).substr(0, 13 + 10 + 5);
  EXPECT_EQ(lent_before_failure({"ppppp"}), begun);
  EXPECT_EQ(lent_before_failure({"pp", "ppp"}), begun);
}

TEST_F(Structured, OnlyWhereABodyCanBeStructured) {
  const std::vector<test::Field> wanted = {{"x-ms-structured-body", kForm}};
  for (const auto& [method, target] : {std::pair{"GET", "/team/box/b?comp=metadata"},
                                       {"PUT", "/team/box/b?comp=blocklist"},
                                       {"PUT", "/team/box?restype=container"},
                                       {"HEAD", "/team/box/b"}}) {
    EXPECT_EQ(call(method, target, {}, wanted).code(), "UnsupportedHeader") << method << target;
  }
}

}  // namespace
}  // namespace lapis::gateway
