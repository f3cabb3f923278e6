// What a line of the access log costs, of a GET with a SAS as the SDKs send it: the record that
// the shard leaves, the line that the log's own thread makes of it, and its way into a file.
#include <benchmark/benchmark.h>

#include <filesystem>
#include <memory>
#include <string>

#include "gateway/access_log/line.h"
#include "gateway/access_log/output.h"
#include "gateway/route.h"
#include "lapis/base/date.h"
#include "support/temp_dir.h"

namespace lapis::gateway {
namespace {

struct Sample {
  Sample() {
    request.method_text = "GET";
    request.target =
        "/devstoreaccount1/bench/blob-0004711?sv=2021-12-02&ss=b&srt=sco&sp=rwdlac"
        "&se=2026-12-31T00%3A00%3A00Z&sig=aB3dEf%2Bh%2FjKlMnOpQrStUvWxYz0123456789abcdefg%3D";
    request.headers.add("Host", "127.0.0.1:10000");
    request.headers.add("User-Agent", "azsdk-python-storage-blob/12.19.0 Python/3.11.2 (Linux)");
    request.headers.add("x-ms-version", "2021-12-02");
    request.headers.add("x-ms-client-request-id", "6ba7b810-9dad-11d1-80b4-00c04fd430c8");
    request.peer_address = "127.0.0.1";
    request.peer_port = 40404;
    response.status = 200;
    response.headers.add("x-ms-request-id", "6ba7b811-9dad-11d1-80b4-00c04fd430c8");
    response.headers.add("ETag", "\"0x8DE2C0A1B2C3D4E\"");
    response.headers.add("Last-Modified", "Wed, 25 Nov 2026 20:00:00 GMT");
    trace.route = 0;
    trace.credential = 3;
    trace.began = 1'000'000'000;
    trace.ended = 1'000'016'000;
    trace.served = 9'000;
    for (std::size_t i = 0; i < kPhaseCount; ++i) trace.add(static_cast<Phase>(i), 2'000);
  }
  http::RequestFacts facts() const {
    return {.request = request,
            .is_request = true,
            .response = response,
            .trace = trace,
            .request_head_bytes = 420,
            .request_body_bytes = 0,
            .response_head_bytes = 480,
            .response_body_bytes = 4096,
            .is_complete = true};
  }

  http::Request request;
  http::Response response;
  RequestTrace trace;
};

void record(benchmark::State& state) {
  const Sample sample;
  const auto memory = std::make_unique<RecordMemory>();
  for (auto _ : state) benchmark::DoNotOptimize(encode_record(sample.facts(), *memory).data());
}

void line(benchmark::State& state) {
  const Sample sample;
  const auto memory = std::make_unique<RecordMemory>();
  const Bytes record = encode_record(sample.facts(), *memory);
  const WallTime time{*parse_iso8601("2026-01-02T03:04:09Z"), 5'000'000'000, CycleScale(1.0)};
  LineWriter writer;
  TextBuffer out;
  for (auto _ : state) {
    out.clear();
    writer.append(out, decode_record(record), time);
  }
  state.counters["bytes"] = static_cast<double>(out.size());
}

void written_line(benchmark::State& state) {
  constexpr std::size_t kWriteBytes = 256 * 1024;
  const test::TempDir directory;
  const auto output = LogOutput::open(directory / "access.log").value();
  const std::string line(800, 'x');
  std::string lines;
  for (auto _ : state) {
    lines.append(line).push_back('\n');
    if (lines.size() < kWriteBytes) continue;
    (void)output->write(lines);
    lines.clear();
  }
}

BENCHMARK(record);
BENCHMARK(line);
BENCHMARK(written_line);

}  // namespace
}  // namespace lapis::gateway

BENCHMARK_MAIN();
