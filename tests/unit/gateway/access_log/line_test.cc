#include "gateway/access_log/line.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "gateway/route.h"
#include "lapis/base/date.h"
#include "unit/gateway/access_log/facts_fixture.h"

namespace lapis::gateway {
namespace {

std::uint16_t row_of(std::string_view operation) {
  const auto rows = routes();
  for (std::uint16_t i = 0; i < rows.size(); ++i) {
    if (rows[i].name == operation) return i;
  }
  throw std::runtime_error("no such operation");
}

std::string text_of(const SampleFacts& sample) {
  const auto memory = std::make_unique<RecordMemory>();
  const Bytes record = encode_record(sample.facts(), *memory);
  // Four seconds after the request began.
  const WallTime time{*parse_iso8601("2026-01-02T03:04:09Z"), 5'000'000'000, CycleScale(1.0)};
  TextBuffer line;
  LineWriter().append(line, decode_record(record), time);
  return std::string(line.view());
}

nlohmann::json line_of(const SampleFacts& sample) { return nlohmann::json::parse(text_of(sample)); }

TEST(AccessLine, HasTheColumnsOfStorageBlobLogs) {
  SampleFacts sample;
  sample.trace.route = row_of("GetBlob");
  const auto line = line_of(sample);
  EXPECT_EQ(line["TimeGenerated"], "2026-01-02T03:04:05.0000000Z");
  EXPECT_EQ(line["OperationName"], "GetBlob");
  EXPECT_EQ(line["OperationVersion"], "2021-12-02");
  EXPECT_EQ(line["Category"], "StorageRead");
  EXPECT_EQ(line["StatusCode"], "200");
  EXPECT_EQ(line["StatusText"], "SASSuccess");
  EXPECT_EQ(line["MetricResponseType"], "Success");
  EXPECT_EQ(line["DurationMs"], 5.0);
  EXPECT_EQ(line["ServerLatencyMs"], 2.0);
  EXPECT_EQ(line["AuthenticationType"], "SAS");
  EXPECT_EQ(line["CorrelationId"], "6ba7b810-9dad-11d1-80b4-00c04fd430c8");
  EXPECT_EQ(line["Uri"], "http://127.0.0.1:10000/team/box/b?sv=2021-12-02&sig=REDACTED");
  EXPECT_EQ(line["AccountName"], "team");
  EXPECT_EQ(line["ObjectKey"], "/team/box/b");
  EXPECT_EQ(line["Protocol"], "HTTP");
  EXPECT_EQ(line["CallerIpAddress"], "192.0.2.7:4711");
  EXPECT_EQ(line["UserAgentHeader"], "test/1.0");
  EXPECT_EQ(line["RequestHeaderSize"], 300);
  EXPECT_EQ(line["ResponseBodySize"], 4096);
  EXPECT_EQ(line["Etag"], "\"0x8D1\"");
  EXPECT_EQ(line["PhasesUs"], nlohmann::json({{"metadata", 1500}}));
  EXPECT_FALSE(line.contains("TlsVersion"));
  EXPECT_FALSE(line.contains("ContentLengthHeader"));
}

TEST(AccessLine, FailureIsNamedByItsCode) {
  SampleFacts sample;
  sample.response.status = 404;
  sample.trace.error = ErrorCode::kBlobNotFound;
  const auto line = line_of(sample);
  EXPECT_EQ(line["OperationName"], "Unknown");
  EXPECT_EQ(line["StatusCode"], "404");
  EXPECT_EQ(line["StatusText"], "BlobNotFound");
  EXPECT_EQ(line["MetricResponseType"], "ClientOtherError");
}

TEST(AccessLine, AbortedTransferIsANetworkError) {
  SampleFacts sample;
  sample.is_complete = false;
  const auto line = line_of(sample);
  EXPECT_EQ(line["StatusCode"], "200");
  EXPECT_EQ(line["StatusText"], "NetworkError");
}

TEST(AccessLine, TellsOfTls) {
  SampleFacts sample;
  sample.request.secure = true;
  sample.request.tls_version = "TLSv1.3";
  sample.request.peer_address = "2001:db8::1";
  const auto line = line_of(sample);
  EXPECT_EQ(line["Protocol"], "HTTPS");
  EXPECT_EQ(line["TlsVersion"], "TLS 1.3");
  EXPECT_EQ(line["CallerIpAddress"], "[2001:db8::1]:4711");
  EXPECT_TRUE(line["Uri"].get<std::string>().starts_with("https://"));
}

TEST(AccessLine, WhatWasNoRequestHasNoUri) {
  SampleFacts sample;
  sample.is_request = false;
  sample.trace.credential = 0;
  sample.response.status = 400;
  sample.trace.error = ErrorCode::kBadRequest;
  const auto line = line_of(sample);
  EXPECT_FALSE(line.contains("Uri"));
  EXPECT_FALSE(line.contains("UserAgentHeader"));
  EXPECT_EQ(line["StatusText"], "InvalidRequest");
  EXPECT_EQ(line["AuthenticationType"], "Anonymous");
}

TEST(AccessLine, NamesTheConditions) {
  SampleFacts sample;
  sample.request.headers.add("If-None-Match", "*");
  sample.request.headers.add("if-match", "\"0x1\"");
  EXPECT_EQ(line_of(sample)["ConditionsUsed"], "If-Match=\"0x1\";If-None-Match=*");
}

// What a writer keeps from one line to the next shows in neither.
TEST(AccessLine, IsTheSameBehindOthers) {
  SampleFacts sample;
  const auto memory = std::make_unique<RecordMemory>();
  const WallTime time{*parse_iso8601("2026-01-02T03:04:09Z"), 5'000'000'000, CycleScale(1.0)};
  LineWriter writer;
  TextBuffer all;
  std::string expected;
  // Within one second, in the next, and back: shards are written out one after the other.
  for (const Cycles began : {1'000'000'100, 1'123'456'700, 1'999'999'900, 2'000'000'000, 1'000}) {
    sample.trace.began = began;
    const AccessRecord record = decode_record(encode_record(sample.facts(), *memory));
    writer.append(all, record, time);
    TextBuffer alone;
    LineWriter().append(alone, record, time);
    expected += alone.view();
  }
  EXPECT_EQ(all.view(), expected);
}

struct CategoryCase {
  const char* method;
  const char* operation;
  const char* category;
};

TEST(AccessLine, SortsOperationsByCategory) {
  constexpr CategoryCase kCases[] = {
      {"GET", "ListBlobs", "StorageRead"},    {"HEAD", "GetBlobProperties", "StorageRead"},
      {"PUT", "PutBlob", "StorageWrite"},     {"DELETE", "DeleteBlob", "StorageDelete"},
      {"POST", "BlobBatch", "StorageDelete"}, {"POST", "QueryBlobContents", "StorageRead"}};
  for (const CategoryCase& c : kCases) {
    SampleFacts sample;
    sample.request.method_text = c.method;
    sample.trace.route = row_of(c.operation);
    EXPECT_EQ(line_of(sample)["Category"], c.category) << c.operation;
  }
}

// Each place where a client may put one.
TEST(AccessLine, HoldsNoSecretWhereverItWasSent) {
  constexpr std::string_view kSecret = "s3cr3tS1gnature";
  const std::string token = "sv=1&%73IG=" + std::string(kSecret);
  SampleFacts sample;
  sample.request.target = "/team/box/b%3Fsig%3D" + std::string(kSecret) + "?" + token;
  sample.request.headers.add("Authorization", "SharedKey team:" + std::string(kSecret));
  sample.request.headers.add("Referer", "https://u:" + std::string(kSecret) + "@h/p?" + token);
  sample.request.headers.add("x-ms-copy-source", "https://h/c/b?" + token);
  sample.request.headers.add("x-ms-copy-source-authorization", "Bearer " + std::string(kSecret));
  sample.request.headers.add("Cookie", std::string(kSecret));
  sample.request.headers.add("x-ms-client-request-id", "sig=" + std::string(kSecret));
  sample.request.headers.add("traceparent", token);
  sample.request.headers.add("If-Match", token);
  sample.request.headers.add("x-ms-encryption-key", std::string(kSecret));
  sample.request.headers.add("x-ms-access-tier", token);
  sample.request.headers.add("Content-MD5", token);
  const std::string text = text_of(sample);
  EXPECT_EQ(text.find(kSecret), std::string::npos) << text;
  EXPECT_EQ(nlohmann::json::parse(text)["SourceUri"], "https://h/c/b?REDACTED");
}

TEST(AccessLine, StaysOneLineWhateverTheBytes) {
  SampleFacts sample;
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes.push_back(static_cast<char>(i));
  sample.request.target = "/" + bytes;
  for (const char* name : {"User-Agent", "Referer", "x-ms-client-request-id", "If-Match"}) {
    sample.request.headers.add(name, bytes);
  }
  const std::string text = text_of(sample);
  EXPECT_EQ(text.find('\n'), text.size() - 1);
  EXPECT_NO_THROW((void)nlohmann::json::parse(text));
}

TEST(AccessLine, KeepsLongTextsWithinBounds) {
  SampleFacts sample;
  sample.request.headers.add("Referer", "https://h/" + std::string(60'000, 'x'));
  EXPECT_LT(line_of(sample)["ReferrerHeader"].get<std::string>().size(), 17'000u);
}

TEST(AccessLine, OfMoreThanARecordHoldsIsCutShort) {
  SampleFacts sample;
  const std::string text(40'000, 'x');
  for (const char* name : {"Referer", "If-Match", "If-None-Match", "traceparent", "User-Agent",
                           "x-ms-copy-source", "x-ms-access-tier"}) {
    sample.request.headers.add(name, text);
  }
  EXPECT_EQ(line_of(sample)["StatusCode"], "200");
}

}  // namespace
}  // namespace lapis::gateway
