// Damage to RocksDB's files: the store is refused, or a read says so, or everything is there. It
// never opens with fewer rows and keeps quiet.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <random>

#include "lapis/base/bytes.h"
#include "unit/storage/meta/meta_harness.h"

namespace lapis::storage {
namespace {

namespace fs = std::filesystem;

void flip_bit(const fs::path& file, std::uint64_t offset, int bit) {
  std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
  stream.seekg(static_cast<std::streamoff>(offset));
  const char byte = static_cast<char>(stream.get() ^ (1 << bit));
  stream.seekp(static_cast<std::streamoff>(offset));
  stream.put(byte);
}

enum class Outcome { kRefused, kReadsFail, kWhole, kFewer };

class MetaDamage : public testing::Test {
 protected:
  // A store as a kill leaves it: rows in tables, more in the log.
  void SetUp() override {
    LocalHarness meta;
    fill(meta, "t", 30);
    meta.reopen();
    fill(meta, "u", 30);
    meta.reopen();
    fill(meta, "w", 60);
    rows_ = meta.all_rows();
    durable_ = meta.store().durable_sequence();
    copy_open_store(meta.options.directory);
  }

  // The store is open, and may drop a file that it no longer needs between its being listed and its
  // being copied: then again.
  void copy_open_store(const fs::path& directory) {
    std::error_code error;
    do {
      fs::remove_all(image_);
      fs::copy(directory, image_, fs::copy_options::recursive, error);
    } while (error == std::errc::no_such_file_or_directory);
    ASSERT_FALSE(error) << error.message();
  }

  static void fill(LocalHarness& meta, const std::string& prefix, int commits) {
    for (int commit = 0; commit < commits; ++commit) {
      const Result<void> done = meta.transact([&](MetaView& view) -> Result<void> {
        for (int i = 0; i < 10; ++i) {
          const std::string name = std::to_string(commit) + "." + std::to_string(i);
          view.put(prefix + name, name + std::string(300, 'v'));
        }
        return {};
      });
      ASSERT_TRUE(done);
    }
  }

  Outcome outcome_with(const fs::path& directory) {
    MetaStoreOptions options;
    options.directory = directory;
    options.min_free_bytes = 0;
    auto opened = LocalMetaStore::open(options, pool_);
    if (!opened) return Outcome::kRefused;
    const auto snapshot = (*opened)->snapshot();
    const auto cursor = snapshot->scan("\x02", "\xff");
    Rows rows;
    for (; cursor->valid(); cursor->next()) rows.emplace_back(cursor->key(), cursor->value());
    if (!cursor->status()) return Outcome::kReadsFail;
    return rows == rows_ ? Outcome::kWhole : Outcome::kFewer;
  }

  Outcome outcome_of_flip(const std::string& name, std::uint64_t offset, int bit) {
    const fs::path copy = directory_ / "copy";
    fs::remove_all(copy);
    fs::copy(image_, copy, fs::copy_options::recursive);
    flip_bit(copy / "db" / name, offset, bit);
    return outcome_with(copy);
  }

  // The files of the database that hold anything and whose names begin and end so.
  std::vector<std::string> files(std::string_view prefix, std::string_view suffix) const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(image_ / "db")) {
      const std::string name = entry.path().filename().string();
      if (name.starts_with(prefix) && name.ends_with(suffix) && size_of(name) != 0) {
        names.push_back(name);
      }
    }
    return names;
  }
  std::uint64_t size_of(const std::string& name) const {
    return fs::file_size(image_ / "db" / name);
  }

  test::TempDir directory_;
  const fs::path image_ = directory_ / "image";
  io::BlockingPool pool_{1, 10};
  Rows rows_;
  Sequence durable_;
};

TEST_F(MetaDamage, AnUndamagedImageOpensWhole) { EXPECT_EQ(outcome_with(image_), Outcome::kWhole); }

struct FileKind {
  const char* name;
  const char* prefix;
  const char* suffix;
  int flips;  // of random bits, in each file
};
constexpr FileKind kFileKinds[] = {
    {"Log", "", ".log", 25},
    {"Manifest", "MANIFEST-", "", 10},
    {"Current", "CURRENT", "", 6},
    {"Table", "", ".sst", 12},
};

