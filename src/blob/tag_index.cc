#include "blob/tag_index.h"

#include "lapis/blob/tag_expression.h"

namespace lapis::blob {
namespace {

bool has(const Tags& tags, const Tags::value_type& tag) {
  const std::string* value = find_tag(tags, tag.first);
  return value != nullptr && *value == tag.second;
}

}  // namespace

const Tags& tags_of(const BlobRecord* replaced) {
  static const Tags kNone;
  return replaced == nullptr ? kNone : replaced->properties.tags;
}

void index_tags(storage::MetaView& view, ContainerId container, std::string_view name,
                const Tags& before, const Tags& now) {
  for (const auto& tag : before) {
    if (!has(now, tag)) view.erase(tag_key(container, tag.first, tag.second, name));
  }
  for (const auto& [key, value] : now) view.put(tag_key(container, key, value, name), {});
}

}  // namespace lapis::blob
