#include "io/thread_setup.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace lapis::io {
namespace {

constexpr int kBackgroundNice = 10;
// linux/ioprio.h: class 2 (best effort), level 7 (lowest). Not the idle class: scrub and reclaim
// must go on under load.
constexpr int kIoPriorityWhoProcess = 1;
constexpr int kBestEffortLowest = (2 << 13) | 7;

// Without these the thread only competes harder: failures are ignored.
void lower_priority() {
  const sched_param param{};
  (void)::sched_setscheduler(0, SCHED_BATCH, &param);
  // On Linux these address the calling thread.
  (void)::setpriority(PRIO_PROCESS, 0, kBackgroundNice);
  (void)::syscall(SYS_ioprio_set, kIoPriorityWhoProcess, 0, kBestEffortLowest);
}

}  // namespace

void set_up_thread(const std::string& name, bool background) {
  (void)::pthread_setname_np(::pthread_self(), name.substr(0, 15).c_str());
  sigset_t all;
  ::sigfillset(&all);
  (void)::pthread_sigmask(SIG_BLOCK, &all, nullptr);
  if (background) lower_priority();
}

}  // namespace lapis::io
