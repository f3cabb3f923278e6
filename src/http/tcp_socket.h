// The Asio side of transports, for the two files that hold it: tcp.cc and tls.cc.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <memory>

#include "http/transport.h"

namespace lapis::http {

// Bound to io_context's own executor: the type-erased default costs a dispatch an operation.
using TcpSocket =
    boost::asio::basic_stream_socket<boost::asio::ip::tcp, boost::asio::io_context::executor_type>;

// The completion handler of every operation: stores the result, resumes the waiter.
struct Resume {
  IoOp* op;
  void operator()(const boost::system::error_code& error, std::size_t bytes = 0) const {
    op->result.bytes = bytes;
    if (error) op->result.error = error;
    op->waiter.resume();
  }
};

// The same for reads, for which the end of the stream is no error.
struct ResumeRead {
  IoOp* op;
  void operator()(const boost::system::error_code& error, std::size_t bytes) const;
};

// Makes pending and later operations on the descriptor end by themselves (see Transport).
void shut_down(TcpSocket& socket, boost::asio::socket_base::shutdown_type what);

std::unique_ptr<Transport> make_tcp_transport(TcpSocket socket);

}  // namespace lapis::http
