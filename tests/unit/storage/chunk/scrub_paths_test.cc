// Scrub where paths are missing.
#include <gtest/gtest.h>

#include "lapis/storage/tables.h"
#include "unit/storage/chunk/pool_fixture.h"

namespace lapis {
namespace {

using namespace storage;

class ScrubPaths : public test::PoolFixture {};

TEST_F(ScrubPaths, WhatLiesOnAMissingPathIsSkippedAndCounted) {
  open();
  const auto here = put_on("pool", test::body_text(200'000));
  const auto away = put_on("second", test::body_text(200'000));
  close();
  hide("second");
  open();
  store_->start_scrub();
  ASSERT_TRUE(eventually([&] { return store_->scrub_status().last.has_value(); }));
  const ScrubStatus status = store_->scrub_status();
  std::uint64_t rows = 0;
  for (const auto& [key, value] : meta_.rows().rows()) rows += key[0] == char(Table::kChunk);
  EXPECT_EQ(status.last->chunks + status.last->skipped, rows);
  EXPECT_GE(status.last->chunks, here.size());
  EXPECT_GE(status.last->skipped, away.size());
  EXPECT_EQ(status.last->damaged, 0u);
  EXPECT_EQ(status.chunks_skipped, status.last->skipped);
  EXPECT_EQ(status.damaged_chunks, 0u);
}

}  // namespace
}  // namespace lapis
