#include "gateway/access_log/line.h"

#include "lapis/azure/target.h"
#include "lapis/base/date.h"

namespace lapis::gateway {
namespace {

struct Condition {
  std::string_view name;
  RecordText text;
};

constexpr Condition kConditions[] = {
    {"If-Match", RecordText::kIfMatch},
    {"If-None-Match", RecordText::kIfNoneMatch},
    {"If-Modified-Since", RecordText::kIfModifiedSince},
    {"If-Unmodified-Since", RecordText::kIfUnmodifiedSince},
};

void set_conditions(std::string& text, const AccessRecord& record) {
  text.clear();
  for (const Condition& condition : kConditions) {
    const std::string_view value = record.text(condition.text);
    if (value.empty()) continue;
    if (!text.empty()) text.push_back(';');
    text.append(condition.name).append("=").append(value);
  }
}

std::string_view category_of(const AccessRecord& record) {
  const std::string_view method = record.text(RecordText::kMethod);
  if (method == "DELETE" || operation_name(record.numbers.route) == "BlobBatch")
    return "StorageDelete";
  return method == "PUT" || method == "PATCH" ? "StorageWrite" : "StorageRead";
}

// Azure's words: how a request succeeded, or by which code it failed.
std::string_view status_text(const RecordNumbers& numbers) {
  if (numbers.type == ResponseType::kNetworkError) return "NetworkError";
  if (numbers.error) return info(*numbers.error).azure_code;
  switch (numbers.authentication) {
    case Authentication::kAnonymous:
      return "AnonymousSuccess";
    case Authentication::kSas:
      return "SASSuccess";
    default:
      return "Success";
  }
}

// "TLSv1.3" as Azure writes it.
void append_tls(JsonObject& line, std::string_view version) {
  constexpr std::string_view kPrefix = "TLSv";
  if (version.empty()) return;
  TextBuffer& out = line.begin("TlsVersion");
  out.append('"');
  if (version.starts_with(kPrefix)) {
    version.remove_prefix(kPrefix.size());
    out.append("TLS ");
  }
  out.append(version);
  out.append('"');
}

void append_caller(JsonObject& line, const AccessRecord& record) {
  const std::string_view peer = record.text(RecordText::kPeer);
  const bool is_v6 = peer.find(':') != peer.npos;
  TextBuffer& out = line.begin("CallerIpAddress");
  out.append(is_v6 ? "\"[" : "\"");
  out.append(peer);
  out.append(is_v6 ? "]:" : ":");
  out.append_number(record.numbers.peer_port);
  out.append('"');
}

void append_sizes(JsonObject& line, const AccessRecord& record) {
  const RecordNumbers& numbers = record.numbers;
  line.number("RequestHeaderSize", numbers.request_head_bytes);
  line.number("RequestBodySize", numbers.request_body_bytes);
  line.number("ResponseHeaderSize", numbers.response_head_bytes);
  line.number("ResponseBodySize", numbers.response_body_bytes);
  if (numbers.content_length) line.number("ContentLengthHeader", *numbers.content_length);
}

void append_phases(JsonObject& line, const AccessRecord& record, const WallTime& time) {
  JsonObject phases(line.begin("PhasesUs"));
  for (std::size_t i = 0; i < kPhaseCount; ++i) {
    const Cycles spent = record.numbers.spent[i];
    if (spent == 0) continue;
    phases.number(to_string(static_cast<Phase>(i)), time.scale.nanoseconds(spent) / 1000);
  }
}

}  // namespace

// Of two requests of one second, the dates differ in their fractions.
std::string_view LineWriter::date_of(Timestamp time) {
  constexpr std::size_t kFraction = std::string_view("2026-01-02T03:04:05.").size();
  const Timestamp second = std::chrono::floor<std::chrono::seconds>(time);
  if (second_ != second) {
    date_ = format_iso8601(time);
    second_ = second;
    return date_;
  }
  auto ticks = static_cast<std::uint64_t>((time - second).count());
  for (std::size_t at = date_.size() - 1; at-- > kFraction; ticks /= 10) {
    date_[at] = static_cast<char>('0' + ticks % 10);
  }
  return date_;
}

void LineWriter::append_outcome(JsonObject& line, const AccessRecord& record,
                                const WallTime& time) {
  const RecordNumbers& numbers = record.numbers;
  const auto span = [&](Cycles cycles) { return time.scale.nanoseconds(cycles); };
  line.word("TimeGenerated", date_of(time.at(numbers.began)));
  line.word("OperationName", operation_name(numbers.route));
  line.text("OperationVersion", redacted(record.text(RecordText::kVersion)));
  line.word("Category", category_of(record));
  TextBuffer& status = line.begin("StatusCode");
  status.append('"');
  status.append_number(numbers.status);
  status.append('"');
  line.word("StatusText", status_text(numbers));
  line.word("MetricResponseType", to_string(numbers.type));
  line.milliseconds("DurationMs", span(cycles_between(numbers.began, numbers.ended)));
  line.milliseconds("ServerLatencyMs", span(numbers.served));
  line.word("AuthenticationType", to_string(numbers.authentication));
  line.text("CorrelationId", record.text(RecordText::kRequestId));
}

void LineWriter::append_resource(JsonObject& line, const AccessRecord& record) {
  http::Request request;
  request.target = record.text(RecordText::kTarget);
  request.secure = record.numbers.is_secure;
  if (request.target.empty()) return;
  const std::string_view host = record.text(RecordText::kHost);
  text_.assign(request.secure ? "https://" : "http://").append(host).append(request.target);
  line.text("Uri", redacted(text_));
  request.headers.add("Host", host);
  auto target = azure::parse_target(request);
  if (!target) {
    // Whether the parameters are well-formed does not matter here.
    request.target = request.target.substr(0, request.target.find('?'));
    target = azure::parse_target(request);
  }
  if (!target) return;
  line.text("AccountName", target->account);
  if (target->container.empty()) return;
  text_.assign("/").append(target->account).append("/").append(target->container);
  if (!target->blob.empty()) text_.append("/").append(target->blob);
  line.text("ObjectKey", redacted(text_));
}

void LineWriter::append_client(JsonObject& line, const AccessRecord& record) {
  line.word("Protocol", record.numbers.is_secure ? "HTTPS" : "HTTP");
  append_tls(line, record.text(RecordText::kTlsVersion));
  append_caller(line, record);
  line.text("UserAgentHeader", redacted(record.text(RecordText::kUserAgent)));
  line.text("ReferrerHeader", redact_foreign_url(record.text(RecordText::kReferer)));
  line.text("ClientRequestId", redacted(record.text(RecordText::kClientRequestId)));
  line.text("TraceParent", redacted(record.text(RecordText::kTraceParent)));
}

void LineWriter::append_content(JsonObject& line, const AccessRecord& record) {
  line.text("RequestMd5", redacted(record.text(RecordText::kRequestMd5)));
  line.text("ResponseMd5", record.text(RecordText::kResponseMd5));
  line.text("Etag", record.text(RecordText::kEtag));
  line.text("LastModifiedTime", record.text(RecordText::kLastModified));
  set_conditions(text_, record);
  line.text("ConditionsUsed", redacted(text_));
  line.text("SourceUri", redact_foreign_url(record.text(RecordText::kCopySource)));
  line.text("AccessTier", redacted(record.text(RecordText::kAccessTier)));
  line.text("RehydratePriority", redacted(record.text(RecordText::kRehydratePriority)));
}

void LineWriter::append(TextBuffer& out, const AccessRecord& record, const WallTime& time) {
  {
    JsonObject line(out);
    append_outcome(line, record, time);
    append_resource(line, record);
    append_client(line, record);
    append_sizes(line, record);
    append_content(line, record);
    line.word("ServiceType", "blob");
    line.word("SchemaVersion", "1.0");
    append_phases(line, record, time);
  }
  out.append('\n');
}

}  // namespace lapis::gateway
