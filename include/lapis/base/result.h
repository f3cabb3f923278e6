// Result<T>: a value or an Error. LAPIS_TRY returns the error to the caller or names the value; the
// CO_ forms do the same inside a coroutine. One a line.
#pragma once

#include <expected>
#include <utility>

#include "lapis/base/error.h"

namespace lapis {

template <class T = void>
using Result = std::expected<T, Error>;

// The failing Result of `code`; `detail` goes to the log only.
[[nodiscard]] inline std::unexpected<Error> fail(ErrorCode code, std::string detail = {}) {
  return std::unexpected<Error>(Error{code, std::move(detail)});
}

[[nodiscard]] inline std::unexpected<Error> fail(Error error) {
  return std::unexpected<Error>(std::move(error));
}

}  // namespace lapis

#define LAPIS_CONCAT_INNER(a, b) a##b
#define LAPIS_CONCAT(a, b) LAPIS_CONCAT_INNER(a, b)
#define LAPIS_TRY_IMPL(tmp, ret, decl, ...)              \
  auto tmp = (__VA_ARGS__);                              \
  if (!tmp) ret std::unexpected(std::move(tmp).error()); \
  decl = *std::move(tmp)
#define LAPIS_TRY_VOID_IMPL(tmp, ret, ...) \
  if (auto tmp = (__VA_ARGS__); !tmp) ret std::unexpected(std::move(tmp).error())

// LAPIS_TRY(auto x, f()): x is f()'s value, or the function returns its error.
#define LAPIS_TRY(decl, ...) \
  LAPIS_TRY_IMPL(LAPIS_CONCAT(lapis_try_, __LINE__), return, decl, __VA_ARGS__)
#define LAPIS_TRY_VOID(...) \
  LAPIS_TRY_VOID_IMPL(LAPIS_CONCAT(lapis_try_, __LINE__), return, __VA_ARGS__)
#define LAPIS_CO_TRY(decl, ...) \
  LAPIS_TRY_IMPL(LAPIS_CONCAT(lapis_try_, __LINE__), co_return, decl, __VA_ARGS__)
#define LAPIS_CO_TRY_VOID(...) \
  LAPIS_TRY_VOID_IMPL(LAPIS_CONCAT(lapis_try_, __LINE__), co_return, __VA_ARGS__)
