// LoanIndex: which bodies other containers hold (table 32, loan.h).
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "blob/check/container_index.h"
#include "blob/records.h"

namespace lapis::blob {

// A row of table 32, and the body as it is in the lender's rows. Errors: kInternalError for damage.
struct LentBody {
  Loan loan;
  Body body;
  static Result<LentBody> of_row(std::string_view key, std::string_view value);
};

class LoanIndex {
 public:
  // Rows come in order. Those of pages their map counts.
  void add(const Loan& loan, bool is_of_pages) {
    loans_.push_back(loan);
    if (is_of_pages) of_pages_.push_back(loan_key(loan));
  }
  // An entry that sends the loan back or looks after it.
  void add_release(const Loan& loan) { released_.push_back(loan_key(loan)); }
  // Before any of the following.
  void sort();

  const std::vector<Loan>& all() const { return loans_; }
  std::uint64_t count_of(const Lender& lender) const;
  bool is_lent(const Lender& lender) const { return count_of(lender) != 0; }
  bool has(const Loan& loan) const;
  bool is_of_pages(const Loan& loan) const;
  bool is_released(const Loan& loan) const;

 private:
  std::vector<Loan> loans_;
  std::vector<std::string> of_pages_;
  std::vector<std::string> released_;
};

// Tells of loans whose lender does not count them, and of those that nobody holds.
Result<void> check_loans(const ReferenceCheck& check, const LoanIndex& loans,
                         const ContainerIndex& containers, const storage::FindingSink& found);

}  // namespace lapis::blob
