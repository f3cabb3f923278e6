#include "blob/borrowing.h"

#include <utility>

#include "blob/blob_rows.h"
#include "blob/body_walk.h"
#include "blob/loan.h"
#include "blob/shared_body.h"

namespace lapis::blob {
namespace {

// Borrowers of one body that is sent back meanwhile: its row has changed then.
constexpr int kAttempts = 4;

// A body, or one of its layers.
struct Part {
  Body held;                      // without layers
  std::optional<Body> lent = {};  // as the borrower is to have it
};

struct Lending {
  BorrowedState state;
  std::vector<Part> parts;  // the layers last
};

std::vector<Part> parts_of(const Body& body) {
  std::vector<Part> parts;
  Body top = body;
  top.layers.clear();
  parts.push_back({std::move(top)});
  for (const PageLayer& layer : body.layers) parts.push_back({as_body(layer)});
  return parts;
}

// The body of what was lent.
Body joined(const std::vector<Part>& parts, const std::vector<PageLayer>& layers) {
  Body body = *parts.front().lent;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const Body& lent = *parts[i + 1].lent;
    body.layers.push_back({lent.pages, layers[i].end, lent.id, lent.lender});
  }
  return body;
}

// In a transaction of the source's container, which lends what is its own.
Result<Lending> lend_own(storage::MetaView& view, const Borrowing& borrowing) {
  LAPIS_TRY_VOID(check_live(view, borrowing.source));
  LAPIS_TRY(BorrowedState state, borrowing.read(view));
  BlobProperties& properties = state.blob.properties;
  Body& body = state.blob.body;
  bool is_changed = borrowing.edit(properties);
  Lending lending{{}, parts_of(body)};
  for (Part& part : lending.parts) {
    if (is_inline(part.held)) part.lent = part.held;
    if (part.lent || is_borrowed(part.held)) continue;
    LAPIS_TRY(part.lent, lend_body(view, borrowing.source, part.held, borrowing.borrower));
  }
  const BodyId id = lending.parts.front().held.id;
  is_changed = is_changed || id != body.id;
  body.id = id;
  if (is_changed) view.put(state.key, encode_blob(properties, encode_body(body)));
  lending.state = std::move(state);
  return lending;
}

// What the source borrowed itself its lender lends. Nothing where it has been sent back since it
// was read.
io::Task<Result<std::optional<Body>>> lend_on(Service& service, const Borrowing& borrowing,
                                              const Body& body) {
  std::optional<Body> lent;
  auto transaction = [&](storage::MetaView& view) -> Result<void> {
    Body held = body;
    LAPIS_TRY(lent, lend_body(view, borrowing.source, held, borrowing.borrower));
    return {};
  };
  LAPIS_CO_TRY_VOID(
      co_await service.meta.transact({body.lender.container}, std::move(transaction)));
  co_return lent;
}

// False where there is something to be read again.
io::Task<Result<bool>> lend_rest(Service& service, const Borrowing& borrowing, Lending& lending) {
  for (Part& part : lending.parts) {
    if (part.lent) continue;
    LAPIS_CO_TRY(part.lent, co_await lend_on(service, borrowing, part.held));
    if (!part.lent) co_return false;
  }
  co_return true;
}

}  // namespace

io::Task<Result<BorrowedState>> borrow(Service& service, const Borrowing& borrowing) {
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    Lending lending;
    auto own = [&](storage::MetaView& view) -> Result<void> {
      LAPIS_TRY(lending, lend_own(view, borrowing));
      return {};
    };
    LAPIS_CO_TRY_VOID(co_await service.meta.transact({borrowing.source}, std::move(own)));
    LAPIS_CO_TRY(const bool is_whole, co_await lend_rest(service, borrowing, lending));
    if (!is_whole) continue;
    Body& body = lending.state.blob.body;
    body = joined(lending.parts, body.layers);
    co_return std::move(lending.state);
  }
  co_return fail(ErrorCode::kServerBusy, "the source keeps changing while it is copied");
}

}  // namespace lapis::blob
