#include "blob/keys.h"

#include <array>
#include <cstring>

#include "lapis/base/bytes.h"

namespace lapis::blob {
namespace {

using storage::Table;

constexpr std::string_view kBlobSuffix("\0\xff\xff\xff\xff\xff\xff\xff\xff", 9);
constexpr std::string_view kUploadSuffix("\0\xff\xff\xff\xff\xff\xff\xff\xfe", 9);
constexpr std::string_view kRootSuffix("\0\xff\xff\xff\xff\xff\xff\xff\xfd", 9);
// Where an end of table 2f is a container's: no UTF-8 has this byte, so no blob is called that.
constexpr std::string_view kContainerAsName = "\xff";
constexpr std::size_t kIdSize = 8;
constexpr std::size_t kOneId = 1 + kIdSize;
constexpr std::size_t kTwoIds = kOneId + kIdSize;
constexpr std::size_t kThreeIds = kTwoIds + kIdSize;
constexpr std::size_t kFourIds = kThreeIds + kIdSize;
// Times of past states are less; what is more is one of the suffixes above.
constexpr std::uint64_t kTimesEnd = 0x8000'0000'0000'0000;

template <class Clock>
std::uint64_t ticks_of(std::chrono::time_point<Clock, Ticks> time) {
  return static_cast<std::uint64_t>(time.time_since_epoch().count());
}

void append_id(std::string& key, std::uint64_t id) {
  std::array<std::byte, kIdSize> bytes;
  store_be(bytes, 0, id);
  key += as_text(bytes);
}

std::string one_id(Table table, ContainerId container, std::size_t more = 0) {
  std::string key;
  key.reserve(kOneId + more);
  key += static_cast<char>(table);
  append_id(key, container.value);
  return key;
}

std::string two_ids(Table table, ContainerId container, std::uint64_t id, std::size_t more = 0) {
  std::string key = one_id(table, container, kIdSize + more);
  append_id(key, id);
  return key;
}

bool is_of(std::string_view key, Table table, std::size_t min_size) {
  return key.size() >= min_size && static_cast<std::uint8_t>(key[0]) == std::uint8_t(table);
}

std::uint64_t id_at(std::string_view key, std::size_t at) {
  return load_be<std::uint64_t>(as_bytes(key), at);
}

std::string of_account(Table table, std::string_view account) {
  std::string key = table_prefix(table);
  key += account;
  key += '\0';
  return key;
}

std::string name_row(ContainerId container, std::string_view name, std::string_view suffix) {
  std::string key = one_id(Table::kBlob, container, name.size() + suffix.size());
  key += name;
  key += suffix;
  return key;
}

}  // namespace

std::string container_name_key(std::string_view account, std::string_view container) {
  std::string key = account_prefix(account);
  key += container;
  return key;
}

std::string container_state_key(ContainerId container) {
  return one_id(Table::kContainerState, container);
}

std::string blob_key(ContainerId container, std::string_view name) {
  return name_row(container, name, kBlobSuffix);
}

std::string past_key(ContainerId container, std::string_view name, Timestamp time) {
  std::string key = one_id(Table::kBlob, container, name.size() + kBlobSuffix.size());
  key += name;
  key += '\0';
  append_id(key, ticks_of(time));
  return key;
}

std::string root_key(ContainerId container, std::string_view name) {
  return name_row(container, name, kRootSuffix);
}

std::string upload_key(ContainerId container, std::string_view name) {
  return name_row(container, name, kUploadSuffix);
}

std::string upload_name_key(ContainerId container, UploadId upload) {
  return upload_prefix(container, upload);
}

std::string staged_block_key(ContainerId container, UploadId upload, const BlockId& block) {
  std::string key = two_ids(Table::kStagedBlock, container, upload.value, block.text.size());
  key += block.text;
  return key;
}

std::string segment_key(ContainerId container, SegmentId segment) {
  return two_ids(Table::kSegment, container, segment.value);
}

std::string release_key(ContainerId container, ReleaseId entry) {
  return two_ids(Table::kRelease, container, entry.value);
}

std::string block_bytes_key(ContainerId container, BlockBytesId id) {
  return two_ids(Table::kBlockBytes, container, id.value);
}

std::string service_properties_key(std::string_view account) {
  std::string key = table_prefix(Table::kServiceProperties);
  key += account;
  return key;
}

std::string hint_key(ContainerId container, std::string_view name) {
  std::string key = one_id(Table::kHint, container, name.size());
  key += name;
  return key;
}

std::string shared_body_key(ContainerId container, BodyId body) {
  return two_ids(Table::kSharedBody, container, body.value);
}

std::string block_owner_key(BlockTarget target, BodyId owner) {
  std::string key = block_owner_prefix(target);
  append_id(key, owner.value);
  return key;
}

std::string loan_key(const Loan& loan) {
  std::string key =
      two_ids(Table::kLoan, loan.lender.container, loan.lender.body.value, 2 * kIdSize);
  append_id(key, loan.borrower.value);
  append_id(key, loan.body.value);
  return key;
}

std::string pending_copy_key(const Guid& copy) {
  std::string key = table_prefix(Table::kPendingCopy);
  key.append(reinterpret_cast<const char*>(copy.bytes.data()), copy.bytes.size());
  return key;
}

std::string tag_key(ContainerId container, std::string_view key, std::string_view value,
                    std::string_view name) {
  std::string row = tag_value_prefix(container, key, value);
  row += name;
  return row;
}

std::string tag_key_prefix(ContainerId container, std::string_view key) {
  std::string row = one_id(storage::Table::kTag, container, key.size() + 1);
  row += key;
  row += '\0';
  return row;
}

std::string tag_value_prefix(ContainerId container, std::string_view key, std::string_view value) {
  std::string row = tag_key_prefix(container, key);
  row += value;
  row += '\0';
  return row;
}

std::optional<TagKey> parse_tag_key(std::string_view key) {
  if (!is_of(key, storage::Table::kTag, kOneId)) return std::nullopt;
  const std::string_view rest = key.substr(kOneId);
  const auto first = rest.find('\0');
  if (first == rest.npos) return std::nullopt;
  const auto second = rest.find('\0', first + 1);
  if (second == rest.npos || second + 1 == rest.size()) return std::nullopt;
  return TagKey{ContainerId{id_at(key, 1)}, rest.substr(0, first),
                rest.substr(first + 1, second - first - 1), rest.substr(second + 1)};
}

std::string page_stripe_key(const PageStripeKey& key) {
  std::string row = two_ids(Table::kPageStripe, key.container, key.map.value, 2 * kIdSize);
  append_id(row, key.stripe);
  append_id(row, ~key.generation);
  return row;
}

std::string page_map_key(ContainerId container, PageMapId map) {
  return two_ids(Table::kPageMap, container, map.value);
}

std::string service_clock_key() { return table_prefix(Table::kServiceClock); }

std::string expiry_key(ServiceTime until, ContainerId container, std::string_view name,
                       std::optional<Timestamp> state) {
  std::string key = two_ids(Table::kExpiry, ContainerId{ticks_of(until)}, container.value,
                            name.size() + kBlobSuffix.size());
  key += name;
  if (!state) return key += kBlobSuffix;
  key += '\0';
  append_id(key, ticks_of(*state));
  return key;
}

std::string container_expiry_key(ServiceTime until, ContainerId container) {
  return expiry_key(until, container, kContainerAsName, std::nullopt);
}

std::string kept_container_key(std::string_view account, std::string_view container,
                               Timestamp deleted) {
  std::string key = kept_prefix(account);
  key += container;
  key += '\0';
  append_id(key, ticks_of(deleted));
  return key;
}

std::string expiry_end(ServiceTime now) {
  return one_id(Table::kExpiry, ContainerId{ticks_of(now + Ticks(1))});
}

std::string table_prefix(Table table) { return std::string(1, static_cast<char>(table)); }

std::string container_prefix(Table table, ContainerId container) {
  return one_id(table, container);
}

std::string account_prefix(std::string_view account) {
  return of_account(Table::kContainerName, account);
}

std::string kept_prefix(std::string_view account) {
  return of_account(Table::kDeletedContainer, account);
}

std::string name_prefix(ContainerId container, std::string_view prefix) {
  return name_row(container, prefix, {});
}

std::string upload_prefix(ContainerId container, UploadId upload) {
  return two_ids(Table::kStagedBlock, container, upload.value);
}

std::string block_owner_prefix(BlockTarget target) {
  return two_ids(Table::kBlockOwner, ContainerId{target.space}, target.id, kIdSize);
}

std::string page_map_prefix(ContainerId container, PageMapId map) {
  return two_ids(Table::kPageStripe, container, map.value);
}

std::string prefix_end(std::string_view prefix) {
  std::string end(prefix);
  while (!end.empty() && end.back() == '\xff') end.pop_back();
  if (!end.empty()) end.back() = static_cast<char>(static_cast<unsigned char>(end.back()) + 1);
  return end;
}

std::optional<NameKey> parse_name_key(std::string_view key) {
  if (!is_of(key, Table::kBlob, kOneId + 1 + kBlobSuffix.size())) return std::nullopt;
  const ContainerId container{id_at(key, 1)};
  const std::string_view suffix = key.substr(key.size() - kBlobSuffix.size());
  const std::string_view name = key.substr(kOneId, key.size() - kOneId - suffix.size());
  if (suffix == kBlobSuffix) return NameKey{container, name, NameRow::kBlob};
  if (suffix == kUploadSuffix) return NameKey{container, name, NameRow::kUpload};
  if (suffix == kRootSuffix) return NameKey{container, name, NameRow::kRoot};
  const std::uint64_t time = id_at(suffix, 1);
  if (suffix[0] != '\0' || time >= kTimesEnd) return std::nullopt;
  return NameKey{container, name, NameRow::kPast,
                 Timestamp(Ticks(static_cast<std::int64_t>(time)))};
}

std::optional<StagedKey> parse_staged_key(std::string_view key) {
  if (!is_of(key, Table::kStagedBlock, kTwoIds)) return std::nullopt;
  return StagedKey{ContainerId{id_at(key, 1)}, UploadId{id_at(key, kOneId)}, key.substr(kTwoIds)};
}

std::optional<ReleaseKey> parse_release_key(std::string_view key) {
  if (!is_of(key, Table::kRelease, kTwoIds) || key.size() != kTwoIds) return std::nullopt;
  return ReleaseKey{ContainerId{id_at(key, 1)}, ReleaseId{id_at(key, kOneId)}};
}

std::optional<HintKey> parse_hint_key(std::string_view key) {
  if (!is_of(key, Table::kHint, kOneId)) return std::nullopt;
  return HintKey{ContainerId{id_at(key, 1)}, key.substr(kOneId)};
}

std::optional<SharedBodyKey> parse_shared_body_key(std::string_view key) {
  if (!is_of(key, Table::kSharedBody, kTwoIds) || key.size() != kTwoIds) return std::nullopt;
  return SharedBodyKey{ContainerId{id_at(key, 1)}, BodyId{id_at(key, kOneId)}};
}

std::optional<BlockOwnerKey> parse_block_owner_key(std::string_view key) {
  if (!is_of(key, Table::kBlockOwner, kThreeIds) || key.size() != kThreeIds) return std::nullopt;
  return BlockOwnerKey{{id_at(key, 1), id_at(key, kOneId)}, BodyId{id_at(key, kTwoIds)}};
}

std::optional<Loan> parse_loan_key(std::string_view key) {
  if (!is_of(key, Table::kLoan, kFourIds) || key.size() != kFourIds) return std::nullopt;
  return Loan{{ContainerId{id_at(key, 1)}, BodyId{id_at(key, kOneId)}},
              ContainerId{id_at(key, kTwoIds)},
              BodyId{id_at(key, kThreeIds)}};
}

std::optional<Guid> parse_pending_copy_key(std::string_view key) {
  Guid copy;
  const std::size_t size = 1 + copy.bytes.size();
  if (!is_of(key, Table::kPendingCopy, size) || key.size() != size) return std::nullopt;
  std::memcpy(copy.bytes.data(), key.data() + 1, copy.bytes.size());
  return copy;
}

std::optional<PageStripeKey> parse_page_stripe_key(std::string_view key) {
  if (!is_of(key, Table::kPageStripe, kFourIds) || key.size() != kFourIds) return std::nullopt;
  return PageStripeKey{ContainerId{id_at(key, 1)}, PageMapId{id_at(key, kOneId)},
                       id_at(key, kTwoIds), ~id_at(key, kThreeIds)};
}

std::optional<PageMapKey> parse_page_map_key(std::string_view key) {
  if (!is_of(key, Table::kPageMap, kTwoIds) || key.size() != kTwoIds) return std::nullopt;
  return PageMapKey{ContainerId{id_at(key, 1)}, PageMapId{id_at(key, kOneId)}};
}

std::optional<ExpiryKey> parse_expiry_key(std::string_view key) {
  if (!is_of(key, Table::kExpiry, kTwoIds + 1 + kBlobSuffix.size())) return std::nullopt;
  const std::string_view suffix = key.substr(key.size() - kBlobSuffix.size());
  ExpiryKey parsed{ServiceTime(Ticks(static_cast<std::int64_t>(id_at(key, 1)))),
                   ContainerId{id_at(key, kOneId)},
                   key.substr(kTwoIds, key.size() - kTwoIds - suffix.size()), std::nullopt};
  if (parsed.until < ServiceTime{}) return std::nullopt;
  if (suffix == kBlobSuffix) return parsed;
  const std::uint64_t time = id_at(suffix, 1);
  if (suffix[0] != '\0' || time >= kTimesEnd) return std::nullopt;
  parsed.state = Timestamp(Ticks(static_cast<std::int64_t>(time)));
  return parsed;
}

std::optional<KeptContainerKey> parse_kept_container_key(std::string_view key) {
  constexpr std::size_t kEnd = 1 + kIdSize;
  if (!is_of(key, Table::kDeletedContainer, 2 + kEnd)) return std::nullopt;
  const auto first = key.find('\0', 1);
  const std::size_t second = key.size() - kEnd;
  if (first >= second || key[second] != '\0') return std::nullopt;
  const std::uint64_t time = id_at(key, second + 1);
  if (time >= kTimesEnd) return std::nullopt;
  return KeptContainerKey{key.substr(1, first - 1), key.substr(first + 1, second - first - 1),
                          Timestamp(Ticks(static_cast<std::int64_t>(time)))};
}

std::optional<std::string_view> parse_container_name_key(std::string_view key) {
  if (!is_of(key, Table::kContainerName, 2)) return std::nullopt;
  const auto end = key.find('\0', 1);
  if (end == key.npos) return std::nullopt;
  return key.substr(end + 1);
}

std::optional<ContainerId> parse_container_state_key(std::string_view key) {
  if (!is_of(key, Table::kContainerState, kOneId) || key.size() != kOneId) return std::nullopt;
  return ContainerId{id_at(key, 1)};
}

}  // namespace lapis::blob
