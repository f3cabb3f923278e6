#include "blob/loan.h"

#include <utility>

#include "blob/pages/page_map.h"
#include "blob/release.h"
#include "blob/shared_body.h"

namespace lapis::blob {
namespace {

// As the lender's rows have it.
Body as_lent(Body body, BodyId id) {
  body.id = id;
  body.lender = {};
  body.layers.clear();
  return body;
}

// In a transaction of the lender.
Result<void> end_loan(storage::MetaView& view, const Loan& loan) {
  const ContainerId lender = loan.lender.container;
  const std::string key = loan_key(loan);
  LAPIS_TRY(const auto row, view.get(key));
  if (!row) return {};
  LAPIS_TRY(Body body, decode_body(*row));
  if (has_pages(body)) {
    view.erase(key);
    return drop_pages(view, lender, body.pages, PageHolder::kLoan);
  }
  LAPIS_TRY(SharedBody sharing, read_sharing(view, lender, loan.lender.body));
  if (sharing.loans == 0) return fail(ErrorCode::kInternalError, "a loan is not counted");
  view.erase(key);
  --sharing.loans;
  const std::string shared_key = shared_body_key(lender, loan.lender.body);
  if (sharing.loans != 0 || sharing.rows != 0) {
    view.rewrite(shared_key, encode(sharing));
    return {};
  }
  view.erase(shared_key);
  const BodyId owner = sharing.counted ? loan.lender.body : BodyId{};
  queue_body(view, lender, all_of(std::move(sharing), std::move(body)), owner);
  return {};
}

// One more loan is counted, of a body that a row of `container` holds. Its id at the lender's.
Result<BodyId> count_loan(storage::MetaView& view, const Body& body, ContainerId lender) {
  if (has_pages(body)) {
    LAPIS_TRY_VOID(share_pages(view, lender, body.pages, PageHolder::kLoan));
    return BodyId{view.next_id()};
  }
  const BodyId lent = is_borrowed(body) ? body.lender.body : body.id;
  LAPIS_TRY(SharedBody sharing, read_sharing(view, lender, lent));
  ++sharing.loans;
  view.put(shared_body_key(lender, lent), encode(sharing));
  return lent;
}

}  // namespace

Result<std::optional<Body>> lend_body(storage::MetaView& view, ContainerId container, Body& body,
                                      ContainerId borrower) {
  if (is_borrowed(body)) {
    LAPIS_TRY(const auto held, view.get(loan_key({body.lender, container, body.id})));
    if (!held) return std::nullopt;
  }
  const ContainerId lender = space_of(container, body);
  if (body.id == BodyId{} && !has_pages(body)) {
    body.id.value = view.next_id();
    view.put(shared_body_key(container, body.id), encode(SharedBody{1, false, 0}));
  }
  LAPIS_TRY(const BodyId lent, count_loan(view, body, lender));
  Body borrowed = body;
  borrowed.lender = {lender, lent};
  borrowed.id.value = view.next_id();
  const Loan loan{borrowed.lender, borrower, borrowed.id};
  view.put(loan_key(loan), encode_body(as_lent(body, lent)));
  Release unless_taken;
  unless_taken.loan = loan;
  view.put(release_key(lender, ReleaseId{view.next_id()}), encode(unless_taken));
  return borrowed;
}

void take_loan(storage::MetaView& view, ContainerId borrower, const Body& body) {
  const auto take = [&](BodyId id, const Lender& lender) {
    if (lender == Lender{}) return;
    SharedBody sharing{1, false, 0};
    sharing.lender = lender;
    view.put(shared_body_key(borrower, id), encode(sharing));
  };
  take(body.id, body.lender);
  for (const PageLayer& layer : body.layers) take(layer.id, layer.lender);
}

void queue_loan(storage::MetaView& view, const Loan& loan) {
  Release release;
  release.loan = loan;
  view.rewrite(release_key(loan.borrower, ReleaseId{view.next_id()}), encode(release));
}

io::Task<Result<void>> settle_loan(Service& service, const Loan& loan) {
  LAPIS_CO_TRY(const auto held,
               co_await service.meta.get(shared_body_key(loan.borrower, loan.body)));
  if (held) co_return Result<void>{};
  co_return co_await return_loan(service, loan);
}

io::Task<Result<void>> return_loan(Service& service, const Loan& loan) {
  auto transaction = [&loan](storage::MetaView& view) { return end_loan(view, loan); };
  co_return co_await service.meta.transact({loan.lender.container}, std::move(transaction));
}

io::Task<Result<bool>> own_lent_blocks(Service& service, const Loan& loan,
                                       std::span<const Block> blocks) {
  bool is_held = false;
  auto transaction = [&](storage::MetaView& view) -> Result<void> {
    LAPIS_TRY(const auto row, view.get(loan_key(loan)));
    is_held = row.has_value();
    if (!is_held) return {};
    return own_blocks(view, loan.lender, blocks);
  };
  LAPIS_CO_TRY_VOID(
      co_await service.meta.transact({loan.lender.container}, std::move(transaction)));
  co_return is_held;
}

}  // namespace lapis::blob
