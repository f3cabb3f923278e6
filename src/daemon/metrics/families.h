// Families: metrics by name, as Prometheus reads them, filled one value at a time.
#pragma once

#include <prometheus/metric_family.h>

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lapis/base/metrics.h"

namespace lapis::daemon {

using Labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;

struct MetricName {
  std::string_view name;
  std::string_view help;
};

class Families {
 public:
  // Grows for as long as the process lives.
  void counter(MetricName name, Labels labels, double value);
  void counter(MetricName name, Labels labels, std::uint64_t value) {
    counter(name, labels, static_cast<double>(value));
  }
  void gauge(MetricName name, Labels labels, double value);
  void gauge(MetricName name, Labels labels, std::uint64_t value) {
    gauge(name, labels, static_cast<double>(value));
  }
  // `unit`: what one of the histogram's numbers is in the unit of the metric, e.g. 1e-9.
  void histogram(MetricName name, Labels labels, const HistogramSnapshot& values, double unit);

  std::vector<prometheus::MetricFamily> take() && { return std::move(families_); }

 private:
  prometheus::ClientMetric& add(MetricName name, prometheus::MetricType type, Labels labels);

  std::vector<prometheus::MetricFamily> families_;
};

}  // namespace lapis::daemon
