#include "blob/pending_state.h"

#include <cstring>

#include "blob/blob_rows.h"
#include "blob/hint_queue.h"
#include "blob/record_fields.h"
#include "blob/release.h"

namespace lapis::blob {

void put_pending_copy(storage::MetaView& view, const PendingCopy& copy) {
  view.put(pending_copy_key(copy.id), encode_pending_copy(copy));
}

std::string encode_pending_copy(const PendingCopy& copy) {
  records::PendingCopy message;
  message.set_container(copy.container.value);
  message.set_account(copy.key.account);
  message.set_container_name(copy.key.container);
  message.set_blob(copy.key.name);
  const SourceRequest& source = copy.source;
  message.set_url(source.url);
  message.set_authorization(source.authorization);
  message.set_file_intent(source.file_intent);
  message.set_if_match(source.if_match);
  message.set_asked_host(source.asked_host);
  message.set_asked_securely(source.asked_securely);
  message.set_asked_by(source.asked_by);
  message.set_length(copy.length);
  if (copy.md5) message.set_md5(copy.md5->data(), copy.md5->size());
  message.set_append_blocks(copy.append_blocks);
  message.set_sealed(copy.sealed);
  message.set_began(to_record(copy.began));
  message.set_sequence_number(copy.sequence_number);
  return message.SerializeAsString();
}

Result<PendingCopy> decode_pending_copy(const Guid& id, std::string_view row) {
  LAPIS_TRY(auto message, parse_message<records::PendingCopy>(row, "pending copy"));
  PendingCopy copy;
  copy.id = id;
  copy.container = ContainerId{message.container()};
  copy.key.account = std::move(*message.mutable_account());
  copy.key.container = std::move(*message.mutable_container_name());
  copy.key.name = std::move(*message.mutable_blob());
  SourceRequest& source = copy.source;
  source.url = std::move(*message.mutable_url());
  source.authorization = std::move(*message.mutable_authorization());
  source.file_intent = std::move(*message.mutable_file_intent());
  source.if_match = std::move(*message.mutable_if_match());
  source.asked_host = std::move(*message.mutable_asked_host());
  source.asked_securely = message.asked_securely();
  source.asked_by = std::move(*message.mutable_asked_by());
  copy.length = message.length();
  if (!message.md5().empty()) {
    copy.md5.emplace();
    if (message.md5().size() != copy.md5->size()) return damaged("pending copy");
    std::memcpy(copy.md5->data(), message.md5().data(), message.md5().size());
  }
  copy.append_blocks = message.append_blocks();
  copy.sealed = message.sealed();
  copy.began = time_of(message.began());
  copy.sequence_number = message.sequence_number();
  return copy;
}

Result<bool> end_pending_copy(storage::MetaView& view, const PendingCopy& copy, const CopyEnd& end,
                              Timestamp now, const ServiceClock& time) {
  view.erase(pending_copy_key(copy.id));
  const auto state = read_content(view, copy.container);
  if (!state && state.error().code == ErrorCode::kContainerNotFound) return false;
  LAPIS_TRY_VOID(state);
  const std::string key = blob_key(copy.container, copy.key.name);
  LAPIS_TRY(const auto row, view.get(key));
  if (!row) return false;
  LAPIS_TRY(BlobRecord blob, decode_blob(*row));
  BlobProperties& properties = blob.properties;
  if (!is_pending(properties) || properties.copy->id != copy.id) return false;
  touch(properties, Etag{view.next_id()}, now, time);
  properties.copy->status = end.status;
  properties.copy->description = end.description;
  properties.copy->completed = properties.last_modified;
  if (end.status != CopyStatus::kSuccess) {
    if (has_pages(blob.body) && properties.copy->total != 0) {
      const PagesBehind behind{copy.key.name, properties.copy->total / kPageBytes};
      queue_pages(view, copy.container, {blob.body.pages.map, false, false, {}, behind});
    }
    // However full the store is: nothing is kept but what was.
    view.rewrite(key, encode_blob(properties, encode_body(blob.body)));
    return true;
  }
  properties.copy->copied = properties.content_length = copy.length;
  properties.http.content_md5 = copy.md5;
  properties.append_blocks = copy.append_blocks;
  properties.sealed = copy.sealed;
  if (has_pages(blob.body)) {
    properties.sequence_number = copy.sequence_number;
    ++blob.body.pages.length_changes;
    view.put(key, encode_blob(properties, encode_body(blob.body)));
    return true;
  }
  if (end.stored != nullptr) end.stored->record(view, rank_of(properties.tier));
  view.put(key, encode_blob(properties, end.encoded_body));
  return true;
}

std::shared_ptr<const BlobProperties> with_progress(const Service& service,
                                                    const std::shared_ptr<const BlobRecord>& blob) {
  if (!is_pending(blob->properties) || !service.copies) return {blob, &blob->properties};
  auto shown = std::make_shared<BlobProperties>(blob->properties);
  shown->copy->copied = service.copies->copied(shown->copy->id);
  return shown;
}

}  // namespace lapis::blob
