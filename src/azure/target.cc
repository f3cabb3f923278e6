#include "lapis/azure/target.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "azure/names.h"
#include "lapis/base/url.h"
#include "lapis/blob/service_properties.h"

namespace lapis::azure {
namespace {

constexpr std::string_view kSecondarySuffix = "-secondary";
constexpr std::string_view kRootContainer = "$root";
// Parameters that tell of a container where the path has no more than one segment.
constexpr std::string_view kOfContainers[] = {"restype",  "resource",  "action",
                                              "position", "recursive", "directory"};

std::string_view without_port(std::string_view host) {
  if (host.starts_with('[')) return host.substr(0, host.find(']') + 1);
  return host.substr(0, host.find(':'));
}

// Where decoded text is kept, one piece behind another; made when it is first needed.
class Memory {
 public:
  explicit Memory(std::size_t most) : most_(most) {}
  char* rest() {
    if (!block_) block_ = std::make_unique_for_overwrite<char[]>(most_);
    return block_.get() + used_;
  }
  std::string_view keep(std::size_t size) {
    return {block_.get() + std::exchange(used_, used_ + size), size};
  }
  std::unique_ptr<char[]> take() { return std::move(block_); }

 private:
  const std::size_t most_;
  std::size_t used_ = 0;
  std::unique_ptr<char[]> block_;
};

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }

std::string_view lower(std::string_view text, Memory& memory) {
  if (std::ranges::none_of(text, is_upper)) return text;
  std::ranges::transform(text, memory.rest(),
                         [](char c) { return is_upper(c) ? static_cast<char>(c + 32) : c; });
  return memory.keep(text.size());
}

enum class Endpoint : std::uint8_t { kBlob, kDataLake, kWebsite };

struct HostStyle {
  std::string_view account;  // with "-secondary", if it is there
  Endpoint endpoint = Endpoint::kBlob;
};

std::string_view first_label(std::string_view name) { return name.substr(0, name.find('.')); }

// "z" and a number: where on Azure a website is.
bool is_zone(std::string_view label) {
  if (label.size() < 2 || (label[0] != 'z' && label[0] != 'Z')) return false;
  return label.find_first_not_of("0123456789", 1) == label.npos;
}

// What the labels behind the account name; nothing for any other domain.
std::optional<Endpoint> parse_service(std::string_view domain) {
  const std::string_view label = first_label(domain);
  if (http::iequals(label, "blob")) return Endpoint::kBlob;
  if (http::iequals(label, "dfs")) return Endpoint::kDataLake;
  if (!is_zone(label) || domain.size() == label.size()) return std::nullopt;
  if (!http::iequals(first_label(domain.substr(label.size() + 1)), "web")) return std::nullopt;
  return Endpoint::kWebsite;
}

// What a host-style name says; nothing for path style.
std::optional<HostStyle> parse_host(std::string_view host, Memory& memory) {
  const std::string_view name = without_port(host);
  const auto dot = name.find('.');
  if (dot == name.npos || dot == 0) return std::nullopt;
  const auto endpoint = parse_service(name.substr(dot + 1));
  if (!endpoint) return std::nullopt;
  return HostStyle{lower(name.substr(0, dot), memory), *endpoint};
}

Result<void> set_account(Target& target, std::string_view label) {
  if (label.ends_with(kSecondarySuffix)) {
    target.secondary = true;
    label.remove_suffix(kSecondarySuffix.size());
  }
  if (!is_account_name(label)) return fail(ErrorCode::kInvalidUri, "no account of that name");
  target.account = label;
  return {};
}

// Takes the next segment, and the slash behind it, off `path`.
std::string_view take_segment(std::string_view& path) {
  const auto slash = path.find('/');
  const std::string_view segment = path.substr(0, slash);
  path = slash == path.npos ? std::string_view() : path.substr(slash + 1);
  return segment;
}

Result<std::string_view> decode(std::string_view text, Memory& memory) {
  if (text.find('%') == text.npos) return text;
  const auto size = percent_decode_into(text, memory.rest());
  if (!size) return fail(ErrorCode::kInvalidUri, "malformed escape in the path");
  return memory.keep(*size);
}

// Requests to containers say so in their query, at this endpoint and at that of Data Lake; all
// others with one segment are about a blob of $root.
bool means_container(const Target& target, std::string_view path) {
  if (path.find('/') != path.npos || path.starts_with('$') || path.starts_with("%24")) return true;
  return target.data_lake || std::ranges::any_of(target.query.all(), [](const auto& parameter) {
           return std::ranges::any_of(kOfContainers, [&](std::string_view name) {
             return http::iequals(parameter.name, name);
           });
         });
}

Result<void> locate_root_blob(Target& target, std::string_view path, Memory& memory) {
  target.container = kRootContainer;
  LAPIS_TRY(target.blob, decode(path, memory));
  LAPIS_TRY_VOID(check_blob_name(target.blob));
  if (target.blob.find('/') != target.blob.npos) {
    return fail(ErrorCode::kInvalidResourceName, "slash in the name of a root blob");
  }
  target.resource = Resource::kBlob;
  return {};
}

// A page of the account's website: any path, the empty one too.
Result<void> locate_page(Target& target, std::string_view path, Memory& memory) {
  target.container = blob::kWebContainer;
  LAPIS_TRY(target.blob, decode(path, memory));
  if (!target.blob.empty()) LAPIS_TRY_VOID(check_blob_name(target.blob));
  target.resource = Resource::kBlob;
  return {};
}

Result<void> locate(Target& target, std::string_view path, Memory& memory) {
  if (target.website) return locate_page(target, path, memory);
  if (!path.empty() && !means_container(target, path)) {
    return locate_root_blob(target, path, memory);
  }
  const std::string_view container = take_segment(path);
  if (container.empty()) {
    if (!path.empty()) return fail(ErrorCode::kInvalidUri, "empty container name");
    return {};
  }
  LAPIS_TRY(target.container, decode(container, memory));
  LAPIS_TRY_VOID(check_container_name(target.container));
  target.resource = Resource::kContainer;
  if (path.empty()) return {};
  LAPIS_TRY(target.blob, decode(path, memory));
  LAPIS_TRY_VOID(check_blob_name(target.blob));
  if (target.container == kRootContainer && target.blob.find('/') != target.blob.npos) {
    return fail(ErrorCode::kInvalidResourceName, "slash in the name of a root blob");
  }
  target.resource = Resource::kBlob;
  return {};
}

}  // namespace

