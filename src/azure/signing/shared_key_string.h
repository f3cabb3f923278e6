// What SharedKey and SharedKeyLite sign. Pure.
// Source: REST "Authorize with Shared Key".
#pragma once

#include <string>
#include <vector>

#include "lapis/azure/call.h"

namespace lapis::azure {

enum class SharedKeyScheme : std::uint8_t { kFull, kLite };

// How clients differ. Every variant describes the same request, so trying them in turn is safe.
struct SigningVariant {
  bool byte_order = false;        // x-ms-* headers sorted by bytes, not as Azure sorts
  bool plain_parameters = false;  // parameters left out whose value is empty or holds a '='
  bool language_first = false;    // Content-Language stands before Content-Encoding
  bool plus_kept = false;         // a '+' in the query is itself, not a blank
};

std::string shared_key_string(const Call& call, SharedKeyScheme scheme, SigningVariant variant);

// The variants beside the default that could sign this request differently.
std::vector<SigningVariant> other_variants(const Call& call, SharedKeyScheme scheme);

}  // namespace lapis::azure
