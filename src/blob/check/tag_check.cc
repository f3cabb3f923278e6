#include "blob/check/tag_check.h"

#include <utility>

#include "blob/check/row_scan.h"
#include "blob/records.h"
#include "lapis/blob/tag_expression.h"

namespace lapis::blob {
namespace {

using storage::FindingKind;
using storage::Table;

class TagCheck {
 public:
  TagCheck(const ReferenceCheck& check, const ContainerIndex& containers,
           const storage::FindingSink& found)
      : check_(check), containers_(containers), found_(found) {}

  Result<void> check_row(std::string_view key) const {
    const auto parsed = parse_tag_key(key);
    if (!parsed) return fail(ErrorCode::kInternalError, "tag key is damaged");
    if (is_swept(parsed->container)) return {};
    LAPIS_TRY(const auto row, check_.snapshot.get(blob_key(parsed->container, parsed->name)));
    if (row) {
      const auto properties = decode_properties(*row);
      if (!properties) return {};  // told where blobs were looked at
      const std::string* value = find_tag(properties->tags, parsed->key);
      if (value != nullptr && *value == parsed->value) return {};
    }
    tell(FindingKind::kLeaked, *parsed);
    return {};
  }

  Result<void> check_blob(std::string_view key, std::string_view value) const {
    const auto parsed = parse_name_key(key);
    if (!parsed || parsed->row != NameRow::kBlob || is_swept(parsed->container)) return {};
    const auto properties = decode_properties(value);
    if (!properties) return {};
    for (const auto& [tag, text] : properties->tags) {
      LAPIS_TRY(const auto row,
                check_.snapshot.get(tag_key(parsed->container, tag, text, parsed->name)));
      if (!row) tell(FindingKind::kWrong, {parsed->container, tag, text, parsed->name});
    }
    return {};
  }

 private:
  // Deleted, and its rows go one after the other.
  bool is_swept(ContainerId container) const {
    return containers_.is_known(container) && !containers_.is_live(container);
  }

  void tell(FindingKind kind, const TagKey& tag) const {
    found_({kind,
            "tag_index_row",
            {{"container", containers_.name_of(tag.container)},
             {"blob", std::string(tag.name)},
             {"tag", std::string(tag.key)},
             {"value", std::string(tag.value)}},
            {}});
  }

  const ReferenceCheck& check_;
  const ContainerIndex& containers_;
  const storage::FindingSink& found_;
};

}  // namespace

Result<void> check_tags(const ReferenceCheck& check, const ContainerIndex& containers,
                        const storage::FindingSink& found) {
  const TagCheck tags(check, containers, found);
  const auto row = [&](std::string_view key, std::string_view) { return tags.check_row(key); };
  LAPIS_TRY_VOID(scan_table(check, Table::kTag, found, row));
  const auto blob = [&](std::string_view key, std::string_view value) {
    return tags.check_blob(key, value);
  };
  return scan_table(check, Table::kBlob, {}, blob);
}

}  // namespace lapis::blob
