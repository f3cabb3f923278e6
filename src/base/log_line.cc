#include "base/log_line.h"

#include <cstdint>

#include "lapis/base/date.h"
#include "lapis/base/url.h"

namespace lapis {
namespace {

std::string_view name_of(LogLevel level) {
  switch (level) {
    case LogLevel::kTrace:
      return "trace";
    case LogLevel::kDebug:
      return "debug";
    case LogLevel::kInfo:
      return "info";
    case LogLevel::kWarn:
      return "warn";
    case LogLevel::kError:
      return "error";
    case LogLevel::kOff:
      break;
  }
  return "off";
}

void append_hex(std::string& line, std::uint8_t byte) {
  constexpr std::string_view kHex = "0123456789abcdef";
  line.append({'\\', 'x', kHex[byte >> 4], kHex[byte & 0xF]});
}

void append_control(std::string& line, std::uint8_t byte) {
  if (byte == '\n') {
    line.append("\\n");
  } else if (byte == '\r') {
    line.append("\\r");
  } else if (byte == '\t') {
    line.append("\\t");
  } else {
    append_hex(line, byte);
  }
}

// True where `text` has at `i` the two bytes of a control character U+0080 to U+009F.
bool is_c1_control(std::string_view text, std::size_t i) {
  return text[i] == '\xC2' && i + 1 < text.size() && static_cast<std::uint8_t>(text[i + 1]) < 0xA0;
}

// Appends `text` with control characters escaped; inside quotes, '"' and '\' too.
void append_escaped(std::string& line, std::string_view text, bool quoted) {
  const bool keeps_high_bytes = is_utf8(text);
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<std::uint8_t>(text[i]);
    if (byte < 0x20 || byte == 0x7F) {
      append_control(line, byte);
    } else if (byte >= 0x80 && !keeps_high_bytes) {
      append_hex(line, byte);
    } else if (byte >= 0x80 && is_c1_control(text, i)) {
      append_hex(line, byte);
      append_hex(line, static_cast<std::uint8_t>(text[++i]));
    } else {
      if (quoted && (byte == '"' || byte == '\\')) line.push_back('\\');
      line.push_back(text[i]);
    }
  }
}

// The escapes have backslashes, so a value that needs any is quoted as well.
bool needs_quotes(std::string_view value) {
  if (value.empty() || !is_utf8(value)) return true;
  for (std::size_t i = 0; i < value.size(); ++i) {
    const auto byte = static_cast<std::uint8_t>(value[i]);
    if (byte <= 0x20 || byte == 0x7F || is_c1_control(value, i)) return true;
    if (byte == '"' || byte == '=' || byte == '\\') return true;
  }
  return false;
}

void append_value(std::string& line, std::string_view value) {
  if (!needs_quotes(value)) {
    line.append(value);
    return;
  }
  line.push_back('"');
  append_escaped(line, value, true);
  line.push_back('"');
}

}  // namespace

std::string log_line(Timestamp time, LogLevel level, std::string_view component,
                     std::string_view message, std::span<const LogField> fields) {
  constexpr std::size_t kToMilliseconds = std::string_view("2026-01-02T03:04:05.123").size();
  std::string line = format_iso8601(time).substr(0, kToMilliseconds);
  line.append("Z ").append(name_of(level)).push_back(' ');
  append_escaped(line, component, false);
  line.push_back(' ');
  append_escaped(line, message, false);
  for (const LogField& field : fields) {
    line.push_back(' ');
    append_escaped(line, field.key, false);
    line.push_back('=');
    append_value(line, field.value);
  }
  return line;
}

}  // namespace lapis
