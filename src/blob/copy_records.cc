// What a blob's properties say of the last copy that made it.
#include <cstring>

#include "blob/record_fields.h"

namespace lapis::blob {
namespace {

std::string text_of(const Guid& guid) {
  return {reinterpret_cast<const char*>(guid.bytes.data()), guid.bytes.size()};
}

Result<Guid> guid_of(const std::string& bytes) {
  Guid guid;
  if (bytes.size() != guid.bytes.size()) return damaged("copy");
  std::memcpy(guid.bytes.data(), bytes.data(), guid.bytes.size());
  return guid;
}

}  // namespace

records::Copy to_message(const CopyProperties& copy) {
  records::Copy message;
  message.set_id(text_of(copy.id));
  message.set_source(copy.source);
  message.set_status(static_cast<std::uint32_t>(copy.status));
  message.set_description(copy.description);
  message.set_copied(copy.copied);
  message.set_total(copy.total);
  if (copy.completed) message.set_completed(to_record(*copy.completed));
  if (copy.incremental) {
    records::IncrementalCopy& incremental = *message.mutable_incremental();
    incremental.set_snapshot(to_record(copy.incremental->snapshot));
    incremental.set_source_container(copy.incremental->source_container.value);
    incremental.set_source(copy.incremental->source);
    incremental.set_source_snapshot(to_record(copy.incremental->source_snapshot));
  }
  return message;
}

Result<CopyProperties> copy_from(records::Copy& message) {
  if (message.status() > static_cast<std::uint32_t>(CopyStatus::kFailed)) return damaged("copy");
  CopyProperties copy;
  LAPIS_TRY(copy.id, guid_of(message.id()));
  copy.source = std::move(*message.mutable_source());
  copy.status = static_cast<CopyStatus>(message.status());
  copy.description = std::move(*message.mutable_description());
  copy.copied = message.copied();
  copy.total = message.total();
  if (message.has_completed()) copy.completed = time_of(message.completed());
  if (message.has_incremental()) {
    records::IncrementalCopy& incremental = *message.mutable_incremental();
    copy.incremental = IncrementalCopy{
        time_of(incremental.snapshot()), ContainerId{incremental.source_container()},
        std::move(*incremental.mutable_source()), time_of(incremental.source_snapshot())};
  }
  return copy;
}

}  // namespace lapis::blob
