// CutMode: what a disk's volatile cache still gets onto the medium when the power goes.
#pragma once

#include <optional>
#include <string_view>

namespace lapis::faultblk {

enum class CutMode {
  kDrop,    // nothing
  kAll,     // everything: the kindest disk
  kPrefix,  // the oldest writes, the last of them possibly torn
  kSubset,  // each write or not, at random
  kTorn,    // each 512-byte sector or not, at random
};

constexpr std::optional<CutMode> parse_cut_mode(std::string_view text) {
  if (text == "drop") return CutMode::kDrop;
  if (text == "all") return CutMode::kAll;
  if (text == "prefix") return CutMode::kPrefix;
  if (text == "subset") return CutMode::kSubset;
  if (text == "torn") return CutMode::kTorn;
  return std::nullopt;
}

}  // namespace lapis::faultblk
