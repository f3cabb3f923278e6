#include "ctl/tables.h"

#include <gtest/gtest.h>

namespace lapis::ctl {
namespace {

TEST(Table, AlignsColumns) {
  Table table({"NAME", "SIZE", "STATE"});
  table.add({"a", "12.5 MiB", "online"});
  table.add({"longer", "1 B", ""});
  EXPECT_EQ(table.text(),
            "NAME        SIZE  STATE\n"
            "a       12.5 MiB  online\n"
            "longer       1 B");
}

TEST(BytesText, HasAUnit) {
  EXPECT_EQ(bytes_text(0), "0 B");
  EXPECT_EQ(bytes_text(1023), "1023 B");
  EXPECT_EQ(bytes_text(1536), "1.5 KiB");
  EXPECT_EQ(bytes_text(4ull << 40), "4.0 TiB");
  EXPECT_EQ(bytes_text(~0ull), "15.9 EiB");
}

TEST(DurationText, HasTwoUnits) {
  EXPECT_EQ(duration_text(59), "59s");
  EXPECT_EQ(duration_text(200), "3m 20s");
  EXPECT_EQ(duration_text(5 * 3600 + 125), "5h 2m");
  EXPECT_EQ(duration_text(100 * 3600), "4d 4h");
}

}  // namespace
}  // namespace lapis::ctl
