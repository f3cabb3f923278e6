// A shard on a machine that gives it no ring: an error that says so, nothing leaked, no hang.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include <cerrno>
#include <cstddef>
#include <iterator>
#include <optional>
#include <thread>

#include "lapis/base/clock.h"
#include "lapis/io/shard.h"

namespace lapis::io {
namespace {

// Makes io_uring_setup fail with EPERM for the calling thread and those it starts.
bool forbid_io_uring() {
  sock_filter code[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_io_uring_setup, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const sock_fprog program{.len = std::size(code), .filter = code};
  return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

constexpr int kHighest = 1024;  // no test has more open

bool is_open(int fd) { return ::fcntl(fd, F_GETFD) != -1; }

int open_files() {
  int count = 0;
  for (int fd = 0; fd < kHighest; ++fd) count += is_open(fd);
  return count;
}

// The limit under which `spare` more descriptors can be opened.
rlim_t limit_leaving(int spare) {
  int fd = 0;
  for (int free = 0; is_open(fd) || free < spare; ++fd) free += !is_open(fd);
  return static_cast<rlim_t>(fd);
}

TEST(RefusedShard, SaysThatIoUringIsForbidden) {
  std::optional<Error> error;
  bool forbidden = false;
  std::thread([&] {
    forbidden = forbid_io_uring();
    if (!forbidden) return;
    const SystemClock clock;
    const auto shard = Shard::start({}, clock);
    if (!shard) error = shard.error();
  }).join();
  if (!forbidden) GTEST_SKIP() << "seccomp is not available";
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code, ErrorCode::kInternalError);
  EXPECT_NE(error->detail.find("io_uring_setup"), std::string::npos) << error->detail;
  EXPECT_NE(error->detail.find("forbids"), std::string::npos) << error->detail;
}

// Wherever the descriptors run out on the way, the start fails cleanly.
TEST(RefusedShard, FailsCleanlyForWantOfDescriptors) {
#if __has_feature(undefined_behavior_sanitizer)
  GTEST_SKIP() << "the sanitizer opens pipes of its own to look at memory";
#endif
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  const int used = open_files();
  const SystemClock clock;
  int refused = 0;
  int started = 0;
  for (int spare = 0; spare < 8; ++spare) {
    const rlimit tight{.rlim_cur = limit_leaving(spare), .rlim_max = before.rlim_max};
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &tight), 0);
    {
      const auto shard = Shard::start({}, clock);
      shard ? ++started : ++refused;
      if (!shard) EXPECT_EQ(shard.error().code, ErrorCode::kServerBusy) << shard.error().detail;
    }
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
    EXPECT_EQ(open_files(), used) << "descriptors leaked with " << spare << " spare";
  }
  EXPECT_EQ(refused, 4) << "a shard has two rings, an eventfd and its duplicate";
  EXPECT_EQ(started, 4);
}

}  // namespace
}  // namespace lapis::io
