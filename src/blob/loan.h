// Loans: bodies that blobs of another container hold, so that a copy from one container to another
// is a few small writes whatever the size. A transaction changes rows of one container, so a copy
// takes two: the lender's, which notes the loan (table 32) with the body as it is there, and the
// borrower's, which makes the blob. The rows of the borrower count how many hold the body under the
// borrower's id (table 29, shared_body.h); when the last one goes, a release entry sends the loan
// back, and the lender's body is freed when no row and no loan holds it. That a container was
// deleted ends no loan that it gave.
//
// A loan is noted together with a release entry that sends it back unless the borrower holds the
// body. The entry waits for reads that began before it (read_epochs.h), and so for the copy, which
// has a pin: where that ends without a blob nothing is left behind.
//
// Of an append blob what it names by then is lent: the lender's goes on growing in place, and is
// kept as long as a loan is out; a borrower that grows gets a body of its own first (body_fork.h).
// Of a page blob a generation of its map is lent (pages/page_map.h), to rows that do not write to
// it; its loans are counted there, in table 31.
#pragma once

#include <optional>
#include <span>

#include "blob/records.h"
#include "blob/row_pages.h"
#include "lapis/storage/meta_store.h"

namespace lapis::blob {

// Notes a loan of a body that a row of `container` holds, without its layers, which are bodies of
// their own; what the borrower's rows are to hold. One without pages gets an id where it has none:
// its row is to be written again. In a transaction of the lender, which is `container` unless it
// borrowed the body itself. Nothing where it has been sent back meanwhile: then that row has gone.
Result<std::optional<Body>> lend_body(storage::MetaView& view, ContainerId container, Body& body,
                                      ContainerId borrower);

// The borrower's first row holds `body`, and what is borrowed of its layers. In a transaction of
// the borrower.
void take_loan(storage::MetaView& view, ContainerId borrower, const Body& body);

// Queues the loan's way back; for the borrower's transaction in which the last row goes.
void queue_loan(storage::MetaView& view, const Loan& loan);

// The loan goes back, unless the borrower holds the body; done again it does nothing. For the
// reclaimer. Errors: kInternalError for damage.
io::Task<Result<void>> settle_loan(Service& service, const Loan& loan);
// The same of a borrower that has no rows any more that hold it.
io::Task<Result<void>> return_loan(Service& service, const Loan& loan);

// Before blocks of a borrowed body become another body's of the borrower too (shared_body.h): the
// lender's is named as an owner of each. False where the body has been sent back.
io::Task<Result<bool>> own_lent_blocks(Service& service, const Loan& loan,
                                       std::span<const Block> blocks);

}  // namespace lapis::blob
