// How a line of the log reads, apart from where it goes. Used by log.cc and its test.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "lapis/base/clock.h"
#include "lapis/base/log.h"

namespace lapis {

// "2026-01-02T03:04:05.123Z level component message key=value", without a line end. A value that
// is empty or holds a blank, '"', '=' or '\' is quoted. Control characters and bytes that are not
// UTF-8 are escaped everywhere, so that what a client sent can never begin a line of its own.
// Component, message and keys are the program's own words: they are never quoted.
std::string log_line(Timestamp time, LogLevel level, std::string_view component,
                     std::string_view message, std::span<const LogField> fields);

}  // namespace lapis
