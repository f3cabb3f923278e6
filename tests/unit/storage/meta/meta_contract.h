// The suite of claims that every MetaStore must meet. Each is run on every implementation; the
// claims are in meta_contract_*_test.cc, which instantiate it.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "unit/storage/meta/meta_harness.h"

namespace lapis::storage {

struct MetaImplementation {
  const char* name;
  std::unique_ptr<MetaHarness> (*make)();
};

inline constexpr MetaImplementation kMetaImplementations[] = {
    {"Memory", []() -> std::unique_ptr<MetaHarness> { return std::make_unique<MemoryHarness>(); }},
    {"Local", []() -> std::unique_ptr<MetaHarness> { return std::make_unique<LocalHarness>(); }},
};

inline std::string implementation_name(const testing::TestParamInfo<MetaImplementation>& info) {
  return info.param.name;
}

class MetaContract : public testing::TestWithParam<MetaImplementation> {
 protected:
  MetaStore& store() { return harness_->store(); }

  const std::unique_ptr<MetaHarness> harness_ = GetParam().make();
  MetaHarness& meta_ = *harness_;
};

}  // namespace lapis::storage
