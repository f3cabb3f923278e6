// OverlayView: the rows as one transaction sees them, and where its writes go: RocksDB, under the
// writes of the group's earlier transactions, under its own. Lives on the committer's thread for
// one run of the transaction.
#pragma once

#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>

#include <cstdint>
#include <vector>

#include "lapis/storage/meta_store.h"
#include "storage/meta/overlay.h"
#include "storage/meta/room.h"
#include "storage/meta/version_stripes.h"

namespace lapis::storage {

class OverlayView final : public MetaView {
 public:
  OverlayView(rocksdb::DB& db, const Overlay& group, rocksdb::WriteBatch& batch,
              std::uint64_t& last_id)
      : db_(db), group_(group), batch_(batch), last_id_(last_id) {}

  Result<std::optional<std::string>> get(std::string_view key) override;
  void put(std::string_view key, std::string_view value) override;
  void rewrite(std::string_view key, std::string_view value) override;
  void erase(std::string_view key) override;
  void erase_range(std::string_view first, std::string_view last) override;
  std::uint64_t next_id() override { return ++last_id_; }

  // For who decides what becomes of the run.
  const WriteSize& size() const { return size_; }
  const std::vector<VersionStripes::Stripe>& stripes() const { return stripes_; }
  Overlay&& take_writes() && { return std::move(own_); }

 private:
  void write(std::string_view key, std::string_view value);

  rocksdb::DB& db_;
  const Overlay& group_;
  rocksdb::WriteBatch& batch_;
  std::uint64_t& last_id_;
  Overlay own_;
  WriteSize size_;
  std::vector<VersionStripes::Stripe> stripes_;  // of the keys put and erased one by one
};

}  // namespace lapis::storage
