#include "lapis/azure/ops/blob_batch.h"

#include <algorithm>
#include <utility>

#include "azure/field_errors.h"
#include "azure/request/multipart.h"
#include "lapis/http/embedded.h"

namespace lapis::azure {
namespace {

constexpr std::uint32_t kBlobBatch = 20181109;
constexpr std::uint32_t kContainerBatch = 20200408;
constexpr std::size_t kMaxContentId = 128;
constexpr std::size_t kUsualAnswer = 512;
constexpr std::string_view kSecondarySuffix = "-secondary";

std::unexpected<Error> malformed(std::string_view why) {
  return fail(ErrorCode::kInvalidInput, "batch: " + std::string(why));
}

bool is_content_id(std::string_view text) {
  if (text.empty() || text.size() > kMaxContentId) return false;
  return std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7f; });
}

Result<void> check_headers(const MultipartPart& part) {
  LAPIS_TRY(const std::string_view type, part_header(part, "Content-Type"));
  if (!http::iequals(type.substr(0, type.find(';')), "application/http")) {
    return malformed("a part that is not application/http");
  }
  LAPIS_TRY(const std::string_view coding, part_header(part, "Content-Transfer-Encoding"));
  const auto same = [coding](std::string_view known) { return http::iequals(known, coding); };
  const std::string_view identities[] = {"", "binary", "8bit", "7bit"};
  if (std::ranges::none_of(identities, same)) return malformed("a part that is encoded");
  return {};
}

std::string_view first_segment(std::string_view path) {
  path.remove_prefix(1);
  return path.substr(0, path.find('/'));
}

// Whether a part's path is written as the batch's own: with the account in front. A container of
// the account's name makes that ambiguous; the batch's container settles it, where there is one.
bool names_account(const Target& batch, std::string_view path) {
  if (!batch.path_style) return false;
  std::string_view account = first_segment(path);
  std::string_view rest = path.substr(1 + account.size());
  if (account.ends_with(kSecondarySuffix)) account.remove_suffix(kSecondarySuffix.size());
  if (account != batch.account || rest.empty()) return false;
  const std::string_view container = first_segment(rest);
  rest.remove_prefix(1 + container.size());
  if (rest.empty() && batch.container == "$root") return !container.empty();  // a blob's name
  if (container.empty() || rest.size() < 2) return false;
  return batch.container.empty() || container == batch.container;
}

// The request with all that it takes over from the batch: whom it came from, and the host, which
// says how its path is to be read.
http::Request complete(const Call& batch, http::Request part) {
  const http::Request& outer = batch.request;
  http::Headers headers;
  for (const http::Header& field : part.headers.all()) {
    if (!http::iequals(field.name, "Host")) headers.add(field.name, field.value);
  }
  const std::string_view path = std::string_view(part.target).substr(0, part.target.find('?'));
  if (!batch.target.path_style || names_account(batch.target, path)) {
    headers.add("Host", outer.headers.get("Host"));
  } else {
    headers.add("Host", std::string(batch.target.account) + ".blob.localhost");
  }
  part.headers = std::move(headers);
  part.secure = outer.secure;
  part.peer_address = outer.peer_address;
  part.peer_port = outer.peer_port;
  part.tls_version = outer.tls_version;
  return part;
}

Result<BatchPart> read_part(const Call& batch, const MultipartPart& part) {
  LAPIS_TRY_VOID(check_headers(part));
  LAPIS_TRY(const std::string_view id, part_header(part, "Content-ID"));
  if (!is_content_id(id)) return malformed("a part without a Content-ID");
  auto request = http::parse_embedded_request(part.body);
  if (!request) return malformed(to_string(request.error()));
  if (!request->target.starts_with('/')) return malformed("a part without a path");
  return BatchPart{std::string(id),
                   std::make_unique<http::Request>(complete(batch, *std::move(request)))};
}

}  // namespace

Result<void> check_blob_batch(const Call& batch) {
  const bool whole = batch.target.resource == Resource::kService;
  if (!batch.at_least(whole ? kBlobBatch : kContainerBatch)) {
    return fail(invalid_parameter("comp", "batch", ""));
  }
  const std::string_view type = batch.request.headers.get("Content-Type");
  if (type.empty()) return fail(missing_header("Content-Type"));
  constexpr std::string_view kFamily = "multipart/";
  if (!http::iequals(type.substr(0, kFamily.size()), kFamily)) {
    return fail(invalid_header("Content-Type", type));
  }
  return {};
}

Result<std::vector<BatchPart>> parse_blob_batch(const Call& batch, std::string_view document) {
  LAPIS_TRY(const std::string_view boundary,
            multipart_boundary(batch.request.headers.get("Content-Type")));
  LAPIS_TRY(const auto texts, split_multipart(document, boundary, kMaxBatchParts));
  std::vector<BatchPart> parts;
  parts.reserve(texts.size());
  for (const MultipartPart& text : texts) {
    LAPIS_TRY(BatchPart part, read_part(batch, text));
    parts.push_back(std::move(part));
  }
  return parts;
}

Result<Call> locate_batch_part(const Call& batch, const BatchPart& part, const Guid& request_id) {
  LAPIS_TRY(Target target, parse_target(*part.request));
  return Call{*part.request, std::move(target), batch.version, request_id};
}

Result<void> check_batch_scope(const Call& batch, const Call& part) {
  if (part.target.account != batch.target.account) return malformed("a part of another account");
  if (batch.target.resource != Resource::kContainer) return {};
  if (part.target.container == batch.target.container) return {};
  return malformed("a part of another container");
}

Guid batch_part_id(const Guid& batch, std::size_t index) {
  Guid id = batch;
  for (std::size_t i = 0; i < sizeof(std::uint32_t); ++i) {
    id.bytes[id.bytes.size() - 1 - i] = static_cast<std::byte>(index >> (8 * i));
  }
  return id;
}

http::Response render_blob_batch(std::span<const BatchAnswer> answers) {
  const std::string boundary = "batchresponse_" + Guid::make().to_string();
  std::string body;
  body.reserve(answers.size() * kUsualAnswer);
  for (const BatchAnswer& answer : answers) {
    body.append("--").append(boundary).append("\r\nContent-Type: application/http\r\n");
    if (!answer.content_id.empty()) {
      body.append("Content-ID: ").append(answer.content_id).append("\r\n");
    }
    body.append("\r\n");
    http::append_embedded_response(body, answer.response);
    body.append("\r\n");
  }
  body.append("--").append(boundary).append("--\r\n");
  http::Response response;
  response.status = 202;
  response.headers.add("Content-Type", "multipart/mixed; boundary=" + boundary);
  response.body = std::move(body);
  return response;
}

}  // namespace lapis::azure
