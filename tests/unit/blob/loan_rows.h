// What the tests of loans ask of the rows of a store in memory.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "blob/check/reference_walk.h"
#include "support/memory_meta_store.h"

namespace lapis::test {

// How many rows were put, changed or erased.
inline std::size_t changes_between(const MetaRows& before, const MetaRows& after) {
  std::size_t changes = 0;
  for (const auto& [key, value] : before) {
    const auto it = after.find(key);
    if (it == after.end() || it->second != value) ++changes;
  }
  for (const auto& [key, value] : after) changes += before.contains(key) ? 0 : 1;
  return changes;
}

// What the check of references says of segments, shared bodies, loans and page maps: "lost loan".
inline std::vector<std::string> findings(MemoryMetaStore& rows) {
  std::vector<std::string> found;
  const auto snapshot = rows.snapshot();
  const blob::ReferenceCheck check{.snapshot = *snapshot};
  const storage::FindingSink sink = [&](const storage::Finding& finding) {
    found.push_back(std::string(name_of(finding.kind)) + " " + finding.what);
  };
  blob::ReferenceStats stats;
  const auto containers = blob::ContainerIndex::load(check, sink, stats);
  EXPECT_TRUE(containers);
  const auto walk = blob::ReferenceWalk::prepare(check, *containers, sink, stats);
  EXPECT_TRUE(walk);
  EXPECT_TRUE(blob::check_segments(check, walk->segments(), *containers, sink, stats));
  EXPECT_TRUE(blob::check_sharing(check, walk->shared(), walk->loans(), *containers, sink));
  EXPECT_TRUE(blob::check_loans(check, walk->loans(), *containers, sink));
  EXPECT_TRUE(blob::check_page_maps(check, walk->page_maps(), *containers, sink));
  return found;
}

}  // namespace lapis::test