Result<Target> parse_target(const http::Request& request) {
  const std::string_view text = request.target;
  if (!text.starts_with('/')) return fail(ErrorCode::kInvalidUri, "not in origin form");
  const auto question = text.find('?');
  Target target;
  target.raw_path = text.substr(0, question);
  const std::string_view host = request.headers.get("Host");
  std::string_view path = target.raw_path.substr(1);
  Memory memory(target.raw_path.size() + host.size());
  const auto host_style = parse_host(host, memory);
  target.path_style = !host_style.has_value();
  if (host_style) {
    target.data_lake = host_style->endpoint == Endpoint::kDataLake;
    target.website = host_style->endpoint == Endpoint::kWebsite;
  }
  if (question != text.npos && !target.website) {  // to a page, parameters mean nothing
    LAPIS_TRY(target.query, Query::parse(text.substr(question + 1)));
  }
  if (host_style) {
    LAPIS_TRY_VOID(set_account(target, host_style->account));
  } else {
    LAPIS_TRY(const std::string_view first, decode(take_segment(path), memory));
    LAPIS_TRY_VOID(set_account(target, first));
  }
  LAPIS_TRY_VOID(locate(target, path, memory));
  target.decoded = memory.take();
  return target;
}

std::string service_endpoint(const http::Request& request, const Target& target) {
  std::string endpoint(request.secure ? "https://" : "http://");
  endpoint.append(request.headers.get("Host")).append("/");
  if (target.path_style) {
    endpoint.append(target.account).append(target.secondary ? kSecondarySuffix : "");
    endpoint.push_back('/');
  }
  return endpoint;
}

}  // namespace lapis::azure
