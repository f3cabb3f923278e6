// The program's log: lines "time level component message key=value", to standard error (journald
// under systemd). spdlog stays behind this header. Thread-safe. Never log a key or a signature.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace lapis {

enum class LogLevel : std::uint8_t { kTrace, kDebug, kInfo, kWarn, kError, kOff };

struct LogField {
  std::string_view key;
  std::string value;
  LogField(std::string_view k, std::string_view v) : key(k), value(v) {}
  LogField(std::string_view k, const char* v) : key(k), value(v) {}
  LogField(std::string_view k, std::string v) : key(k), value(std::move(v)) {}
  template <class T>
    requires std::is_arithmetic_v<T>
  LogField(std::string_view k, T v) : key(k), value(std::to_string(v)) {}
};

// Set once by main before threads start; the default is kInfo.
void set_log_level(LogLevel level);
bool log_enabled(LogLevel level);
void log(LogLevel level, std::string_view component, std::string_view message,
         std::initializer_list<LogField> fields = {});

inline void log_debug(std::string_view c, std::string_view m,
                      std::initializer_list<LogField> f = {}) {
  log(LogLevel::kDebug, c, m, f);
}
inline void log_info(std::string_view c, std::string_view m,
                     std::initializer_list<LogField> f = {}) {
  log(LogLevel::kInfo, c, m, f);
}
inline void log_warn(std::string_view c, std::string_view m,
                     std::initializer_list<LogField> f = {}) {
  log(LogLevel::kWarn, c, m, f);
}
inline void log_error(std::string_view c, std::string_view m,
                      std::initializer_list<LogField> f = {}) {
  log(LogLevel::kError, c, m, f);
}

}  // namespace lapis
