#include "blob/tag_search.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "blob/records.h"

namespace lapis::blob {
namespace {

// Of a range's rows, so many are read to learn whether there are few.
constexpr std::size_t kFewRows = 1000;

using Names = std::vector<std::string>;

std::unexpected<Error> damaged_key() {
  return fail(ErrorCode::kInternalError, "tag key is damaged");
}

// The rows of one value, by name.
struct ValueList {
  std::string prefix;
  std::unique_ptr<storage::MetaCursor> cursor = {};  // opened where it is first needed
};

class Searcher {
 public:
  Searcher(const TagSearch& search, const TagFound& found)
      : search_(search), found_(found), budget_(std::max(search.visits, one_blob())) {}

  Result<TagSearched> run() {
    for (const TagRange& range : search_.query.ranges) {
      if (!range.is_one_value()) continue;
      lists_.push_back({tag_value_prefix(search_.container, range.key, range.first)});
    }
    LAPIS_TRY(auto next, lists_.empty() ? run_range(walked_range()) : run_values());
    return TagSearched{std::move(next), visited_};
  }

 private:
  // The visits that bring a search on: a row of each list, and the blob's.
  std::size_t one_blob() const { return search_.query.ranges.size() + 1; }

  bool may_visit() {
    if (visited_ >= budget_) return false;
    ++visited_;
    return true;
  }

  // A range with two bounds has fewer rows than one with one, mostly.
  const TagRange& walked_range() const {
    const auto& ranges = search_.query.ranges;
    const auto bounded = std::ranges::find_if(
        ranges, [](const TagRange& range) { return range.last && !range.first.empty(); });
    return bounded == ranges.end() ? ranges.front() : *bounded;
  }

  // A value may be that of every blob, where a range beside it has ten.
  Result<std::optional<TagPosition>> run_values() {
    for (const TagRange& range : search_.query.ranges) {
      if (range.is_one_value()) continue;
      LAPIS_TRY(const auto names, names_if_few(range));
      budget_ = std::max(budget_, visited_ + one_blob());
      if (names) return run_names(*names);
    }
    return run_lists();
  }

  // The names of a range's blobs from the start on, sorted; nothing where it has many rows. Leaves
  // half of what may be visited.
  Result<std::optional<Names>> names_if_few(const TagRange& range) {
    const std::size_t most = std::min(kFewRows, (budget_ - visited_) / 2);
    const auto [first, last] = bounds(range);
    Names names;
    if (first >= last) return names;
    const auto cursor = search_.snapshot.scan(first, last);
    for (std::size_t rows = 0; cursor->valid(); cursor->next()) {
      if (rows++ == most) return std::nullopt;
      ++visited_;
      LAPIS_TRY(std::string name, name_at(*cursor));
      if (!search_.start || name >= search_.start->name) names.push_back(std::move(name));
    }
    LAPIS_TRY_VOID(cursor->status());
    std::ranges::sort(names);
    return names;
  }

  Result<std::optional<TagPosition>> run_names(const Names& names) {
    for (const std::string& name : names) {
      if (visited_ >= budget_) return TagPosition{{}, name};
      LAPIS_TRY(const bool goes_on, look_at(name));
      if (!goes_on) return TagPosition{{}, name};
    }
    return std::nullopt;
  }

  // The lists' common names, each list sought for the greatest that another stands at.
  Result<std::optional<TagPosition>> run_lists() {
    std::string name = search_.start ? search_.start->name : std::string();
    while (true) {
      LAPIS_TRY(const auto agreed, agree(name));
      if (agreed == Agreed::kEnd) return std::nullopt;
      if (agreed == Agreed::kNotYet) return TagPosition{{}, std::move(name)};
      LAPIS_TRY(const bool goes_on, look_at(name));
      if (!goes_on) return TagPosition{{}, std::move(name)};
      storage::MetaCursor& front = *lists_.front().cursor;
      front.next();
      if (!front.valid()) {
        LAPIS_TRY_VOID(front.status());
        return std::nullopt;
      }
      LAPIS_TRY(name, name_at(front));
    }
  }

  enum class Agreed : std::uint8_t { kYes, kEnd, kNotYet };

  // Moves all to the first name from `name` on that all have; `name` becomes it. Not yet: too many
  // rows were visited; none before `name` are common.
  Result<Agreed> agree(std::string& name) {
    for (std::size_t same = 0, at = 0; same < lists_.size(); at = (at + 1) % lists_.size()) {
      if (!may_visit()) return Agreed::kNotYet;
      const storage::MetaCursor& cursor = seek(lists_[at], name);
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

  const storage::MetaCursor& seek(ValueList& list, const std::string& name) const {
    const std::string key = list.prefix + name;
    if (!list.cursor) {
      list.cursor = search_.snapshot.scan(key, prefix_end(list.prefix));
    } else if (list.cursor->valid() && list.cursor->key() < key) {
      list.cursor->seek(key);
    }
    return *list.cursor;
  }

  static Result<std::string> name_at(const storage::MetaCursor& cursor) {
    const auto key = parse_tag_key(cursor.key());
    if (!key) return damaged_key();
    return std::string(key->name);
  }

  // First and end of a range's rows.
  std::pair<std::string, std::string> bounds(const TagRange& range) const {
    const ContainerId container = search_.container;
    std::string first = tag_value_prefix(container, range.key, range.first);
    if (range.after_first) first = prefix_end(first);
    std::string last = prefix_end(tag_key_prefix(container, range.key));
    if (range.last) {
      last = tag_value_prefix(container, range.key, *range.last);
      if (!range.before_last) last = prefix_end(last);
    }
    return {std::move(first), std::move(last)};
  }

  Result<std::optional<TagPosition>> run_range(const TagRange& range) {
    auto [first, last] = bounds(range);
    if (search_.start) {
      first = std::max(
          first, tag_key(search_.container, range.key, search_.start->value, search_.start->name));
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
    ++visited_;
    LAPIS_TRY(const auto row, search_.snapshot.get(blob_key(search_.container, name)));
    if (!row) return true;
    LAPIS_TRY(const BlobProperties properties, decode_properties(*row));
    for (const TagRange& range : search_.query.ranges) {
      const std::string* value = find_tag(properties.tags, range.key);
      if (value == nullptr || !range.contains(*value)) return true;
    }
    return found_(name, properties);
  }

  const TagSearch& search_;
  const TagFound& found_;
  std::size_t budget_;
  std::size_t visited_ = 0;
  std::vector<ValueList> lists_;
};

}  // namespace

Result<TagSearched> search_tags(const TagSearch& search, const TagFound& found) {
  return Searcher(search, found).run();
}

}  // namespace lapis::blob
