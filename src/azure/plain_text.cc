#include "azure/plain_text.h"

namespace lapis::azure {
namespace {

constexpr std::size_t kMaxLength = 512;

}  // namespace

std::string plain_text(std::string_view text) {
  std::string kept(text.substr(0, text.find('\n')).substr(0, kMaxLength));
  std::erase_if(kept, [](char c) { return c < 0x20 || c >= 0x7f; });
  return kept;
}

}  // namespace lapis::azure
