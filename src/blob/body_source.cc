#include "blob/body_source.h"

#include <string>
#include <utility>

#include "blob/body_walk.h"

namespace lapis::blob {
namespace {

class InlineBody final : public io::BufferSource {
 public:
  InlineBody(Shared<BlobRecord> blob, ByteRange range)
      : blob_(std::move(blob)), rest_(inline_range(*blob_, range)) {}

  std::uint64_t remaining() const override { return rest_.size(); }
  io::Task<Result<Bytes>> next() override { co_return std::exchange(rest_, {}); }

 private:
  Shared<BlobRecord> blob_;
  Bytes rest_;
};

// Lends the parts of a walk: a run of chunks is one read of the chunk store.
template <class Walk>
class StoredBody final : public io::BufferSource {
 public:
  StoredBody(Service& service, Walk walk, ReadSlot::Pin pin)
      : service_(service), walk_(std::move(walk)), pin_(std::move(pin)) {}

  std::uint64_t remaining() const override { return zeros_left_ + run_left_ + walk_.remaining(); }

  io::Task<Result<Bytes>> next() override {
    if (zeros_left_ != 0) co_return next_zeros();
    if (run_) {
      LAPIS_CO_TRY(const Bytes lent, co_await next_of_run());
      if (!lent.empty()) co_return lent;
    }
    LAPIS_CO_TRY(BodyPart part, co_await walk_.next());
    if (part.is_zeros()) {
      zeros_left_ = part.length;
      co_return next_zeros();
    }
    if (part.slices.empty()) {
      bytes_ = std::move(part.bytes);
      co_return as_bytes(bytes_);
    }
    run_left_ = part.length;
    LAPIS_CO_TRY(run_, co_await service_.chunks.read(slices_of(std::move(part))));
    co_return co_await next_of_run();
  }

 private:
  Bytes next_zeros() {
    const Bytes lent = some_zeros(zeros_left_);
    zeros_left_ -= lent.size();
    return lent;
  }

  // Empty, and the run is closed, at its end.
  io::Task<Result<Bytes>> next_of_run() {
    LAPIS_CO_TRY(const Bytes lent, co_await run_->next());
    if (lent.size() > run_left_) co_return wrong("more bytes than its blocks");
    run_left_ -= lent.size();
    if (lent.empty()) {
      run_.reset();
      if (run_left_ != 0) co_return wrong("fewer bytes than its blocks");
    }
    co_return lent;
  }

  static std::unexpected<Error> wrong(const char* what) {
    return fail(ErrorCode::kInternalError, std::string("a blob has ") + what);
  }

  Service& service_;
  Walk walk_;
  const ReadSlot::Pin pin_;
  std::unique_ptr<io::BufferSource> run_;
  std::uint64_t run_left_ = 0;
  std::uint64_t zeros_left_ = 0;
  std::string bytes_;  // lent of short blocks
};

}  // namespace

std::unique_ptr<io::BufferSource> open_body(Service& service, ContainerId container,
                                            Shared<BlobRecord> blob, ByteRange range,
                                            ReadSlot::Pin pin) {
  if (is_inline(blob->body)) return std::make_unique<InlineBody>(std::move(blob), range);
  BodyWalk walk(service, container, std::move(blob), range);
  return std::make_unique<StoredBody<BodyWalk>>(service, std::move(walk), std::move(pin));
}

std::unique_ptr<io::BufferSource> open_pages(Service& service, PageSnapshot snapshot,
                                             PageStack stack, ByteRange range, ReadSlot::Pin pin) {
  PageWalk walk(service, std::move(snapshot), std::move(stack), range);
  return std::make_unique<StoredBody<PageWalk>>(service, std::move(walk), std::move(pin));
}

}  // namespace lapis::blob
