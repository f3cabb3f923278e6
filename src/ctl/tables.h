// Tables of text for people.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace lapis::ctl {

// Columns as wide as their widest cell, two blanks between them; a column of which every cell below
// the title begins with a digit stands right.
class Table {
 public:
  explicit Table(std::vector<std::string> titles) { rows_.push_back(std::move(titles)); }
  void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
  // Lines, without the last one's end.
  std::string text() const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

// "0 B", "512 B", "1.5 GiB".
std::string bytes_text(std::uint64_t bytes);
// "45s", "3m 20s", "5h 2m", "12d 4h".
std::string duration_text(std::uint64_t seconds);

}  // namespace lapis::ctl
