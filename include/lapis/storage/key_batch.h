// KeyBatch: a sort by key of what does not fit into memory, in several passes over the source. Each
// pass keeps the entries of the lowest keys that the passes before it have not kept; when they are
// too many, those of the upper half are let go for a later pass.
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <vector>

namespace lapis::storage {

// `Entry` has an operator<=> that begins with its key, and a `key()`. Entries of one key stay
// together, however many they are.
template <class Entry>
class KeyBatch {
 public:
  using Key = decltype(std::declval<const Entry&>().key());

  // One pass, from `begin` on; `limit` entries at most are held at once.
  KeyBatch(Key begin, std::size_t limit) : begin_(begin), limit_(limit) {}

  bool wants(const Key& key) const { return !(key < begin_) && (!end_ || key < *end_); }
  void add(Entry entry) {
    if (!wants(entry.key())) return;
    entries_.push_back(std::move(entry));
    if (entries_.size() >= limit_) cut();
  }

  // After the pass: the entries in order, and where the next pass begins; nothing after the last.
  const std::vector<Entry>& sorted() {
    std::ranges::sort(entries_);
    return entries_;
  }
  const Key& begin() const { return begin_; }
  const std::optional<Key>& end() const { return end_; }

 private:
  void cut() {
    const auto middle = entries_.begin() + static_cast<std::ptrdiff_t>(entries_.size() / 2);
    std::nth_element(entries_.begin(), middle, entries_.end());
    Key end = middle->key();
    const Key lowest = std::ranges::min_element(entries_)->key();
    if (!(lowest < end)) {
      // Half of them are of one key: it is kept whole.
      std::optional<Key> next;
      for (const Entry& entry : entries_) {
        if (lowest < entry.key() && (!next || entry.key() < *next)) next = entry.key();
      }
      if (!next) {
        limit_ *= 2;
        return;
      }
      end = *next;
    }
    end_ = end;
    std::erase_if(entries_, [&](const Entry& entry) { return !(entry.key() < end); });
    if (entries_.size() > limit_ / 2) limit_ *= 2;
  }

  const Key begin_;
  std::optional<Key> end_;
  std::size_t limit_;
  std::vector<Entry> entries_;
};

}  // namespace lapis::storage
