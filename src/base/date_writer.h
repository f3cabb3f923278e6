// Writes the pieces of a date, to a std::string or a FixedText. Used by the date formatters.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "lapis/base/clock.h"

namespace lapis {

// `value` in `width` digits, zeros first; higher digits are lost.
template <class Text>
void append_digits(Text& text, std::uint64_t value, std::size_t width) {
  const std::size_t start = text.size();
  text.resize(start + width);
  for (std::size_t i = start + width; i-- > start; value /= 10) {
    text[i] = static_cast<char>('0' + value % 10);
  }
}

// Four digits. Times outside the years 0 to 9999 have no form on the wire; no parser yields one.
template <class Text>
void append_year(Text& text, std::chrono::year year) {
  append_digits(text, static_cast<std::uint64_t>(static_cast<int>(year)), 4);
}

// "hh:mm:ss" of a time since midnight.
template <class Text>
void append_time_of_day(Text& text, Ticks since_midnight) {
  const std::chrono::hh_mm_ss time(std::chrono::floor<std::chrono::seconds>(since_midnight));
  append_digits(text, static_cast<std::uint64_t>(time.hours().count()), 2);
  text.push_back(':');
  append_digits(text, static_cast<std::uint64_t>(time.minutes().count()), 2);
  text.push_back(':');
  append_digits(text, static_cast<std::uint64_t>(time.seconds().count()), 2);
}

}  // namespace lapis
