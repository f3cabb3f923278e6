#include <cerrno>
#include <string>
#include <system_error>

#include "lapis/io/file.h"

namespace lapis::io {
namespace {

ErrorCode code_of(int error) {
  switch (error) {
    case ENOSPC:
    case EDQUOT:
      return ErrorCode::kInsufficientStorage;
    case EMFILE:
    case ENFILE:
      return ErrorCode::kServerBusy;
    default:
      return ErrorCode::kInternalError;
  }
}

}  // namespace

Error from_errno(int error, std::string_view what) {
  std::string detail(what);
  detail += ": ";
  detail += std::generic_category().message(error);
  return Error{code_of(error), std::move(detail)};
}

}  // namespace lapis::io
