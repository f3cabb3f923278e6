#include "blob/release.h"

#include <algorithm>
#include <string>
#include <utility>

namespace lapis::blob {
namespace {

constexpr std::size_t kBlocksInEntry = 4096;
constexpr std::size_t kTargetsInEntry = 1024;

std::string next_key(storage::MetaView& view, ContainerId container) {
  return release_key(container, ReleaseId{view.next_id()});
}

void queue(storage::MetaView& view, ContainerId container, const Release& release) {
  view.put(next_key(view, container), encode(release));
}

}  // namespace

void queue_body(storage::MetaView& view, ContainerId container, Body body, BodyId owner) {
  if (body.blocks.empty() && body.segments.empty()) return;
  Release release;
  release.owner = owner;
  release.body = std::move(body);
  view.rewrite(next_key(view, container), encode(release));
}

void queue_blocks(storage::MetaView& view, ContainerId container, const std::vector<Block>& blocks,
                  const std::vector<SegmentId>& emptied, BodyId owner) {
  Release release;
  release.owner = owner;
  release.emptied = emptied;
  for (std::size_t done = 0; done < blocks.size() || !release.emptied.empty();) {
    const std::size_t count = std::min(kBlocksInEntry, blocks.size() - done);
    const auto first = blocks.begin() + static_cast<std::ptrdiff_t>(done);
    release.body.blocks.assign(first, first + static_cast<std::ptrdiff_t>(count));
    for (Block& block : release.body.blocks) block.id.text.clear();
    queue(view, container, release);
    release.emptied.clear();
    done += count;
  }
}

void queue_pages(storage::MetaView& view, ContainerId container, PageRelease pages) {
  std::vector<PageTarget> targets = std::move(pages.targets);
  std::size_t done = 0;
  do {
    const std::size_t count = std::min(kTargetsInEntry, targets.size() - done);
    const auto first = targets.begin() + static_cast<std::ptrdiff_t>(done);
    pages.targets.assign(first, first + static_cast<std::ptrdiff_t>(count));
    Release release;
    release.pages = pages;
    // What names no targets gives pages up: however full the store is.
    if (pages.targets.empty()) {
      view.rewrite(next_key(view, container), encode(release));
    } else {
      queue(view, container, release);
    }
    done += count;
  } while (done < targets.size());
}

void discard_upload(storage::MetaView& view, ContainerId container, std::string_view name,
                    UploadId upload) {
  view.erase(upload_key(container, name));
  Release release;
  release.upload = upload;
  queue(view, container, release);
}

}  // namespace lapis::blob
