// The policy of outgoing requests: which hosts, addresses and ports the source of a copy may be
// read from, so that whoever may write here does not thereby reach the network behind this server;
// and what is this server itself (docs/decisions/0024-outgoing-requests.md).
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "lapis/base/result.h"
#include "lapis/http/network.h"
#include "lapis/http/server.h"
#include "lapis/http/url.h"
#include "lapis/source/address_policy.h"

namespace lapis::source {

struct PolicyOptions {
  // "name", "*.suffix" for all names below it, or an address; empty: every host.
  std::vector<std::string> hosts = {};
  // Special addresses that may be connected to all the same.
  std::vector<http::Network> networks = {};
  // Empty: every port.
  std::vector<std::uint16_t> ports = {};
  // Names of this server, as in `hosts`.
  std::vector<std::string> own_hosts = {};
};

// Whether `text` can be a member of `hosts`.
bool is_host_pattern(std::string_view text);

// Thread-safe.
class Policy {
 public:
  explicit Policy(PolicyOptions options) : options_(std::move(options)) {}

  // Where this server listens: its own addresses are no part of the network behind it. Called once,
  // when it does.
  void listens_on(const std::vector<http::ListenAddress>& addresses);

  // Whether the URL may be asked for, as far as its text tells. Errors: kAuthorizationFailure; the
  // detail says why.
  Result<void> check(const http::Url& url) const;
  // Whether this address may be connected to: asked of what a name resolves to, right before it is.
  // Never one where this server listens: it would take itself for the client, and the client's
  // address is what some of its rules go by.
  bool permits(const http::IpAddress& address, std::uint16_t port) const;

  // Whether the URL names this server itself: by its address and port, by one of its names, or by
  // the endpoint at which it was just asked for a copy (`asked_host`, empty for none).
  bool is_own(const http::Url& url, std::string_view asked_host, bool asked_securely) const;

 private:
  struct Own {
    http::IpAddress address;
    std::uint16_t port;
    bool secure;
  };
  using OwnList = std::vector<Own>;

  const OwnList& own() const;
  bool is_own_port(std::uint16_t port, bool secure) const;

  const PolicyOptions options_;
  std::unique_ptr<OwnList> own_list_;
  std::atomic<const OwnList*> own_ = nullptr;
};

}  // namespace lapis::source
