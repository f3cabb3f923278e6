#include "blob/check/loan_index.h"

#include <algorithm>
#include <utility>

namespace lapis::blob {
namespace {

using storage::FindingKind;

std::pair<ContainerId, BodyId> place_of(const Lender& lender) {
  return {lender.container, lender.body};
}

void tell(FindingKind kind, const Loan& loan, const ContainerIndex& containers,
          const storage::FindingSink& found) {
  found({kind,
         "loan",
         {{"container", containers.name_of(loan.lender.container)},
          {"body", loan.lender.body.value},
          {"borrower", containers.name_of(loan.borrower)},
          {"borrowed_body", loan.body.value}},
         {}});
}

}  // namespace

Result<LentBody> LentBody::of_row(std::string_view key, std::string_view value) {
  const auto loan = parse_loan_key(key);
  if (!loan) return fail(ErrorCode::kInternalError, "key of a loan");
  LAPIS_TRY(Body body, decode_body(value));
  return LentBody{*loan, std::move(body)};
}

void LoanIndex::sort() { std::ranges::sort(released_); }

std::uint64_t LoanIndex::count_of(const Lender& lender) const {
  const auto place = [](const Loan& loan) { return place_of(loan.lender); };
  return std::ranges::equal_range(loans_, place_of(lender), {}, place).size();
}

bool LoanIndex::has(const Loan& loan) const {
  return std::ranges::binary_search(loans_, loan_key(loan), {}, loan_key);
}

bool LoanIndex::is_of_pages(const Loan& loan) const {
  return std::ranges::binary_search(of_pages_, loan_key(loan));
}

bool LoanIndex::is_released(const Loan& loan) const {
  return std::ranges::binary_search(released_, loan_key(loan));
}

Result<void> check_loans(const ReferenceCheck& check, const LoanIndex& loans,
                         const ContainerIndex& containers, const storage::FindingSink& found) {
  for (const Loan& loan : loans.all()) {
    const Lender& lender = loan.lender;
    LAPIS_TRY(const auto counted,
              check.snapshot.get(shared_body_key(lender.container, lender.body)));
    if (!counted && !loans.is_of_pages(loan)) tell(FindingKind::kLost, loan, containers, found);
    LAPIS_TRY(const auto held, check.snapshot.get(shared_body_key(loan.borrower, loan.body)));
    const bool is_swept = containers.is_known(loan.borrower) && !containers.is_live(loan.borrower);
    if (held || is_swept || loans.is_released(loan)) continue;
    tell(FindingKind::kLeaked, loan, containers, found);
  }
  return {};
}

}  // namespace lapis::blob
