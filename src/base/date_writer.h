// Writes the pieces of a date. Used by the date formatters.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

#include "lapis/base/clock.h"

namespace lapis {

// `value` in `width` digits, zeros first; higher digits are lost.
inline void append_digits(std::string& text, std::uint64_t value, std::size_t width) {
  const std::size_t start = text.size();
  text.resize(start + width);
  for (std::size_t i = start + width; i-- > start; value /= 10) {
    text[i] = static_cast<char>('0' + value % 10);
  }
}

// Four digits. Times outside the years 0 to 9999 have no form on the wire; no parser yields one.
inline void append_year(std::string& text, std::chrono::year year) {
  append_digits(text, static_cast<std::uint64_t>(static_cast<int>(year)), 4);
}

// "hh:mm:ss" of a time since midnight.
inline void append_time_of_day(std::string& text, Ticks since_midnight) {
  const std::chrono::hh_mm_ss time(std::chrono::floor<std::chrono::seconds>(since_midnight));
  append_digits(text, static_cast<std::uint64_t>(time.hours().count()), 2);
  text.push_back(':');
  append_digits(text, static_cast<std::uint64_t>(time.minutes().count()), 2);
  text.push_back(':');
  append_digits(text, static_cast<std::uint64_t>(time.seconds().count()), 2);
}

}  // namespace lapis
