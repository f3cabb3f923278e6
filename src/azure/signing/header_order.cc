#include "azure/signing/header_order.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace lapis::azure {
namespace {

constexpr std::string_view kOrder = "!#$%&*.^_`|~+0123456789abcdefghijklmnopqrstuvwxyz";
constexpr std::string_view kLast = "'-";  // passed over at first

constexpr std::array<std::uint8_t, 256> make_weights(std::string_view order) {
  std::array<std::uint8_t, 256> weights{};
  for (std::size_t i = 0; i < order.size(); ++i) {
    weights[static_cast<unsigned char>(order[i])] = static_cast<std::uint8_t>(i + 1);
  }
  return weights;
}
constexpr auto kFirstLevel = make_weights(kOrder);
constexpr auto kLastLevel = make_weights(kLast);

std::uint8_t weight(const std::array<std::uint8_t, 256>& weights, char c) {
  return weights[static_cast<unsigned char>(c)];
}

// The index at or behind `at` whose character counts at the first level, or the end.
std::size_t skip(std::string_view text, std::size_t at) {
  while (at < text.size() && weight(kFirstLevel, text[at]) == 0) ++at;
  return at;
}

}  // namespace

bool culture_less(std::string_view a, std::string_view b) {
  std::size_t i = skip(a, 0), j = skip(b, 0);
  while (i < a.size() && j < b.size()) {
    const auto left = weight(kFirstLevel, a[i]), right = weight(kFirstLevel, b[j]);
    if (left != right) return left < right;
    i = skip(a, i + 1);
    j = skip(b, j + 1);
  }
  if (i < a.size() || j < b.size()) return i == a.size();
  // Equal but for the marks passed over: what has its first one earlier sorts behind.
  const std::size_t common = std::min(a.size(), b.size());
  for (std::size_t k = 0; k < common; ++k) {
    const auto left = weight(kLastLevel, a[k]), right = weight(kLastLevel, b[k]);
    if (left != right) return left < right;
  }
  return a.size() < b.size();
}

}  // namespace lapis::azure
