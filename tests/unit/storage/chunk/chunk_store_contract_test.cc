// What every ChunkStore promises to the layer above, tried on each of them.
#include <gtest/gtest.h>

#include "lapis/base/crc64.h"
#include "support/memory_chunk_store.h"
#include "unit/storage/chunk/store_fixture.h"

namespace lapis {
namespace {

using namespace storage;
using test::Chunks;

enum class Kind { kMemory, kLocal };

class ChunkStoreContract : public test::StoreFixture, public testing::WithParamInterface<Kind> {
 protected:
  ChunkStoreContract() {
    if (GetParam() == Kind::kMemory) {
      memory_ = std::make_unique<test::MemoryChunkStore>(
          meta_, test::MemoryChunkStoreOptions{.max_chunk_length = kExtent / 4});
    } else {
      open();
    }
  }
  ChunkStore& chunks() { return memory_ ? static_cast<ChunkStore&>(*memory_) : *store_; }

  template <class F>
  auto run(F factory) {
    return test::run_on(shard0_, std::move(factory));
  }

  std::unique_ptr<test::MemoryChunkStore> memory_;
};

struct Collected final : ByteObserver {
  std::string seen;
  void observe(Bytes data) override { seen += as_text(data); }
};

TEST_P(ChunkStoreContract, WhatIsRecordedCanBeRead) {
  for (const std::uint64_t size : {1ull, 5'000ull, 262'144ull, 262'145ull, 1'000'000ull}) {
    const std::string text = test::body_text(size, size);
    const auto got = run([&]() -> io::Task<Result<std::string>> {
      test::StoreCalls calls{chunks(), meta_};
      LAPIS_CO_TRY(const Chunks stored, co_await calls.put(text));
      co_return co_await calls.get(stored);
    });
    ASSERT_TRUE(got.has_value()) << to_string(got.error());
    EXPECT_TRUE(*got == text) << size;
  }
}

TEST_P(ChunkStoreContract, ColdBodiesAreEachAChunkOfItsOwn) {
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < 700; ++i) texts.push_back(test::body_text(1 + i * 37 % 5'000, i));
  texts.push_back(test::body_text(kMaxShortBody));
  std::vector<ShortBody> bodies;
  for (const std::string& text : texts) bodies.push_back({{ContainerId{7}, 9}, as_bytes(text), {}});
  run([&]() -> io::Task<void> {
    auto stored = co_await chunks().write_cold(bodies);
    EXPECT_TRUE(stored.has_value());
    if (!stored) co_return;
    EXPECT_EQ(stored->size(), texts.size());
    // Every other one is recorded; the others are as if they had never been.
    for (std::size_t i = 0; i < texts.size(); i += 2) {
      EXPECT_EQ((*stored)[i]->length(), texts[i].size());
      EXPECT_EQ((*stored)[i]->crc64(), crc64(as_bytes(texts[i])));
      EXPECT_EQ((*stored)[i]->chunks().size(), 1u);
    }
    Transaction record = [&stored](MetaView& view) -> Result<void> {
      for (std::size_t i = 0; i < stored->size(); i += 2)
        (*stored)[i]->record(view, HeatRank::kNormal);
      return {};
    };
    EXPECT_TRUE((co_await meta_.transact({}, std::move(record))).has_value());
    for (std::size_t i = 0; i < stored->size(); i += 2) (*stored)[i]->recorded();
    test::StoreCalls calls{chunks(), meta_};
    for (std::size_t i = 0; i < texts.size(); i += 2) {
      const auto got = co_await calls.get((*stored)[i]->chunks());
      EXPECT_TRUE(got.has_value() && *got == texts[i]) << i;
    }
  });
}

TEST_P(ChunkStoreContract, ABodyTellsItsChunksLengthAndChecksum) {
  const std::string text = test::body_text(700'000);
  run([&]() -> io::Task<void> {
    test::TextBody source(text, 7'777);
    Collected observer;
    const auto body = co_await chunks().write({}, source, text.size(), &observer);
    EXPECT_TRUE(body.has_value());
    if (!body) co_return;
    EXPECT_TRUE(observer.seen == text);
    EXPECT_EQ((*body)->length(), text.size());
    EXPECT_EQ((*body)->crc64(), crc64(as_bytes(text)));
    std::uint64_t sum = 0;
    for (const ChunkRef& chunk : (*body)->chunks()) {
      EXPECT_LE(chunk.length, kMaxChunkLength);
      sum += chunk.length;
    }
    EXPECT_EQ(sum, text.size());
    EXPECT_GT((*body)->chunks().size(), 1u);
  });
}

TEST_P(ChunkStoreContract, TheChecksumOfSlicesIsThatOfTheirBytes) {
  const std::string text = test::body_text(700'000);
  run([&]() -> io::Task<void> {
    test::StoreCalls calls{chunks(), meta_};
    const auto stored = co_await calls.put(text);
    EXPECT_TRUE(stored.has_value());
    if (!stored) co_return;
    for (const std::uint64_t offset : {0u, 1u, 16'383u, 16'384u, 16'385u, 262'000u, 699'999u}) {
      for (const std::uint64_t length : {1u, 2u, 16'384u, 32'768u, 100'000u, 700'000u}) {
        const auto crc = co_await calls.checksum(test::slices_of(*stored, offset, length));
        EXPECT_TRUE(crc.has_value());
        if (!crc) co_return;
        EXPECT_EQ(*crc, crc64(as_bytes(text.substr(offset, length)))) << offset << " " << length;
      }
    }
    const auto none = co_await calls.checksum({});
    EXPECT_EQ(none.value_or(1), 0u);
    const auto beyond = co_await calls.checksum({{stored->at(0).id, 0, ~0ull}});
    EXPECT_FALSE(beyond.has_value());
  });
}

TEST_P(ChunkStoreContract, OnlyTheAskedLengthIsTaken) {
  const std::string text = test::body_text(10'000);
  run([&]() -> io::Task<void> {
    test::TextBody source(text);
    const auto body = co_await chunks().write({}, source, 4'000, nullptr);
    EXPECT_TRUE(body.has_value());
    EXPECT_EQ(source.remaining(), 6'000u);
  });
}

TEST_P(ChunkStoreContract, AShortBodyIsABadRequest) {
  const std::string text = test::body_text(10'000);
  run([&]() -> io::Task<void> {
    test::TextBody source(text);
    const auto body = co_await chunks().write({}, source, 10'001, nullptr);
    EXPECT_FALSE(body.has_value());
    if (!body) EXPECT_EQ(body.error().code, ErrorCode::kBadRequest);
  });
}

TEST_P(ChunkStoreContract, ABrokenBodyIsItsOwnError) {
  const std::string text = test::body_text(600'000);
  run([&]() -> io::Task<void> {
    test::TextBody source(text, 10'000, 300'000);
    const auto body = co_await chunks().write({}, source, text.size(), nullptr);
    EXPECT_FALSE(body.has_value());
    if (!body) EXPECT_EQ(body.error().code, ErrorCode::kRequestTimeout);
  });
}

TEST_P(ChunkStoreContract, ARerunOfTheTransactionIsHarmless) {
  meta_.rows().set_run_twice(true);
  const std::string text = test::body_text(10'000);
  const auto got = run([&]() -> io::Task<Result<std::string>> {
    test::StoreCalls calls{chunks(), meta_};
    LAPIS_CO_TRY(const Chunks stored, co_await calls.put(text));
    LAPIS_CO_TRY(std::string read, co_await calls.get(stored));
    LAPIS_CO_TRY_VOID(co_await calls.remove(stored));
    EXPECT_FALSE((co_await calls.get(stored)).has_value());
    co_return read;
  });
  ASSERT_TRUE(got.has_value());
  EXPECT_EQ(*got, text);
}

TEST_P(ChunkStoreContract, SlicesOfSeveralBodiesAreReadInOrder) {
  const auto got = run([&]() -> io::Task<Result<std::string>> {
    test::StoreCalls calls{chunks(), meta_};
    std::vector<ChunkSlice> slices;
    for (const char* text : {"one", "two", "three"}) {
      LAPIS_CO_TRY(const Chunks stored, co_await calls.put(text));
      slices.push_back({stored[0].id, 1, stored[0].length - 1});
    }
    co_return co_await calls.get(slices);
  });
  ASSERT_TRUE(got.has_value());
  EXPECT_EQ(*got, "newohree");
}

TEST_P(ChunkStoreContract, NothingToReadIsTheEnd) {
  const auto got = run([&]() -> io::Task<Result<std::string>> {
    test::StoreCalls calls{chunks(), meta_};
    co_return co_await calls.get(std::vector<ChunkSlice>{});
  });
  ASSERT_TRUE(got.has_value());
  EXPECT_EQ(*got, "");
}

TEST_P(ChunkStoreContract, ASliceBeyondItsChunkIsAnError) {
  for (const ChunkSlice& odd : {ChunkSlice{{}, 0, 4}, ChunkSlice{{}, 3, 1},
                                ChunkSlice{{}, ~0ull, 2}, ChunkSlice{{}, 1, ~0ull}}) {
    const auto got = run([&]() -> io::Task<Result<std::string>> {
      test::StoreCalls calls{chunks(), meta_};
      LAPIS_CO_TRY(const Chunks stored, co_await calls.put("one"));
      std::vector<ChunkSlice> slices = {{stored[0].id, odd.offset, odd.length}};
      co_return co_await calls.get(slices);
    });
    ASSERT_FALSE(got.has_value()) << odd.offset;
    EXPECT_EQ(got.error().code, ErrorCode::kInternalError);
  }
}

TEST_P(ChunkStoreContract, AReaderKeepsWhatItHasBegun) {
  const std::string text = test::body_text(200'000);
  run([&]() -> io::Task<void> {
    test::StoreCalls calls{chunks(), meta_};
    const auto stored = co_await calls.put(text);
    auto slices = std::make_unique<test::ListedSlices>(test::slices_of(*stored, 0, text.size()));
    auto reader = co_await chunks().read(std::move(slices));
    auto bytes = co_await (*reader)->next();
    EXPECT_TRUE((co_await calls.remove(*stored)).has_value());
    std::string got;
    while (bytes && !bytes->empty()) {
      got += as_text(*bytes);
      bytes = co_await (*reader)->next();
    }
    EXPECT_TRUE(bytes.has_value());
    EXPECT_TRUE(got == text);
  });
}

TEST_P(ChunkStoreContract, AReaderMayBeLeftAtAnyTime) {
  const std::string text = test::body_text(1'000'000);
  run([&]() -> io::Task<void> {
    test::StoreCalls calls{chunks(), meta_};
    const auto stored = co_await calls.put(text);
    for (int reads = 0; reads < 4; ++reads) {
      auto slices = std::make_unique<test::ListedSlices>(test::slices_of(*stored, 0, text.size()));
      auto reader = co_await chunks().read(std::move(slices));
      for (int i = 0; i < reads; ++i) EXPECT_TRUE((co_await (*reader)->next()).has_value());
    }
  });
}

INSTANTIATE_TEST_SUITE_P(Stores, ChunkStoreContract, testing::Values(Kind::kMemory, Kind::kLocal),
                         [](const auto& p) {
                           return std::string(p.param == Kind::kMemory ? "Memory" : "Local");
                         });

}  // namespace
}  // namespace lapis
