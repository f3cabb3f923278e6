// A real server with scripted answers on loopback, for tests that talk to it through sockets. Its
// time limits are measured by a clock that only the test moves, so that nothing times out by
// chance.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <vector>

#include "lapis/http/server.h"
#include "lapis/io/shard.h"
#include "support/manual_clock.h"
#include "support/raw_connection.h"
#include "support/scripted_handler.h"

namespace lapis::test {

class HttpHarness {
 public:
  explicit HttpHarness(http::ServerOptions options = {}, unsigned shard_count = 1) {
    if (options.listen.empty()) options.listen = {{"127.0.0.1", 0, options.tls.has_value()}};
    std::vector<io::Shard*> shards;
    std::vector<http::Handler*> handlers;
    for (unsigned i = 0; i < shard_count; ++i) {
      io::ShardOptions shard_options;
      shard_options.index = i;
      auto shard = io::Shard::start(shard_options, clock);
      if (!shard) throw std::runtime_error(to_string(shard.error()));
      shards_.push_back(std::move(*shard));
      shards.push_back(shards_.back().get());
      handlers.push_back(&handler);
    }
    auto started = http::Server::start(options, shards, handlers, clock);
    if (!started) throw std::runtime_error(to_string(started.error()));
    server = std::move(*started);
  }
  ~HttpHarness() {
    handler.release();
    if (server) server->stop(std::chrono::seconds(0));
  }

  std::uint16_t port() const { return server->addresses().front().port; }
  RawConnection connect() const { return RawConnection(port()); }
  io::Shard& shard() { return *shards_.front(); }

  // Lets time pass, limit by limit, until the server does something on `connection`.
  bool advance_until_readable(RawConnection& connection, std::chrono::seconds by) {
    for (int i = 0; i < 100; ++i) {
      clock.advance(by);
      if (connection.is_readable(100)) return true;
    }
    return false;
  }
  // Waits until `condition` holds; what the server does in the background has no other signal.
  template <class Condition>
  bool eventually(Condition condition) {
    for (int i = 0; i < 2000; ++i) {
      if (condition()) return true;
      shard().run(shard().sleep(std::chrono::milliseconds(5)));
    }
    return false;
  }

  ManualClock clock;
  ScriptedHandler handler;
  std::unique_ptr<http::Server> server;

 private:
  std::vector<std::unique_ptr<io::Shard>> shards_;
};

// A request for `target` with `fields` and `body`.
inline std::string request(const std::string& method, const std::string& target,
                           const std::string& fields = {}, const std::string& body = {}) {
  return method + " " + target + " HTTP/1.1\r\nHost: localhost\r\n" + fields + "\r\n" + body;
}
inline std::string get(const std::string& target, const std::string& fields = {}) {
  return request("GET", target, fields);
}
inline std::string put(const std::string& target, const std::string& body,
                       const std::string& fields = {}) {
  return request("PUT", target, "Content-Length: " + std::to_string(body.size()) + "\r\n" + fields,
                 body);
}

}  // namespace lapis::test
