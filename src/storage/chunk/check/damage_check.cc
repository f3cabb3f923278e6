#include "storage/chunk/check/damage_check.h"

#include "storage/chunk/check/checked_rows.h"
#include "storage/chunk/keys.h"
#include "storage/chunk/scrub_rows.h"

namespace lapis::storage {

Result<void> tell_known_damage(const ChunkCheck& check, const FindingSink& found) {
  const auto cursor = check.snapshot.scan(table_begin(Table::kDamage), table_end(Table::kDamage));
  for (; cursor->valid(); cursor->next()) {
    const Bytes key = as_bytes(cursor->key());
    if (key.size() != damage_key({}).size()) {
      return fail(ErrorCode::kInternalError, "damage row: key of a wrong length");
    }
    const ChunkId chunk{load_be<std::uint64_t>(key, 1)};
    LAPIS_TRY(const DamageRow damage, decode_damage_row(cursor->value()));
    LAPIS_TRY(const auto row, check.snapshot.get(chunk_key(chunk)));
    if (!row) continue;
    const bool is_lost = !damage.bad.empty();
    Finding finding{is_lost ? FindingKind::kLost : FindingKind::kWrong, "known_damage", {}, chunk};
    finding.fields = {{"chunk", chunk.value}, {"detail", damage.seen}};
    if (is_lost) finding.fields.push_back({"damaged_at", damage.bad.front().offset});
    for (FindingField& field : fields_of(damage.place)) finding.fields.push_back(std::move(field));
    found(std::move(finding));
  }
  return cursor->status();
}

}  // namespace lapis::storage
