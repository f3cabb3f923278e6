// What a check of past states and of containers says of the rows of a store in memory.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "blob/check/container_index.h"
#include "blob/check/kept_check.h"
#include "blob/check/past_check.h"
#include "support/memory_meta_store.h"

namespace lapis::test {

inline std::vector<std::string> past_findings(MemoryMetaStore& rows) {
  std::vector<std::string> found;
  const auto snapshot = rows.snapshot();
  const blob::ReferenceCheck check{.snapshot = *snapshot};
  const storage::FindingSink sink = [&](const storage::Finding& finding) {
    found.push_back(finding.what);
  };
  blob::ReferenceStats stats;
  const auto containers = blob::ContainerIndex::load(check, sink, stats);
  EXPECT_TRUE(containers && blob::check_past_states(check, *containers, sink) &&
              blob::check_kept_containers(check, *containers, sink));
  return found;
}

}  // namespace lapis::test