TEST_F(MetaDamage, NoFlippedBitLosesRowsInSilence) {
  constexpr unsigned kSeed = 20;
  std::mt19937 random(kSeed);
  for (const FileKind& kind : kFileKinds) {
    const auto names = files(kind.prefix, kind.suffix);
    ASSERT_FALSE(names.empty()) << kind.name;
    int noticed = 0;
    for (const std::string& name : names) {
      for (int flip = 0; flip < kind.flips; ++flip) {
        const std::uint64_t offset = random() % size_of(name);
        const int bit = static_cast<int>(random() % 8);
        const Outcome outcome = outcome_of_flip(name, offset, bit);
        EXPECT_NE(outcome, Outcome::kFewer)
            << name << " bit " << bit << " of byte " << offset << ", seed " << kSeed;
        noticed += outcome == Outcome::kRefused || outcome == Outcome::kReadsFail;
      }
    }
    EXPECT_GT(noticed, 0) << kind.name;
  }
}

// Where the log's last records begin: RocksDB itself takes a damaged length there for the end.
std::vector<std::uint64_t> headers_in_last_block(const std::string& log) {
  std::vector<std::uint64_t> offsets;
  std::uint64_t at = log.size() / 32'768 * 32'768;
  while (at + 7 <= log.size()) {
    offsets.push_back(at);
    at += 7u + load_le<std::uint16_t>(as_bytes(log), at + 4);
  }
  return offsets;
}

TEST_F(MetaDamage, NoFlippedBitInTheLogsLastHeadersLosesRowsInSilence) {
  const auto logs = files("", ".log");
  ASSERT_EQ(logs.size(), 1u);
  std::ifstream in(image_ / "db" / logs[0], std::ios::binary);
  const std::string log{std::istreambuf_iterator<char>(in), {}};
  const auto headers = headers_in_last_block(log);
  ASSERT_GE(headers.size(), 3u);
  for (const std::uint64_t header :
       {headers.front(), headers[headers.size() / 2], headers.back()}) {
    for (int bit = 0; bit < 7 * 8; ++bit) {
      const std::uint64_t offset = header + static_cast<std::uint64_t>(bit) / 8;
      EXPECT_EQ(outcome_of_flip(logs[0], offset, bit % 8), Outcome::kRefused)
          << "bit " << bit << " of the header at " << header << " of " << log.size();
    }
  }
}

// A crash in the middle of an append: what was cut short was never acknowledged.
TEST_F(MetaDamage, ARecordCutShortIsDropped) {
  const auto logs = files("", ".log");
  ASSERT_EQ(logs.size(), 1u);
  std::ifstream in(image_ / "db" / logs[0], std::ios::binary);
  const std::string log{std::istreambuf_iterator<char>(in), {}};
  const std::uint64_t last = headers_in_last_block(log).back();
  for (const std::uint64_t size : {last + 3, last + 7, last + 500, std::uint64_t{log.size() - 1}}) {
    SCOPED_TRACE("cut at " + std::to_string(size) + " of " + std::to_string(log.size()));
    const fs::path copy = directory_ / "copy";
    fs::remove_all(copy);
    fs::copy(image_, copy, fs::copy_options::recursive);
    fs::resize_file(copy / "db" / logs[0], size);
    MetaStoreOptions options;
    options.directory = copy;
    const auto opened = LocalMetaStore::open(options, pool_);
    ASSERT_TRUE(opened) << to_string(opened.error());
    EXPECT_EQ((*opened)->durable_sequence().value, durable_.value - 1);
    EXPECT_EQ((*opened)->snapshot()->get("w59.0").value(), std::nullopt);
    EXPECT_TRUE((*opened)->snapshot()->get("w58.9").value());
  }
}

TEST_F(MetaDamage, ALostLogIsRefused) {
  for (const auto& entry : fs::directory_iterator(image_ / "db")) {
    if (entry.path().extension() == ".log") fs::remove(entry.path());
  }
  EXPECT_EQ(outcome_with(image_), Outcome::kRefused);
}

// Some of the image's tables may be leftovers of a compaction that the kill came too early to drop:
// without those everything is there still.
TEST_F(MetaDamage, ALostTableIsRefused) {
  int refused = 0;
  for (const std::string& name : files("", ".sst")) {
    const fs::path copy = directory_ / "copy";
    fs::remove_all(copy);
    fs::copy(image_, copy, fs::copy_options::recursive);
    fs::remove(copy / "db" / name);
    const Outcome outcome = outcome_with(copy);
    EXPECT_TRUE(outcome == Outcome::kRefused || outcome == Outcome::kWhole) << name;
    if (outcome == Outcome::kRefused) ++refused;
  }
  EXPECT_GT(refused, 0);
}

}  // namespace
}  // namespace lapis::storage
