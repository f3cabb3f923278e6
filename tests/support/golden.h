// Golden files: the bytes of a released format, in tests/golden/vN, where a version's directory has
// the files that it changed or added. What today's program writes is held against those of the
// current version; those of every version stay readable for ever.
//
// A new version: put its name first in kGoldenVersions, and let the tests write the files:
//   storage_test --gtest_also_run_disabled_tests
//   --gtest_filter='*Golden*.DISABLED_WriteGoldenFiles'
// and blob_test and azure_test likewise. A file that is there already is never written over: a
// format that is released does not change.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lapis/base/bytes.h"
#include "support/hex.h"

namespace lapis::test {

inline constexpr const char* kGoldenVersions[] = {"v2", "v1"};  // the current one first

inline std::filesystem::path golden_file(std::string_view version, std::string_view name) {
  return std::filesystem::path(LAPIS_SOURCE_DIR) / "tests" / "golden" / version / name;
}

// Of the newest version that has one.
inline std::filesystem::path golden_file(std::string_view name) {
  for (const char* version : kGoldenVersions) {
    const auto path = golden_file(version, name);
    if (std::filesystem::exists(path)) return path;
  }
  return golden_file(kGoldenVersions[0], name);
}

inline std::string read_golden_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file.is_open()) << path;
  return {std::istreambuf_iterator<char>(file), {}};
}

inline std::string read_golden(std::string_view name) {
  return read_golden_file(golden_file(name));
}

// What today's encoders make, by the name of the file.
using Goldens = std::vector<std::pair<std::string, std::string>>;

inline void expect_golden_bytes(const Goldens& goldens) {
  for (const auto& [name, bytes] : goldens) {
    EXPECT_EQ(to_hex(as_bytes(read_golden(name))), to_hex(as_bytes(bytes))) << name;
  }
}

inline void write_goldens(const Goldens& goldens) {
  for (const auto& [name, bytes] : goldens) {
    const auto newest = golden_file(name);
    if (std::filesystem::exists(newest) && read_golden_file(newest) == bytes) continue;
    const auto path = golden_file(kGoldenVersions[0], name);
    if (std::filesystem::exists(path)) continue;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream file(path, std::ios::binary);
    file << bytes;
    EXPECT_TRUE(file.flush().good()) << path;
  }
}

// The bytes of an even number of hexadecimal digits.
inline std::string from_hex(std::string_view digits) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
    bytes.push_back(static_cast<char>(std::stoi(std::string(digits.substr(i, 2)), nullptr, 16)));
  }
  return bytes;
}

// Keys, as text: a line "name hex" each.
inline std::string key_lines(const Goldens& keys) {
  std::string text;
  for (const auto& [name, key] : keys) text += name + " " + to_hex(as_bytes(key)) + "\n";
  return text;
}

}  // namespace lapis::test
