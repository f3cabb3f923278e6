#include "blob/listing_scan.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "blob/blob_rows.h"

namespace lapis::blob {
namespace {

class ListingScan {
 public:
  ListingScan(ContainerId container, const ListBlobs& request, ListingRules rules, ListSink& sink)
      : container_(container),
        request_(request),
        tells_last_access_(rules.tells_last_access),
        copies_(rules.copies),
        visits_left_(rules.rows_visited),
        sink_(sink) {}

  Result<ListBlobsResult> run(storage::MetaSnapshot& snapshot) {
    const std::string last = prefix_end(name_prefix(container_, request_.prefix));
    const std::string first = start_key();
    if (first >= last) return ListBlobsResult{};
    const auto cursor = snapshot.scan(first, last);
    while (cursor->valid()) {
      const auto key = parse_name_key(cursor->key());
      if (!key) return fail(ErrorCode::kInternalError, "blob key is damaged");
      if (visits_left_ == 0) return ends_at(*key);
      --visits_left_;
      if (key->row == NameRow::kPast && !sees_past_) {
        cursor->seek(sees_roots_ ? root_key(container_, key->name)
                                 : upload_key(container_, key->name));
      } else if (key->row == NameRow::kPast || key->row == NameRow::kRoot) {
        LAPIS_TRY(const bool page_ended, take_state(*cursor, *key));
        if (page_ended) return std::move(result_);
      } else if (key->row == NameRow::kUpload) {
        LAPIS_TRY(const bool page_ended, take_upload(*cursor, *key));
        if (page_ended) return std::move(result_);
      } else {
        if (results_ == request_.max_results) return ends_at(*key);
        LAPIS_TRY_VOID(take_blob(*cursor, key->name));
      }
    }
    LAPIS_TRY_VOID(cursor->status());
    return ListBlobsResult{};
  }

 private:
  std::string start_key() const {
    std::string first = std::max(name_prefix(container_, request_.prefix),
                                 name_prefix(container_, request_.start_from));
    if (!request_.start) return first;
    const ListPosition& from = *request_.start;
    if (from.past_root) return std::max(first, upload_key(container_, from.name));
    std::string start = from.past ? past_key(container_, from.name, *from.past)
                                  : name_prefix(container_, from.name);
    if (from.past_prefix) start = prefix_end(start);
    return std::max(first, start);
  }

  // Of the other rows of a name the page that follows sees all.
  ListBlobsResult ends_at(const NameKey& key) const {
    ListPosition at{std::string(key.name)};
    if (!sees_past_ && !sees_roots_) return {std::move(at)};
    if (key.row == NameRow::kPast) at.past = key.time;
    if (key.row == NameRow::kRoot) at.past = Timestamp::max();
    at.past_root = key.row == NameRow::kUpload || key.row == NameRow::kBlob;
    return {std::move(at)};
  }

  // The common prefix that hides `name`, empty where it stands for itself.
  std::string_view common_prefix(std::string_view name) const {
    if (request_.delimiter.empty()) return {};
    const auto at = name.find(request_.delimiter, request_.prefix.size());
    if (at == name.npos) return {};
    return name.substr(0, at + request_.delimiter.size());
  }

  // One seek for all that a prefix hides, however many they are.
  void pass(storage::MetaCursor& cursor, std::string_view common) {
    const std::string prefix(common);  // the cursor's key goes when it moves
    sink_.prefix(prefix);
    ++results_;
    cursor.seek(prefix_end(name_prefix(container_, prefix)));
  }

  Result<BlobProperties> properties_at(const storage::MetaCursor& cursor) const {
    LAPIS_TRY(BlobProperties properties, decode_properties(cursor.value()));
    if (!tells_last_access_) properties.last_access.reset();
    if (copies_ != nullptr && is_pending(properties)) {
      properties.copy->copied = copies_->copied(properties.copy->id);
    }
    return properties;
  }

  Result<void> take_blob(storage::MetaCursor& cursor, std::string_view name) {
    if (const auto common = common_prefix(name); !common.empty()) {
      pass(cursor, common);
      return {};
    }
    LAPIS_TRY(const BlobProperties properties, properties_at(cursor));
    sink_.blob(name, properties);
    ++results_;
    cursor.next();
    return {};
  }

  // Past states and roots show by what they are, of those that are asked for.
  bool is_visible(NameRow row, const BlobProperties& properties) const {
    if (row == NameRow::kRoot) {
      if (properties.deletion) return request_.include_deleted;
      return request_.include_versions_only && has_versions(properties);
    }
    if (properties.deletion && !request_.include_deleted) return false;
    return properties.snapshot ? request_.include_snapshots : request_.include_versions;
  }

  // True where the page ends at this row.
  Result<bool> take_state(storage::MetaCursor& cursor, const NameKey& key) {
    if (!sees_roots_) {
      cursor.next();
      return false;
    }
    LAPIS_TRY(const BlobProperties properties, properties_at(cursor));
    if (!is_visible(key.row, properties)) {
      cursor.next();
      return false;
    }
    if (results_ == request_.max_results) {
      result_ = ends_at(key);
      return true;
    }
    if (const auto common = common_prefix(key.name); !common.empty()) {
      pass(cursor, common);
      return false;
    }
    if (key.row == NameRow::kRoot && !properties.deletion) {
      sink_.versions_only(key.name, properties);
    } else {
      sink_.blob(key.name, properties);
    }
    ++results_;
    cursor.next();
    return false;
  }

  // Uncommitted blocks show only where asked for and where no committed blob has the name; the
  // blob's row is the next one then. True where the page ends at this name.
  Result<bool> take_upload(storage::MetaCursor& cursor, NameKey key) {
    const std::string name(key.name);  // the cursor's key goes when it moves
    key.name = name;
    cursor.next();
    if (!request_.include_uncommitted) return false;
    if (cursor.valid()) {
      const auto next = parse_name_key(cursor.key());
      if (next && next->name == name) return false;
    } else {
      LAPIS_TRY_VOID(cursor.status());
    }
    if (results_ == request_.max_results) {
      result_ = ends_at(key);
      return true;
    }
    if (const auto common = common_prefix(name); !common.empty()) {
      pass(cursor, common);
      return false;
    }
    sink_.uncommitted(name);
    ++results_;
    return false;
  }

  const ContainerId container_;
  const ListBlobs& request_;
  const bool tells_last_access_;
  const PendingCopies* const copies_;
  std::size_t visits_left_;
  ListSink& sink_;
  std::size_t results_ = 0;
  ListBlobsResult result_;
  const bool sees_past_ = request_.include_snapshots || request_.include_versions;
  const bool sees_roots_ = sees_past_ || request_.include_deleted || request_.include_versions_only;
};

}  // namespace

Result<ListBlobsResult> scan_blobs(storage::MetaSnapshot& snapshot, ContainerId container,
                                   const ListBlobs& request, ListingRules rules, ListSink& sink) {
  // Past past states, a root and an upload to the blob's own row: else a page could end where it
  // began.
  constexpr std::size_t kRowsOfName = 4;
  rules.rows_visited = std::max(rules.rows_visited, kRowsOfName);
  return ListingScan(container, request, rules, sink).run(snapshot);
}

}  // namespace lapis::blob
