// Every input in corpus/TARGET through its target, whole and cut short: the targets are compiled
// with every build, and what fuzzing once found stays found.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#define LAPIS_FUZZ_TARGET(name) extern "C" int run_##name(const std::uint8_t*, std::size_t);
#include "fuzz_targets.inc"
#undef LAPIS_FUZZ_TARGET

namespace lapis {
namespace {

constexpr std::size_t kMostCuts = 512;

struct Target {
  const char* name;
  int (*run)(const std::uint8_t*, std::size_t);
};

#define LAPIS_FUZZ_TARGET(name) {#name, run_##name},
constexpr Target kTargets[] = {
#include "fuzz_targets.inc"
};
#undef LAPIS_FUZZ_TARGET

std::vector<std::uint8_t> read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

class FuzzCorpus : public testing::TestWithParam<Target> {};

TEST_P(FuzzCorpus, RunsThrough) {
  const auto directory =
      std::filesystem::path(LAPIS_SOURCE_DIR) / "tests/fuzz/corpus" / GetParam().name;
  std::size_t inputs = 0;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    SCOPED_TRACE(entry.path().string());
    const std::vector<std::uint8_t> input = read_file(entry.path());
    EXPECT_EQ(GetParam().run(input.data(), input.size()), 0);
    const std::size_t step = std::max<std::size_t>(1, input.size() / kMostCuts);
    for (std::size_t size = 0; size < input.size(); size += step) {
      // A copy of its own, so that a sanitizer sees the first byte read too far.
      const std::vector<std::uint8_t> cut(input.begin(),
                                          input.begin() + static_cast<std::ptrdiff_t>(size));
      EXPECT_EQ(GetParam().run(cut.data(), cut.size()), 0);
    }
    ++inputs;
  }
  EXPECT_GT(inputs, 0u) << "no corpus in " << directory;
}

INSTANTIATE_TEST_SUITE_P(Targets, FuzzCorpus, testing::ValuesIn(kTargets),
                         [](const auto& p) { return std::string(p.param.name); });

}  // namespace
}  // namespace lapis
