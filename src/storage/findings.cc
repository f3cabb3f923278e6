#include "lapis/storage/findings.h"

namespace lapis::storage {

std::string_view name_of(FindingKind kind) {
  switch (kind) {
    case FindingKind::kLost:
      return "lost";
    case FindingKind::kLeaked:
      return "leaked";
    case FindingKind::kDoubled:
      return "doubled";
    case FindingKind::kWrong:
      break;
  }
  return "wrong";
}

}  // namespace lapis::storage
