#include "azure/ops/deletion_state.h"

#include <algorithm>
#include <chrono>

#include "lapis/base/date.h"

namespace lapis::azure {

void write_deletion(XmlWriter& xml, const blob::Deletion& deletion, blob::ServiceTime now) {
  xml.plain_element("DeletedTime", format_http_date(deletion.at));
  const auto left = std::chrono::ceil<std::chrono::days>(deletion.until - now);
  xml.element("RemainingRetentionDays",
              static_cast<std::size_t>(std::max<std::int64_t>(left.count(), 0)));
}

}  // namespace lapis::azure
