#include "daemon/metrics/families.h"

#include <algorithm>
#include <limits>

namespace lapis::daemon {

prometheus::ClientMetric& Families::add(MetricName name, prometheus::MetricType type,
                                        Labels labels) {
  auto family = std::ranges::find(families_, name.name, &prometheus::MetricFamily::name);
  if (family == families_.end()) {
    family = families_.insert(family, {std::string(name.name), std::string(name.help), type, {}});
  }
  prometheus::ClientMetric& metric = family->metric.emplace_back();
  for (const auto& [label, value] : labels) {
    metric.label.push_back({std::string(label), std::string(value)});
  }
  return metric;
}

void Families::counter(MetricName name, Labels labels, double value) {
  add(name, prometheus::MetricType::Counter, labels).counter.value = value;
}

void Families::gauge(MetricName name, Labels labels, double value) {
  add(name, prometheus::MetricType::Gauge, labels).gauge.value = value;
}

void Families::histogram(MetricName name, Labels labels, const HistogramSnapshot& values,
                         double unit) {
  auto& shown = add(name, prometheus::MetricType::Histogram, labels).histogram;
  for (std::size_t i = 0; i < values.counts.size(); ++i) {
    shown.sample_count += values.counts[i];
    const double bound = i < values.bounds.size() ? static_cast<double>(values.bounds[i]) * unit
                                                  : std::numeric_limits<double>::infinity();
    shown.bucket.push_back({shown.sample_count, bound});
  }
  shown.sample_sum = static_cast<double>(values.sum) * unit;
}

}  // namespace lapis::daemon
