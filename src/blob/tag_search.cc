#include "blob/tag_search.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "blob/records.h"

namespace lapis::blob {
namespace {

using Cursors = std::vector<std::unique_ptr<storage::MetaCursor>>;

std::unexpected<Error> damaged_key() {
  return fail(ErrorCode::kInternalError, "tag key is damaged");
}

class Searcher {
 public:
  Searcher(TagSearch& search, const TagFound& found) : search_(search), found_(found) {}

  Result<std::optional<TagPosition>> run() {
    for (const TagRange& range : search_.query.ranges) {
      if (range.is_one_value()) lists_.push_back(value_prefix(range));
    }
    return lists_.empty() ? run_range(walked_range()) : run_lists();
  }

 private:
  std::string value_prefix(const TagRange& range) const {
    return tag_value_prefix(search_.container, range.key, range.first);
  }

  bool may_visit() {
    if (search_.visits_left == 0) return false;
    --search_.visits_left;
    return true;
  }

  // A range with two bounds has fewer rows than one with one, mostly.
  const TagRange& walked_range() const {
    const auto& ranges = search_.query.ranges;
    const auto bounded = std::ranges::find_if(
        ranges, [](const TagRange& range) { return range.last && !range.first.empty(); });
    return bounded == ranges.end() ? ranges.front() : *bounded;
  }

  // The lists' common names, each list sought for the greatest that another stands at.
  Result<std::optional<TagPosition>> run_lists() {
    Cursors cursors;
    std::string name = search_.start ? search_.start->name : std::string();
    for (const std::string& prefix : lists_) {
      cursors.push_back(search_.snapshot.scan(prefix + name, prefix_end(prefix)));
    }
    while (true) {
      LAPIS_TRY(const auto agreed, agree(cursors, name));
      if (agreed == Agreed::kEnd) return std::nullopt;
      if (agreed == Agreed::kNotYet) return TagPosition{{}, std::move(name)};
      LAPIS_TRY(const bool goes_on, look_at(name));
      if (!goes_on) return TagPosition{{}, std::move(name)};
      cursors.front()->next();
      if (!cursors.front()->valid()) {
        LAPIS_TRY_VOID(cursors.front()->status());
        return std::nullopt;
      }
      LAPIS_TRY(name, name_at(*cursors.front()));
    }
  }

  enum class Agreed : std::uint8_t { kYes, kEnd, kNotYet };

  // Moves all to the first name from `name` on that all have; `name` becomes it. Not yet: too many
  // rows were visited; none before `name` are common.
  Result<Agreed> agree(Cursors& cursors, std::string& name) {
    for (std::size_t same = 0, at = 0; same < cursors.size(); at = (at + 1) % cursors.size()) {
      if (!may_visit()) return Agreed::kNotYet;
      storage::MetaCursor& cursor = *cursors[at];
      if (cursor.valid() && cursor.key() < lists_[at] + name) cursor.seek(lists_[at] + name);
      if (!cursor.valid()) {
        LAPIS_TRY_VOID(cursor.status());
        return Agreed::kEnd;
      }
      LAPIS_TRY(std::string found, name_at(cursor));
      if (found == name) {
        ++same;
      } else {
        same = 1;
        name = std::move(found);
      }
    }
    return Agreed::kYes;
  }

  static Result<std::string> name_at(const storage::MetaCursor& cursor) {
    const auto key = parse_tag_key(cursor.key());
    if (!key) return damaged_key();
    return std::string(key->name);
  }

  Result<std::optional<TagPosition>> run_range(const TagRange& range) {
    const ContainerId container = search_.container;
    const std::string all = tag_key_prefix(container, range.key);
    std::string first = tag_value_prefix(container, range.key, range.first);
    if (range.after_first) first = prefix_end(first);
    if (search_.start) {
      first =
          std::max(first, tag_key(container, range.key, search_.start->value, search_.start->name));
    }
    std::string last = prefix_end(all);
    if (range.last) {
      last = tag_value_prefix(container, range.key, *range.last);
      if (!range.before_last) last = prefix_end(last);
    }
    if (first >= last) return std::nullopt;
    const auto cursor = search_.snapshot.scan(first, last);
    for (; cursor->valid(); cursor->next()) {
      const auto key = parse_tag_key(cursor->key());
      if (!key) return damaged_key();
      TagPosition here{std::string(key->value), std::string(key->name)};
      if (!may_visit()) return here;
      LAPIS_TRY(const bool goes_on, look_at(here.name));
      if (!goes_on) return here;
    }
    LAPIS_TRY_VOID(cursor->status());
    return std::nullopt;
  }

  // The blob's row is read whatever the query says: it has the tags that are shown, and the last
  // word.
  Result<bool> look_at(const std::string& name) {
    if (search_.visits_left > 0) --search_.visits_left;
    LAPIS_TRY(const auto row, search_.snapshot.get(blob_key(search_.container, name)));
    if (!row) return true;
    LAPIS_TRY(const BlobProperties properties, decode_properties(*row));
    for (const TagRange& range : search_.query.ranges) {
      const std::string* value = find_tag(properties.tags, range.key);
      if (value == nullptr || !range.contains(*value)) return true;
    }
    return found_(name, properties);
  }

  TagSearch& search_;
  const TagFound& found_;
  std::vector<std::string> lists_;  // prefixes of the rows of one value each
};

}  // namespace

Result<std::optional<TagPosition>> search_tags(TagSearch& search, const TagFound& found) {
  search.visits_left = std::max(search.visits_left, search.query.ranges.size() + 1);
  return Searcher(search, found).run();
}

}  // namespace lapis::blob
