#include "blob/records.h"

#include <array>
#include <cstring>

#include "blob/record_fields.h"
#include "lapis/base/bytes.h"

namespace lapis::blob {
namespace {

constexpr std::size_t kLengthSize = 4;

records::Properties to_message(const BlobProperties& from) {
  records::Properties message;
  message.set_type(static_cast<std::uint32_t>(from.type));
  message.set_etag(from.etag.value);
  message.set_created(to_record(from.created));
  message.set_last_modified(to_record(from.last_modified));
  message.set_content_length(from.content_length);
  message.set_content_type(from.http.content_type);
  message.set_content_encoding(from.http.content_encoding);
  message.set_content_language(from.http.content_language);
  message.set_content_disposition(from.http.content_disposition);
  message.set_cache_control(from.http.cache_control);
  if (from.http.content_md5) {
    message.set_content_md5(from.http.content_md5->data(), from.http.content_md5->size());
  }
  add_pairs(from.metadata, message.mutable_metadata());
  message.set_tier(static_cast<std::uint32_t>(from.tier));
  message.set_tier_inferred(from.tier_inferred);
  if (from.tier_changed) message.set_tier_changed(to_record(*from.tier_changed));
  if (from.copy) *message.mutable_copy() = to_message(*from.copy);
  if (from.snapshot) message.set_snapshot(to_record(*from.snapshot));
  message.set_snapshots(from.snapshots);
  message.set_versions(from.versions);
  message.set_deleted_snapshots(from.deleted_snapshots);
  message.set_deleted_versions(from.deleted_versions);
  message.set_last_past(to_record(from.last_past));
  if (from.lease) write_lease(*from.lease, *message.mutable_lease());
  add_pairs(from.tags, message.mutable_tags());
  if (from.version) message.set_version(to_record(*from.version));
  if (from.deletion) {
    message.set_deleted(to_record(from.deletion->at));
    message.set_deleted_until(to_record(from.deletion->until));
  }
  message.set_past_changes(from.past_changes);
  message.set_append_blocks(from.append_blocks);
  message.set_sealed(from.sealed);
  message.set_sequence_number(from.sequence_number);
  if (from.immutability) {
    message.set_immutable_until(to_record(from.immutability->until));
    message.set_immutable_locked(from.immutability->locked);
  }
  message.set_legal_hold(from.legal_hold);
  if (from.last_access) message.set_last_access(to_record(*from.last_access));
  return message;
}

Result<HttpProperties> take_http(records::Properties& message) {
  HttpProperties http;
  http.content_type = std::move(*message.mutable_content_type());
  http.content_encoding = std::move(*message.mutable_content_encoding());
  http.content_language = std::move(*message.mutable_content_language());
  http.content_disposition = std::move(*message.mutable_content_disposition());
  http.cache_control = std::move(*message.mutable_cache_control());
  if (!message.content_md5().empty()) {
    if (message.content_md5().size() != sizeof(Md5Digest)) return damaged("blob");
    http.content_md5.emplace();
    std::memcpy(http.content_md5->data(), message.content_md5().data(), sizeof(Md5Digest));
  }
  return http;
}

Result<BlobProperties> from_message(records::Properties message) {
  if (message.type() > static_cast<std::uint32_t>(BlobType::kPage)) return damaged("blob");
  if (message.tier() > static_cast<std::uint32_t>(AccessTier::kSmart)) return damaged("blob");
  BlobProperties properties;
  properties.type = static_cast<BlobType>(message.type());
  properties.etag.value = message.etag();
  properties.created = time_of(message.created());
  properties.last_modified = time_of(message.last_modified());
  properties.content_length = message.content_length();
  LAPIS_TRY(properties.http, take_http(message));
  properties.metadata = take_pairs(message.mutable_metadata());
  properties.tier = static_cast<AccessTier>(message.tier());
  properties.tier_inferred = message.tier_inferred();
  if (message.has_tier_changed()) properties.tier_changed = time_of(message.tier_changed());
  if (message.has_copy()) {
    LAPIS_TRY(properties.copy, copy_from(*message.mutable_copy()));
  }
  if (message.has_snapshot()) properties.snapshot = time_of(message.snapshot());
  properties.snapshots = message.snapshots();
  properties.versions = message.versions();
  properties.deleted_snapshots = message.deleted_snapshots();
  properties.deleted_versions = message.deleted_versions();
  properties.last_past = time_of(message.last_past());
  if (message.has_lease()) {
    LAPIS_TRY(properties.lease, read_lease(message.lease()));
  }
  properties.tags = take_pairs(message.mutable_tags());
  if (message.has_version()) properties.version = time_of(message.version());
  if (message.has_deleted()) {
    properties.deletion =
        Deletion{time_of(message.deleted()), service_time_of(message.deleted_until())};
  }
  properties.past_changes = message.past_changes();
  properties.append_blocks = message.append_blocks();
  properties.sealed = message.sealed();
  properties.sequence_number = message.sequence_number();
  if (message.has_immutable_until()) {
    properties.immutability =
        ImmutabilityPolicy{time_of(message.immutable_until()), message.immutable_locked()};
  }
  properties.legal_hold = message.legal_hold();
  if (message.has_last_access()) properties.last_access = time_of(message.last_access());
  return properties;
}

struct BlobRowParts {
  std::string_view properties;
  std::string_view body;
};

Result<BlobRowParts> split(std::string_view row) {
  if (row.size() < kLengthSize) return damaged("blob");
  const auto length = load_le<std::uint32_t>(as_bytes(row));
  row.remove_prefix(kLengthSize);
  if (length > row.size()) return damaged("blob");
  return BlobRowParts{row.substr(0, length), row.substr(length)};
}

// Of a block blob all content is in one place.
bool is_of_one_kind(const Body& body) {
  const int in_use =
      int(!body.inline_bytes.empty()) + int(!body.blocks.empty()) + int(!body.segments.empty());
  return in_use <= 1;
}

records::Loan to_message(const Loan& loan) {
  records::Loan message;
  message.set_lender(loan.lender.container.value);
  message.set_lent_body(loan.lender.body.value);
  message.set_borrower(loan.borrower.value);
  message.set_body(loan.body.value);
  return message;
}

Result<Loan> from_message(const records::Loan& message) {
  LAPIS_TRY(const Lender lender, lender_of(message.lender(), message.lent_body()));
  if (lender == Lender{} || message.borrower() == 0 || message.body() == 0) return damaged("loan");
  return Loan{lender, ContainerId{message.borrower()}, BodyId{message.body()}};
}

}  // namespace

void write_lease(const Lease& lease, records::Lease& message) {
  message.set_id(lease.id.bytes.data(), lease.id.bytes.size());
  if (lease.duration) {
    message.set_seconds(static_cast<std::uint32_t>(lease.duration->count()));
    message.set_ends(to_record(lease.ends));
  }
  if (lease.breaks) message.set_breaks(to_record(*lease.breaks));
}

Result<Lease> read_lease(const records::Lease& message) {
  Lease lease;
  if (message.id().size() != lease.id.bytes.size()) return damaged("lease");
  std::memcpy(lease.id.bytes.data(), message.id().data(), lease.id.bytes.size());
  if (message.seconds() != 0) lease.duration.emplace(message.seconds());
  lease.ends = service_time_of(message.ends());
  if (message.has_breaks()) lease.breaks = service_time_of(message.breaks());
  return lease;
}

std::string encode_blob(const BlobProperties& properties, std::string_view encoded_body) {
  const records::Properties message = to_message(properties);
  std::array<std::byte, kLengthSize> length;
  store_le(length, 0, static_cast<std::uint32_t>(message.ByteSizeLong()));
  std::string row(as_text(length));
  message.AppendToString(&row);
  row += encoded_body;
  return row;
}

Result<BlobProperties> decode_properties(std::string_view blob_row) {
  LAPIS_TRY(const BlobRowParts parts, split(blob_row));
  LAPIS_TRY(auto message, parse_message<records::Properties>(parts.properties, "blob"));
  return from_message(std::move(message));
}

Result<std::string_view> encoded_body_of(std::string_view blob_row) {
  LAPIS_TRY(const BlobRowParts parts, split(blob_row));
  return parts.body;
}

Result<BlobRecord> decode_blob(std::string_view row) {
  LAPIS_TRY(BlobProperties properties, decode_properties(row));
  LAPIS_TRY(const BlobRowParts parts, split(row));
  LAPIS_TRY(auto message, parse_message<records::Body>(parts.body, "blob"));
  LAPIS_TRY(Body body, from_message(message));
  if ((properties.type == BlobType::kPage) != has_pages(body)) return damaged("blob");
  const bool is_whole =
      has_pages(body) || named_length(body) + body.inline_bytes.size() == properties.content_length;
  const bool is_fit = properties.type == BlobType::kAppend || is_of_one_kind(body);
  if (!is_whole || !is_fit) return damaged("blob");
  return BlobRecord{std::move(properties), std::move(body)};
}

Result<BlobRecord> decode_root(std::string_view row) {
  LAPIS_TRY(BlobProperties properties, decode_properties(row));
  if (properties.deletion) return decode_blob(row);
  return BlobRecord{std::move(properties), {}};
}

std::string encode(const UploadRecord& upload) {
  records::Upload message;
  message.set_id(upload.id.value);
  message.set_stamp(upload.stamp);
  message.set_id_length(upload.id_length);
  message.set_blocks(upload.blocks);
  message.set_last_write(to_record(upload.last_write));
  return message.SerializeAsString();
}

Result<UploadRecord> decode_upload(std::string_view row) {
  LAPIS_TRY(auto message, parse_message<records::Upload>(row, "upload"));
  if (message.id() == 0) return damaged("upload");
  return UploadRecord{UploadId{message.id()}, message.stamp(), message.id_length(),
                      message.blocks(), time_of(message.last_write())};
}

std::string encode(const ContainerState& state) {
  records::ContainerState message;
  message.set_deleted(state.deleted);
  message.set_has_roots(state.has_roots);
  message.set_protections(state.protections);
  return message.SerializeAsString();
}

Result<ContainerState> decode_container_state(std::string_view row) {
  LAPIS_TRY(auto message, parse_message<records::ContainerState>(row, "container state"));
  return ContainerState{message.deleted(), message.has_roots(), message.protections()};
}

std::string encode(const SharedBody& shared) {
  records::SharedBody message;
  message.set_rows(shared.rows);
  message.set_counted(shared.counted);
  message.set_longest(shared.longest);
  if (named_length(shared.kept) != 0) *message.mutable_kept() = to_message(shared.kept);
  message.set_loans(shared.loans);
  message.set_lender(shared.lender.container.value);
  message.set_lent_body(shared.lender.body.value);
  return message.SerializeAsString();
}

Result<SharedBody> decode_shared_body(std::string_view row) {
  LAPIS_TRY(auto message, parse_message<records::SharedBody>(row, "shared body"));
  if (message.rows() == 0 && message.loans() == 0) return damaged("shared body");
  SharedBody shared{message.rows(), message.counted(), message.longest(), {}};
  shared.loans = message.loans();
  LAPIS_TRY(shared.lender, lender_of(message.lender(), message.lent_body()));
  if (!message.has_kept()) return shared;
  LAPIS_TRY(shared.kept, from_message(*message.mutable_kept()));
  if (named_length(shared.kept) != shared.longest) return damaged("shared body");
  return shared;
}

std::string encode_service_clock_mark(ServiceTime time) {
  records::ServiceClockMark message;
  message.set_time(to_record(time));
  return message.SerializeAsString();
}

Result<ServiceTime> decode_service_clock_mark(std::string_view row) {
  LAPIS_TRY(auto message, parse_message<records::ServiceClockMark>(row, "service clock"));
  return service_time_of(message.time());
}

std::string encode(const Release& release) {
  records::Release message;
  *message.mutable_body() = to_message(release.body);
  message.set_upload(release.upload.value);
  for (SegmentId segment : release.emptied) message.add_emptied_segments(segment.value);
  message.set_owner(release.owner.value);
  if (release.pages) *message.mutable_pages() = to_message(*release.pages);
  if (release.loan) *message.mutable_loan() = to_message(*release.loan);
  return message.SerializeAsString();
}

Result<Release> decode_release(std::string_view row) {
  LAPIS_TRY(auto message, parse_message<records::Release>(row, "release"));
  Release release;
  LAPIS_TRY(release.body, from_message(*message.mutable_body()));
  release.upload.value = message.upload();
  release.owner.value = message.owner();
  if (message.has_pages()) {
    LAPIS_TRY(release.pages, from_message(message.pages()));
  }
  if (message.has_loan()) {
    LAPIS_TRY(release.loan, from_message(message.loan()));
  }
  for (std::uint64_t id : message.emptied_segments()) release.emptied.push_back(SegmentId{id});
  return release;
}

}  // namespace lapis::blob
