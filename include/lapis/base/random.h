// Randomness from the kernel, and GUIDs. Thread-safe.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>

#include "lapis/base/bytes.h"
#include "lapis/base/fixed_text.h"

namespace lapis {

void fill_random(MutableBytes out);
std::uint64_t random_u64();

struct Guid {
  std::array<std::byte, 16> bytes{};
  friend auto operator<=>(const Guid&, const Guid&) = default;
  // A random (version 4) GUID; drawn from a per-thread generator seeded by the kernel, so it costs
  // no system call a request. Not for secrets.
  static Guid make();
  // "6ba7b810-9dad-11d1-80b4-00c04fd430c8"
  FixedText<36> text() const;
  std::string to_string() const { return std::string(text().view()); }
};

}  // namespace lapis
