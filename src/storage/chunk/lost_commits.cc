#include "storage/chunk/lost_commits.h"

#include <algorithm>

namespace lapis::storage {
namespace {

constexpr std::size_t kMaxExamples = 4;

}  // namespace

void LostCommits::examine(const FrameHeader& frame) {
  last_chunk_ = std::max(last_chunk_, frame.chunk);
  const std::string where = "the frame at " + std::to_string(frame.place.offset) + " of extent " +
                            std::to_string(frame.place.extent.value) + " on path " +
                            std::to_string(frame.place.path.value);
  if (frame.epoch > epoch_) {
    add(where + " is of epoch " + std::to_string(frame.epoch));
  } else if (frame.epoch == epoch_) {
    latest_ = std::max(latest_, frame.sequence);
    if (frame.sequence > recovered_) {
      add(where + " was written after commit " + std::to_string(frame.sequence.value));
    }
  }
}

void LostCommits::add(std::string evidence) {
  ++count_;
  if (examples_.size() < kMaxExamples) examples_.push_back(std::move(evidence));
}

void LostCommits::merge(const LostCommits& other) {
  latest_ = std::max(latest_, other.latest_);
  last_chunk_ = std::max(last_chunk_, other.last_chunk_);
  count_ += other.count_;
  for (const std::string& example : other.examples_) {
    if (examples_.size() < kMaxExamples) examples_.push_back(example);
  }
}

std::string LostCommits::report() const {
  std::string text = "acknowledged commits were lost: the metadata recovered commit " +
                     std::to_string(recovered_.value) + " of epoch " + std::to_string(epoch_) +
                     ", but the pools hold evidence of later ones";
  if (latest_ > recovered_) text += ", up to commit " + std::to_string(latest_.value);
  text += " (" + std::to_string(count_) + " pieces:";
  for (const std::string& example : examples_) text += " " + example + ";";
  text += count_ > examples_.size() ? " ...)" : ")";
  return text;
}

}  // namespace lapis::storage
