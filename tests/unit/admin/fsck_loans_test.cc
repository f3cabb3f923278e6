// The check of stores in which containers lend bodies to others: clean, whatever has gone by then.
#include "lapis/blob/ops/copy_blob.h"
#include "lapis/blob/ops/incremental_copy_blob.h"
#include "lapis/blob/ops/put_page.h"
#include "lapis/blob/ops/put_page_blob.h"
#include "unit/admin/fsck_fixture.h"
#include "unit/blob/scripted_sources.h"

namespace lapis::admin {
namespace {

using test::key_of;
using test::pattern;

class FsckLoans : public FsckTest {
 protected:
  FsckLoans() { make_container("crate"); }

  static blob::BlobKey there(const std::string& name) { return {"acct", "crate", name}; }
  template <class Request>
  static Request of(const blob::BlobKey& source) {
    Request request;
    request.source.url = "http://h/acct/any";
    request.local = source;
    return request;
  }
  void copy(const blob::BlobKey& from, const blob::BlobKey& to) {
    auto request = of<blob::CopyBlob>(from);
    request.blob.key = to;
    ASSERT_TRUE(test::run_on(one_, [&] { return blob::copy_blob(*service_, request, sources_); }));
  }
  void append(const blob::BlobKey& key, const std::string& text) {
    blob::AppendBlock request;
    request.key = key;
    request.content_length = text.size();
    test::TextSource source(text, 50'000);
    ASSERT_TRUE(test::run_on(one_, [&] { return blob::append_block(*service_, request, source); }));
  }
  void delete_whole(const std::string& container) {
    ASSERT_TRUE(test::run_on(
        one_, [&] { return blob::delete_container(*service_, {{"acct", container}, {}, {}}); }));
  }
  void expect_clean(const char* when) {
    EXPECT_EQ(sorts(check()), std::vector<std::string>{}) << when;
  }

  test::ScriptedSources sources_;
};

TEST_F(FsckLoans, OfLogsThatGrow) {
  blob::PutBlob made;
  made.key = key_of("log");
  ASSERT_TRUE(test::run_on(one_, [&] { return blob::put_append_blob(*service_, made); }));
  // Long and short ones, enough of them for a segment, before the loan and behind it.
  const auto grow = [this](std::uint64_t first) {
    for (std::uint64_t i = first; i < first + 140; ++i) {
      append(key_of("log"), pattern(i % 3 == 0 ? 6'000 : 3'000, i));
    }
  };
  grow(0);
  copy(key_of("log"), there("log"));
  expect_clean("lent");
  grow(1000);
  expect_clean("grown");
  delete_whole("box");
  expect_clean("the lender's container is deleted");
  for (int pass = 0; pass < 2; ++pass) {
    reclaim();
    expect_clean("and swept");
  }
  append(there("log"), pattern(6'000, 7));
  expect_clean("the borrower has a body of its own");
  delete_whole("crate");
  for (int pass = 0; pass < 3; ++pass) {
    reclaim();
    expect_clean("all gone");
  }
}

TEST_F(FsckLoans, OfPages) {
  blob::PutPageBlob made;
  made.blob.key = key_of("disk");
  made.length = 1 << 20;
  ASSERT_TRUE(test::run_on(one_, [&] { return blob::put_page_blob(*service_, made); }));
  const auto write = [this](const blob::BlobKey& key, std::uint64_t first, std::size_t length) {
    blob::PutPage request;
    request.key = key;
    request.range = {first, length};
    test::TextSource source(pattern(length, first), 50'000);
    ASSERT_TRUE(test::run_on(one_, [&] { return blob::put_page(*service_, request, source); }));
  };
  write(key_of("disk"), 0, 300 * 1024);
  write(key_of("disk"), 512 * 1024, 512);
  blob::BlobKey snapshot = key_of("disk");
  const auto taken =
      test::run_on(one_, [&] { return blob::snapshot_blob(*service_, {snapshot, {}, {}, {}}); });
  ASSERT_TRUE(taken);
  snapshot.snapshot = taken->snapshot;
  for (const blob::BlobKey& to : {key_of("backup"), there("backup")}) {
    auto request = of<blob::IncrementalCopyBlob>(snapshot);
    request.key = to;
    ASSERT_TRUE(test::run_on(
        one_, [&] { return blob::incremental_copy_blob(*service_, request, sources_); }));
  }
  copy(key_of("disk"), there("clone"));
  write(there("clone"), 0, 64 * 1024);
  copy(there("clone"), there("second"));
  write(key_of("disk"), 0, 1 << 20);
  expect_clean("lent");
  delete_whole("box");
  expect_clean("the lender's container is deleted");
  for (int pass = 0; pass < 2; ++pass) {
    reclaim();
    expect_clean("and swept");
  }
  delete_whole("crate");
  for (int pass = 0; pass < 3; ++pass) {
    reclaim();
    expect_clean("all gone");
  }
}

}  // namespace
}  // namespace lapis::admin
