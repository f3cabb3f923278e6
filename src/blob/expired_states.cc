#include "blob/expired_states.h"

#include <utility>

#include "blob/past_states.h"

namespace lapis::blob {
namespace {

bool is_over(const BlobProperties& properties, const ExpiryKey& due) {
  return properties.deletion && properties.deletion->until == due.until;
}

Result<bool> end_root(storage::MetaView& view, const NamedAt& at, BlobRows& rows,
                      const ExpiryKey& due) {
  if (!rows.root || !is_over(rows.root->properties, due)) return false;
  LAPIS_TRY_VOID(erase_root(view, at, *rows.root));
  return true;
}

Result<bool> end_past(storage::MetaView& view, const NamedAt& at, BlobRows& rows,
                      const ExpiryKey& due) {
  LAPIS_TRY(auto past, read_past(view, at.container, at.name, *due.state));
  if (!past || !is_over(past->properties, due)) return false;
  BlobProperties* holder = holder_of(rows);
  if (holder == nullptr) return fail(ErrorCode::kInternalError, "a past state without a name");
  LAPIS_TRY_VOID(erase_past(view, at, *due.state, *std::move(past), *holder));
  return true;
}

}  // namespace

Result<std::size_t> expire(storage::MetaView& view, std::span<const ExpiryKey> due) {
  const NamedAt at{due.front().container, due.front().name, {}, {}};
  LAPIS_TRY(const auto state, view.get(container_state_key(at.container)));
  ContainerState container;
  if (state) {
    LAPIS_TRY(container, decode_container_state(*state));
    if (is_ended(container)) return 0;  // its rows go with it
  }
  for (const ExpiryKey& one : due) {
    view.erase(expiry_key(one.until, at.container, at.name, one.state));
  }
  if (!state) return 0;
  LAPIS_TRY(BlobRows rows, read_rows_in(view, at.container, container, at.name));
  std::size_t went = 0;
  for (const ExpiryKey& one : due) {
    LAPIS_TRY(const bool ended,
              one.state ? end_past(view, at, rows, one) : end_root(view, at, rows, one));
    went += ended ? 1 : 0;
  }
  if (went != 0) LAPIS_TRY_VOID(write_holder(view, at, rows));
  return went;
}

}  // namespace lapis::blob
