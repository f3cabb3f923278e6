#include "load/plan.h"

#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "load/fail.h"

namespace lapis::bench {
namespace {

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) fail("cannot read " + path);
  return {std::istreambuf_iterator<char>(file), {}};
}

void check(const Plan& plan) {
  if (plan.heads.empty()) fail("a plan without requests");
  if (plan.connections == 0) fail("a plan without connections");
  if (plan.seconds <= 0) fail("a plan without a time");
  for (const auto& head : plan.heads) {
    if (!head.ends_with("\r\n\r\n")) fail("a head without its end: " + head);
  }
}

}  // namespace

Plan read_plan(const std::string& path) {
  const auto json = nlohmann::json::parse(read_file(path));
  Plan plan;
  json.at("host").get_to(plan.host);
  json.at("port").get_to(plan.port);
  json.at("connections").get_to(plan.connections);
  json.at("heads").get_to(plan.heads);
  if (const auto body = json.value("body_file", ""); !body.empty()) plan.body = read_file(body);
  plan.random_order = json.value("random_order", plan.random_order);
  plan.first_serial = json.value("first_serial", plan.first_serial);
  plan.max_requests = json.value("max_requests", plan.max_requests);
  plan.warmup_seconds = json.value("warmup_seconds", plan.warmup_seconds);
  json.at("seconds").get_to(plan.seconds);
  plan.stall_seconds = json.value("stall_seconds", plan.stall_seconds);
  json.at("expected_status").get_to(plan.expected_status);
  plan.cores = json.value("cores", plan.cores);
  plan.processes = json.value("processes", plan.processes);
  check(plan);
  return plan;
}

}  // namespace lapis::bench
