// One keep-alive connection that carries one request at a time.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "load/response_reader.h"

namespace lapis::bench {

class Connection {
 public:
  Connection() = default;
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Connects anew; a connection that is there is closed.
  void open(const std::string& host, std::uint16_t port);

  // Begins a request: `head`, in which `serial` is written at `serial_at` unless that is npos, then
  // `body`, which must outlive the request.
  void begin(std::string_view head, std::size_t serial_at, std::uint64_t serial,
             std::string_view body, std::uint64_t now);

  // Sends what the socket takes. False where the peer takes no more for good: its answer, if there
  // is one, can still be read.
  bool send();

  // The request has been answered, or has failed.
  void end() { busy_ = false; }

  bool busy() const { return busy_; }
  bool sent() const { return sent_ == head_.size() + body_.size(); }
  int fd() const { return fd_; }
  std::uint64_t began() const { return began_; }
  ResponseReader& reader() { return reader_; }

  bool watched_for_output = false;  // kept by whoever polls

 private:
  int fd_ = -1;
  std::string head_;
  std::string_view body_;
  std::size_t sent_ = 0;
  std::uint64_t began_ = 0;
  bool busy_ = false;
  ResponseReader reader_;
};

}  // namespace lapis::bench
