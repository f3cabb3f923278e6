#include "lapis/blob/ops/put_append_blob.h"

#include <utility>

namespace lapis::blob {
namespace {

class NoBytes final : public io::ByteSource {
 public:
  std::uint64_t remaining() const override { return 0; }
  io::Task<Result<std::size_t>> read(MutableBytes) override { co_return std::size_t{0}; }
};

}  // namespace

io::Task<Result<PutBlobResult>> put_append_blob(Service& service, PutBlob request) {
  request.type = BlobType::kAppend;
  request.content_length = 0;
  request.keeps_md5 = true;
  NoBytes none;
  co_return co_await put_blob(service, std::move(request), none);
}

}  // namespace lapis::blob
