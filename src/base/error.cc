#include "lapis/base/error.h"

namespace lapis {

std::string to_string(const Error& error) {
  std::string text(info(error.code).azure_code);
  if (!error.detail.empty()) text.append(": ").append(error.detail);
  return text;
}

}  // namespace lapis
