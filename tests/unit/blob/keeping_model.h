// KeepingModel: a random model of an account that keeps what is deleted, versions, or both.
#pragma once

#include <memory>

#include "blob/keys.h"
#include "blob/records.h"
#include "lapis/blob/ops/set_blob_service_properties.h"
#include "unit/blob/random_model.h"

namespace lapis::blob {

struct Regime {
  bool soft = false;  // for a week
  bool versions = false;
};

class KeepingModel : public RandomModel {
 protected:
  KeepingModel(unsigned seed, Regime regime, std::uint64_t inline_bytes)
      : RandomModel(seed, {.limits = {inline_bytes}, .features = features_of(regime)}),
        regime_(regime) {
    if (!regime.soft) return;
    const ServicePropertiesChange change{.delete_retention = DeleteRetention{7, false}};
    LAPIS_CHECK(harness_.run(set_blob_service_properties(harness_.service, {"acct", change})));
  }

  // When it goes that is deleted now.
  ServiceTime until() const { return harness_.service.time->now() + std::chrono::hours(24 * 7); }

  const Regime regime_;

 private:
  static std::shared_ptr<const FeaturesByAccount> features_of(Regime regime) {
    FeaturesByAccount features{{"acct", AccountFeatures{.versioning = regime.versions}}};
    return std::make_shared<const FeaturesByAccount>(std::move(features));
  }
};

}  // namespace lapis::blob
