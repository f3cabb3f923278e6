// SourceReader: reads what copies copy from: this store through its own gate, anything else over
// HTTP(S) where the policy allows it. One GET a source; redirects are not followed.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

#include "lapis/base/clock.h"
#include "lapis/blob/copy_source.h"
#include "lapis/http/client.h"
#include "lapis/http/server.h"
#include "lapis/io/shard.h"
#include "lapis/source/policy.h"

namespace lapis::source {

struct ReaderOptions {
  std::size_t max_copies = 16;  // at once, of this reader; more wait, then are refused
  std::chrono::milliseconds busy_timeout{10'000};  // how long they wait
  std::chrono::milliseconds connect_timeout{10'000};
  std::chrono::milliseconds stall_timeout{60'000};  // for each 16 KiB
};

struct ReaderStats {
  std::uint64_t copying = 0;  // sources that are open
  std::uint64_t waiting = 0;
  std::uint64_t opened_own = 0;  // so far
  std::uint64_t opened_elsewhere = 0;
  std::uint64_t failed = 0;   // sources that could not be opened
  std::uint64_t refused = 0;  // as too many were
  std::uint64_t bytes_elsewhere = 0;
};

class SourceReader : public blob::CopySources {
 public:
  // Constructor references outlive the reader. `tls`: what connections with TLS share
  // (http::make_client_tls). Destroyed on no other thread than its shard's, or after that ended.
  static std::unique_ptr<SourceReader> make(io::Shard& shard, const Policy& policy,
                                            ReaderOptions options, const Clock& clock,
                                            std::shared_ptr<http::TlsContext> tls);
  // Who answers for sources in this store; before anything is opened. Outlives what is opened.
  virtual void serve_own_by(http::Handler& server) = 0;
  // Breaks off every request to elsewhere, refuses later ones and completes when nobody waits for
  // a turn. On the shard.
  virtual io::Task<void> stop() = 0;
  // For any thread.
  virtual ReaderStats stats() const = 0;
};

}  // namespace lapis::source
