// RocksLog: RocksDB's info log, its warnings and errors forwarded to ours. Always set: without an
// info log of its own Debian's RocksDB opens a file beside the database and aborts when that file's
// disk is full. Thread-safe.
#pragma once

#include <rocksdb/env.h>

#include <cstdarg>

namespace lapis::storage {

class RocksLog final : public rocksdb::Logger {
 public:
  RocksLog() : rocksdb::Logger(rocksdb::InfoLogLevel::WARN_LEVEL) {}

  using rocksdb::Logger::Logv;
  void Logv(const char* format, va_list arguments) override;
  void Logv(rocksdb::InfoLogLevel level, const char* format, va_list arguments) override;
};

}  // namespace lapis::storage
