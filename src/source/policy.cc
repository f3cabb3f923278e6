#include "lapis/source/policy.h"

#include <ifaddrs.h>
#include <netinet/in.h>

#include <algorithm>
#include <cstring>

#include "lapis/base/log.h"

namespace lapis::source {
namespace {

using http::IpAddress;
using http::Network;

bool matches(std::string_view pattern, std::string_view host) {
  if (!pattern.starts_with("*.")) return http::iequals(pattern, host);
  const std::string_view suffix = pattern.substr(1);
  return host.size() > suffix.size() &&
         http::iequals(host.substr(host.size() - suffix.size()), suffix);
}

bool matches_any(const std::vector<std::string>& patterns, std::string_view host) {
  return std::ranges::any_of(patterns, [&](const auto& each) { return matches(each, host); });
}

std::optional<IpAddress> address_of(const sockaddr* raw) {
  IpAddress address;
  if (raw != nullptr && raw->sa_family == AF_INET) {
    sockaddr_in in{};
    std::memcpy(&in, raw, sizeof in);
    std::memcpy(address.bytes.data(), &in.sin_addr, 4);
    address.is_v4 = true;
    return address;
  }
  if (raw != nullptr && raw->sa_family == AF_INET6) {
    sockaddr_in6 in{};
    std::memcpy(&in, raw, sizeof in);
    std::memcpy(address.bytes.data(), &in.sin6_addr, 16);
    return address;
  }
  return std::nullopt;
}

// 0.0.0.0 and ::, which mean this machine.
bool is_unspecified(const IpAddress& address) {
  return std::ranges::all_of(address.bytes, [](auto byte) { return byte == 0; });
}

// Those of this machine's interfaces, as they are now.
std::vector<IpAddress> interface_addresses() {
  std::vector<IpAddress> found;
  ifaddrs* list = nullptr;
  if (::getifaddrs(&list) != 0) {
    log_warn("source", "the addresses of this machine cannot be listed", {});
    return found;
  }
  for (const ifaddrs* each = list; each != nullptr; each = each->ifa_next) {
    if (const auto address = address_of(each->ifa_addr)) found.push_back(*address);
  }
  ::freeifaddrs(list);
  return found;
}

// What follows the account in ACCOUNT.blob.any.domain; empty for any other host.
std::string_view service_of(std::string_view host) {
  const auto dot = host.find('.');
  if (dot == host.npos || dot == 0) return {};
  const std::string_view rest = host.substr(dot + 1);
  return rest.starts_with("blob.") || rest == "blob" ? rest : std::string_view();
}

}  // namespace

bool is_host_pattern(std::string_view text) {
  if (http::parse_ip_address(text)) return true;
  if (text.starts_with("*.")) text.remove_prefix(2);
  return text.find_first_of("*:/@ ") == text.npos && http::parse_authority(text, 80).has_value();
}

void Policy::listens_on(const std::vector<http::ListenAddress>& addresses) {
  auto list = std::make_unique<OwnList>();
  for (const http::ListenAddress& each : addresses) {
    const auto address = http::parse_ip_address(each.address);
    if (!address) continue;
    list->push_back({*address, each.port, each.tls});
    if (!is_unspecified(*address)) continue;
    for (const IpAddress& one : interface_addresses()) {
      if (one.is_v4 || !address->is_v4) list->push_back({one, each.port, each.tls});
    }
  }
  own_list_ = std::move(list);
  own_.store(own_list_.get(), std::memory_order_release);
}

const Policy::OwnList& Policy::own() const {
  static const OwnList kNone;
  const OwnList* list = own_.load(std::memory_order_acquire);
  return list == nullptr ? kNone : *list;
}

bool Policy::is_own_port(std::uint16_t port, bool secure) const {
  if (port == (secure ? 443 : 80)) return true;  // of what stands before this server
  return std::ranges::any_of(
      own(), [&](const Own& each) { return each.port == port && each.secure == secure; });
}

Result<void> Policy::check(const http::Url& url) const {
  if (!options_.hosts.empty() && !matches_any(options_.hosts, url.host)) {
    return fail(ErrorCode::kAuthorizationFailure, "host " + url.host + " is not allowed");
  }
  const bool any_port = options_.ports.empty();
  if (!any_port && std::ranges::find(options_.ports, url.port) == options_.ports.end()) {
    return fail(ErrorCode::kAuthorizationFailure,
                "port " + std::to_string(url.port) + " is not allowed");
  }
  return {};
}

bool Policy::permits(const IpAddress& address, std::uint16_t port) const {
  const IpAddress real = real_address(address);
  const auto is_here = [&](const Own& each) {
    return each.port == port && real_address(each.address) == real;
  };
  if (is_unspecified(real) || std::ranges::any_of(own(), is_here)) return false;
  const auto holds = [&real](const Network& network) { return network.contains(real); };
  return std::ranges::any_of(options_.networks, holds) || !is_special(address);
}

bool Policy::is_own(const http::Url& url, std::string_view asked_host, bool asked_securely) const {
  if (const auto address = http::parse_ip_address(url.host)) {
    const IpAddress real = real_address(*address);
    const auto is_here = [&](const Own& each) {
      return each.port == url.port && each.secure == url.secure &&
             real_address(each.address) == real;
    };
    if (std::ranges::any_of(own(), is_here)) return true;
  }
  if (matches_any(options_.own_hosts, url.host) && is_own_port(url.port, url.secure)) return true;
  if (asked_host.empty() || url.secure != asked_securely) return false;
  const auto asked = http::parse_authority(asked_host, url.secure ? 443 : 80);
  if (!asked || asked->port != url.port) return false;
  if (asked->host == url.host) return true;
  const std::string_view service = service_of(url.host);
  return !service.empty() && service == service_of(asked->host);
}

}  // namespace lapis::source
