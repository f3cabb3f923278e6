#include "daemon/metrics/families.h"

#include <gtest/gtest.h>
#include <prometheus/text_serializer.h>

#include "daemon/metrics/metrics_page.h"
#include "daemon/metrics/process_stats.h"

namespace lapis::daemon {
namespace {

std::string text_of(Families families) {
  return prometheus::TextSerializer().Serialize(std::move(families).take());
}

TEST(Families, GatherSamplesUnderOneName) {
  Families families;
  families.counter({"a_total", "First."}, {{"x", "1"}}, std::uint64_t{3});
  families.gauge({"b", "Second."}, {}, 1.5);
  families.counter({"a_total", "First."}, {{"x", "2"}}, std::uint64_t{4});
  EXPECT_EQ(text_of(std::move(families)),
            "# HELP a_total First.\n# TYPE a_total counter\n"
            "a_total{x=\"1\"} 3\na_total{x=\"2\"} 4\n"
            "# HELP b Second.\n# TYPE b gauge\nb 1.5\n");
}

TEST(Families, HistogramsAreCumulativeAndInTheirUnit) {
  BatchHistogram histogram;
  for (const std::uint64_t value : {1u, 2u, 2u, 5000u}) histogram.record(value);
  Families families;
  families.histogram({"h", "Help."}, {}, histogram.snapshot(), 0.5);
  const std::string text = text_of(std::move(families));
  EXPECT_NE(text.find("h_count 4\n"), std::string::npos) << text;
  EXPECT_NE(text.find("h_sum 2502.5\n"), std::string::npos) << text;
  EXPECT_NE(text.find("h_bucket{le=\"0.5\"} 1\n"), std::string::npos) << text;
  EXPECT_NE(text.find("h_bucket{le=\"1\"} 3\n"), std::string::npos) << text;
  EXPECT_NE(text.find("h_bucket{le=\"512\"} 3\n"), std::string::npos) << text;
  EXPECT_NE(text.find("h_bucket{le=\"+Inf\"} 4\n"), std::string::npos) << text;
}

TEST(Families, LabelsAreEscaped) {
  Families families;
  families.gauge({"g", "Help."}, {{"path", "a\"b\\c\nd"}}, 1.0);
  EXPECT_NE(text_of(std::move(families)).find("g{path=\"a\\\"b\\\\c\\nd\"} 1\n"),
            std::string::npos);
}

TEST(MetricsPage, OfANodeThatIsStartingShowsTheProcess) {
  const std::string text = metrics_page(MetricSources{});
  EXPECT_NE(text.find("process_resident_memory_bytes "), std::string::npos) << text;
  EXPECT_NE(text.find("lapis_build_info{version=\""), std::string::npos) << text;
}

TEST(ProcessStats, AreThoseOfThisProcess) {
  const ProcessStats stats = read_process_stats();
  EXPECT_GT(stats.resident_bytes, 1u << 20);
  EXPECT_GT(stats.virtual_bytes, stats.resident_bytes);
  EXPECT_GE(stats.threads, 1u);
  EXPECT_GE(stats.open_descriptors, 3u);
  EXPECT_GT(stats.max_descriptors, stats.open_descriptors);
  EXPECT_GT(stats.start_time_seconds, 1.6e9);
}

}  // namespace
}  // namespace lapis::daemon
