// How a line of the access log reads: one JSON object with the columns of Azure's StorageBlobLogs,
// and what Lapis knows beyond them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "gateway/access_log/json_text.h"
#include "gateway/access_log/record.h"
#include "gateway/access_log/redaction.h"
#include "gateway/access_log/text_buffer.h"
#include "lapis/base/clock.h"

namespace lapis::gateway {

// Turns a record's cycles into the time of day.
struct WallTime {
  Timestamp now;
  Cycles cycles = 0;  // at that moment
  CycleScale scale;

  Timestamp at(Cycles moment) const {
    const std::chrono::nanoseconds past(scale.nanoseconds(cycles_between(moment, cycles)));
    return now - std::chrono::duration_cast<Ticks>(past);
  }
};

// Writes lines. Keeps what one line has in common with the next, and the memory in which their
// texts are put together.
class LineWriter {
 public:
  // Appends the line of `record` with its end.
  void append(TextBuffer& out, const AccessRecord& record, const WallTime& time);

 private:
  void append_outcome(JsonObject& line, const AccessRecord& record, const WallTime& time);
  void append_resource(JsonObject& line, const AccessRecord& record);
  void append_client(JsonObject& line, const AccessRecord& record);
  void append_content(JsonObject& line, const AccessRecord& record);
  std::string_view date_of(Timestamp time);
  std::string_view redacted(std::string_view text) { return redact(text, redacted_); }

  std::string date_;                 // as last written
  std::optional<Timestamp> second_;  // that it is in
  std::string text_;                 // put together of several
  std::string redacted_;
};

}  // namespace lapis::gateway
