#include "support/faultblk/commands.h"

#include <functional>
#include <map>
#include <optional>
#include <sstream>

namespace lapis::faultblk {

namespace {

constexpr const char* kOk = "ok";
constexpr const char* kUsage = "error: wrong arguments";

using Arguments = std::istringstream;

std::optional<Operation> take_operation(Arguments& in) {
  std::string text;
  in >> text;
  if (text == "read") return Operation::kRead;
  if (text == "write") return Operation::kWrite;
  if (text == "flush") return Operation::kFlush;
  return std::nullopt;
}

std::optional<Cut> take_cut(Arguments& in) {
  std::string mode;
  Cut cut;
  in >> mode >> cut.seed;
  const auto parsed = parse_cut_mode(mode);
  if (!in || !parsed) return std::nullopt;
  cut.mode = *parsed;
  return cut;
}

std::string cut(Rig& rig, Arguments& in) {
  const auto how = take_cut(in);
  if (!how) return kUsage;
  rig.cut(*how);
  return kOk;
}

std::string cut_at(Rig& rig, Arguments& in) {
  std::uint64_t writes = 0;
  in >> writes;
  const auto how = take_cut(in);
  if (!how || writes == 0) return kUsage;
  rig.cut_at_write(writes, *how);
  return kOk;
}

std::string eio(Rig& rig, Arguments& in) {
  const auto operation = take_operation(in);
  std::uint64_t one_in = 0, seed = 1;
  in >> one_in;
  if (!operation || !in) return kUsage;
  in >> seed;
  rig.fail(*operation, one_in, seed);
  return kOk;
}

std::string range(Rig& rig, Arguments& in) {
  std::uint64_t from = 0, to = 0;
  in >> from >> to;
  if (!in) return kUsage;
  rig.limit_faults_to(from, to);
  return kOk;
}

std::string delay(Rig& rig, Arguments& in) {
  const auto operation = take_operation(in);
  std::int64_t microseconds = 0;
  in >> microseconds;
  if (!operation || !in) return kUsage;
  rig.delay(*operation, std::chrono::microseconds(microseconds));
  return kOk;
}

std::string lie(Rig& rig, Arguments& in) {
  int lies = 0;
  in >> lies;
  if (!in) return kUsage;
  rig.lie_about_flushes(lies != 0);
  return kOk;
}

std::string flip(Rig& rig, Arguments& in) {
  std::size_t disk = 0;
  std::uint64_t offset = 0;
  unsigned bit = 0;
  in >> disk >> offset >> bit;
  return in && rig.flip_bit(disk, offset, bit) ? kOk : kUsage;
}

std::string done(void (Rig::*action)(), Rig& rig) {
  (rig.*action)();
  return kOk;
}

}  // namespace

std::string execute(Rig& rig, const std::string& line) {
  static const std::map<std::string, std::function<std::string(Rig&, Arguments&)>> kCommands = {
      {"status", [](Rig& r, Arguments&) { return r.status(); }},
      {"die", [](Rig& r, Arguments&) { return done(&Rig::die, r); }},
      {"restore", [](Rig& r, Arguments&) { return done(&Rig::restore, r); }},
      {"flushall", [](Rig& r, Arguments&) { return done(&Rig::flush_all, r); }},
      {"cut", cut},
      {"cutat", cut_at},
      {"eio", eio},
      {"range", range},
      {"delay", delay},
      {"lie", lie},
      {"flip", flip},
  };
  Arguments in(line);
  std::string name;
  in >> name;
  const auto command = kCommands.find(name);
  return command == kCommands.end() ? "error: no such command" : command->second(rig, in);
}

}  // namespace lapis::faultblk
