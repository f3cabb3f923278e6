#include "gateway/access_log/line.h"

#include "gateway/access_log/json_text.h"
#include "gateway/access_log/redaction.h"
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

std::string conditions_of(const AccessRecord& record) {
  std::string conditions;
  for (const Condition& condition : kConditions) {
    const std::string_view value = record.text(condition.text);
    if (value.empty()) continue;
    if (!conditions.empty()) conditions.push_back(';');
    conditions.append(condition.name).append("=").append(value);
  }
  return conditions;
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
std::string tls_text(std::string_view version) {
  constexpr std::string_view kPrefix = "TLSv";
  if (!version.starts_with(kPrefix)) return std::string(version);
  return "TLS " + std::string(version.substr(kPrefix.size()));
}

std::string caller_of(const AccessRecord& record) {
  const std::string_view peer = record.text(RecordText::kPeer);
  const bool is_v6 = peer.find(':') != peer.npos;
  std::string caller;
  caller.append(is_v6 ? "[" : "").append(peer).append(is_v6 ? "]" : "");
  return caller.append(":").append(std::to_string(record.numbers.peer_port));
}

void append_resource(JsonObject& line, const AccessRecord& record) {
  http::Request request;
  request.target = record.text(RecordText::kTarget);
  request.secure = record.numbers.is_secure;
  if (request.target.empty()) return;
  const std::string_view host = record.text(RecordText::kHost);
  request.headers.add("Host", host);
  std::string uri = request.secure ? "https://" : "http://";
  uri.append(host).append(request.target);
  line.text("Uri", redact(uri));
  const auto target = azure::parse_target(request);
  if (!target) return;
  line.text("AccountName", target->account);
  if (target->container.empty()) return;
  std::string key("/");
  key.append(target->account).append("/").append(target->container);
  if (!target->blob.empty()) key.append("/").append(target->blob);
  line.text("ObjectKey", redact(key));
}

void append_outcome(JsonObject& line, const AccessRecord& record, const WallTime& time) {
  const RecordNumbers& numbers = record.numbers;
  const auto span = [&](Cycles cycles) { return time.scale.nanoseconds(cycles); };
  line.text("TimeGenerated", format_iso8601(time.at(numbers.began)));
  line.text("OperationName", operation_name(numbers.route));
  line.text("OperationVersion", redact(record.text(RecordText::kVersion)));
  line.text("Category", category_of(record));
  line.text("StatusCode", std::to_string(numbers.status));
  line.text("StatusText", status_text(numbers));
  line.text("MetricResponseType", to_string(numbers.type));
  line.milliseconds("DurationMs", span(cycles_between(numbers.began, numbers.ended)));
  line.milliseconds("ServerLatencyMs", span(numbers.served));
  line.text("AuthenticationType", to_string(numbers.authentication));
  line.text("CorrelationId", record.text(RecordText::kRequestId));
}

void append_client(JsonObject& line, const AccessRecord& record) {
  line.text("Protocol", record.numbers.is_secure ? "HTTPS" : "HTTP");
  line.text("TlsVersion", tls_text(record.text(RecordText::kTlsVersion)));
  line.text("CallerIpAddress", caller_of(record));
  line.text("UserAgentHeader", redact(record.text(RecordText::kUserAgent)));
  line.text("ReferrerHeader", redact_foreign_url(record.text(RecordText::kReferer)));
  line.text("ClientRequestId", redact(record.text(RecordText::kClientRequestId)));
  line.text("TraceParent", redact(record.text(RecordText::kTraceParent)));
}

void append_sizes(JsonObject& line, const AccessRecord& record) {
  const RecordNumbers& numbers = record.numbers;
  line.number("RequestHeaderSize", numbers.request_head_bytes);
  line.number("RequestBodySize", numbers.request_body_bytes);
  line.number("ResponseHeaderSize", numbers.response_head_bytes);
  line.number("ResponseBodySize", numbers.response_body_bytes);
  if (numbers.content_length) line.number("ContentLengthHeader", *numbers.content_length);
}

void append_content(JsonObject& line, const AccessRecord& record) {
  line.text("RequestMd5", redact(record.text(RecordText::kRequestMd5)));
  line.text("ResponseMd5", record.text(RecordText::kResponseMd5));
  line.text("Etag", record.text(RecordText::kEtag));
  line.text("LastModifiedTime", record.text(RecordText::kLastModified));
  line.text("ConditionsUsed", redact(conditions_of(record)));
  line.text("SourceUri", redact_foreign_url(record.text(RecordText::kCopySource)));
  line.text("AccessTier", redact(record.text(RecordText::kAccessTier)));
  line.text("RehydratePriority", redact(record.text(RecordText::kRehydratePriority)));
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

void append_line(std::string& out, const AccessRecord& record, const WallTime& time) {
  {
    JsonObject line(out);
    append_outcome(line, record, time);
    append_resource(line, record);
    append_client(line, record);
    append_sizes(line, record);
    append_content(line, record);
    line.text("ServiceType", "blob");
    line.text("SchemaVersion", "1.0");
    append_phases(line, record, time);
  }
  out.push_back('\n');
}

}  // namespace lapis::gateway
