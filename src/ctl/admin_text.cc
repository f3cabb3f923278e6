#include "ctl/admin_text.h"

#include <nlohmann/json.hpp>

#include "ctl/tables.h"

namespace lapis::ctl {
namespace {

using Json = nlohmann::json;

std::string text_of(const Json& object, const char* name) {
  return object.value(name, std::string());
}

std::uint64_t number_of(const Json& object, const char* name) {
  return object.value(name, std::uint64_t{0});
}

std::string size_of(const Json& object, const char* name) {
  return bytes_text(number_of(object, name));
}

// Until rows have been counted after a start, live bytes are too low.
std::string counted(const Json& path, const char* name) {
  return path.value("accounted", true) ? size_of(path, name) : "counting";
}

std::string scalar_text(const std::string& name, const Json& value) {
  if (value.is_number_unsigned() && name.ends_with("_bytes")) {
    return bytes_text(value.get<std::uint64_t>());
  }
  if (value.is_number_unsigned() && name.ends_with("_seconds")) {
    return duration_text(value.get<std::uint64_t>());
  }
  if (value.is_string()) return value.get<std::string>();
  if (value.is_null()) return "-";
  if (value.is_boolean()) return value.get<bool>() ? "yes" : "no";
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

void add_members(const Json& value, std::size_t depth, std::string& text) {
  const std::string indent(depth * 2, ' ');
  for (const auto& [name, member] : value.items()) {
    std::string shown = value.is_array() ? "-" : name + ":";
    for (char& c : shown) c = c == '_' ? ' ' : c;
    text.append(text.empty() ? "" : "\n").append(indent).append(shown);
    if (member.is_structured()) {
      if (member.empty()) text += " none";
      add_members(member, depth + 1, text);
    } else {
      text.append(" ").append(scalar_text(value.is_array() ? "" : name, member));
    }
  }
}

std::string pass_text(const Json& pass) {
  if (!pass.is_object()) return "none";
  std::string text = "since " + text_of(pass, "started");
  const auto completed = pass.find("completed");
  if (completed != pass.end() && completed->is_string()) {
    text = text_of(pass, "started") + " to " + completed->get<std::string>();
  }
  text += ", " + std::to_string(number_of(pass, "chunks")) + " chunks, " +
          size_of(pass, "read_bytes") + " read, " + std::to_string(number_of(pass, "damaged")) +
          " damaged";
  const std::uint64_t skipped = number_of(pass, "skipped");
  return skipped == 0 ? text : text + ", " + std::to_string(skipped) + " on missing paths";
}

// How full the metadata is, and what is done about it.
std::string metadata_text(const Json& space) {
  std::string text = "metadata: " + size_of(space, "used_bytes") + " of " +
                     size_of(space, "size_bytes") + " used, small bodies move out above " +
                     size_of(space, "high_bytes") + " until " + size_of(space, "low_bytes");
  if (space.value("moving_out", false)) text += "; " + size_of(space, "left_bytes") + " left";
  text += "; moved " + std::to_string(number_of(space, "moved_bodies")) + " (" +
          size_of(space, "moved_bytes") + ")";
  const std::string why = text_of(space, "why");
  return why.empty() ? text : text + "; " + why;
}

}  // namespace

std::string pools_text(const Json& answer) {
  Table table({"POOL", "CLASS", "PATH", "STATE", "SIZE", "AVAILABLE", "LIVE", "DEAD", "FREE"});
  std::string problems;
  for (const Json& pool : answer.value("pools", Json::array())) {
    const Json paths = pool.value("paths", Json::array());
    for (const Json& path : paths) {
      const std::string problem = text_of(path, "problem");
      if (!problem.empty()) problems += "\n" + text_of(path, "path") + ": " + problem;
      table.add({text_of(pool, "name"), text_of(pool, "class"), text_of(path, "path"),
                 text_of(path, "state"), size_of(path, "capacity_bytes"),
                 size_of(path, "available_bytes"), counted(path, "live_bytes"),
                 counted(path, "dead_bytes"), size_of(path, "free_bytes")});
    }
    if (paths.size() < 2) continue;
    table.add({text_of(pool, "name"), text_of(pool, "class"), "(all)", "",
               size_of(pool, "capacity_bytes"), size_of(pool, "available_bytes"),
               size_of(pool, "live_bytes"), size_of(pool, "dead_bytes"),
               size_of(pool, "free_bytes")});
  }
  return table.text() + problems;
}

std::string status_text(const Json& status) {
  const Json metadata = status.value("metadata", Json::object());
  std::string text = "lapisd " + text_of(status, "version") + ", process " +
                     std::to_string(number_of(status, "pid")) + ", up " +
                     duration_text(number_of(status, "uptime_seconds")) + ", " +
                     (status.value("ready", false) ? "ready" : "NOT READY");
  for (const Json& problem : status.value("problems", Json::array())) {
    text += "\n  " + scalar_text("", problem);
  }
  text += "\nlistening on";
  for (const Json& address : status.value("listening", Json::array())) {
    text += " " + scalar_text("", address);
  }
  text += "\nmetadata in " + text_of(metadata, "path") + ": " + text_of(metadata, "state") + ", " +
          size_of(metadata, "table_bytes") + " in tables, " + size_of(metadata, "log_bytes") +
          " in logs, " + size_of(metadata, "available_bytes") + " of " +
          size_of(metadata, "capacity_bytes") + " available";
  const Json space = metadata.value("space", Json());
  if (space.is_object()) text += "\n" + metadata_text(space);
  text += "\nwaiting to be released: " + std::to_string(number_of(status, "release_entries")) +
          " entries";
  return text + "\n\n" + pools_text(status);
}

std::string tier_text(const Json& answer) {
  Table table({"POOL", "CLASS", "USED", "OF", "HIGH", "LOW", "LEFT", "DOWN", "UP", "COMPACTED",
               "DRAINED", "WHY"});
  for (const Json& pool : answer.value("pools", Json::array())) {
    table.add({text_of(pool, "name"), text_of(pool, "class"), size_of(pool, "used_bytes"),
               size_of(pool, "size_bytes"), size_of(pool, "high_bytes"), size_of(pool, "low_bytes"),
               size_of(pool, "left_bytes"), size_of(pool, "demoted_bytes"),
               size_of(pool, "promoted_bytes"), size_of(pool, "compacted_bytes"),
               size_of(pool, "drained_bytes"), text_of(pool, "why")});
  }
  const std::uint64_t limit = number_of(answer, "rate_limit_bytes_per_second");
  const Json metadata = answer.value("metadata", Json());
  return table.text() + (metadata.is_object() ? "\n" + metadata_text(metadata) : "") + "\nmoving " +
         size_of(answer, "moved_bytes_per_second") + "/s" +
         (limit == 0 ? "" : ", at most " + bytes_text(limit) + "/s");
}

std::string scrub_text(const Json& answer) {
  std::string text = answer.value("enabled", false)
                         ? "everything once in " +
                               duration_text(number_of(answer, "period_seconds")) + ", at most " +
                               size_of(answer, "rate_limit_bytes_per_second") + "/s"
                         : "off: passes run only when asked for";
  const Json running = answer.value("running", Json());
  text += "\nrunning: " + pass_text(running);
  if (running.is_object()) {
    text += "; " + size_of(answer, "rate_bytes_per_second") + "/s, about " +
            size_of(answer, "left_bytes") + " left";
  }
  text += "\nlast: " + pass_text(answer.value("last", Json()));
  const Json next = answer.value("next", Json());
  if (next.is_string()) text += "\nnext: " + next.get<std::string>();
  text += "\ndamaged chunks: " + std::to_string(number_of(answer, "damaged_chunks"));
  for (const Json& chunk : answer.value("damaged", Json::array())) {
    text += "\n  chunk " + std::to_string(number_of(chunk, "chunk")) + ", found " +
            text_of(chunk, "found") + " by " + text_of(chunk, "by") + ": " + text_of(chunk, "seen");
  }
  for (const Json& range : answer.value("affected", Json::array())) {
    text += "\naffected " + text_of(range, "account") + "/" + text_of(range, "container") + "/" +
            text_of(range, "blob");
    const std::string block = text_of(range, "block");
    if (!block.empty()) text += " (uncommitted block " + block + ")";
    const std::uint64_t length = number_of(range, "length");
    text += length == 0 ? " only the frame around its bytes"
                        : " offset=" + std::to_string(number_of(range, "offset")) +
                              " length=" + std::to_string(length);
    text += " chunk=" + std::to_string(number_of(range, "chunk"));
  }
  return text;
}

std::string fsck_text(const Json& report) {
  std::string text;
  for (const Json& finding : report.value("findings", Json::array())) {
    text += text_of(finding, "kind") + " " + text_of(finding, "what");
    for (const auto& [name, value] : finding.items()) {
      if (name == "kind" || name == "what") continue;
      text += " " + name + "=" + scalar_text("", value);
    }
    text += "\n";
  }
  for (const Json& user : report.value("affected", Json::array())) {
    text += "affected " + text_of(user, "container") + "/" + text_of(user, "blob") +
            (user.value("uncommitted", false) ? " (uncommitted blocks)" : "") +
            " chunk=" + std::to_string(number_of(user, "chunk")) + "\n";
  }
  const Json counts = report.value("counts", Json::object());
  const Json checked = report.value("checked", Json::object());
  text += report.value("clean", false) ? "clean" : "NOT CLEAN";
  for (const char* kind : {"lost", "leaked", "doubled", "wrong"}) {
    text += std::string(", ") + kind + " " + std::to_string(number_of(counts, kind));
  }
  text += "; " + std::to_string(number_of(checked, "blobs")) + " blobs, " +
          std::to_string(number_of(checked, "chunks")) + " chunks, " +
          std::to_string(number_of(checked, "extents")) + " extents, " +
          size_of(checked, "live_bytes") + " live, " + size_of(checked, "dead_bytes") + " dead, " +
          size_of(checked, "verified_bytes") + " verified";
  return text;
}

std::string members_text(const Json& answer) {
  std::string text;
  add_members(answer, 0, text);
  return text;
}

}  // namespace lapis::ctl
