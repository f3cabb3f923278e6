// What a line of the access log costs, of a GET with a SAS as the SDKs send it: the record that
// the shard leaves, the line that the log's own thread makes of it, and its way into a file.
#include <benchmark/benchmark.h>

#include <filesystem>
#include <memory>
#include <string>

#include "gateway/access_log/line.h"
#include "gateway/access_log/output.h"
#include "lapis/base/date.h"
#include "support/temp_dir.h"
#include "unit/gateway/access_log/facts_fixture.h"

namespace lapis::gateway {
namespace {

// A GET as the SDKs send it.
SampleFacts sample() {
  SampleFacts get;
  get.request.target =
      "/devstoreaccount1/bench/blob-0004711?sv=2021-12-02&ss=b&srt=sco&sp=rwdlac"
      "&se=2026-12-31T00%3A00%3A00Z&sig=aB3dEf%2Bh%2FjKlMnOpQrStUvWxYz0123456789abcdefg%3D";
  get.request.headers.add("x-ms-client-request-id", "6ba7b810-9dad-11d1-80b4-00c04fd430c8");
  get.response.headers.add("Last-Modified", "Wed, 25 Nov 2026 20:00:00 GMT");
  get.trace.route = 0;
  for (std::size_t i = 0; i < kPhaseCount; ++i) get.trace.add(static_cast<Phase>(i), 2'000);
  return get;
}

void record(benchmark::State& state) {
  const SampleFacts get = sample();
  const auto memory = std::make_unique<RecordMemory>();
  for (auto _ : state) benchmark::DoNotOptimize(encode_record(get.facts(), *memory).data());
}

void line(benchmark::State& state) {
  const SampleFacts get = sample();
  const auto memory = std::make_unique<RecordMemory>();
  const Bytes record = encode_record(get.facts(), *memory);
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
