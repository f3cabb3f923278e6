// Loans, and what names them, as files (support/golden.h, docs/formats.md).
#include <gtest/gtest.h>

#include "blob/records.h"
#include "support/golden.h"

namespace lapis::blob {
namespace {

constexpr Lender kLender{ContainerId{258}, BodyId{600}};
constexpr Loan kLoan{kLender, ContainerId{259}, BodyId{601}};

Body borrowed() {
  Body body;
  Block block;
  block.length = 5;
  block.bytes_row = BlockBytesId{12};
  body.blocks = {block};
  block.bytes_home = ContainerId{260};
  body.blocks.push_back(block);
  body.id = kLoan.body;
  body.lender = kLender;
  return body;
}

SharedBody lent() {
  SharedBody sharing;
  sharing.loans = 2;
  return sharing;
}

SharedBody of_borrower() {
  SharedBody sharing{1, false, 0};
  sharing.lender = kLender;
  return sharing;
}

Release release() {
  Release release;
  release.loan = kLoan;
  return release;
}

test::Goldens goldens() {
  return {{"blob/loan_key", test::key_lines({{"loan", loan_key(kLoan)}})},
          {"blob/body_borrowed", encode_body(borrowed())},
          {"blob/shared_body_lent", encode(lent())},
          {"blob/shared_body_borrowed", encode(of_borrower())},
          {"blob/release_loan", encode(release())}};
}

TEST(LoanGolden, TodaysBytesAreThoseOfTheFiles) { test::expect_golden_bytes(goldens()); }

TEST(LoanGolden, DISABLED_WriteGoldenFiles) { test::write_goldens(goldens()); }

TEST(LoanGolden, TheFilesAreRead) {
  const auto body = decode_body(test::read_golden("blob/body_borrowed"));
  ASSERT_TRUE(body) << to_string(body.error());
  EXPECT_EQ(body->lender, kLender);
  EXPECT_EQ(body->id, kLoan.body);
  ASSERT_EQ(body->blocks.size(), 2u);
  const ContainerId space = space_of(ContainerId{259}, *body);
  EXPECT_EQ(targets_of(space, body->blocks[0]), (std::vector<BlockTarget>{{258, 12}}));
  EXPECT_EQ(targets_of(space, body->blocks[1]), (std::vector<BlockTarget>{{260, 12}}));
  const auto sharing = decode_shared_body(test::read_golden("blob/shared_body_lent"));
  ASSERT_TRUE(sharing);
  EXPECT_EQ(sharing->rows, 0u);
  EXPECT_EQ(sharing->loans, 2u);
  const auto of_it = decode_shared_body(test::read_golden("blob/shared_body_borrowed"));
  ASSERT_TRUE(of_it);
  EXPECT_EQ(of_it->lender, kLender);
  const auto queued = decode_release(test::read_golden("blob/release_loan"));
  ASSERT_TRUE(queued && queued->loan);
  EXPECT_EQ(loan_key(*queued->loan), loan_key(kLoan));
  const auto key = parse_loan_key(loan_key(kLoan));
  ASSERT_TRUE(key);
  EXPECT_EQ(loan_key(*key), loan_key(kLoan));
}

TEST(LoanGolden, WhatNamesHalfALenderIsDamaged) {
  Body body = borrowed();
  body.lender.body = {};
  EXPECT_FALSE(decode_body(encode_body(body)));
  body = borrowed();
  body.id = {};
  EXPECT_FALSE(decode_body(encode_body(body)));
  EXPECT_FALSE(decode_shared_body(encode(SharedBody{})));
}

}  // namespace
}  // namespace lapis::blob
