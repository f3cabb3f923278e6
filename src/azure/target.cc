#include "lapis/azure/target.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "azure/names.h"
#include "lapis/base/url.h"

namespace lapis::azure {
namespace {

constexpr std::string_view kSecondarySuffix = "-secondary";

std::string_view without_port(std::string_view host) {
  if (host.starts_with('[')) return host.substr(0, host.find(']') + 1);
  return host.substr(0, host.find(':'));
}

bool is_label(std::string_view domain, std::string_view label) {
  return domain.starts_with(label) &&
         (domain.size() == label.size() || domain[label.size()] == '.');
}

struct HostStyle {
  std::string account;  // with "-secondary", if it is there
  bool data_lake = false;
};

// What a host-style name says; nothing for path style.
std::optional<HostStyle> parse_host(std::string_view host) {
  std::string name(without_port(host));
  std::ranges::transform(name, name.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  });
  const auto dot = name.find('.');
  if (dot == name.npos || dot == 0) return std::nullopt;
  const std::string_view rest = std::string_view(name).substr(dot + 1);
  const bool data_lake = is_label(rest, "dfs");
  if (!data_lake && !is_label(rest, "blob")) return std::nullopt;
  return HostStyle{name.substr(0, dot), data_lake};
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

Result<std::string> decode(std::string_view text) {
  auto decoded = percent_decode(text);
  if (!decoded) return fail(ErrorCode::kInvalidUri, "malformed escape in the path");
  return *std::move(decoded);
}

Result<void> locate(Target& target, std::string_view path) {
  const std::string_view container = take_segment(path);
  if (container.empty()) {
    if (!path.empty()) return fail(ErrorCode::kInvalidUri, "empty container name");
    return {};
  }
  LAPIS_TRY(target.container, decode(container));
  LAPIS_TRY_VOID(check_container_name(target.container));
  target.resource = Resource::kContainer;
  if (path.empty()) return {};
  LAPIS_TRY(target.blob, decode(path));
  LAPIS_TRY_VOID(check_blob_name(target.blob));
  if (target.container == "$root" && target.blob.find('/') != std::string::npos) {
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
  if (question != text.npos) {
    LAPIS_TRY(target.query, Query::parse(text.substr(question + 1)));
  }
  const std::string_view host = request.headers.get("Host");
  std::string_view path = std::string_view(target.raw_path).substr(1);
  const auto host_style = parse_host(host);
  target.path_style = !host_style.has_value();
  if (host_style) {
    target.data_lake = host_style->data_lake;
    LAPIS_TRY_VOID(set_account(target, host_style->account));
  } else {
    LAPIS_TRY(const std::string first, decode(take_segment(path)));
    LAPIS_TRY_VOID(set_account(target, first));
  }
  LAPIS_TRY_VOID(locate(target, path));
  target.endpoint.append(request.secure ? "https://" : "http://").append(host).append("/");
  if (target.path_style) {
    target.endpoint.append(target.account).append(target.secondary ? kSecondarySuffix : "");
    target.endpoint.push_back('/');
  }
  return target;
}

}  // namespace lapis::azure
