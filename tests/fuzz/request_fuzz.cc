// A request head through all of the dialect: target, version, credentials, rules, every parser, and
// the error answer. The input is "METHOD TARGET\nName: value\n…". Nothing may crash or throw, and a
// request that nobody signed may never be authorised.
#include <cstdlib>
#include <string_view>

#include "lapis/azure/authorization.h"
#include "lapis/azure/error_response.h"
#include "lapis/azure/header_rules.h"
#include "lapis/azure/ops/create_container.h"
#include "lapis/azure/ops/delete_blob.h"
#include "lapis/azure/ops/delete_container.h"
#include "lapis/azure/ops/get_blob.h"
#include "lapis/azure/ops/get_blob_metadata.h"
#include "lapis/azure/ops/get_block_list.h"
#include "lapis/azure/ops/lease_blob.h"
#include "lapis/azure/ops/lease_container.h"
#include "lapis/azure/ops/list_blobs.h"
#include "lapis/azure/ops/list_containers.h"
#include "lapis/azure/ops/put_blob.h"
#include "lapis/azure/ops/put_block.h"
#include "lapis/azure/ops/set_blob_metadata.h"
#include "lapis/azure/ops/set_blob_properties.h"
#include "lapis/azure/ops/set_blob_tier.h"
#include "lapis/base/number.h"
#include "support/manual_clock.h"

namespace lapis::azure {
namespace {

std::string_view take_line(std::string_view& text) {
  const auto end = text.find('\n');
  const std::string_view line = text.substr(0, end);
  text = end == text.npos ? std::string_view() : text.substr(end + 1);
  return line;
}

http::Request make_request(std::string_view text) {
  http::Request request;
  const std::string_view first = take_line(text);
  const auto blank = first.find(' ');
  request.method_text = first.substr(0, blank);
  request.method = request.method_text == "PUT" ? http::Method::kPut : http::Method::kGet;
  if (blank != first.npos) request.target = first.substr(blank + 1);
  while (!text.empty()) {
    const std::string_view line = take_line(text);
    const auto colon = line.find(": ");
    if (colon == line.npos) continue;
    request.headers.add(std::string(line.substr(0, colon)), std::string(line.substr(colon + 2)));
  }
  request.content_length = parse_u64(request.headers.get("Content-Length"));
  request.peer_address = "127.0.0.1";
  return request;
}

template <class T>
void answer(const Result<T>& result) {
  if (result) return;
  const auto response = render_error(result.error(), Guid{}, Timestamp{}, true);
  if (response.status < 300) std::abort();
}

void parse_all(const Call& call) {
  answer(parse_create_container(call));
  answer(parse_delete_blob(call));
  answer(parse_delete_container(call));
  answer(parse_get_blob(call));
  answer(parse_get_blob_metadata(call));
  answer(parse_get_block_list(call));
  answer(parse_lease_blob(call));
  answer(parse_lease_container(call));
  answer(parse_put_blob(call));
  answer(parse_put_block(call));
  answer(parse_set_blob_metadata(call));
  answer(parse_set_blob_properties(call));
  answer(parse_set_blob_tier(call));
  const auto containers = parse_list_containers(call);
  answer(containers);
  if (containers) render_list_containers(call, *containers, {});
  const auto list = parse_list_blobs(call);
  answer(list);
  if (!list) return;
  static const test::ManualClock clock;
  static const blob::ServiceClock time(clock, {});
  ListBlobsWriter writer(call, *list, time);
  writer.prefix(call.target.blob);
  (void)std::move(writer).finish({});
}

void run(std::string_view input) {
  static const test::ManualClock clock;
  // A key that no input can have been signed with.
  static Gate gate({make_account("acct", {"bm90IHRoZSBwdWJsaWMga2V5"}).value()}, clock);
  const http::Request request = make_request(input);
  auto target = parse_target(request);
  answer(target);
  if (!target) return;
  const auto version = negotiate_version(request, *target, false);
  answer(version);
  if (!version) return;
  const Call call{request, *std::move(target), *version, Guid{}};
  const auto authorized = gate.authorize(call, {.letters = "r"});
  if (authorized) std::abort();
  answer(authorized);
  answer(refuse_unsupported(call));
  parse_all(call);
}

}  // namespace
}  // namespace lapis::azure

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  lapis::azure::run({reinterpret_cast<const char*>(data), size});
  return 0;
}
