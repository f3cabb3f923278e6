// What copies read from: a reader on each shard, one policy for all.
#include <algorithm>

#include "daemon/node.h"

namespace lapis::daemon {
namespace {

// What a copy of long blobs holds of the buffers at least, and the same again for others: so many
// copies, and as many pending ones again, can never wait for each other's.
constexpr std::uint64_t kBufferBytesOfCopy = 8ull << 20;
// That go on at once on a shard, on turns of their own: clients wait for the others.
constexpr std::uint64_t kPendingAtOnce = 2;

}  // namespace

std::uint64_t Node::copies_of_shard() const {
  const std::uint64_t buffers = config_.buffer_memory_bytes / shards_.size();
  const std::uint64_t most = std::min<std::uint64_t>(
      config_.copy_sources.max_copies / shards_.size(), buffers / kBufferBytesOfCopy);
  return std::max<std::uint64_t>(1, most);
}

Result<void> Node::start_source_readers() {
  const CopySourceConfig& sources = config_.copy_sources;
  LAPIS_TRY(const auto tls, http::make_client_tls({.ca_file = sources.ca_file}));
  source_policy_ = std::make_unique<source::Policy>(sources.policy);
  source::ReaderOptions options;
  options.max_copies = copies_of_shard();
  options.busy_timeout = config_.busy_timeout;
  options.connect_timeout = sources.connect_timeout;
  options.stall_timeout = config_.stall_timeout;
  for (const auto& shard : shards_) {
    source_readers_.push_back(
        source::SourceReader::make(*shard, *source_policy_, options, clock_, tls));
    sources_.source_readers.push_back(source_readers_.back().get());
  }
  options.max_copies = std::min<std::size_t>(options.max_copies, kPendingAtOnce);
  for (const auto& shard : shards_) {
    pending_readers_.push_back(
        source::SourceReader::make(*shard, *source_policy_, options, clock_, tls));
    sources_.source_readers.push_back(pending_readers_.back().get());
  }
  return {};
}

void Node::start_copy_runners() {
  const std::uint64_t at_once = std::min(copies_of_shard(), kPendingAtOnce);
  for (std::size_t i = 0; i < shards_.size(); ++i) {
    copy_runners_.push_back(std::make_unique<CopyRunner>(*shards_[i], *services_[i],
                                                         *pending_readers_[i], at_once, i == 0));
  }
}

// Before connections are drained: their requests would wait for what other servers send.
void Node::stop_source_readers() {
  if (copies_) copies_->stop();
  for (std::size_t i = 0; i < source_readers_.size(); ++i) {
    shards_[i]->run(source_readers_[i]->stop());
  }
  for (std::size_t i = 0; i < pending_readers_.size(); ++i) {
    shards_[i]->run(pending_readers_[i]->stop());
  }
  for (const auto& runner : copy_runners_) runner->stop();
}

}  // namespace lapis::daemon
