#include "ctl/tables.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace lapis::ctl {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

std::string Table::text() const {
  const std::size_t columns = rows_.front().size();
  std::vector<std::size_t> widths(columns, 0);
  std::vector<bool> right(columns, rows_.size() > 1);
  for (std::size_t row = 0; row < rows_.size(); ++row) {
    for (std::size_t i = 0; i < columns; ++i) {
      const std::string& cell = rows_[row][i];
      widths[i] = std::max(widths[i], cell.size());
      if (row > 0 && (cell.empty() || !is_digit(cell.front()))) right[i] = false;
    }
  }
  std::string text;
  for (const auto& row : rows_) {
    std::string line;
    for (std::size_t i = 0; i < columns; ++i) {
      if (i > 0) line += "  ";
      const std::string blanks(widths[i] - row[i].size(), ' ');
      line += right[i] ? blanks + row[i] : row[i] + blanks;
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text.append(text.empty() ? "" : "\n").append(line);
  }
  return text;
}

std::string bytes_text(std::uint64_t bytes) {
  constexpr std::array<std::string_view, 7> kUnits = {"B",   "KiB", "MiB", "GiB",
                                                      "TiB", "PiB", "EiB"};
  std::size_t unit = 0;
  std::uint64_t tenths = 0;
  while (bytes >= 1024 && unit + 1 < kUnits.size()) {
    tenths = bytes % 1024 * 10 / 1024;
    bytes /= 1024;
    ++unit;
  }
  std::string text = std::to_string(bytes);
  if (unit > 0) text.append(".") += std::to_string(tenths);
  return text.append(" ").append(kUnits[unit]);
}

std::string duration_text(std::uint64_t seconds) {
  const auto pair = [](std::uint64_t big, const char* big_unit, std::uint64_t small,
                       const char* small_unit) {
    return std::to_string(big) + big_unit + " " + std::to_string(small) + small_unit;
  };
  if (seconds < 60) return std::to_string(seconds) + "s";
  if (seconds < 3600) return pair(seconds / 60, "m", seconds % 60, "s");
  if (seconds < 86'400) return pair(seconds / 3600, "h", seconds / 60 % 60, "m");
  return pair(seconds / 86'400, "d", seconds / 3600 % 24, "h");
}

}  // namespace lapis::ctl
