// lapis_load PLAN.json: sends what the plan says and prints what was measured, as JSON.
#include <cstdio>
#include <nlohmann/json.hpp>
#include <string>

#include "load/fail.h"
#include "load/load.h"
#include "load/plan.h"

namespace lapis::bench {
namespace {

nlohmann::json usage_of(const Measured& measured) {
  const double seconds = measured.seconds > 0 ? measured.seconds : 1;
  const auto& before = measured.before;
  const auto& after = measured.after;
  nlohmann::json cores = nlohmann::json::object();
  for (const auto& [core, end] : after.cores) {
    const auto& begin = before.cores.at(core);
    const double all = std::max<double>(1, static_cast<double>(end.all - begin.all));
    cores[std::to_string(core)] = {
        {"busy", static_cast<double>(end.busy - begin.busy) / all},
        {"irq", static_cast<double>(end.irq - begin.irq) / all},
        {"steal", static_cast<double>(end.steal - begin.steal) / all},
    };
  }
  const auto ticks = static_cast<double>(after.process_ticks - before.process_ticks);
  return {
      {"cores", cores},
      {"server", ticks / ticks_a_second() / seconds},
      {"load", (after.own_seconds - before.own_seconds) / seconds},
  };
}

nlohmann::json latency_of(const LatencyHistogram& latency) {
  const auto us = [](std::uint64_t ns) { return static_cast<double>(ns) / 1000; };
  return {
      {"p50", us(latency.quantile(0.5))},  {"p90", us(latency.quantile(0.9))},
      {"p99", us(latency.quantile(0.99))}, {"p999", us(latency.quantile(0.999))},
      {"mean", us(latency.mean())},        {"max", us(latency.max())},
  };
}

nlohmann::json report(const Measured& measured) {
  const auto count = measured.latency.count();
  const bool known = measured.seconds > 0;
  return {
      {"requests", count},
      {"seconds", measured.seconds},
      {"rate", known ? static_cast<double>(count) / measured.seconds : 0},
      {"bytes_received", measured.received},
      {"bytes_sent", measured.sent},
      {"errors", measured.errors},
      {"first_error", measured.first_error},
      {"reconnects", measured.reconnects},
      {"next_serial", measured.next_serial},
      {"latency_us", latency_of(measured.latency)},
      {"usage", usage_of(measured)},
  };
}

}  // namespace
}  // namespace lapis::bench

int main(int argc, char** argv) {
  using namespace lapis::bench;
  if (argc != 2) fail("usage: lapis_load PLAN.json");
  try {
    const Plan plan = read_plan(argv[1]);
    const auto measured = Load(plan).run();
    const auto text =
        report(measured).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    std::printf("%s\n", text.c_str());
  } catch (const std::exception& error) {
    fail(error.what());
  }
}
