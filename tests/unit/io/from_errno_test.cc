#include <gtest/gtest.h>

#include <cerrno>

#include "lapis/io/file.h"

namespace lapis::io {
namespace {

struct ErrnoCase {
  int error;
  ErrorCode code;
};

constexpr ErrnoCase kCases[] = {
    {ENOSPC, ErrorCode::kInsufficientStorage}, {EDQUOT, ErrorCode::kInsufficientStorage},
    {EMFILE, ErrorCode::kServerBusy},          {ENFILE, ErrorCode::kServerBusy},
    {EIO, ErrorCode::kInternalError},          {ENOENT, ErrorCode::kInternalError},
    {EROFS, ErrorCode::kInternalError},
};

TEST(FromErrno, MapsEachErrnoToItsCode) {
  for (const ErrnoCase& c : kCases) EXPECT_EQ(from_errno(c.error, "x").code, c.code) << c.error;
}

TEST(FromErrno, TellsWhatFailedAndWhy) {
  EXPECT_EQ(from_errno(ENOENT, "open /a").detail, "open /a: No such file or directory");
}

}  // namespace
}  // namespace lapis::io
