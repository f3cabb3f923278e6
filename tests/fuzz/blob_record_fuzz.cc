// The blob module's rows and keys. What is accepted adds up and comes back as it was.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "blob/keys.h"
#include "blob/records.h"

namespace lapis::blob {
namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

void check_blocks(const std::vector<Block>& blocks) {
  std::uint64_t first = 0;
  for (const Block& block : blocks) {
    std::uint64_t chunks = 0;
    for (const storage::ChunkRef& chunk : block.chunks) chunks += chunk.length;
    check(block.first == first && (block.chunks.empty() || chunks == block.length));
    check(block.chunks.empty() == (block.bytes_row != BlockBytesId{}));
    first += block.length;
  }
}

void read_blob(std::string_view input) {
  const auto blob = decode_blob(input);
  if (!blob) return;
  check_blocks(blob->body.blocks);
  std::uint64_t length = blob->body.inline_bytes.size();
  for (const Block& block : blob->body.blocks) length += block.length;
  for (const SegmentRef& ref : blob->body.segments) length += ref.length;
  check(length == blob->properties.content_length);
  const std::string again = encode_blob(blob->properties, encode_body(blob->body));
  const auto back = decode_blob(again);
  check(back && encode_blob(back->properties, encode_body(back->body)) == again);
}

template <class Decoded>
void check_stable(const Decoded& decoded, Decoded (*decode)(std::string_view)) {
  if (!decoded) return;
  const std::string again = encode(*decoded);
  const Decoded back = decode(again);
  check(back && encode(*back) == again);
}

void read_keys(std::string_view input) {
  if (const auto key = parse_name_key(input)) {
    const bool is_blob = key->row == NameRow::kBlob;
    check((is_blob ? blob_key(key->container, key->name) : upload_key(key->container, key->name)) ==
          input);
  }
  if (const auto key = parse_staged_key(input)) {
    const BlockId id{std::string(key->block)};
    check(staged_block_key(key->container, key->upload, id) == input);
  }
  if (const auto key = parse_release_key(input)) {
    check(release_key(key->container, key->entry) == input);
  }
  if (const auto container = parse_container_state_key(input)) {
    check(container_state_key(*container) == input);
  }
  (void)parse_container_name_key(input);
  const std::string end = prefix_end(input);
  check(end.empty() || end > input);
}

void run(std::string_view input) {
  read_blob(input);
  (void)decode_properties(input);
  if (const auto block = decode_staged_block(input, "QQ==")) check_blocks({*block});
  if (const auto segment = decode_segment(input)) check_blocks(segment->blocks);
  check_stable(decode_segment(input), decode_segment);
  check_stable(decode_upload(input), decode_upload);
  check_stable(decode_container(input), decode_container);
  check_stable(decode_container_state(input), decode_container_state);
  check_stable(decode_release(input), decode_release);
  check_stable(decode_service_properties(input), decode_service_properties);
  read_keys(input);
}

}  // namespace
}  // namespace lapis::blob

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  lapis::blob::run({reinterpret_cast<const char*>(data), size});
  return 0;
}
