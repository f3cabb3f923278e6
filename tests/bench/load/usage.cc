#include "load/usage.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <string>

#include "load/fail.h"

namespace lapis::bench {
namespace {

// user nice system idle iowait irq softirq steal; guests are within user and nice.
CoreTicks parse_core(std::istringstream& fields) {
  std::uint64_t user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0;
  CoreTicks ticks;
  fields >> user >> nice >> system >> idle >> iowait >> irq >> softirq >> ticks.steal;
  ticks.irq = irq + softirq;
  ticks.busy = user + nice + system + ticks.irq;
  ticks.all = ticks.busy + idle + iowait + ticks.steal;
  return ticks;
}

std::map<int, CoreTicks> read_cores(const std::vector<int>& wanted) {
  std::map<int, CoreTicks> cores;
  std::ifstream stat("/proc/stat");
  for (std::string line; std::getline(stat, line);) {
    std::istringstream fields(line);
    std::string name;
    fields >> name;
    if (!name.starts_with("cpu") || name.size() == 3) continue;
    const int core = std::stoi(name.substr(3));
    if (std::ranges::find(wanted, core) != wanted.end()) cores[core] = parse_core(fields);
  }
  return cores;
}

std::uint64_t read_process(int pid) {
  std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
  std::string text;
  if (!std::getline(stat, text)) fail("process " + std::to_string(pid) + " is gone");
  // The name, in parentheses, may hold anything; utime and stime are fields 14 and 15.
  std::istringstream fields(text.substr(text.rfind(')') + 2));
  std::string skipped;
  for (int field = 3; field < 14; ++field) fields >> skipped;
  std::uint64_t user = 0, system = 0;
  fields >> user >> system;
  return user + system;
}

}  // namespace

Usage read_usage(const std::vector<int>& cores, const std::vector<int>& processes) {
  Usage usage;
  usage.cores = read_cores(cores);
  for (const int pid : processes) usage.process_ticks += read_process(pid);
  rusage own{};
  getrusage(RUSAGE_SELF, &own);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  usage.own_seconds = seconds(own.ru_utime) + seconds(own.ru_stime);
  return usage;
}

double ticks_a_second() { return static_cast<double>(sysconf(_SC_CLK_TCK)); }

}  // namespace lapis::bench
