#include "storage/chunk/check/damage_check.h"

#include "storage/chunk/check/checked_rows.h"
#include "storage/chunk/keys.h"
#include "storage/chunk/scrub_rows.h"

namespace lapis::storage {

Result<void> tell_known_damage(const ChunkCheck& check, const FindingSink& found) {
  const auto cursor = check.snapshot.scan(table_begin(Table::kDamage), table_end(Table::kDamage));
  for (; cursor->valid(); cursor->next()) {
    const Bytes key = as_bytes(cursor->key());
    const bool is_key = key.size() == damage_key({}).size();
    const ChunkId chunk{is_key ? load_be<std::uint64_t>(key, 1) : 0};
    const auto decoded = decode_damage_row(cursor->value());
    if (!is_key || !decoded) {
      Finding finding{FindingKind::kWrong, "damage_row_damaged", {}, chunk};
      finding.fields = {{"chunk", chunk.value}};
      found(std::move(finding));
      continue;
    }
    const DamageRow& damage = *decoded;
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
