// FsckReport: findings gathered into what `lapis fsck` answers.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "lapis/blob/reference_check.h"
#include "lapis/storage/chunk_check.h"
#include "lapis/storage/findings.h"

namespace lapis::admin {

class FsckReport {
 public:
  explicit FsckReport(std::size_t max_shown) : max_shown_(max_shown) {}

  void add(storage::Finding finding);
  void add(const blob::ChunkUser& user);

  // Chunks that are lost or doubled: whose users are worth a name. Some 100,000 of them at most.
  const std::set<ChunkId>& affected() const { return affected_; }

  // Findings, counts and users.
  nlohmann::json to_json() const;

 private:
  const std::size_t max_shown_;
  std::map<std::string, std::uint64_t> counts_;                          // by kind
  std::map<std::string, std::map<std::string, std::uint64_t>> by_what_;  // likewise, then by sort
  nlohmann::json findings_ = nlohmann::json::array();
  nlohmann::json users_ = nlohmann::json::array();
  std::uint64_t users_counted_ = 0;
  std::set<ChunkId> affected_;
};

nlohmann::json to_json(const storage::ChunkCheckStats& stats);
nlohmann::json to_json(const blob::ReferenceStats& stats);

}  // namespace lapis::admin
