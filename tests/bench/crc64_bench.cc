// How fast each implementation of CRC-64/NVME runs here. Bytes per second of hot input.
#include <benchmark/benchmark.h>

#include <vector>

#include "base/crc64_impl.h"
#include "lapis/base/crc64.h"

namespace lapis {
namespace {

void update(benchmark::State& state, crc64_impl::Update implementation, bool runs_here) {
  if (!runs_here) {
    state.SkipWithError("this CPU does not run it");
    return;
  }
  const std::vector<std::byte> data(static_cast<std::size_t>(state.range(0)), std::byte{0x5A});
  std::uint64_t crc = 0;
  for (auto _ : state) benchmark::DoNotOptimize(crc = implementation(crc, data));
  state.SetBytesProcessed(state.iterations() * state.range(0));
}

void sizes(benchmark::internal::Benchmark* bench) {
  bench->Arg(64)->Arg(512)->Arg(4096)->Arg(65536)->Arg(1 << 20);
}

BENCHMARK_CAPTURE(update, table, crc64_impl::update_table, true)->Apply(sizes);
#if defined(LAPIS_CRC64_X86)
BENCHMARK_CAPTURE(update, clmul, crc64_impl::update_clmul, crc64_impl::has_clmul())->Apply(sizes);
BENCHMARK_CAPTURE(update, vclmul256, crc64_impl::update_vclmul256, crc64_impl::has_vclmul256())
    ->Apply(sizes);
BENCHMARK_CAPTURE(update, vclmul512, crc64_impl::update_vclmul512, crc64_impl::has_vclmul512())
    ->Apply(sizes);
#endif

void combine(benchmark::State& state) {
  std::uint64_t crc = 1;
  for (auto _ : state) {
    benchmark::DoNotOptimize(crc =
                                 crc64_combine(crc, 2, static_cast<std::uint64_t>(state.range(0))));
  }
}
BENCHMARK(combine)->Arg(65536)->Arg(65535);

}  // namespace
}  // namespace lapis

BENCHMARK_MAIN();
