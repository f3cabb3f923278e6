#include "storage/meta/log_tail.h"

#include <cstdint>
#include <fstream>
#include <string>
#include <system_error>

#include "lapis/base/bytes.h"
#include "lapis/io/file.h"
#include "storage/meta/crc32c.h"

namespace lapis::storage {
namespace {

constexpr std::size_t kBlockBytes = 32 << 10;
constexpr std::size_t kHeaderBytes = 7;
constexpr char kWhole = 1;
constexpr char kFirst = 2;
constexpr char kLast = 4;

std::uint32_t masked(std::uint32_t crc) { return ((crc >> 15) | (crc << 17)) + 0xA282EAD8u; }

// A record's header at the start of `bytes`, which hold at least kHeaderBytes.
struct Header {
  explicit Header(std::string_view bytes)
      : crc(load_le<std::uint32_t>(as_bytes(bytes), 0)),
        length(load_le<std::uint16_t>(as_bytes(bytes), 4)),
        type(bytes[6]) {}
  std::uint32_t crc;
  std::size_t length;
  char type;
};

bool fits(const Header& header, std::string_view bytes) {
  return header.type >= kWhole && header.type <= kLast &&
         kHeaderBytes + header.length <= bytes.size();
}

// Whether some type and some length make the bytes a record that its checksum confirms.
bool is_whole_under_another_header(std::string_view bytes) {
  const std::uint32_t crc = Header(bytes).crc;
  const std::string_view payload = bytes.substr(kHeaderBytes);
  for (char type = kWhole; type <= kLast; ++type) {
    Crc32c sum;
    sum.add(type);
    for (const char byte : payload) {
      sum.add(byte);
      if (masked(sum.value()) == crc) return true;
    }
  }
  return false;
}

bool begins_a_record(std::string_view bytes) {
  const Header header(bytes);
  if (header.type != kWhole && header.type != kFirst) return false;
  if (header.length == 0 || !fits(header, bytes)) return false;
  Crc32c sum;
  sum.add(bytes.substr(6, 1 + header.length));
  return masked(sum.value()) == header.crc;
}

// What follows the last whole block boundary of the log.
Result<std::string> read_tail(const std::filesystem::path& log) {
  std::error_code error;
  const std::uintmax_t size = std::filesystem::file_size(log, error);
  if (error) return fail(io::from_errno(error.value(), "size of " + log.string()));
  std::string tail(size % kBlockBytes, '\0');
  std::ifstream in(log, std::ios::binary);
  in.seekg(static_cast<std::streamoff>(size - tail.size()));
  if (!in.read(tail.data(), static_cast<std::streamsize>(tail.size()))) {
    return fail(ErrorCode::kInternalError, "cannot read " + log.string());
  }
  return tail;
}

}  // namespace

bool is_log_tail_damaged(std::string_view tail) {
  // The records that RocksDB checks by itself.
  while (tail.size() >= kHeaderBytes && fits(Header(tail), tail)) {
    tail.remove_prefix(kHeaderBytes + Header(tail).length);
  }
  if (tail.size() < kHeaderBytes) return false;
  if (is_whole_under_another_header(tail)) return true;
  for (tail.remove_prefix(1); tail.size() >= kHeaderBytes; tail.remove_prefix(1)) {
    if (begins_a_record(tail)) return true;
  }
  return false;
}

Result<void> check_logs(const std::filesystem::path& directory) {
  bool has_log = false;
  std::error_code error;
  for (std::filesystem::directory_iterator it(directory, error), end; !error && it != end;
       it.increment(error)) {
    if (it->path().extension() != ".log") continue;
    has_log = true;
    LAPIS_TRY(const std::string tail, read_tail(it->path()));
    if (is_log_tail_damaged(tail)) {
      return fail(ErrorCode::kInternalError, it->path().string() + " is damaged near its end");
    }
  }
  if (error) return fail(io::from_errno(error.value(), "list " + directory.string()));
  if (!has_log) {
    return fail(ErrorCode::kInternalError,
                "the write-ahead log in " + directory.string() + " is missing");
  }
  return {};
}

}  // namespace lapis::storage
