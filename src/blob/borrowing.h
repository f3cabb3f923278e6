// Borrowing the body of a blob of another container (loan.h), for a row that is about to hold it.
#pragma once

#include <functional>
#include <string>

#include "blob/records.h"
#include "lapis/blob/service.h"

namespace lapis::blob {

// A state of a blob of the lender, with its body as the borrower's row is to have it.
struct BorrowedState {
  std::string key;  // of its row
  BlobRecord blob;
};

// Refers to what it is made of.
struct Borrowing {
  ContainerId source;    // that has the blob; the lender, unless that borrowed the body itself
  ContainerId borrower;  // another container
  // Reads and checks the state. In a transaction of `source`; may run again.
  std::function<Result<BorrowedState>(storage::MetaView& view)> read;
  // Edits its properties because it is read; whether its row is to be written for that.
  std::function<bool(BlobProperties& properties)> edit = [](BlobProperties&) { return false; };
};

// One transaction, and one more for each part of the body that is lent on. What has nothing but its
// row (inline bytes) is not lent, but copied. The caller holds a read's pin from before: the loan
// waits for its end. Errors: those of `read`; kContainerNotFound (the source's); kServerBusy.
io::Task<Result<BorrowedState>> borrow(Service& service, const Borrowing& borrowing);

}  // namespace lapis::blob
