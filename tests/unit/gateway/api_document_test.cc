// docs/api.md says of every operation whether it is served, and by which test it is driven: held
// against the route table and the files.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "gateway/route.h"

namespace lapis::gateway {
namespace {

const std::filesystem::path kRoot = LAPIS_SOURCE_DIR;

struct Row {
  std::string served;
  std::string test;
};

// The cells of "| a | b | c | d |", without blanks.
std::vector<std::string> cells(const std::string& line) {
  std::vector<std::string> result;
  std::istringstream in(line);
  std::string cell;
  std::getline(in, cell, '|');
  while (std::getline(in, cell, '|')) {
    const auto first = cell.find_first_not_of(" `");
    const auto last = cell.find_last_not_of(" `");
    result.push_back(first == std::string::npos ? "" : cell.substr(first, last - first + 1));
  }
  return result;
}

// The operations table of the document.
std::map<std::string, Row> documented() {
  std::map<std::string, Row> rows;
  std::ifstream in(kRoot / "docs/api.md");
  bool inside = false;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("## ")) inside = line == "## Operations";
    if (!inside || !line.starts_with("| ") || line.starts_with("| ---")) continue;
    const auto row = cells(line);
    if (row.size() >= 4 && row[0] != "operation") rows[row[0]] = {row[2], row[3]};
  }
  return rows;
}

TEST(ApiDocument, SaysOfEveryRouteWhetherItIsServed) {
  const auto rows = documented();
  for (const Route& route : routes()) {
    const auto row = rows.find(std::string(route.name));
    ASSERT_NE(row, rows.end()) << route.name << " has no row in docs/api.md";
    EXPECT_EQ(row->second.served, route.handler != nullptr ? "yes" : "not yet") << route.name;
  }
}

TEST(ApiDocument, NamesNoOperationThatHasNoRoute) {
  std::set<std::string> names;
  for (const Route& route : routes()) names.insert(std::string(route.name));
  for (const auto& [name, row] : documented()) EXPECT_TRUE(names.contains(name)) << name;
}

TEST(ApiDocument, NamesATestThatExists) {
  for (const auto& [name, row] : documented()) {
    EXPECT_TRUE(std::filesystem::is_regular_file(kRoot / row.test)) << name << ": " << row.test;
  }
}

}  // namespace
}  // namespace lapis::gateway
