#include "lapis/blob/types.h"

#include <array>
#include <cstddef>

namespace lapis::blob {
namespace {

// By the enumeration's order.
constexpr std::array<std::string_view, 5> kTierNames = {"Hot", "Cool", "Cold", "Archive", "Smart"};

constexpr std::array<std::string_view, 4> kCopyStatusNames = {"pending", "success", "aborted",
                                                              "failed"};

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool equal_without_case(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (lower(a[i]) != lower(b[i])) return false;
  }
  return true;
}

}  // namespace

// "0x8D" and the number in 13 upper-case hex digits: the shape of Azure's, without its clock.
FixedText<19> Etag::quoted() const {
  constexpr std::string_view kPrefix = "\"0x8D";
  constexpr std::size_t kDigits = 13;
  FixedText<19> text;
  text.append(kPrefix).resize(kPrefix.size() + kDigits);
  std::uint64_t rest = value;
  for (std::size_t at = text.size(); at-- > kPrefix.size(); rest >>= 4) {
    text[at] = "0123456789ABCDEF"[rest & 15];
  }
  text.push_back('"');
  return text;
}

std::string Etag::text() const { return std::string(quoted().view().substr(1, 17)); }

std::string_view to_string(AccessTier tier) { return kTierNames[static_cast<std::size_t>(tier)]; }

std::string_view to_string(CopyStatus status) {
  return kCopyStatusNames[static_cast<std::size_t>(status)];
}

std::optional<AccessTier> parse_access_tier(std::string_view text) {
  for (std::size_t i = 0; i < kTierNames.size(); ++i) {
    if (equal_without_case(text, kTierNames[i])) return static_cast<AccessTier>(i);
  }
  return std::nullopt;
}

}  // namespace lapis::blob
