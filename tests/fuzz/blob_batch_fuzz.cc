// The body of a batch: nothing may crash, and what is accepted is within the limits and of the
// batch's account.
#include <cstdint>
#include <cstdlib>

#include "lapis/azure/ops/blob_batch.h"

namespace lapis::azure {
namespace {

void run(std::string_view document) {
  http::Request request;
  request.method = http::Method::kPost;
  request.method_text = "POST";
  request.target = "/acct/box?restype=container&comp=batch";
  request.headers.add("Host", "127.0.0.1");
  request.headers.add("Content-Type", "multipart/mixed; boundary=b");
  const Call batch{request, parse_target(request).value(), {kNewestVersion, kNewestVersion}, {}};
  const auto parts = parse_blob_batch(batch, document);
  if (!parts) return;
  if (parts->empty() || parts->size() > kMaxBatchParts) std::abort();
  for (const BatchPart& part : *parts) {
    if (part.content_id.empty() || part.request->headers.count("Host") != 1) std::abort();
    const auto call = locate_batch_part(batch, part, Guid{});
    if (call && call->target.account != "acct") std::abort();
  }
}

}  // namespace
}  // namespace lapis::azure

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  lapis::azure::run({reinterpret_cast<const char*>(data), size});
  return 0;
}
