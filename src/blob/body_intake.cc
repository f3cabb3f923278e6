#include "blob/body_intake.h"

#include <array>

#include "lapis/base/base64.h"
#include "lapis/base/check.h"
#include "lapis/base/crc64.h"

namespace lapis::blob {
namespace {

class Md5Observer final : public storage::ByteObserver {
 public:
  void observe(Bytes data) override { md5_.update(data); }
  Md5Digest finish() { return md5_.finish(); }

 private:
  Md5 md5_;
};

// As x-ms-content-crc64 is written: the eight bytes, least significant first.
std::string crc_text(std::uint64_t crc) {
  std::array<std::byte, sizeof crc> bytes;
  store_le(bytes, 0, crc);
  return base64_encode(bytes);
}

io::Task<Result<TakenBody>> take_short(IncomingBody incoming, io::ByteSource& source) {
  TakenBody taken;
  taken.bytes.resize(incoming.length);
  const MutableBytes into = std::as_writable_bytes(std::span(taken.bytes));
  LAPIS_CO_TRY_VOID(co_await io::read_exactly(source, into));
  taken.crc64 = crc64(into);
  if (incoming.want_md5) taken.md5 = md5(into);
  co_return taken;
}

}  // namespace

bool is_short(const Service& service, std::uint64_t length) {
  return length <= service.limits.inline_body_bytes;
}

Result<void> check_room(const Service& service, std::uint64_t length) {
  if (is_short(service, length) || service.chunks.has_room(length)) return {};
  return fail(ErrorCode::kInsufficientStorage, "no room for the body");
}

io::Task<Result<TakenBody>> take_body(Service& service, IncomingBody incoming,
                                      io::ByteSource& source) {
  if (is_short(service, incoming.length)) co_return co_await take_short(incoming, source);
  Md5Observer md5;
  storage::ByteObserver* const observer = incoming.want_md5 ? &md5 : nullptr;
  const storage::ChunkOwner owner{incoming.container, crc64(as_bytes(incoming.name))};
  TakenBody taken;
  LAPIS_CO_TRY(taken.stored,
               co_await service.chunks.write(owner, source, incoming.length, observer));
  taken.crc64 = taken.stored->crc64();
  if (incoming.want_md5) taken.md5 = md5.finish();
  co_return taken;
}

Result<void> check_hashes(const BodyHashes& claimed, const TakenBody& taken) {
  if (claimed.md5) {
    LAPIS_CHECK(taken.md5);
    if (*claimed.md5 != *taken.md5) {
      return fail(Error{ErrorCode::kMd5Mismatch}
                      .with("UserSpecifiedMd5", base64_encode(*claimed.md5))
                      .with("ServerCalculatedMd5", base64_encode(*taken.md5)));
    }
  }
  if (claimed.crc64 && *claimed.crc64 != taken.crc64) {
    return fail(Error{ErrorCode::kCrc64Mismatch}
                    .with("UserSpecifiedCrc", crc_text(*claimed.crc64))
                    .with("ServerCalculatedCrc", crc_text(taken.crc64)));
  }
  return {};
}

}  // namespace lapis::blob
