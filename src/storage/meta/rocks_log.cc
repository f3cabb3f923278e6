#include "storage/meta/rocks_log.h"

#include <array>
#include <cstdio>

#include "lapis/base/log.h"

namespace lapis::storage {

void RocksLog::Logv(const char* format, va_list arguments) {
  Logv(rocksdb::InfoLogLevel::INFO_LEVEL, format, arguments);
}

void RocksLog::Logv(rocksdb::InfoLogLevel level, const char* format, va_list arguments) {
  if (level < GetInfoLogLevel() || level == rocksdb::InfoLogLevel::HEADER_LEVEL) return;
  std::array<char, 1024> line;  // longer ones are cut
  if (std::vsnprintf(line.data(), line.size(), format, arguments) < 0) return;
  const auto ours =
      level >= rocksdb::InfoLogLevel::ERROR_LEVEL ? LogLevel::kError : LogLevel::kWarn;
  log(ours, "rocksdb", line.data());
}

}  // namespace lapis::storage
