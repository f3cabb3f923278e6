// Between the parts that several records share and their protobuf messages. For the
// files that encode and decode records only.
#pragma once

#include <string_view>

#include "blob/records.h"
#include "blob/records.pb.h"

namespace lapis::blob {

template <class Message>
Result<Message> parse_message(std::string_view row, const char* what) {
  Message message;
  if (!message.ParseFromArray(row.data(), static_cast<int>(row.size()))) {
    return fail(ErrorCode::kInternalError, std::string(what) + " row does not parse");
  }
  return message;
}

inline std::unexpected<Error> damaged(const char* what) {
  return fail(ErrorCode::kInternalError, std::string(what) + " row is damaged");
}

inline std::int64_t to_record(Timestamp time) { return time.time_since_epoch().count(); }
inline Timestamp time_of(std::int64_t ticks) { return Timestamp(Ticks(ticks)); }
inline std::int64_t to_record(ServiceTime time) { return time.time_since_epoch().count(); }
inline ServiceTime service_time_of(std::int64_t ticks) { return ServiceTime(Ticks(ticks)); }

records::Copy to_message(const CopyProperties& copy);
Result<CopyProperties> copy_from(records::Copy& message);

records::PageRelease to_message(const PageRelease& release);
Result<PageRelease> from_message(const records::PageRelease& message);

records::Body to_message(const Body& body);
Result<Body> from_message(records::Body& message);

// Errors: kInternalError where one of them is missing.
Result<Lender> lender_of(std::uint64_t container, std::uint64_t body);

void write_lease(const Lease& lease, records::Lease& message);
Result<Lease> read_lease(const records::Lease& message);

template <class Pairs>
void add_pairs(const Metadata& metadata, Pairs* pairs) {
  for (const auto& [name, value] : metadata) {
    records::Pair* pair = pairs->Add();
    pair->set_name(name);
    pair->set_value(value);
  }
}

template <class Pairs>
Metadata take_pairs(Pairs* pairs) {
  Metadata metadata;
  metadata.reserve(static_cast<std::size_t>(pairs->size()));
  for (records::Pair& pair : *pairs) {
    metadata.emplace_back(std::move(*pair.mutable_name()), std::move(*pair.mutable_value()));
  }
  return metadata;
}

}  // namespace lapis::blob
