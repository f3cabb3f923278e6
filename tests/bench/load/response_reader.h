// Reads one HTTP/1.1 response after another from a socket: the status, how long the body is, and
// that all of it came. The bytes of a body are copied out of the socket, as any client has to, and
// dropped.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace lapis::bench {

class ResponseReader {
 public:
  enum class Progress {
    kPending,   // the socket is drained, and more must come
    kComplete,  // the whole response has been read
    kClosed,    // the peer closed; nothing of a response had come
    kBroken,    // the peer closed within a response, or sent what is none
  };

  // Reads what the socket holds, to the end of the response at most.
  Progress read(int fd);

  // To be called between responses.
  void reset();

  // Of the response that is complete.
  int status() const { return status_; }
  bool closes() const { return closes_; }
  std::uint64_t body_bytes() const { return body_bytes_; }
  // Of an error: the head, and of the body what was read with it.
  const std::string& text() const { return text_; }

 private:
  enum class Phase { kHead, kLength, kChunkSize, kChunkData, kTrailer, kDone };

  Progress receive_head(int fd);
  Progress take_head(std::string_view received);
  bool parse_head(std::string_view head);
  Progress take_body(std::string_view received);
  Progress take_chunks(std::string_view received);
  Progress drop_body(int fd);

  Phase phase_ = Phase::kHead;
  std::string partial_;  // of a head
  std::string line_;     // of a chunk's size, or of the trailer
  std::string text_;
  bool chunked_ = false;
  bool closes_ = false;
  int status_ = 0;
  std::uint64_t remaining_ = 0;  // of the body, or of the chunk with its line end
  std::uint64_t body_bytes_ = 0;
};

}  // namespace lapis::bench
